/**
 * `npm run bench:recipes -- [recipe …] --footage <folder> [--recipes <folder>] [--pictures <folder>] [--json]`: each recipe beside the same
 * chain without what it is for, on footage that has what it is for, by the measure of that and by how near both come to the undamaged
 * original. `--recipes` takes the recipes from elsewhere, to try one; `--pictures` writes a frame of the original, of Bicubic, of the
 * plain chain and of the recipe. ffmpeg must be installed.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Outcome } from '../src/engine/door/api.ts'
import { encodePng } from '../src/gpu/png.ts'
import { expand } from '../src/graph/analysis/expand.ts'
import type { EdgeId, FlatDocument, FlatEndpoint, FlatId } from '../src/graph/document/document.ts'
import type { JsonObject } from '../src/graph/document/json.ts'
import { parseGraph } from '../src/graph/file/read.ts'
import { ensureBuilt, projectFolder, startAppServer } from '../src/host/app-server.ts'
import { type HeadlessSession, openSession } from '../src/host/headless-session.ts'
import { loadSpecs } from '../src/host/node-specs.ts'
import { type Footage, type Judgement, judgements, type Reading } from './recipe-footage.ts'

const { values, positionals } = parseArgs({
  options: {
    footage: { type: 'string' },
    recipes: { type: 'string' },
    pictures: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
  allowPositionals: true,
})
const { footage: footageFolder } = values
if (!footageFolder) throw new Error('Name the folder of the clips: --footage <folder>.')
const say = (line: string) => process.stderr.write(`${line}\n`)
const specs = await loadSpecs()
const shipped = join(projectFolder, 'public/graphs')

function unwrap<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value
  throw new Error(outcome.problems.map(({ message, hint }) => `${message} ${hint}`).join(' '))
}

/** Files made of a footage, by what they are. */
type Clips = Readonly<Record<'original' | 'clean' | 'source' | 'plainOriginal', string>>

function made(footage: Footage, folder: string): Clips {
  const ffmpeg = (...args: string[]) => execFileSync('ffmpeg', ['-v', 'error', '-y', ...args], { cwd: folder })
  const tags = '-color_range tv -colorspace bt709 -color_primaries bt709 -color_trc bt709 -an'.split(' ')
  const lossless = ['-c:v', 'ffv1', '-pix_fmt', 'yuv420p', ...tags]
  const file = join(footageFolder!, footage.file)
  const { start = 0, frames = 1, clean = 'scale=iw/2:ih/2:flags=bicubic', damage = 'null', coded } = footage
  const filters = `${footage.original},setsar=1,format=yuv420p`
  ffmpeg('-ss', String(start), '-i', file, '-vf', filters, '-frames:v', String(frames), ...lossless, 'original.mkv')
  ffmpeg('-i', 'original.mkv', '-vf', clean, ...lossless, 'clean.mkv')
  const codec = coded ? [...coded.split(' ').filter(Boolean), '-pix_fmt', 'yuv420p', ...tags] : lossless
  ffmpeg('-i', 'clean.mkv', '-vf', damage, ...codec, 'source.mkv')
  if (footage.plainOriginal) ffmpeg('-i', 'original.mkv', '-vf', footage.plainOriginal, ...lossless, 'plain.mkv')
  const at = (name: string) => join(folder, `${name}.mkv`)
  return {
    original: at('original'),
    clean: at('clean'),
    source: at('source'),
    plainOriginal: at(footage.plainOriginal ? 'plain' : 'original'),
  }
}

interface Candidate {
  readonly document: FlatDocument
  readonly view: FlatEndpoint
  readonly readings: readonly FlatEndpoint[]
}

/** The recipe on these clips, and each reading of what goes into its Encode. */
function candidateOf(
  path: string,
  params: Readonly<Record<string, JsonObject>>,
  clips: Readonly<Record<'source' | 'clean' | 'original', string>>,
  readings: readonly Reading[],
): Candidate {
  const parsed = parseGraph(readFileSync(path, 'utf8'), specs)
  if (!parsed.ok) throw new Error(`${path}: ${parsed.error.message}`)
  const { document } = expand(parsed.document, specs)
  const media = (id: string) => ({ media: { id } })
  const nodes: Record<string, FlatDocument['nodes'][FlatId]> = {}
  for (const node of Object.values(document.nodes))
    nodes[node.id] = {
      ...node,
      params: { ...node.params, ...(node.type === 'decode' && media(clips.source)), ...params[node.id] },
    }
  const add = (id: string, type: string, own: JsonObject) => {
    nodes[id] = { id: id as FlatId, type, params: own, position: { x: 0, y: 0 } }
  }
  const decode = Object.values(document.nodes).find(({ type }) => type === 'decode')!.id
  const encode = Object.values(document.nodes).find(({ type }) => type === 'encode')!.id
  const edges = { ...document.edges }
  const wire = (from: FlatEndpoint, node: string, port: string) => {
    const id = `${node}.${port}` as EdgeId
    edges[id] = { id, from, to: { node: node as FlatId, port } } as (typeof edges)[EdgeId]
  }
  const view = Object.values(document.edges).find(({ to }) => to.node === encode && to.port === 'image')!.from
  add('judge-clean', 'decode', media(clips.clean))
  add('judge-original', 'decode', media(clips.original))
  const heldAgainst = { source: decode, clean: 'judge-clean', original: 'judge-original' } as const
  let grainless = view
  for (;;) {
    const { node } = grainless
    const isGrain = ['grain', 'match-grain'].includes(document.nodes[node]!.type)
    const before = Object.values(document.edges).find(({ to }) => to.node === node && to.port === 'image')
    if (!isGrain || !before) break
    grainless = before.from
  }
  const enlarging = Object.values(document.nodes).find(({ type }) => type === 'bicubic' || type === 'sr-model')
  const small = Object.values(document.edges).find(({ to }) => to.node === enlarging?.id && to.port === 'image')?.from
  const outputs = readings.map(({ measure, port, against, atSourceSize, withGrain }) => {
    const id = `judge-${measure}-${against ?? 'alone'}`
    if (!nodes[id]) {
      add(id, measure, {})
      wire((atSourceSize && small) || (withGrain ? view : grainless), id, 'image')
      const inputs = specs.get(measure)!.inputs
      const other = 'reference' in inputs ? 'reference' : 'source'
      if (against) wire({ node: heldAgainst[against] as FlatId, port: 'image' }, id, other)
    }
    return { node: id as FlatId, port }
  })
  return { document: { ...document, nodes, edges } as unknown as FlatDocument, view, readings: outputs }
}

