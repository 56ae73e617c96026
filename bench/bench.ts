/**
 * `npm run bench [-- --frames n] [--quality-frames n] [--rounds n] [--recipes | --nodes | --executor | --edits | --models | --measures | --encoders | --temporal | --growth | --editor] [--gpu] [--json]`:
 * how fast and how good, as ratios within one run, since absolute figures say more about the machine than about the code.
 * `--recipes`: how fast the recipes export and where their time goes, alone. `--nodes`: what each node costs, alone. `--executor`: what the executor itself takes, and what frames around one cost it, alone.
 * `--edits`: what a change costs until its picture is there, alone. `--models`: of models on each runtime alone. `--measures`: what each personality does to each measure, alone.
 * `--encoders`: the browser's H.264 against x264, alone. `--temporal`: noise, motion and flicker over frames, alone. `--growth`: what more pixels and length cost, alone. `--editor`: what more nodes on the canvas cost, alone. `--gpu`: on a real GPU or not at all.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { nodesOfKind } from '../src/cli/edit-document.ts'
import { validate } from '../src/graph/analysis/validate.ts'
import {
  type EdgeId,
  emptyDocument,
  type GraphDocument,
  type NodeId,
  type OutermostId,
} from '../src/graph/document/document.ts'
import { parseGraph } from '../src/graph/file/read.ts'
import { serializeGraph } from '../src/graph/file/write.ts'
import type { AssetFacts } from '../src/graph/node/facts.ts'
import type { Specs } from '../src/graph/node/spec.ts'
import { ensureBuilt, projectFolder, runVite, startAppServer } from '../src/host/app-server.ts'
import { CommandFailure } from '../src/host/command-failure.ts'
import { type HeadlessSession, openSession } from '../src/host/headless-session.ts'
import { loadSpecs } from '../src/host/node-specs.ts'
import { measureCanvas } from './bench-canvas.ts'
import { measureEditor } from './bench-editor.ts'
import type { EncodersResult } from './bench-encoders.ts'
import type { ExecutorResult } from './bench-executor.ts'
import type { FramesResult } from './bench-frames.ts'
import { measureGrowth } from './bench-growth.ts'
import type { MeasuresResult } from './bench-measures.ts'
import type { ModelsResult } from './bench-models.ts'
import type { NodeCost } from './bench-nodes.ts'
import type {
  Candidate,
  DialResult,
  EditResult,
  FusionResult,
  KeptResult,
  QualityResult,
  RegionResult,
  Shot,
} from './bench-page.ts'
import { measureRecipes, type RecipeResult } from './bench-recipes.ts'
import {
  canvasReport,
  type Edits,
  type ExecutorFigures,
  editsReport,
  encodersReport,
  executorReport,
  type GraphSizeResult,
  gainOfX264,
  growthReport,
  type Measured,
  measuresReport,
  modelRatios,
  modelReport,
  nodesReport,
  ratios,
  report,
  speedReport,
  temporalReport,
} from './bench-report.ts'
import { measureTemporal } from './bench-temporal.ts'
import { measure } from './measure-in-page.ts'

const say = (line: string) => process.stderr.write(`${line}\n`)

async function graph(name: string, specs: Specs): Promise<GraphDocument> {
  const path = join(projectFolder, 'public/graphs', name)
  const parsed = parseGraph(await readFile(path, 'utf8'), specs)
  if (!parsed.ok) throw new Error(`${path}: ${parsed.error.message}`)
  return parsed.document
}

/** The only node of this type on the outermost level of a recipe. Throws where there are none or several. */
function only(document: GraphDocument, type: string): OutermostId {
  const matches = Object.values(document.nodes).filter((record) => record.type === type)
  const [node] = matches
  if (!node || matches.length > 1)
    throw new Error(`the recipe has ${matches.length} nodes of the type ${type}, not one`)
  return node.id as OutermostId
}

const bypassed = (document: GraphDocument, id: NodeId): GraphDocument => ({
  ...document,
  nodes: { ...document.nodes, [id]: { ...document.nodes[id]!, bypass: true } },
})

/** Reading and validating rows of Bicubic: ten times the nodes should take ten times as long, and no more. */
function graphSizes(specs: Specs, rounds: number): readonly GraphSizeResult[] {
  const none: AssetFacts = {}
  return [1000, 10_000].map((nodes) => {
    const ids = Array.from({ length: nodes }, (_, i) => `scale-${i}` as NodeId)
    const document: GraphDocument = {
      ...emptyDocument,
      nodes: Object.fromEntries(
        ids.map((id) => [id, { id, type: 'bicubic', params: { factor: 1 }, position: { x: 0, y: 0 } }]),
      ),
      edges: Object.fromEntries(
        ids.slice(1).map((id, i) => {
          const edge = `to-${id}` as EdgeId
          return [edge, { id: edge, from: { node: ids[i]!, port: 'image' }, to: { node: id, port: 'image' } }]
        }),
      ),
    }
    const text = serializeGraph(document, specs)
    // The first round warms up.
    const times = Array.from({ length: rounds + 1 }, () => {
      const began = performance.now()
      const parsed = parseGraph(text, specs)
      if (!parsed.ok) throw new Error(parsed.error.message)
      validate(parsed.document, specs, none)
      return performance.now() - began
    })
    return { nodes, milliseconds: Math.min(...times.slice(1)) }
  })
}

