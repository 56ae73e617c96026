/** How long a model takes on the GPU, one way or another, on a picture that is the same for all. */
import type { Gpu } from '../../gpu/types.ts'
import { type ModelForm, type Size, tensorDims } from '../inspect.ts'
import { type ModelSession, tensorLength } from '../sessions.ts'

/** Side of the picture. */
const trialSide = 128

/** Rounds that count; the first pays for what the driver left for later. */
const rounds = 3

/**
 * Milliseconds a picture: the best of a few rounds, so that what else the machine does counts little. `run` submits the
 * model's work and resolves with the number of pictures that it is.
 */
export async function timeTrial(
  { device, pool }: Gpu,
  { layout, channels, scale, fixedSize, sizeStep }: ModelForm,
  run: (input: GPUBuffer, output: GPUBuffer, size: Size) => Promise<number>,
): Promise<number> {
  const side = Math.ceil(trialSide / sizeStep) * sizeStep
  const size = fixedSize ?? { width: side, height: side }
  const bytes = tensorLength(tensorDims(layout, channels, size)) * 4
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST
  using input = pool.buffer({ size: bytes, usage }, 'models/trial-in')
  using output = pool.buffer({ size: bytes * scale ** 2, usage }, 'models/trial-out')
  let best = Number.POSITIVE_INFINITY
  for (let round = 0; round <= rounds; round++) {
    const begin = performance.now()
    const pictures = await run(input.value, output.value, size)
    await device.queue.onSubmittedWorkDone()
    if (round > 0) best = Math.min(best, (performance.now() - begin) / pictures)
  }
  return best
}

/** Of onnxruntime on WebGPU. */
export const timeSession = (gpu: Gpu, session: ModelSession, form: ModelForm): Promise<number> =>
  timeTrial(gpu, form, async (input, output, { width, height }) => {
    const { layout, channels, elementType, scale } = form
    const large = { width: width * scale, height: height * scale }
    await session.runOnBuffers(
      { name: form.input, elementType, dims: tensorDims(layout, channels, { width, height }), buffer: input },
      { name: form.output, elementType, dims: tensorDims(layout, channels, large), buffer: output },
    )
    return 1
  })
