/**
 * Whether the GPU computes a model rightly. The runtime's WebGPU kernels give wrong numbers for some networks, no
 * error and no black: convolutions of 5 or 6 channels among them (onnxruntime-web 1.30; microsoft/onnxruntime#29651
 * tells of another), and a driver may compile our own shaders wrongly. So each model is run once on small pictures
 * both ways before its pictures are believed.
 */

import { messageOf } from '../graph/document/coded-error.ts'
import { type ModelForm, tensorDims } from './inspect.ts'
import { floatsToHalves, halvesToFloats } from './onnx/half.ts'
import { probeSize } from './probe-form.ts'
import { type ModelSession, tensorLength } from './sessions.ts'

/** For onnxruntime, of a picture in [0,1]: rounding of float16 layers stays below it, a wrong neighbour does not. */
const tolerance = 0.03

/** Noise that is the same every time, in [0,1). Marsaglia's xorshift32. */
function noise(length: number): Float32Array<ArrayBuffer> {
  let state = 0x2545f491
  return Float32Array.from({ length }, () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  })
}

/** What pictures are made of, in any order of the tensor: even ground, a slope, an edge, thin lines. */
function drawing(length: number): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length }, (_, i) => {
    const share = i / length
    if (share < 0.25) return 0.2
    if (share < 0.5) return (share - 0.25) * 4
    if (share < 0.75) return i % 40 < 17 ? 0.95 : 0.05
    return i % 7 === 0 ? 1 : 0.4 + 0.2 * Math.sin(i / 5)
  })
}

/** Runs a model on a tensor of the form's number type; resolves with what it gives, row by row. */
export type RunNumbers = (dims: readonly number[], data: ArrayBuffer) => Promise<Float32Array>

export const onSession =
  (session: ModelSession, { elementType, input, output }: ModelForm): RunNumbers =>
  async (dims, data) => {
    const request = { name: input, elementType, dims, data }
    const { bytes, elementType: outputType } = await session.runOnBytes(request, output, true)
    const { buffer } = bytes.slice()
    return outputType === 'float16' ? halvesToFloats(new Uint16Array(buffer)) : new Float32Array(buffer)
  }

/**
 * Largest difference between what two ways give for the test pictures, clamped to [0,1]; infinite where one is no
 * picture.
 */
export async function largestDifference(a: RunNumbers, b: RunNumbers, form: ModelForm): Promise<number> {
  const dims = tensorDims(form.layout, form.channels, probeSize(form))
  const length = tensorLength(dims)
  let worst = 0
  for (const numbers of [noise(length), drawing(length)]) {
    const data = form.elementType === 'float16' ? floatsToHalves(numbers).buffer : numbers.buffer
    worst = Math.max(worst, apart(await a(dims, data), await b(dims, data)))
  }
  return worst
}

function apart(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY
  const clamp = (value: number) => Math.min(1, Math.max(0, value))
  let worst = 0
  for (const [i, value] of a.entries()) {
    const difference = Math.abs(clamp(value) - clamp(b[i]!))
    // Written so that NaN counts as a difference, unless both have it: then the model itself is to blame.
    if (!(difference <= worst) && !(Number.isNaN(value) && Number.isNaN(b[i]!))) {
      worst = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference
    }
  }
  return worst
}

/** Why the model must not run on this GPU, a sentence for people; `undefined` where it may. */
export async function gpuComplaint(
  onGpu: ModelSession,
  onCpu: ModelSession,
  form: ModelForm,
): Promise<string | undefined> {
  try {
    return (await largestDifference(onSession(onGpu, form), onSession(onCpu, form), form)) <= tolerance
      ? undefined
      : 'Runs on WASM: on a test picture WebGPU computed other numbers for this model.'
  } catch (error) {
    const why = messageOf(error)
    return `Runs on WASM: WebGPU could not be tried on a test picture (${why}).`
  }
}
