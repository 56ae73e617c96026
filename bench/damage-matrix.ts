/**
 * `npm run bench:damage`: 13 kinds of damage done to 8 containers, each file opened as the product does, held against
 * ffmpeg's own decode of the same file. Needs ffmpeg with libx264 and libvpx; the clips lie in `.cache/damage`.
 * `--only <text>` takes the files whose names hold it; `--expected` writes what ffmpeg gives of the tests' clips. `--route` says who
 * opens them: `product` (where not said), `remux` (ffmpeg takes the packets out, the browser decodes) or `decode` (ffmpeg does both).
 * `--files <folder>` reads the clips of a folder as they are instead.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Browser, chromium, type Page } from 'playwright-core'
import type { MediaFacts } from '../src/graph/node/facts.ts'
import { projectFolder, runVite, startAppServer } from '../src/host/app-server.ts'
import { browserArguments, findTestBrowser } from '../src/host/browser.ts'
import { judged, type Whole } from './damage-judgement.ts'
import { damaged, damageKinds } from './damage-kinds.ts'
import type { Reading } from './damage-reading.ts'

const clipFrames = 75
/** Seconds that a file may take; beyond it counts as one that hangs. */
const patience = 90

const picture = ['-f', 'lavfi', '-i', `testsrc2=s=128x96:r=25:d=${clipFrames / 25}`]
const sound = ['-f', 'lavfi', '-i', `sine=440:r=44100:d=${clipFrames / 25}`]
const x264 = ['-c:v', 'libx264', '-g', '15', '-bf', '2', '-pix_fmt', 'yuv420p', '-b:v', '600k', '-c:a', 'aac']

/** Arguments of ffmpeg that make the clip, by the extension of its file. */
const containers: Readonly<Record<string, readonly string[]>> = {
  mp4: [...x264, '-movflags', '+faststart'],
  'fragmented.mp4': [...x264, '-movflags', '+frag_keyframe+empty_moov+default_base_moof'],
  mkv: x264,
  webm: [
    '-c:v',
    'libvpx-vp9',
    '-g',
    '15',
    '-b:v',
    '600k',
    '-deadline',
    'realtime',
    '-cpu-used',
    '8',
    '-c:a',
    'libopus',
  ],
  ts: x264,
  mpg: ['-c:v', 'mpeg2video', '-g', '12', '-bf', '2', '-b:v', '900k', '-c:a', 'mp2', '-f', 'vob'],
  avi: ['-c:v', 'mpeg4', '-g', '15', '-bf', '2', '-b:v', '700k', '-c:a', 'libmp3lame'],
  flv: [...x264, '-ar', '44100'],
}

/** Clips that the tests hold, and where what ffmpeg gives of them is kept. */
const testClips = join(projectFolder, 'tests/fixtures/media')
const testContainers = ['mp4', 'mkv', 'mpg']

function makeClip(folder: string, container: string): Uint8Array {
  const file = join(folder, `clip.${container}`)
  if (!existsSync(file)) {
    const how = containers[container] ?? []
    const exact = ['-fflags', '+bitexact', '-flags:v', '+bitexact', '-threads', '1']
    execFileSync('ffmpeg', ['-nostdin', '-v', 'error', '-y', ...picture, ...sound, ...how, ...exact, file])
  }
  // A `Buffer` would lend its bytes to every slice of it.
  return new Uint8Array(readFileSync(file))
}

/** Frames that ffmpeg decodes of `file`. */
function framesOfFfmpeg(file: string): number {
  const args = [
    '-nostdin',
    '-v',
    'quiet',
    '-i',
    file,
    '-map',
    '0:v:0',
    '-fps_mode',
    'passthrough',
    '-f',
    'framemd5',
    '-',
  ]
  const { stdout } = spawnSync('ffmpeg', args, { encoding: 'utf8', maxBuffer: 1 << 26, timeout: 60_000 })
  return stdout.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length
}

interface Row {
  readonly container: string
  readonly kind: string
  readonly ffmpeg: number
  readonly reading: Reading | 'hangs'
  readonly seconds: number
  readonly wrong: string | null
}

async function openPage(browser: Browser, url: string): Promise<Page> {
  const page = await browser.newPage()
  // Where there is no private store, as in private windows, packets cannot be moved into another container.
  if (route === 'decode') await page.addInitScript(() => Reflect.deleteProperty(Navigator.prototype, 'storage'))
  await page.goto(url)
  await page.waitForFunction(() => window.readFrames !== undefined)
  return page
}

async function read(page: Page, name: string, bytes: Uint8Array): Promise<Reading | 'hangs'> {
  const base64 = Buffer.from(bytes).toString('base64')
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<'hangs'>((resolve) => {
    timer = setTimeout(() => resolve('hangs'), patience * 1000)
  })
  const reading = page.evaluate(
    ([file, text, asked]) => {
      if (!window.readFrames) throw new Error('The page is not ready.')
      return window.readFrames(file, text, asked)
    },
    [name, base64, route === 'product' ? 'product' : 'ffmpeg'] as const,
  )
  try {
    return await Promise.race([reading, late])
  } finally {
    clearTimeout(timer)
    reading.catch(() => undefined)
  }
}

