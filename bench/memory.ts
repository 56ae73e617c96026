/**
 * `npm run bench:memory`: renders a clip of 20,000 frames and looks at the memory of every process that takes part, as
 * Linux counts it. After the first 2,000 frames none may grow by more than 5 %. `--frames <n>` for a shorter one.
 */
import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { projectFolder } from '../src/host/app-server.ts'

const warmUp = 2000
const maxGrowth = 0.05
/** Growth that counts as none: a process of a few megabytes grows by a twentieth as soon as it does anything. */
const slackKilobytes = 4096

const { values } = parseArgs({ options: { frames: { type: 'string' } } })
const frames = Number(values.frames ?? 20_000)

const folder = join(projectFolder, '.cache/memory')
mkdirSync(folder, { recursive: true })
const clip = join(folder, `clip-${frames}.mp4`)
if (!existsSync(clip)) {
  const how = ['-f', 'lavfi', '-i', `testsrc2=s=96x64:r=25:d=${frames / 25}`, '-c:v', 'libx264', '-preset', 'ultrafast']
  execFileSync('ffmpeg', ['-nostdin', '-v', 'error', '-y', ...how, '-g', '50', '-pix_fmt', 'yuv420p', clip])
}
const graph = join(folder, 'graph.json')
const node = (id: string, type: string, params: object) => [id, { type, position: { x: 0, y: 0 }, params }] as const
const nodes = [
  node('decode', 'decode', { media: { id: 'clip.mp4' } }),
  node('deflicker', 'deflicker', {}),
  node('encode', 'encode', { fileName: 'memory.mp4', embedGraph: false }),
]
const wire = (from: string, to: string) => ({
  from: { node: from, port: 'image' },
  to: { node: to, port: 'image' },
})
writeFileSync(
  graph,
  JSON.stringify({
    format: 'framewright-graph',
    versions: { document: 2, nodes: { decode: 0, deflicker: 0, encode: 0 } },
    title: 'Memory',
    description: '',
    nodes: Object.fromEntries(nodes),
    edges: { a: wire('decode', 'deflicker'), b: wire('deflicker', 'encode') },
  }),
)

/** The processes below `root`, itself with them. */
function family(root: number): readonly number[] {
  const parents = new Map<number, number[]>()
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, 'utf8')
      const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
      parents.set(parent, [...(parents.get(parent) ?? []), Number(entry)])
    } catch {
      // It has ended meanwhile.
    }
  }
  const pids = [root]
  for (let i = 0; i < pids.length; i++) pids.push(...(parents.get(pids[i]!) ?? []))
  return pids
}

interface Seen {
  readonly what: string
  /** Kilobytes of its own memory, the most before and after the first frames. */
  before: number
  after: number
}

/** Kilobytes that are its own, not files of which the system holds one copy; `null` where it has ended. */
function ownMemory(pid: number): { readonly what: string; readonly kilobytes: number } | null {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
    const anonymous = /RssAnon:\s+(\d+)/.exec(status)
    const shared = /RssShmem:\s+(\d+)/.exec(status)
    const type = /--type=(\S+)/.exec(command)?.[1] ?? command.slice(0, 40)
    return { what: type, kilobytes: Number(anonymous?.[1] ?? 0) + Number(shared?.[1] ?? 0) }
  } catch {
    return null
  }
}

const render = spawn(
  process.execPath,
  ['--import', 'tsx', 'src/cli/render.ts', graph, '--input', clip, '--output', join(folder, 'memory.mp4'), '--fresh'],
  { cwd: projectFolder, stdio: ['ignore', 'ignore', 'pipe'] },
)
let done = 0
let said = ''
render.stderr.setEncoding('utf8')
render.stderr.on('data', (text: string) => {
  said = (said + text).slice(-4000)
  const last = [...text.matchAll(/(\d+)\/\d+ frames/g)].at(-1)
  if (last) done = Number(last[1])
})
const readings = new Map<number, Seen>()
const watch = setInterval(() => {
  if (done === 0 || render.pid === undefined) return
  for (const pid of family(render.pid)) {
    const now = ownMemory(pid)
    if (!now) continue
    const reading = readings.get(pid) ?? { what: now.what, before: 0, after: 0 }
    if (done <= warmUp) reading.before = Math.max(reading.before, now.kilobytes)
    else reading.after = Math.max(reading.after, now.kilobytes)
    readings.set(pid, reading)
  }
}, 500)
const code = await new Promise<number | null>((resolve) => render.once('exit', resolve))
clearInterval(watch)
if (code !== 0) throw new Error(`The render ended with ${code}: ${said}`)
let grown = 0
for (const [pid, { what, before, after }] of readings) {
  if (before === 0 || after === 0) continue
  const tooMuch = after > before * (1 + maxGrowth) + slackKilobytes
  if (tooMuch) grown += 1
  const percent = ((after / before - 1) * 100).toFixed(1)
  process.stdout.write(
    `${tooMuch ? 'GROWS' : 'flat '}  ${what} (${pid}): ${before} kB, then ${after} kB, ${percent} %\n`,
  )
}
process.exitCode = grown > 0 ? 1 : 0
