/** Runs a model on the CPU without a browser: the numbers that a converted or mixed file gives. */
import * as ort from 'onnxruntime-web'

ort.env.wasm.numThreads = 1

export interface PlainPicture {
  readonly width: number
  readonly height: number
  /** Rows of RGB, or of luma for a model that takes luma alone; 0 to 255. */
  readonly picture: readonly number[]
}

/** The model's picture in [0,1], clamped, in rows as it was given. The model takes planes in [0,1]. */
export async function runOnnx(bytes: Uint8Array<ArrayBuffer>, { width, height, picture }: PlainPicture) {
  const session = await ort.InferenceSession.create(bytes)
  const area = width * height
  const channels = picture.length / area
  const planes = new Float32Array(picture.length)
  for (const [i, value] of picture.entries()) planes[(i % channels) * area + Math.floor(i / channels)] = value / 255
  const results = await session.run({
    [session.inputNames[0]!]: new ort.Tensor('float32', planes, [1, channels, height, width]),
  })
  const result = results[session.outputNames[0]!]!
  const data = result.data as Float32Array
  const large = data.length / channels
  const rows = Array.from({ length: data.length }, (_, i) =>
    Math.min(1, Math.max(0, data[(i % channels) * large + Math.floor(i / channels)]!)),
  )
  const { dims } = result
  await session.release()
  return { dims, rows }
}

export const worst = (a: readonly number[], b: readonly number[]): number => {
  if (a.length !== b.length) throw new Error('results of different sizes')
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0)
}