/** Writes what ffmpeg gives of the tests' clips, whole and with every damage. */
function writeExpected(folder: string): void {
  const expected = testContainers.map((container) => {
    const clip = new Uint8Array(readFileSync(join(testClips, `damage.${container}`)))
    const counts = ['whole', ...Object.keys(damageKinds)].map((kind) => {
      const file = join(folder, `expected.${container}`)
      writeFileSync(file, kind === 'whole' ? clip : damaged(clip, kind))
      return [kind, framesOfFfmpeg(file)] as const
    })
    return [container, Object.fromEntries(counts)] as const
  })
  writeFileSync(join(testClips, 'damage.json'), `${JSON.stringify(Object.fromEntries(expected), null, 2)}\n`)
}

/** What is known of the pictures, in few words. */
const factsText = ({ route: by, width, height, colour, samples, hdr, codec }: MediaFacts): string =>
  [
    by,
    codec,
    `${width}x${height}`,
    `${colour.matrix}/${colour.primaries}/${colour.transfer}/${colour.fullRange ? 'full' : 'limited'}${colour.tagged ? '' : ' (guessed)'}`,
    `${samples.bits} bits ${samples.chroma} ${samples.chromaSite}`,
    ...(samples.alpha ? ['alpha'] : []),
    samples.fieldOrder ?? 'fields unknown',
    ...(samples.mirrored ? ['mirrored'] : []),
    ...(hdr ? [hdr] : []),
  ].join(' ')

interface Case {
  readonly container: string
  readonly kind: string
  readonly name: string
  readonly bytes: Uint8Array
}

const videoFiles = /\.(mp4|mov|m4v|mkv|webm|ts|mpg|avi|flv|wmv)$/

function* filesOf(path: string): Generator<Case> {
  for (const name of readdirSync(path).filter((each) => videoFiles.test(each)))
    yield { container: extname(name), kind: 'as it is', name, bytes: new Uint8Array(readFileSync(join(path, name))) }
}

function* matrix(folder: string): Generator<Case> {
  for (const container of Object.keys(containers)) {
    const clip = makeClip(folder, container)
    for (const kind of [whole, ...Object.keys(damageKinds)]) {
      const name = `${kind.replaceAll(/[^a-z0-9]+/g, '-')}.${container}`
      yield { container, kind, name, bytes: kind === whole ? clip : damaged(clip, kind) }
    }
  }
}

const whole = 'whole'
const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    json: { type: 'boolean' },
    expected: { type: 'boolean' },
    route: { type: 'string' },
    files: { type: 'string' },
  },
})
const route = values.route ?? 'product'
if (!['product', 'remux', 'decode'].includes(route)) throw new Error(`There is no route “${route}”.`)
const say = (line: string): void => void process.stderr.write(`${line}\n`)

const folder = join(projectFolder, '.cache/damage')
mkdirSync(folder, { recursive: true })
if (values.expected) {
  writeExpected(folder)
  process.exit()
}
const built = join(projectFolder, '.cache/bench')
const build = ['build', '--config', 'bench/vite.config.ts', '--outDir', built, '--emptyOutDir', '--logLevel', 'error']
await runVite(build)
const server = await startAppServer({ folder: built })
const browser = await chromium.launch({ executablePath: findTestBrowser(), args: [...browserArguments] })
const rows: Row[] = []
try {
  const url = `${server.origin}/damage.html`
  let page = await openPage(browser, url)
  let clip: Whole | undefined
  for (const { container, kind, name, bytes } of values.files ? filesOf(values.files) : matrix(folder)) {
    if (values.only && kind !== whole && !name.includes(values.only)) continue
    writeFileSync(join(folder, name), bytes)
    const ffmpeg = framesOfFfmpeg(join(folder, name))
    const began = performance.now()
    const reading = await read(page, name, bytes)
    const seconds = (performance.now() - began) / 1000
    if (reading === 'hangs') {
      await page.close()
      page = await openPage(browser, url)
    } else {
      // Of a file that comes as it is nobody knows what it lost.
      if (kind === whole) clip = { frames: clipFrames, sums: new Set(reading.sums) }
      if (values.files) clip = { frames: reading.frames, sums: new Set(reading.sums) }
    }
    const unlost = clip ?? { frames: clipFrames, sums: new Set<number>() }
    const wrong = reading === 'hangs' ? `nothing came for ${patience} s` : judged(reading, ffmpeg, unlost)
    rows.push({ container, kind, ffmpeg, reading, seconds, wrong })
    const note =
      reading === 'hangs'
        ? ''
        : `${reading.frames} (${reading.held} held) ${reading.facts ? factsText(reading.facts) : 'refused'}`
    say(
      `${wrong === null ? 'right' : 'WRONG'}  ${name}: ${note}, ffmpeg ${ffmpeg}, ${seconds.toFixed(1)} s${wrong === null ? '' : `: ${wrong}`}`,
    )
    if (values.files && reading !== 'hangs')
      for (const each of [...reading.notes, reading.refusal ?? '']) if (each) say(`       ${each}`)
  }
} finally {
  await browser.close()
  await server.close()
}
const wrong = rows.filter((row) => row.wrong !== null)
process.stdout.write(
  values.json
    ? `${JSON.stringify(rows, null, 2)}\n`
    : `${rows.length - wrong.length} of ${rows.length} right\n${wrong.map(({ container, kind, wrong: why }) => `  ${kind}, ${container}: ${why}\n`).join('')}`,
)
process.exitCode = wrong.length > 0 ? 1 : 0
