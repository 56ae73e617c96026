/**
 * What a render costs where it is cut into pieces, for the table in docs/cluster.md: renders pieces of two lengths and joins them, and
 * takes the seconds of a core that the command and its browser use, which tell the same on a busy machine as on an idle one. From
 * what a piece costs beside its frames, and what each frame does, the time of 1 to 1,000 pieces follows. On Linux, with ffmpeg:
 *
 *     npx tsx scripts/cluster-costs.ts [--graph public/graphs/bicubic.json] [--input clip.mp4] [--overlap] [--hours 2]
 *
 * `--overlap` measures besides what cuts cost graphs whose nodes look at other frames: a second between two cuts, and a clip that has
 * no more than a second. The clip, the sample where none is given, has 24 frames a second and four seconds at least.
 */
import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { ensureBuilt, projectFolder } from '../src/host/app-server.ts'

const bicubic = join(projectFolder, 'public/graphs/bicubic.json')
const { values } = parseArgs({
  options: {
    graph: { type: 'string', default: bicubic },
    input: { type: 'string' },
    overlap: { type: 'boolean', default: false },
    hours: { type: 'string', default: '2' },
  },
})
/** Frames of the clip. */
const lengths = [24, 96] as const
/** Seconds of the clip from one cut to the next. */
const secondsPerPiece = 1
/** Renders of which the median counts. */
const tries = 7
/** Frames of small clips with sound, by which the cost of joining is measured: most of it is that of packets, however small. */
const joinedLengths = [500, 3_000] as const
/** Arguments to that recipe which make large packets: without loss, four times the size. */
const large = ['encode.encoder=ffmpeg', 'encode.format=ffv1', 'encode.fileName=large.mkv', 'bicubic.factor=4'].flatMap(
  (value) => ['--set', value],
)
const frameRate = 24
const pieceCounts = [1, 2, 4, 16, 64, 256, 1000]
/** Milliseconds between two looks at the processes: what one of them uses after the last look is not counted. */
const look = 50
/** A second, in the kernel's ticks. */
const ticks = 100

interface Seen {
  readonly parent: number
  readonly used: number
}

