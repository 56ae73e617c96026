/** How fast the shipped recipes export: against the clock, and by what the processors computed for it, which others' work disturbs less. */
import { readdir, readFile } from 'node:fs/promises'
import type { ExportReport } from '../src/engine/door/api.ts'
import type { FlatId, GraphDocument } from '../src/graph/document/document.ts'
import type { HeadlessSession } from '../src/host/headless-session.ts'
import { measure } from './measure-in-page.ts'

export interface RecipeResult {
  readonly name: string
  /** The export of median speed. */
  readonly report: ExportReport
  /** Milliseconds that all processes of the browser computed for a frame, the least of all rounds; `null` where the system does not tell. */
  readonly cpuMilliseconds: number | null
}

/** A tick of the clock in which Linux counts processors' time, on all systems of today. */
const ticksPerSecond = 100

/** Seconds that the processes begun by this one, and those begun by them, have computed; `null` where there is no `/proc`. */
export async function computedSeconds(): Promise<number | null> {
  const parents = new Map<number, { readonly parent: number; readonly ticks: number }>()
  let entries: string[]
  try {
    entries = await readdir('/proc')
  } catch {
    return null
  }
  for (const entry of entries) {
    const pid = Number(entry)
    if (!Number.isInteger(pid)) continue
    // One that has just ended.
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined)
    // The name in brackets may hold anything; behind it stand state, parent, and at 12th place the ticks.
    const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')
    if (fields) parents.set(pid, { parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) })
  }
  const isOurs = (pid: number): boolean => {
    const parent = parents.get(pid)?.parent
    return parent === process.pid || (parent !== undefined && parent > 1 && isOurs(parent))
  }
  let ticks = 0
  for (const [pid, each] of parents) if (isOurs(pid)) ticks += each.ticks
  return ticks / ticksPerSecond
}

export const framesASecond = ({ frames, seconds }: Pick<ExportReport, 'frames' | 'seconds'>): number => frames / seconds

/** They take turns, so that a busy moment hits all; the first round warms up. */
export async function measureRecipes(
  session: HeadlessSession,
  recipes: Readonly<Record<string, GraphDocument>>,
  sink: (document: GraphDocument) => FlatId | undefined,
  { frames, rounds }: { readonly frames: number; readonly rounds: number },
): Promise<readonly RecipeResult[]> {
  const recipeRuns = Object.entries(recipes).map(([name, document]) => {
    const runs: { readonly report: ExportReport; readonly cpu: number | null }[] = []
    return { name, document, runs }
  })
  for (let round = 0; round <= rounds; round++)
    for (const { document, runs } of recipeRuns) {
      const before = await computedSeconds()
      const report = (await measure(session, 'speed', ['the engine', document, sink(document), frames])) as ExportReport
      const after = await computedSeconds()
      if (round > 0) runs.push({ report, cpu: before === null || after === null ? null : after - before })
    }
  return recipeRuns.map(({ name, runs }) => {
    const cpu = runs.flatMap((each) => (each.cpu === null ? [] : [(each.cpu * 1000) / each.report.frames]))
    return {
      name,
      report: runs.map(({ report }) => report).sort((a, b) => framesASecond(a) - framesASecond(b))[runs.length >> 1]!,
      cpuMilliseconds: cpu.length > 0 ? Math.min(...cpu) : null,
    }
  })
}

/** Rows of a table, the first recipe the measure of the others. */
export function recipeRows(results: readonly RecipeResult[]): readonly (readonly string[])[] {
  const [first] = results
  const of = (value: number) => `${value.toFixed(2)} ×`
  return [
    ['Recipe', 'frames/s', `of ${first!.name}`, 'CPU ms a frame', `of ${first!.name}, by that`],
    ...results.map(({ name, report, cpuMilliseconds }) => [
      name,
      framesASecond(report).toFixed(2),
      of(framesASecond(report) / framesASecond(first!.report)),
      cpuMilliseconds?.toFixed(0) ?? '–',
      cpuMilliseconds === null || first!.cpuMilliseconds === null ? '–' : of(first!.cpuMilliseconds / cpuMilliseconds),
    ]),
  ]
}

/** Where the time of a frame goes, by step, and its share of all work. */
export function stepRows({ name, report }: RecipeResult): readonly (readonly string[])[] {
  const whole = report.steps.reduce((sum, { seconds }) => sum + seconds, 0)
  const each = (seconds: number) => `${((seconds * 1000) / report.frames).toFixed(1)} ms`
  return [
    [`${name}: steps, a frame`, 'work', 'share', 'waiting'],
    ...report.steps.map(({ nodes, seconds, waitingSeconds, runtime }) => [
      nodes.join(', ') + (runtime ? ` (${runtime})` : ''),
      each(seconds),
      `${((100 * seconds) / Math.max(whole, Number.MIN_VALUE)).toFixed(0)} %`,
      each(waitingSeconds),
    ]),
  ]
}
