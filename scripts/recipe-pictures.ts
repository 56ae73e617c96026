/**
 * `npx tsx scripts/recipe-pictures.ts [recipe …] [--frames folder]`: the gallery's before/after pictures, out of our
 * own engine: a crop of the sample clip enlarged plainly (Bicubic ×2, which anybody has) and the same crop as the
 * recipe makes it. With `--frames` the whole frames as PNG as well, to look at while tuning.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { encodePng } from '../src/gpu/png.ts'
import { ensureBuilt, projectFolder, startAppServer } from '../src/host/app-server.ts'
import { type HeadlessSession, openSession } from '../src/host/headless-session.ts'
import { recipePictures } from '../src/ui/files/shipped-recipes.ts'
import { loadScene as load, type Scene } from './scene.ts'

/** Bytes of one picture in the gallery, at most. */
const maxBytes = 25_000

/** Of the enlarged sample, 640 × 360: where each recipe shows what it does. */
const crops: Readonly<Record<string, { readonly frame: number; readonly x: number; readonly y: number }>> = JSON.parse(
  readFileSync(new URL('recipe-crops.json', import.meta.url), 'utf8'),
)
/** The crop's size and by how much it is enlarged, pixel by pixel, so that pixels can be judged. */
const crop = { width: 200, height: 125, zoom: 2 } as const

const { values, positionals } = parseArgs({ options: { frames: { type: 'string' } }, allowPositionals: true })
/** What a picture is compared with: the plain upscale, unless the recipe mends what something else does. */
function before(name: string): Scene {
  // The source's own pixels, as large.
  if (name === 'bicubic') return load(name, { bicubic: { kernel: 'nearest' } })
  if (name === 'texture-overload' || name === 'auto-personality')
    return load('fast-x2', { 'sr-model': { personality: 2 } })
  return load('bicubic')
}

interface Taken {
  readonly width: number
  readonly height: number
  readonly pixels: Uint8ClampedArray
  /** WebP of the crop. */
  readonly picture: Uint8Array
}

async function take({ page }: HeadlessSession, scene: Scene, at: { frame: number; x: number; y: number }) {
  const request = JSON.stringify({ ...scene, frame: at.frame })
  const taken = await page.evaluate(
    async ([text, place, most]) => {
      const outcome = await window.framewright!.engine.snapshot(JSON.parse(text) as never)
      if (!outcome.ok) throw new Error(outcome.problems[0]?.message ?? 'no picture')
      const { width, height, pixels } = outcome.value
      const bitmap = await createImageBitmap(new ImageData(pixels, width, height))
      const canvas = new OffscreenCanvas(place.width * place.zoom, place.height * place.zoom)
      const context = canvas.getContext('2d')!
      context.imageSmoothingEnabled = false
      context.drawImage(bitmap, place.x, place.y, place.width, place.height, 0, 0, canvas.width, canvas.height)
      let quality = 0.92
      let blob = await canvas.convertToBlob({ type: 'image/webp', quality })
      while (blob.size > most && quality > 0.3) {
        quality -= 0.06
        blob = await canvas.convertToBlob({ type: 'image/webp', quality })
      }
      // As text, and without a function of its own: what Playwright takes over cannot carry either.
      const texts: string[] = []
      for (const part of [new Blob([pixels]), blob]) {
        const bytes = new Uint8Array(await part.arrayBuffer())
        let binary = ''
        for (let i = 0; i < bytes.length; i += 8192) binary += String.fromCharCode(...bytes.subarray(i, i + 8192))
        texts.push(btoa(binary))
      }
      return { width, height, pixels: texts[0]!, picture: texts[1]!, quality }
    },
    [request, { ...crop, x: at.x, y: at.y }, maxBytes] as const,
  )
  return {
    ...taken,
    pixels: new Uint8ClampedArray(Buffer.from(taken.pixels, 'base64')),
    picture: new Uint8Array(Buffer.from(taken.picture, 'base64')),
  } satisfies Taken & { quality: number }
}

await ensureBuilt((line) => process.stderr.write(`${line}\n`))
const server = await startAppServer()
const session = await openSession({ origin: server.origin, say: (line) => process.stderr.write(`${line}\n`) })
try {
  const folder = join(projectFolder, 'public', recipePictures)
  for (const path of [folder, values.frames]) if (path) mkdirSync(path, { recursive: true })
  const names = positionals.length > 0 ? positionals : Object.keys(crops)
  for (const name of names) {
    const at = crops[name]
    if (!at) throw new Error(`recipe-crops.json says nothing of ${name}`)
    for (const [which, scene] of [
      ['before', before(name)],
      ['after', load(name)],
    ] as const) {
      const { width, height, pixels, picture, quality } = await take(session, scene, at)
      const file = `${name}-${which}.webp`
      writeFileSync(join(folder, file), picture)
      process.stdout.write(`${file}: ${picture.length} bytes at quality ${quality.toFixed(2)}\n`)
      if (values.frames)
        writeFileSync(join(values.frames, `${name}-${which}.png`), await encodePng(pixels, width, height))
    }
  }
} finally {
  await session[Symbol.asyncDispose]()
  await server.close()
}