const meanOf = (numbers: readonly (number | null)[]): number => {
  const known = numbers.filter((each): each is number => each !== null)
  return known.reduce((sum, each) => sum + each, 0) / known.length
}

async function measured(session: HeadlessSession, { document, readings }: Candidate): Promise<readonly number[]> {
  unwrap(await session.measure({ document, outputs: readings, frames: 'every', name: 'judge' }, () => undefined))
  const series = unwrap(await session.knownSeries({ document, outputs: readings }))
  return series.map(({ values: numbers, problems }, i) => {
    if (problems[0]) throw new Error(`${readings[i]!.node}: ${problems[0].message}`)
    return meanOf(numbers)
  })
}

interface Row {
  readonly recipe: string
  readonly footage: string
  readonly reading: string
  readonly bicubic: number
  readonly plain: number
  readonly after: number
  readonly better: boolean
}

async function judge(session: HeadlessSession, judgement: Judgement, footage: Footage): Promise<readonly Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'framewright-judge-'))
  try {
    const clips = made(footage, folder)
    const name = `${judgement.recipe} ${footage.name}`
    const ids = Object.fromEntries(Object.keys(clips).map((which) => [which, `${name} ${which}`])) as Clips
    for (const which of Object.keys(clips) as (keyof Clips)[])
      unwrap(await session.addAsset('media', ids[which], [clips[which]]))
    const { readings } = judgement
    const own = values.recipes && join(values.recipes, `${judgement.recipe}.json`)
    const recipe = own && existsSync(own) ? own : join(shipped, `${judgement.recipe}.json`)
    const plainIds = { ...ids, original: ids.plainOriginal }
    const plain = candidateOf(join(shipped, `${judgement.plain}.json`), judgement.plainParams ?? {}, plainIds, readings)
    const candidates = {
      bicubic: candidateOf(join(shipped, 'bicubic.json'), {}, plainIds, readings),
      plain,
      after: candidateOf(recipe, {}, ids, readings),
    }
    const of = {
      bicubic: await measured(session, candidates.bicubic),
      plain: await measured(session, candidates.plain),
      after: await measured(session, candidates.after),
    }
    if (values.pictures) {
      mkdirSync(values.pictures, { recursive: true })
      const original: FlatEndpoint = { node: 'judge-original' as FlatId, port: 'image' }
      const views = { original: { ...candidates.after, view: original }, ...candidates }
      for (const [which, { document, view }] of Object.entries(views)) {
        const frame = Math.floor((footage.frames ?? 1) / 2)
        const { width, height, pixels } = unwrap(await session.picture({ document, view, frame }, 8192))
        const file = `${judgement.recipe}-${footage.name.replaceAll(/[^\w]+/g, '-')}-${which}.png`
        writeFileSync(join(values.pictures, file), await encodePng(new Uint8ClampedArray(pixels), width, height))
      }
    }
    return readings.map(({ name: reading, better }, i) => ({
      ...{ recipe: judgement.recipe, footage: footage.name, reading },
      ...{ bicubic: of.bicubic[i]!, plain: of.plain[i]!, after: of.after[i]! },
      better: better === 'less' ? of.after[i]! < of.plain[i]! : of.after[i]! > of.plain[i]!,
    }))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function print(rows: readonly Row[]): void {
  const number = (value: number) => value.toFixed(Math.abs(value) >= 10 ? 2 : 4)
  for (const { recipe, footage, reading, bicubic, plain, after, better } of rows)
    process.stdout.write(
      `${recipe.padEnd(18)} ${footage.padEnd(22)} ${reading.padEnd(20)} Bicubic ${number(bicubic).padStart(8)}   plain ${number(plain).padStart(8)} → ${number(after).padStart(8)}${better ? '' : '   (no better)'}\n`,
    )
}

await ensureBuilt(say)
const server = await startAppServer()
const session = await openSession({ origin: server.origin, say })
try {
  const unknown = positionals.find((name) => !judgements.some(({ recipe }) => recipe === name))
  if (unknown) throw new Error(`Nothing is known by which to judge “${unknown}”.`)
  const all: Row[] = []
  for (const judgement of judgements) {
    if (positionals.length > 0 && !positionals.includes(judgement.recipe)) continue
    for (const footage of judgement.footage) {
      if (!existsSync(join(footageFolder, footage.file))) {
        say(`${judgement.recipe}: ${footage.file} is not there.`)
        continue
      }
      const rows = await judge(session, judgement, footage)
      all.push(...rows)
      if (!values.json) print(rows)
    }
  }
  if (values.json) process.stdout.write(`${JSON.stringify(all, null, 2)}\n`)
} finally {
  await session[Symbol.asyncDispose]()
  await server.close()
}
