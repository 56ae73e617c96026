/** What a sample counts by its distance. */

export interface ResampleKernel {
  /** Half the kernel's width, in samples of the coarser of the two grids. */
  readonly radius: number
  weight(distance: number): number
}

/**
 * The two-parameter family of cubics: D. Mitchell, A. Netravali, "Reconstruction Filters in Computer Graphics",
 * SIGGRAPH 1988. B = 0 gives R. Keys' cubic convolution (1981) with a = −C.
 */
function cubic(b: number, c: number): ResampleKernel {
  return {
    radius: 2,
    weight(distance) {
      const t = Math.abs(distance)
      if (t < 1) return ((12 - 9 * b - 6 * c) * t ** 3 + (-18 + 12 * b + 6 * c) * t ** 2 + (6 - 2 * b)) / 6
      if (t < 2)
        return ((-b - 6 * c) * t ** 3 + (6 * b + 30 * c) * t ** 2 + (-12 * b - 48 * c) * t + 8 * b + 24 * c) / 6
      return 0
    },
  }
}

const sinc = (t: number) => (t === 0 ? 1 : Math.sin(Math.PI * t) / (Math.PI * t))

/** By name; `undefined` takes the nearest sample. */
export const resampleKernels = {
  'catmull-rom': cubic(0, 0.5),
  bicubic: cubic(0, 0.75),
  mitchell: cubic(1 / 3, 1 / 3),
  // C. Duchon, "Lanczos Filtering in One and Two Dimensions", 1979.
  'lanczos-3': { radius: 3, weight: (t) => (Math.abs(t) < 3 ? sinc(t) * sinc(t / 3) : 0) },
  bilinear: { radius: 1, weight: (t) => Math.max(0, 1 - Math.abs(t)) },
  // The mean of what lies under a sample; enlarging, the nearest.
  area: { radius: 0.5, weight: (t) => (Math.abs(t) <= 0.5 ? 1 : 0) },
  nearest: undefined,
} as const satisfies Readonly<Record<string, ResampleKernel | undefined>>
