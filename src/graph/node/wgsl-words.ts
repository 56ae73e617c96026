/**
 * Words of WGSL (W3C, "WebGPU Shading Language") that a body of code may use: what computes, and nothing that reaches beyond it.
 * A bundle that reads none of them has none: hence the marks of what is pure.
 */

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/))
const together = (...sets: readonly ReadonlySet<string>[]): ReadonlySet<string> =>
  new Set(sets.flatMap((set) => [...set]))

/** Statements and literals. */
export const statementWords = /* @__PURE__ */ words(
  'break case const const_assert continue continuing default else false for if let loop return switch true var while _',
)

/** What stands outside functions. */
export const moduleWords = /* @__PURE__ */ words('alias diagnostic discard enable fn override requires struct')

export const declaringWords = /* @__PURE__ */ words('const let var')

export const loopWords = /* @__PURE__ */ words('for loop while')

const types = /* @__PURE__ */ words(`
  array bool f32 i32 u32
  vec2 vec3 vec4 vec2f vec3f vec4f vec2i vec3i vec4i vec2u vec3u vec4u
  mat2x2 mat2x3 mat2x4 mat3x2 mat3x3 mat3x4 mat4x2 mat4x3 mat4x4
  mat2x2f mat2x3f mat2x4f mat3x2f mat3x3f mat3x4f mat4x2f mat4x3f mat4x4f`)

const functions = /* @__PURE__ */ words(`
  bitcast all any select abs acos acosh asin asinh atan atanh atan2 ceil clamp cos cosh countLeadingZeros countOneBits
  countTrailingZeros cross degrees determinant distance dot dot4U8Packed dot4I8Packed exp exp2 extractBits faceForward
  firstLeadingBit firstTrailingBit floor fma fract frexp insertBits inverseSqrt ldexp length log log2 max min mix modf normalize
  pow quantizeToF16 radians reflect refract reverseBits round saturate sign sin sinh smoothstep sqrt step tan tanh transpose trunc
  pack4x8snorm pack4x8unorm pack2x16snorm pack2x16unorm pack2x16float unpack4x8snorm unpack4x8unorm unpack2x16snorm
  unpack2x16unorm unpack2x16float`)

/** Types and functions that compute with what they are given. */
export const computingWords: ReadonlySet<string> = /* @__PURE__ */ together(types, functions)
