/**
 * What a render costs where it is cut into pieces, for the table in docs/cluster.md: renders pieces of two lengths and joins them, and
 * takes the seconds of a core that the command and its browser use, which tell the same on a busy machine as on an idle one. From
 * what a piece costs beside its frames, and what each frame does, the time of 1 to 1,000 pieces follows. On Linux:
 *
 *     npx tsx scripts/cluster-costs.ts [--graph public/graphs/bicubic.json] [--overlap 0] [--hours 2]
 *
 * `--overlap`: frames that are computed again at each cut (Temporal Denoise of radius 2: four).
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { ensureBuilt, projectFolder } from '../src/host/app-server.ts'

const { values } = parseArgs({
  options: {
    graph: { type: 'string', default: join(projectFolder, 'public/graphs/bicubic.json') },
    overlap: { type: 'string', default: '0' },
    hours: { type: 'string', default: '2' },
  },
})
/** Of the sample; it has more frames than the second. */
const lengths = [24, 96] as const
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
try {
  await ensureBuilt((line) => process.stderr.write(`${line}\n`))
  const costs: number[] = []
  for (const frames of lengths)
    costs.push(
      await coreSeconds(
        values.graph,
        '--frames',
        String(frames),
        '--shard',
        '1/1',
        '--parts',
        join(folder, String(frames)),
      ),
    )
  const parts = join(folder, String(lengths[1]))
  const joining = await coreSeconds('join', parts, '--output', join(folder, 'a.mp4'))
  const bytes = statSync(join(folder, 'a.mp4')).size
  const perFrame = ((costs[1] ?? 0) - (costs[0] ?? 0)) / (lengths[1] - lengths[0])
  const perPiece = (costs[0] ?? 0) - lengths[0] * perFrame
  const film = Number(values.hours) * 3600 * frameRate
  const alone = film * perFrame + perPiece
  const whole = (value: number) => Math.round(value).toLocaleString('en')
  const rows = pieceCounts.map((count) => {
    const overlap = count === 1 ? 0 : Number(values.overlap)
    const longest = (Math.ceil(film / count) + overlap) * perFrame + perPiece
    return `| ${whole(count)} | ${whole(longest)} s | ${Math.round((alone / count / longest) * 100)} % |`
  })
  process.stdout.write(
    `${perPiece.toFixed(1)} s a piece, ${(1 / perFrame).toFixed(1)} frames/s, ${joining.toFixed(1)} s to join ${(bytes / 1e6).toFixed(2)} MB (seconds of one core)\n${rows.join('\n')}\n`,
  )
} finally {
  rmSync(folder, { recursive: true, force: true })
}