/** All processes: who began them, and the ticks that each has used. */
function processes(): ReadonlyMap<number, Seen> {
  const seen = new Map<number, Seen>()
  for (const name of readdirSync('/proc').filter((each) => /^\d+$/.test(each))) {
    try {
      const fields = readFileSync(`/proc/${name}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ')
      seen.set(Number(name), { parent: Number(fields[1]), used: Number(fields[11]) + Number(fields[12]) })
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code !== 'ENOENT' && code !== 'ESRCH') throw error
    }
  }
  return seen
}

/** Runs `render` with `words`; seconds of a core that it and all that it starts use. */
async function coreSeconds(...words: readonly string[]): Promise<number> {
  const child = spawn('node', ['--import', 'tsx', 'src/cli/render.ts', ...words], {
    cwd: projectFolder,
    stdio: ['ignore', 'ignore', 'ignore'],
  })
  const family = new Set([child.pid ?? 0])
  const used = new Map<number, number>()
  const timer = setInterval(() => {
    const all = processes()
    for (let before = -1; before < family.size; ) {
      before = family.size
      for (const [pid, { parent }] of all) if (family.has(parent)) family.add(pid)
    }
    for (const pid of family) {
      const seen = all.get(pid)
      if (seen) used.set(pid, seen.used)
    }
  }, look)
  const code = await new Promise((resolve) => child.once('exit', resolve))
  clearInterval(timer)
  if (code !== 0) throw new Error(`render ${words.join(' ')} ended with ${code}.`)
  return [...used.values()].reduce((sum, each) => sum + each, 0) / ticks
}

const folder = mkdtempSync(join(tmpdir(), 'framewright-costs-'))
let nextParts = 0

/** Renders a piece into a folder of its own. */
async function rendered(graph: string, ...words: readonly string[]) {
  const parts = join(folder, String(nextParts++))
  return { parts, cost: await coreSeconds(graph, ...words, '--parts', parts) }
}

/** The beginning of the clip, as one of its own: nodes find no frames behind its end. */
function beginning(frames: number): readonly string[] {
  const source = values.input ?? join(projectFolder, 'public/samples/field-guide.mp4')
  const file = join(folder, `${frames}.mp4`)
  const cut = ['-i', source, '-an', '-frames:v', String(frames), '-c:v', 'libx264', '-crf', '12', file]
  execFileSync('ffmpeg', ['-nostdin', '-v', 'error', '-y', ...cut])
  return ['--input', file]
}

const alone = ['--shard', '1/1']
const whole = (frames: number): readonly string[] => ['--frames', String(frames), ...alone]

/** Core seconds of what `longer` costs beyond `shorter`, both rendered in turns. */
async function median(longer: () => Promise<number>, shorter: () => Promise<number>): Promise<number> {
  const differences: number[] = []
  for (let each = 0; each < tries; each++) differences.push((await longer()) - (await shorter()))
  return differences.sort((a, b) => a - b)[tries >> 1] ?? 0
}

interface Joined {
  readonly frames: number
  readonly megabytes: number
  readonly join: () => Promise<number>
}

/** Pieces of one length, joined once. */
async function joined(frames: number, extension: string, ...words: readonly string[]): Promise<Joined> {
  const { parts } = await rendered(bicubic, ...whole(frames), ...words)
  const output = join(folder, `${frames}${extension}`)
  const again = () => coreSeconds('join', parts, '--output', output)
  await again()
  return { frames, megabytes: statSync(output).size / 1e6, join: again }
}

/** Core seconds of joining: of each frame with its sound, and of each MB of large ones. */
async function joiningCosts(): Promise<{ readonly frame: number; readonly megabyte: number }> {
  const clip = join(folder, 'clip.mp4')
  const seconds = joinedLengths[1] / frameRate
  const made = [
    '-f',
    'lavfi',
    '-i',
    `testsrc2=s=96x64:r=${frameRate}:d=${seconds}`,
    '-f',
    'lavfi',
    '-i',
    `sine=d=${seconds}`,
  ]
  execFileSync('ffmpeg', ['-nostdin', '-v', 'error', ...made, '-c:v', 'libx264', '-c:a', 'aac', clip])
  const slope = async (
    lengths: readonly [number, number],
    unit: (file: Joined) => number,
    ...how: readonly string[]
  ) => {
    const [extension = '', ...words] = how
    const short = await joined(lengths[0], extension, ...words)
    const long = await joined(lengths[1], extension, ...words)
    return (await median(long.join, short.join)) / (unit(long) - unit(short))
  }
  return {
    frame: await slope(joinedLengths, (file) => file.frames, '.mp4', '--input', clip),
    megabyte: await slope(lengths, (file) => file.megabytes, '.mkv', ...large),
  }
}

/** Core seconds of a piece with a cut on both sides, beyond as many frames that have no others beside them. */
async function costOfCuts(graph: string): Promise<number> {
  const [second, seconds] = lengths.map(beginning)
  const each = ['--set', `encode.keyFrameSeconds=${secondsPerPiece}`]
  const cut = [...(seconds ?? []), '--shard', `2/${lengths[1] / (frameRate * secondsPerPiece)}`, ...each]
  return median(
    async () => (await rendered(graph, ...cut)).cost,
    async () => (await rendered(graph, ...(second ?? []), ...alone, ...each)).cost,
  )
}

try {
  await ensureBuilt((line) => process.stderr.write(`${line}\n`))
  const [short, long] = lengths
  const costs: number[] = []
  let last = ''
  for (const frames of lengths) {
    const { parts, cost } = await rendered(values.graph, ...beginning(frames), ...alone)
    costs.push(cost)
    last = parts
  }
  const joining = await coreSeconds('join', last, '--output', join(folder, 'a.mp4'))
  const perFrame = ((costs[1] ?? 0) - (costs[0] ?? 0)) / (long - short)
  const perPiece = (costs[0] ?? 0) - short * perFrame
  const cuts = values.overlap ? Math.max(0, await costOfCuts(values.graph)) : 0
  const film = Number(values.hours) * 3600 * frameRate
  const uncut = film * perFrame + perPiece
  const rounded = (value: number) => Math.round(value).toLocaleString('en')
  const rows = pieceCounts.map((count) => {
    const longest = Math.ceil(film / count) * perFrame + perPiece + (count === 1 ? 0 : cuts)
    return `| ${rounded(count)} | ${rounded(longest)} s | ${Math.round((uncut / count / longest) * 100)} % |`
  })
  const { frame, megabyte } = await joiningCosts()
  process.stdout.write(
    `${perPiece.toFixed(1)} s a piece, ${(1 / perFrame).toFixed(1)} frames/s, ${cuts.toFixed(2)} s its cuts (${(cuts / perFrame).toFixed(1)} frames), ${joining.toFixed(1)} s to join a short file, ${(1 / frame).toFixed(0)} frames/s of a long one or ${(1 / megabyte).toFixed(1)} MB/s (seconds of one core)\n${rows.join('\n')}\n`,
  )
} finally {
  rmSync(folder, { recursive: true, force: true })
}
