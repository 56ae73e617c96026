/**
 * Three well mixed words of three others: what shaders call `hash3`, bit for bit, for what is the same at every pixel.
 * PCG3D: M. Jarzynski, M. Olano, "Hash Functions for GPU Rendering", JCGT 9(3), 2020.
 */
export function hash3(seed: readonly [number, number, number]): readonly [number, number, number] {
  let [x, y, z] = seed.map((word) => (Math.imul(word, 1664525) + 1013904223) | 0) as [number, number, number]
  const mix = () => {
    x = (x + Math.imul(y, z)) | 0
    y = (y + Math.imul(z, x)) | 0
    z = (z + Math.imul(x, y)) | 0
  }
  mix()
  x ^= x >>> 16
  y ^= y >>> 16
  z ^= z >>> 16
  mix()
  return [x >>> 0, y >>> 0, z >>> 0]
}
