/** The sample clip, decoded by the browser: pictures and the truth about their text, as numbers. */
import { ALL_FORMATS, Input, UrlSource, VideoSampleSink } from 'mediabunny'
import shots from '../../../public/samples/field-guide.json'
import { draw, type Numbers } from '../harness.ts'

export const shot = (name: string) => {
  const found = shots.find((candidate) => candidate.name === name)
  if (!found) throw new Error(`the sample has no shot ${name}`)
  return found
}

function pixels(width: number, height: number, paint: (context: OffscreenCanvasRenderingContext2D) => void): ImageData {
  const context = new OffscreenCanvas(width, height).getContext('2d', { colorSpace: 'srgb' })
  if (!context) throw new Error('no canvas')
  paint(context)
  return context.getImageData(0, 0, width, height)
}

/** The frames with these indices, RGBA in [0,1], 320×180. */
export async function sampleFrames(wanted: readonly number[]): Promise<ReadonlyMap<number, Numbers>> {
  const source = new UrlSource(new URL('/samples/field-guide.mp4', location.href))
  using input = new Input({ source, formats: ALL_FORMATS })
  const track = await input.getPrimaryVideoTrack()
  if (!track) throw new Error('the sample has no video')
  const frames = new Map<number, Numbers>()
  let index = 0
  for await (const sample of new VideoSampleSink(track).samples()) {
    if (wanted.includes(index)) {
      const { displayWidth: width, displayHeight: height } = sample
      const { data } = pixels(width, height, (context) => sample.draw(context, 0, 0, width, height))
      frames.set(index, {
        width,
        height,
        channels: 4,
        data: Float32Array.from(data, (byte) => byte / 255),
      })
    }
    sample.close()
    index += 1
  }
  return frames
}

const truthUrls = import.meta.glob<string>('../../fixtures/text/*.png', {
  query: '?url',
  import: 'default',
  eager: true,
})

/** 1 where frame `index` has text, at twice the sample's size. */
export async function textTruth(index: number): Promise<Numbers> {
  const url = truthUrls[`../../fixtures/text/field-guide-frame-${String(index).padStart(3, '0')}.png`]
  if (!url) throw new Error(`there is no truth for frame ${index}`)
  const bitmap = await createImageBitmap(await (await fetch(url)).blob())
  const { width, height } = bitmap
  const { data } = pixels(width, height, (context) => context.drawImage(bitmap, 0, 0))
  return draw(width, height, (x, y) => (data[4 * (y * width + x)]! > 127 ? 1 : 0))
}