interface Sizes {
  readonly frames: number
  readonly qualityFrames: number
  readonly rounds: number
}

const measureModels = async (session: HeadlessSession, rounds: number) =>
  (await measure(session, 'models', [rounds])) as ModelsResult

async function sampleShots(): Promise<readonly Shot[]> {
  const text = await readFile(join(projectFolder, 'public/samples/field-guide.json'), 'utf8')
  return JSON.parse(text) as readonly Shot[]
}

const measureMeasures = async (session: HeadlessSession, perShot: number) =>
  (await measure(session, 'measures', [await sampleShots(), perShot])) as MeasuresResult

/** Of the sample's original: fewer frames tell little of what encoders make of one out of the other. */
const encodedFrames = 96

const measureEncoders = async (session: HeadlessSession) =>
  (await measure(session, 'encoders', ['the engine', encodedFrames, [75]])) as EncodersResult

/** The Bicubic recipe first, which is the measure of the others. */
const recipes = async (specs: Specs) => ({
  Bicubic: await graph('bicubic.json', specs),
  'Fast ×2': await graph('fast-x2.json', specs),
  Default: await graph('default.json', specs),
})

const firstSink = (specs: Specs) => (document: GraphDocument) => nodesOfKind(document, specs, 'sink')[0]

const measureSpeeds = async (session: HeadlessSession, specs: Specs, sizes: Sizes): Promise<readonly RecipeResult[]> =>
  measureRecipes(session, await recipes(specs), firstSink(specs), sizes)

const measureExecutor = async (session: HeadlessSession): Promise<ExecutorFigures> => ({
  rows: (await measure(session, 'executor', [[5, 20, 80, 320]])) as readonly ExecutorResult[],
  frames: (await measure(session, 'frames', [])) as FramesResult,
})

const measureNodes = async (session: HeadlessSession, rounds: number) =>
  (await measure(session, 'nodes', ['the engine', rounds])) as readonly NodeCost[]

/** What is made anew after a change of the default recipe. */
async function measureEdits(session: HeadlessSession, specs: Specs, rounds: number): Promise<Edits> {
  const engine = 'the engine'
  const recipe = await graph('default.json', specs)
  const [grain, model] = [only(recipe, 'grain'), only(recipe, 'sr-model')]
  say('An edit…')
  const edit = (await measure(session, 'edit', [engine, recipe, grain, rounds])) as EditResult
  const cache = (await measure(session, 'kept', [engine, rounds * 4])) as KeptResult
  say('A region…')
  const region = (await measure(session, 'region', [engine, recipe, grain, rounds])) as RegionResult
  say('A turn of the dial…')
  const dial = (await measure(session, 'dial', [engine, recipe, model, rounds])) as DialResult
  return { edit, cache, region, dial }
}

async function measureAll(session: HeadlessSession, origin: string, sizes: Sizes): Promise<Measured> {
  const { frames, qualityFrames, rounds } = sizes
  const specs = await loadSpecs()
  const recipe = await graph('default.json', specs)
  const plain = await graph('bicubic.json', specs)
  const shots = await sampleShots()
  const engine = 'the engine'
  const grain = only(recipe, 'grain')
  const candidates: readonly Candidate[] = [
    { name: 'Bicubic', document: plain, view: { node: only(plain, 'bicubic'), port: 'image' } },
    { name: 'Default, no grain', document: bypassed(recipe, grain), view: { node: grain, port: 'image' } },
  ]
  say(`ffmpeg.wasm, ${frames} frames…`)
  const ffmpegSeconds = (await measure(session, 'ffmpegScale', [frames, rounds])) as number
  say('Recipes…')
  const speeds = await measureSpeeds(session, specs, sizes)
  say('Nodes…')
  const nodes = await measureNodes(session, rounds)
  say('The executor…')
  const executor = await measureExecutor(session)
  say('Fusion…')
  const fusion = (await measure(session, 'fusion', [rounds * 4])) as readonly FusionResult[]
  const edits = await measureEdits(session, specs, rounds)
  say('Models on each runtime…')
  const models = await measureModels(session, rounds)
  say('Quality…')
  const quality = (await measure(session, 'quality', [engine, candidates, shots, qualityFrames])) as QualityResult[]
  say('Measures…')
  const measures = await measureMeasures(session, qualityFrames)
  say('Encoders…')
  const encoders = await measureEncoders(session)
  say('Frames over time…')
  const temporal = measureTemporal(say)
  say('The editor…')
  const editor = await measureEditor(session.page.context().browser()!, origin, rounds)
  const graphs = graphSizes(specs, rounds)
  const adapter = session.status.adapter?.description ?? 'none'
  return {
    editor,
    graphs,
    adapter,
    frames,
    ffmpegSeconds,
    recipes: speeds,
    nodes,
    executor,
    fusion,
    ...edits,
    models,
    quality,
    measures,
    encoders,
    temporal,
  }
}

