/** How a frame's cost grows with its pixels: every recipe on the same pictures at four sizes, by what the processors computed, which others' work disturbs less. */
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { ExportReport } from '../src/engine/door/api.ts'
import type { FlatId, GraphDocument } from '../src/graph/document/document.ts'
import type { HeadlessSession } from '../src/host/headless-session.ts'
import { computedSeconds } from './bench-recipes.ts'
import { measure } from './measure-in-page.ts'

const run = promisify(execFile)

/** Of what comes in, 16:9; fewer frames where each takes longer. */
const sizes = [
  { height: 180, frames: 24 },
  { height: 360, frames: 12 },
  { height: 720, frames: 6 },
  { height: 1080, frames: 4 },
] as const

export interface PixelsResult {
  readonly recipe: string
  readonly sizes: readonly {
    readonly height: number
    /** Against the clock, and by what all processes of the browser computed: `null` where the system does not tell. */
    readonly milliseconds: number
    readonly cpuMilliseconds: number | null
  }[]
}

/** The recipe with this file in place of its sample. */
const on = (document: GraphDocument, id: string): GraphDocument => ({
  ...document,
  nodes: Object.fromEntries(
    Object.entries(document.nodes).map(([node, record]) => [
      node,
      record.type === 'decode' ? { ...record, params: { ...record.params, media: { id } } } : record,
    ]),
  ),
})

export async function measurePixels(
  session: HeadlessSession,
  recipes: Readonly<Record<string, GraphDocument>>,
  sink: (document: GraphDocument) => FlatId | undefined,
  say: (line: string) => void,
): Promise<readonly PixelsResult[]> {
  const folder = await mkdtemp(join(tmpdir(), 'framewright-pixels-'))
  const results = Object.keys(recipes).map((recipe) => ({
    recipe,
    sizes: [] as PixelsResult['sizes'][number][],
  }))
  try {
    for (const { height, frames } of sizes) {
      const file = `${height}p.mp4`
      const picture = `testsrc2=size=${(height * 16) / 9}x${height}:rate=24:duration=1`
      const path = join(folder, file)
      await run('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', picture, '-pix_fmt', 'yuv420p', path])
      await session.page.setInputFiles('#files', [path])
      await measure(session, 'takeClip', ['the engine'])
      for (const { recipe, sizes: rows } of results) {
        const document = on(recipes[recipe]!, file)
        const exported = async (count: number) =>
          (await measure(session, 'speed', ['the engine', document, sink(document), count])) as ExportReport
        // Compiles, and makes what is made once.
        await exported(2)
        const before = await computedSeconds()
        const { seconds } = await exported(frames)
        const after = await computedSeconds()
        const each = (total: number) => (total * 1000) / frames
        const cpuMilliseconds = before === null || after === null ? null : each(after - before)
        rows.push({ height, milliseconds: each(seconds), cpuMilliseconds })
        say(`${recipe} at ${height}p: ${(cpuMilliseconds ?? each(seconds)).toFixed(0)} ms a frame`)
      }
    }
    return results
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Milliseconds a frame at each size; in brackets the cost of a pixel against that at the first size. */
export const pixelRows = (results: readonly PixelsResult[]): readonly (readonly string[])[] => [
  ['CPU ms a frame, by what comes in', ...sizes.map(({ height }) => `${height}p`)],
  ...results.map(({ recipe, sizes: rows }) => {
    const cost = ({ milliseconds, cpuMilliseconds }: (typeof rows)[number]) => cpuMilliseconds ?? milliseconds
    const ofPixel = (row: (typeof rows)[number]) => cost(row) / row.height ** 2
    return [
      recipe,
      ...rows.map((row) => `${cost(row).toFixed(0)} (${(ofPixel(row) / ofPixel(rows[0]!)).toFixed(2)} ×)`),
    ]
  }),
]
