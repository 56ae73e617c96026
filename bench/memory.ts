/**
 * `npm run bench:memory`: renders a clip of 20,000 frames and looks at the memory of every process that takes part, as
 * Linux counts it, after all that nothing holds any more was thrown away (`collect-garbage.ts`): how much of that lies about from one
 * collection to the next is up to the browser and to chance. After the first 2,000 frames none may grow by more than 5 %, nor may the
 * heap of any script. `--frames <n>` for a shorter one.
 */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { projectFolder } from '../src/host/app-server.ts'
import type { Heaps } from './collect-garbage.ts'

const warmUp = 2000
/** Frames from one look to the next. */
const lookEvery = 2000
const maxGrowth = 0.05
/** Growth that counts as none: a process of a few megabytes grows by a twentieth as soon as it does anything. */
const slackKilobytes = 4096
const slackMegabytes = 0.5

const { values } = parseArgs({ options: { frames: { type: 'string' } } })
const frames = Number(values.frames ?? 20_000)

const folder = join(projectFolder, '.cache/memory')
mkdirSync(folder, { recursive: true })
const clip = join(folder, `noisy-clip-${frames}.mp4`)
if (!existsSync(clip)) {
  // Noise makes each frame some kilobytes, so that what is read ahead of a file (8 MB) is there before the first look.
  const picture = `testsrc2=s=96x64:r=25:d=${frames / 25},noise=alls=40:allf=t`
  const how = ['-f', 'lavfi', '-i', picture, '-c:v', 'libx264', '-preset', 'ultrafast', '-qp', '18']
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
  [
    ...['--expose-gc', '--import', 'tsx', '--import', './bench/collect-garbage.ts', 'src/cli/render.ts', graph],
    ...['--input', clip, '--output', join(folder, 'memory.mp4'), '--fresh'],
  ],
  { cwd: projectFolder, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] },
)
const ended = once(render, 'exit')
let said = ''

interface Reading {
  readonly what: string
  /** Kilobytes of a process, or megabytes of a script's heap, at each look. */
  readonly amounts: number[]
}
const processes = new Map<number, Reading>()
const heaps = new Map<string, Reading>()
const frameOfLook: number[] = []

function note<K>(readings: Map<K, Reading>, key: K, what: string, amount: number): void {
  const reading = readings.get(key) ?? { what, amounts: [] }
  reading.amounts.push(amount)
  readings.set(key, reading)
}

async function look(frame: number): Promise<void> {
  render.send('collect')
  const [answer] = (await Promise.race([once(render, 'message'), ended])) as [
    { heaps?: Heaps; error?: string } | number,
  ]
  // It came to its end meanwhile.
  if (typeof answer !== 'object' || answer === null) return
  if (!answer.heaps) throw new Error(`Garbage could not be collected: ${answer.error}`)
  frameOfLook.push(frame)
  for (const [script, megabytes] of Object.entries(answer.heaps)) note(heaps, script, script, megabytes)
  for (const pid of family(render.pid!)) {
    const now = ownMemory(pid)
    if (now) note(processes, pid, now.what, now.kilobytes)
  }
}

let due = warmUp
let looking: Promise<void> | undefined
render.stderr!.setEncoding('utf8')
render.stderr!.on('data', (text: string) => {
  said = (said + text).slice(-4000)
  const last = [...text.matchAll(/(\d+)\/(\d+) frames/g)].at(-1)
  const done = Number(last?.[1] ?? 0)
  if (looking || done < due || done === Number(last?.[2])) return
  due = done + lookEvery
  looking = look(done).finally(() => {
    looking = undefined
  })
})
const [code] = (await ended) as [number | null]
await looking
if (code !== 0) throw new Error(`The render ended with ${code}: ${said}`)
if (frameOfLook.length < 2) throw new Error('The render was over too soon: give more --frames.')

let grown = 0
function tell({ what, amounts }: Reading, name: string, slack: number, unit: string): void {
  // What was not there all the time, as workers that are replaced, has no growth.
  if (amounts.length < frameOfLook.length) return
  const [first = 0] = amounts
  const last = amounts.at(-1) ?? 0
  const tooMuch = last > first * (1 + maxGrowth) + slack
  if (tooMuch) grown += 1
  const percent = ((last / first - 1) * 100).toFixed(1)
  const all = amounts.map((amount) => amount.toFixed(unit === 'MB' ? 2 : 0)).join(' → ')
  process.stdout.write(`${tooMuch ? 'GROWS' : 'flat '}  ${what}${name}: ${percent} %: ${all} ${unit}\n`)
}
process.stdout.write(`After collection of garbage, at frames ${frameOfLook.join(', ')}:\n`)
for (const [pid, reading] of processes) tell(reading, ` (${pid})`, slackKilobytes, 'kB')
for (const reading of heaps.values()) tell(reading, ', heap of scripts', slackMegabytes, 'MB')
process.exitCode = grown > 0 ? 1 : 0