const { values } = parseArgs({
  options: {
    frames: { type: 'string', default: '24' },
    'quality-frames': { type: 'string', default: '4' },
    rounds: { type: 'string', default: '3' },
    recipes: { type: 'boolean', default: false },
    nodes: { type: 'boolean', default: false },
    executor: { type: 'boolean', default: false },
    edits: { type: 'boolean', default: false },
    models: { type: 'boolean', default: false },
    measures: { type: 'boolean', default: false },
    encoders: { type: 'boolean', default: false },
    temporal: { type: 'boolean', default: false },
    growth: { type: 'boolean', default: false },
    editor: { type: 'boolean', default: false },
    gpu: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
})

function count(flag: string, text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1) throw new Error(`--${flag} must be a whole number above 0, not “${text}”.`)
  return value
}

const sizes: Sizes = {
  frames: count('frames', values.frames),
  qualityFrames: count('quality-frames', values['quality-frames']),
  rounds: count('rounds', values.rounds),
}
if (values.gpu) process.env.FRAMEWRIGHT_GPU = 'hardware'
const parts = [
  'recipes',
  'nodes',
  'executor',
  'edits',
  'models',
  'measures',
  'encoders',
  'temporal',
  'growth',
  'editor',
] as const
const isPart = parts.some((part) => values[part])
if (!isPart || values.editor) await ensureBuilt(say)
const benchFolder = join(projectFolder, '.cache/bench')
await runVite([
  'build',
  '--config',
  'bench/vite.config.ts',
  '--outDir',
  benchFolder,
  '--emptyOutDir',
  '--logLevel',
  'error',
])
const server = await startAppServer({ folder: benchFolder })
/** What is measured, as text for people and as JSON. */
async function run(session: HeadlessSession): Promise<{ readonly text: string; readonly json: object }> {
  if (values.recipes) {
    const result = await measureSpeeds(session, await loadSpecs(), sizes)
    return { text: speedReport(result), json: { recipes: result } }
  }
  if (values.nodes) {
    const costs = await measureNodes(session, sizes.rounds)
    return { text: nodesReport(costs), json: { nodes: costs } }
  }
  if (values.executor) {
    const result = await measureExecutor(session)
    return { text: executorReport(result), json: { executor: result } }
  }
  if (values.edits) {
    const result = await measureEdits(session, await loadSpecs(), sizes.rounds)
    return { text: editsReport(result), json: { edits: result } }
  }
  if (values.models) {
    const result = await measureModels(session, sizes.rounds)
    return { text: modelReport(result), json: { ...result, ratios: modelRatios(result) } }
  }
  if (values.measures) {
    const result = await measureMeasures(session, sizes.qualityFrames)
    return { text: measuresReport(result), json: result }
  }
  if (values.encoders) {
    const result = await measureEncoders(session)
    return { text: encodersReport(result), json: { ...result, x264GainDecibels: gainOfX264(result) } }
  }
  if (values.temporal) {
    const result = measureTemporal(say)
    return { text: temporalReport(result), json: result }
  }
  if (values.growth) {
    const specs = await loadSpecs()
    const result = await measureGrowth(session, await recipes(specs), firstSink(specs), say)
    return { text: growthReport(result), json: { growth: result } }
  }
  const app = await startAppServer()
  try {
    if (values.editor) {
      const specs = await loadSpecs()
      const browser = session.page.context().browser()!
      const result = await measureCanvas(browser, app.origin, await graph('bicubic.json', specs), specs)
      return { text: canvasReport(result), json: { editor: result } }
    }
    const measured = await measureAll(session, app.origin, sizes)
    return { text: report(measured), json: { ...measured, ratios: ratios(measured) } }
  } finally {
    await app.close()
  }
}

try {
  await using session = await openSession({ origin: server.origin, page: 'bench.html', say })
  const { text, json } = await run(session)
  process.stdout.write(`${values.json ? JSON.stringify(json, null, 2) : text}\n`)
} catch (error) {
  // What the machine lacks is no fault of the bench: a sentence, and no stack.
  if (!(error instanceof CommandFailure)) throw error
  say([error.message, error.hint].join(' '))
  process.exitCode = error.exitCode
} finally {
  await server.close()
}
