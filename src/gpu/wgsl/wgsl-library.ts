/**
 * WGSL functions that any shader may call. Only those a shader names, and what they need, are put before it.
 */
import type { ColourMapping } from '../../graph/node/value-types.ts'

interface LibraryFunction {
  readonly needs?: readonly string[]
  readonly wgsl: string
}

const functions: Readonly<Record<string, LibraryFunction>> = {
  // BT.709 luma of gamma-encoded RGB.
  luma: { wgsl: 'fn luma(rgb: vec3f) -> f32 { return dot(rgb, vec3f(0.2126, 0.7152, 0.0722)); }' },
  // BT.709's Y'CbCr of gamma-encoded RGB: Y' in [0,1], Cb and Cr in [−½,½].
  toYcc: {
    needs: ['luma'],
    wgsl: `fn toYcc(rgb: vec3f) -> vec3f {
  let y = luma(rgb);
  return vec3f(y, (rgb.b - y) / 1.8556, (rgb.r - y) / 1.5748);
}`,
  },
  fromYcc: {
    wgsl: `fn fromYcc(ycc: vec3f) -> vec3f {
  return ycc.x + vec3f(1.5748 * ycc.z, -0.18732427 * ycc.y - 0.46812427 * ycc.z, 1.8556 * ycc.y);
}`,
  },
  // sRGB transfer, IEC 61966-2-1, extended to negative values by symmetry.
  toLinear: {
    wgsl: `fn toLinear(rgb: vec3f) -> vec3f {
  let a = abs(rgb);
  return sign(rgb) * select(pow((a + 0.055) / 1.055, vec3f(2.4)), a / 12.92, a <= vec3f(0.04045));
}`,
  },
  fromLinear: {
    wgsl: `fn fromLinear(rgb: vec3f) -> vec3f {
  let a = abs(rgb);
  return sign(rgb) * select(1.055 * pow(a, vec3f(1.0 / 2.4)) - 0.055, 12.92 * a, a <= vec3f(0.0031308));
}`,
  },
  // A vector as a colour, after S. Baker and others, "A Database and Evaluation Methodology for Optical Flow", IJCV 2011:
  // the direction is the hue, the length the saturation (half at 4 pixels); what is not to be believed (z) is dark.
  flowColour: {
    wgsl: `fn flowColour(motion: vec4f) -> vec4f {
  let far = length(motion.xy);
  let turn = select(0.0, atan2(motion.y, motion.x) / 6.28318530718, far > 0.0);
  let hue = saturate(abs(fract(turn + vec3f(0.0, 2.0, 1.0) / 3.0) * 6.0 - 3.0) - 1.0);
  return vec4f(mix(vec3f(1.0), hue, far / (far + 4.0)) * (0.25 + 0.75 * saturate(motion.z)), 1.0);
}`,
  },
  // A texture between its texels; `place` in texels from the middle of the first, clamped to the edge.
  bilinear: {
    wgsl: `fn bilinear(map: texture_2d<f32>, place: vec2f) -> vec4f {
  let last = vec2i(textureDimensions(map)) - 1;
  let corner = floor(place);
  let low = clamp(vec2i(corner), vec2i(0), last);
  let high = clamp(vec2i(corner) + 1, vec2i(0), last);
  let upper = mix(textureLoad(map, low, 0), textureLoad(map, vec2i(high.x, low.y), 0), place.x - corner.x);
  let lower = mix(textureLoad(map, vec2i(low.x, high.y), 0), textureLoad(map, high, 0), place.x - corner.x);
  return mix(upper, lower, place.y - corner.y);
}`,
  },
  // PCG3D: M. Jarzynski, M. Olano, "Hash Functions for GPU Rendering", JCGT 9(3), 2020.
  hash3: {
    wgsl: `fn hash3(seed: vec3u) -> vec3u {
  var v = seed * 1664525u + 1013904223u;
  v.x += v.y * v.z; v.y += v.z * v.x; v.z += v.x * v.y;
  v ^= v >> vec3u(16u);
  v.x += v.y * v.z; v.y += v.z * v.x; v.z += v.x * v.y;
  return v;
}`,
  },
  // Uniform in [0,1), 24 bits.
  uniform3: {
    needs: ['hash3'],
    wgsl: 'fn uniform3(seed: vec3u) -> vec3f { return vec3f(hash3(seed) >> vec3u(8u)) / 16777216.0; }',
  },
  // Standard normal by Box and Muller (1958); two independent values.
  normal2: {
    needs: ['uniform3'],
    wgsl: `fn normal2(seed: vec3u) -> vec2f {
  let r = uniform3(seed);
  let radius = sqrt(-2.0 * log(max(r.x, 1e-7)));
  return radius * vec2f(cos(6.28318530718 * r.y), sin(6.28318530718 * r.y));
}`,
  },
}

const colours: Readonly<Record<ColourMapping, (value: string) => string>> = {
  colour: (value) => value,
  grey: (value) => `vec4f(${value}.rrr, 1.0)`,
  flow: (value) => `flowColour(${value})`,
}

/** WGSL of the colour, `vec4f`, by which the pixel `value`, a name, is shown. */
export const visibleColour = (mapping: ColourMapping, value: string): string => colours[mapping](value)

/** The library functions that `wgsl` calls, each once, dependencies first. */
export function wgslLibrary(wgsl: string): string {
  const emittedNames = new Set<string>()
  const parts: string[] = []
  const emit = (name: string) => {
    if (emittedNames.has(name)) return
    emittedNames.add(name)
    const { needs, wgsl: text } = functions[name]!
    needs?.forEach(emit)
    parts.push(text)
  }
  for (const name of Object.keys(functions)) if (new RegExp(`\\b${name}\\s*\\(`).test(wgsl)) emit(name)
  return parts.join('\n')
}
