/**
 * Whether the GPU computes a model rightly. The runtime's WebGPU kernels give wrong numbers for some networks, no
 * error and no black: convolutions of 5 or 6 channels among them (onnxruntime-web 1.30; microsoft/onnxruntime#29651
 * tells of another). So each model is run once on a small picture both ways before its pictures are believed.
 */

import { type ModelForm, probeSize, tensorDims } from './inspect.ts'
import { floatsToHalves, halvesToFloats } from './onnx/half.ts'
import { type ModelSession, tensorLength } from './sessions.ts'

/** Of a picture in [0,1]: rounding of float16 layers stays below it, a wrong neighbour or channel does not. */
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

async function run(session: ModelSession, form: ModelForm): Promise<Float32Array> {
  const { elementType, input, output } = form
  const dims = tensorDims(form.layout, form.channels, probeSize(form))
  const numbers = noise(tensorLength(dims))
  const data = elementType === 'float16' ? floatsToHalves(numbers).buffer : numbers.buffer
  const { bytes, elementType: given } = await session.runOnBytes({ name: input, elementType, dims, data }, output, true)
  const { buffer } = bytes.slice()
  return given === 'float16' ? halvesToFloats(new Uint16Array(buffer)) : new Float32Array(buffer)
}

/** Largest difference between what the two sessions give, clamped to [0,1]; infinite where one is no picture. */
async function difference(onGpu: ModelSession, onCpu: ModelSession, form: ModelForm): Promise<number> {
  const [a, b] = [await run(onGpu, form), await run(onCpu, form)]
  if (a.length !== b.length) return Number.POSITIVE_INFINITY
  const clamp = (value: number) => Math.min(1, Math.max(0, value))
  let worst = 0
  for (const [i, value] of a.entries()) {
    const apart = Math.abs(clamp(value) - clamp(b[i]!))
    // Written so that NaN counts as a difference, unless both have it: then the model itself is to blame.
    if (!(apart <= worst) && !(Number.isNaN(value) && Number.isNaN(b[i]!))) {
      worst = Number.isNaN(apart) ? Number.POSITIVE_INFINITY : apart
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
    return (await difference(onGpu, onCpu, form)) <= tolerance
      ? undefined
      : 'Runs on WASM: on a test picture WebGPU computed other numbers for this model.'
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return `Runs on WASM: WebGPU could not be tried on a test picture (${why}).`
  }
}
