/**
 * The browser's H.264 against x264 of the built-in ffmpeg: which comes nearer to the same pictures in a file of the same
 * size. x264's is never the larger: of its steps of quality the finest is taken that needs no more bytes.
 */
import type { Engine, Outcome, Picture8 } from '../src/engine/door/api.ts'
import type { EdgeId, GraphDocument, OutermostId } from '../src/graph/document/document.ts'
import type { JsonObject } from '../src/graph/document/json.ts'
import { lumaOf, meanSquaredError, psnrOf } from './quality.ts'

export interface EncodersResult {
  readonly frames: number
  readonly rows: readonly {
    readonly name: string
    readonly crf: number | null
    /** Of the pictures alone. */
    readonly bytes: number
    /** Of luma, over all frames; dB. */
    readonly psnr: number
    readonly framesPerSecond: number
  }[]
}

function unwrap<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value
  throw new Error(outcome.problems.map(({ message, hint }) => `${message} ${hint}`).join(' '))
}

const [decode, encode] = ['decode' as OutermostId, 'encode' as OutermostId]

function graphOf(media: string, params: JsonObject | null): GraphDocument {
  const position = { x: 0, y: 0 }
  const wire = {
    id: 'encode.image' as EdgeId,
    from: { node: decode, port: 'image' },
    to: { node: encode, port: 'image' },
  }
  return {
    title: '',
    description: '',
    nodes: {
      [decode]: { id: decode, type: 'decode', params: { media: { id: media } }, position },
      ...(params ? { [encode]: { id: encode, type: 'encode', params, position } } : {}),
    },
    edges: params ? { [wire.id]: wire } : {},
  }
}

const fileName = 'encoded.mp4'

async function encoded(engine: Engine, source: string, frames: number, params: JsonObject) {
  const outputs = { [encode]: { fileName, target: { kind: 'store' } as const } }
  const document = graphOf(source, { ...params, embedGraph: false, sound: false })
  const { seconds, outputs: reports } = unwrap(await engine.export({ document, outputs, frames }, () => undefined))
  const report = reports[encode]
  if (report?.kind !== 'pictures') throw new Error('the encoder under measure wrote no pictures')
  const { keyBytes, deltaBytes } = report.packets
  return { bytes: keyBytes + deltaBytes, framesPerSecond: frames / seconds }
}

/** Every `step`th frame is looked at. */
const step = 5

async function psnrOfFile(engine: Engine, source: string, frames: number): Promise<number> {
  unwrap(await engine.addAsset('media', fileName, [await engine.takeOutput(fileName)]))
  const luma = async (media: string, frame: number) => {
    const view = { node: decode, port: 'image' }
    const { pixels, width, height }: Picture8 = unwrap(
      await engine.snapshot({ document: graphOf(media, null), view, frame }),
    )
    return lumaOf(pixels, width, height)
  }
  let sum = 0
  let count = 0
  for (let frame = 0; frame < frames; frame += step) {
    sum += meanSquaredError(await luma(fileName, frame), await luma(source, frame))
    count += 1
  }
  return psnrOf(sum / count)
}

/** @param qualities of the browser's encoder, 0 to 100; each is set against x264 */
export async function encoders(
  engine: Engine,
  source: string,
  frames: number,
  qualities: readonly number[],
): Promise<EncodersResult> {
  const rows: EncodersResult['rows'][number][] = []
  for (const quality of qualities) {
    const browser = await encoded(engine, source, frames, { quality })
    const psnr = await psnrOfFile(engine, source, frames)
    rows.push({ name: `Browser, quality ${quality}`, crf: null, ...browser, psnr })
    let [fine, coarse] = [8, 44]
    while (fine < coarse) {
      const crf = Math.floor((fine + coarse) / 2)
      const { bytes } = await encoded(engine, source, frames, { encoder: 'ffmpeg', crf })
      if (bytes <= browser.bytes) coarse = crf
      else fine = crf + 1
    }
    const x264 = await encoded(engine, source, frames, { encoder: 'ffmpeg', crf: coarse })
    rows.push({ name: 'x264', crf: coarse, ...x264, psnr: await psnrOfFile(engine, source, frames) })
  }
  await engine.releaseOutput(fileName)
  return { frames, rows }
}
