/**
 * `npx tsx scripts/recipe-pictures.ts [recipe …] [--frames folder]`: the gallery's before/after pictures, out of our
 * own engine: a crop of the sample clip enlarged plainly (Bicubic ×2, which anybody has) and the same crop as the
 * recipe makes it. With `--frames` the whole frames as PNG as well, to look at while tuning.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { encodePng } from '../src/gpu/png.ts'
import { ensureBuilt, projectFolder, startAppServer } from '../src/host/app-server.ts'
import { type HeadlessSession, openSession } from '../src/host/headless-session.ts'
import { recipePictures } from '../src/ui/files/shipped-recipes.ts'
import { loadScene as load, type Scene } from './scene.ts'

/** Bytes of one picture in the gallery, at most. */
const maxBytes = 25_000

interface Place {
  /** Of the recipe's result. */
  readonly frame: number
  readonly x: number
  readonly y: number
  /** Where the plain one counts its frames otherwise. */
  readonly frameBefore?: number
  /** What the sample is made into first: filters of ffmpeg. */
  readonly sourceFilters?: string
}

/** Of the enlarged sample, 640 × 360: where each recipe shows what it does. */
const crops: Readonly<Record<string, Place>> = JSON.parse(
  readFileSync(new URL('recipe-crops.json', import.meta.url), 'utf8'),
)
/** The crop's size and by how much it is enlarged, pixel by pixel, so that pixels can be judged. */
const crop = { width: 200, height: 125, zoom: 2 } as const

const { values, positionals } = parseArgs({ options: { frames: { type: 'string' } }, allowPositionals: true })
/** What a picture is compared with: the plain upscale, unless the recipe mends what something else does. */
function before(name: string): Scene {
  // The source's own pixels, as large.
  if (name === 'bicubic') return load(name, { bicubic: { kernel: 'nearest' } })
  if (name === 'four-times') return load('bicubic', { bicubic: { factor: 4 } })
  if (['texture-overload', 'auto-personality', 'steady-inventive', 'text-warping', 'faces'].includes(name))
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

/** A frame of a shipped recipe as PNG, of the sample made into something else, rendered as anybody would. */
function rendered(name: string, filters: string, frame: number): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'framewright-recipe-'))
  try {
    const sample = join(projectFolder, 'public/samples/field-guide-reference.mp4')
    const ffmpegArguments = [
      '-vf',
      `scale=320:180:flags=bicubic,${filters}`,
      '-an',
      '-c:v',
      'ffv1',
      '-pix_fmt',
      'yuv420p',
      'made.mkv',
    ]
    execFileSync('ffmpeg', ['-v', 'error', '-i', sample, ...ffmpegArguments], { cwd: folder })
    const graph = join(projectFolder, `public/graphs/${name}.json`)
    const range = ['--input', 'made.mkv', '--range', `${frame}-${frame}`, '--output', 'frame.png']
    const render = ['--import', import.meta.resolve('tsx'), join(projectFolder, 'src/cli/render.ts'), graph, ...range]
    execFileSync(process.execPath, render, { cwd: folder, stdio: 'ignore' })
    return readFileSync(join(folder, 'frame.png'))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** @param scene what is rendered here; or a PNG that was */
async function take({ page }: HeadlessSession, scene: Scene | Buffer, at: Place) {
  const request = Buffer.isBuffer(scene)
    ? `data:image/png;base64,${scene.toString('base64')}`
    : JSON.stringify({ ...scene, frame: at.frame })
  const shot = await page.evaluate(
    async ([text, place, maxBytes]) => {
      let bitmap: ImageBitmap
      if (text.startsWith('data:')) {
        const bytes = Uint8Array.from(atob(text.slice(text.indexOf(',') + 1)), (one) => one.charCodeAt(0))
        bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }))
      } else {
        const outcome = await window.framewright!.engine.snapshot(JSON.parse(text) as never)
        if (!outcome.ok) throw new Error(outcome.problems[0]?.message ?? 'no picture')
        const { width, height, pixels } = outcome.value
        bitmap = await createImageBitmap(new ImageData(pixels, width, height))
      }
      const { width, height } = bitmap
      const full = new OffscreenCanvas(width, height).getContext('2d')!
      full.drawImage(bitmap, 0, 0)
      const { data: pixels } = full.getImageData(0, 0, width, height)
      const canvas = new OffscreenCanvas(place.width * place.zoom, place.height * place.zoom)
      const context = canvas.getContext('2d')!
      context.imageSmoothingEnabled = false
      context.drawImage(bitmap, place.x, place.y, place.width, place.height, 0, 0, canvas.width, canvas.height)
      let quality = 0.92
      let blob = await canvas.convertToBlob({ type: 'image/webp', quality })
      while (blob.size > maxBytes && quality > 0.3) {
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
    ...shot,
    pixels: new Uint8ClampedArray(Buffer.from(shot.pixels, 'base64')),
    picture: new Uint8Array(Buffer.from(shot.picture, 'base64')),
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
    const { sourceFilters, frame, frameBefore = frame } = at
    for (const [which, scene] of [
      ['before', sourceFilters ? rendered('bicubic', sourceFilters, frameBefore) : before(name)],
      ['after', sourceFilters ? rendered(name, sourceFilters, frame) : load(name)],
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
