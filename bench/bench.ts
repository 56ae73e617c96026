/**
 * `npm run bench [-- --frames n] [--quality-frames n] [--rounds n] [--recipes | --nodes | --executor | --models | --measures | --encoders | --temporal] [--gpu] [--json]`:
 * how fast and how good, as ratios within one run, since absolute figures say more about the machine than about the code.
 * `--recipes`: how fast the recipes export and where their time goes, alone. `--nodes`: what each node costs, alone. `--executor`: what the executor itself takes, and what frames around one cost it, alone.
 * `--models`: of models on each runtime alone. `--measures`: what each personality does to each measure, alone.
 * `--encoders`: the browser's H.264 against x264, alone. `--temporal`: noise, motion and flicker over frames, alone. `--gpu`: on a real GPU or not at all.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { nodesOfKind } from '../src/cli/edit-document.ts'
import { bytesText } from '../src/cli/summary.ts'
import type { ExportReport } from '../src/engine/door/api.ts'
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
import { type HeadlessSession, openSession } from '../src/host/headless-session.ts'
import { loadSpecs } from '../src/host/node-specs.ts'
import { type EditorResult, measureEditor } from './bench-editor.ts'
import type { EncodersResult } from './bench-encoders.ts'
import { type ExecutorResult, executorRows } from './bench-executor.ts'
import { type FramesResult, frameRows } from './bench-frames.ts'
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
import { framesASecond, measureRecipes, type RecipeResult, recipeRows, stepRows } from './bench-recipes.ts'
import { measureTemporal, type TemporalResult, temporalRows } from './bench-temporal.ts'
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
  const found = Object.values(document.nodes).filter((record) => record.type === type)
  const [node] = found
  if (!node || found.length > 1) throw new Error(`the recipe has ${found.length} nodes of the type ${type}, not one`)
  return node.id as OutermostId
}

const bypassed = (document: GraphDocument, id: NodeId): GraphDocument => ({
  ...document,
  nodes: { ...document.nodes, [id]: { ...document.nodes[id]!, bypass: true } },
})

interface GraphSizeResult {
  readonly nodes: number
  readonly milliseconds: number
}

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

interface Measured {
  readonly editor: EditorResult
  readonly graphs: readonly GraphSizeResult[]
  readonly adapter: string
  readonly frames: number
  readonly ffmpegSeconds: number
  readonly recipes: readonly RecipeResult[]
  readonly nodes: readonly NodeCost[]
  readonly executor: ExecutorFigures
  readonly fusion: readonly FusionResult[]
  readonly edit: EditResult
  readonly cache: KeptResult
  readonly region: RegionResult
  readonly dial: DialResult
  readonly models: ModelsResult
  readonly quality: readonly QualityResult[]
  readonly measures: MeasuresResult
  readonly encoders: EncodersResult
  readonly temporal: TemporalResult
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
async function measureSpeeds(session: HeadlessSession, specs: Specs, sizes: Sizes): Promise<readonly RecipeResult[]> {
  const recipes = {
    Bicubic: await graph('bicubic.json', specs),
    'Fast ×2': await graph('fast-x2.json', specs),
    Default: await graph('default.json', specs),
  }
  return measureRecipes(session, recipes, (document) => nodesOfKind(document, specs, 'sink')[0], sizes)
}

interface ExecutorFigures {
  readonly rows: readonly ExecutorResult[]
  readonly frames: FramesResult
}

const measureExecutor = async (session: HeadlessSession): Promise<ExecutorFigures> => ({
  rows: (await measure(session, 'executor', [[5, 20, 80, 320]])) as readonly ExecutorResult[],
  frames: (await measure(session, 'frames', [])) as FramesResult,
})

const measureNodes = async (session: HeadlessSession, rounds: number) =>
  (await measure(session, 'nodes', ['the engine', rounds])) as readonly NodeCost[]

/** Dearest first; what could not be run alone last, with the reason. */
function nodesReport(costs: readonly NodeCost[]): string {
  const each = ({ milliseconds, megapixels }: NodeCost) => (milliseconds === null ? -1 : milliseconds / megapixels)
  const plain = each(costs.find(({ type }) => type === 'bicubic')!)
  const rows = costs
    .toSorted((a, b) => each(b) - each(a))
    .map((cost) => {
      const figure = each(cost)
      const of = [cost.title, cost.category]
      if (figure < 0) return [...of, '–', cost.note ?? '']
      return [...of, figure.toFixed(figure < 10 ? 2 : 0), times(figure / plain)]
    })
  return table([['Node, alone on the sample', 'kind', 'ms per megapixel', 'of Bicubic'], ...rows])
}

/** 20 nodes are to take 0.2 ms, and no node more for there being others. */
const executorReport = ({ rows, frames }: ExecutorFigures): string =>
  `${table(executorRows(rows))}\n\n${table(frameRows(frames))}`

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
  const recipes = await measureSpeeds(session, specs, sizes)
  say('Nodes…')
  const nodes = await measureNodes(session, rounds)
  say('The executor…')
  const executor = await measureExecutor(session)
  say('Fusion…')
  const fusion = (await measure(session, 'fusion', [rounds * 4])) as readonly FusionResult[]
  say('An edit…')
  const edit = (await measure(session, 'edit', [engine, recipe, grain, rounds])) as EditResult
  const cache = (await measure(session, 'kept', [engine, rounds * 4])) as KeptResult
  say('A region…')
  const region = (await measure(session, 'region', [engine, recipe, grain, rounds])) as RegionResult
  say('A turn of the dial…')
  const model = only(recipe, 'sr-model')
  const dial = (await measure(session, 'dial', [engine, recipe, model, rounds])) as DialResult
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
    recipes,
    nodes,
    executor,
    fusion,
    edit,
    cache,
    region,
    dial,
    models,
    quality,
    measures,
    encoders,
    temporal,
  }
}

/** Rows of cells, the first row the heads; columns as wide as they need. */
function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  const line = (row: readonly string[]) =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!))).join('  ')
  const [head, ...body] = rows
  return [line(head!), widths.map((width) => '─'.repeat(width)).join('──'), ...body.map(line)].join('\n')
}

const rate = framesASecond
const times = (ratio: number) => `${ratio.toFixed(ratio < 10 ? 2 : 0)} ×`

const speedOf = ({ speeds }: ModelsResult, start: string) => speeds.find(({ name }) => name.startsWith(start))!

function modelRatios(result: ModelsResult) {
  const { rate } = speedOf(result, 'shaders')
  return {
    shadersOfAnime4k: rate / speedOf(result, 'anime4k').rate,
    shadersOfOrtWebGpu: rate / speedOf(result, 'onnxruntime on WebGPU').rate,
    shadersOfOrtWasm: rate / speedOf(result, 'onnxruntime on WASM').rate,
    dispatchesOfConvolutions: result.convolving / result.convolutions,
    bytesOfLeast: result.bytes / result.leastBytes,
  }
}

/** As it can be put into an issue. */
function modelReport(result: ModelsResult): string {
  const { picture, speeds, variant, adapter, convolutions, convolving, dispatches } = result
  const { rate, milliseconds } = speedOf(result, 'shaders')
  const megapixels = (picture.width * picture.height) / 1e6
  const rows = [
    ['Framewright S ×2 (anime4k-webgpu: its own network)', 'ms per megapixel', 'GMAC/s', 'shaders are'],
    ...speeds.map((speed) => [
      speed.name,
      (speed.milliseconds / megapixels).toFixed(speed.milliseconds / megapixels < 100 ? 2 : 0),
      speed.rate.toFixed(2),
      times(rate / speed.rate),
    ]),
  ]
  const bytesRate = result.bytes / milliseconds / 1e6
  return `Models: a picture of ${picture.width}×${picture.height} on ${adapter}, shaders written as ${variant}

${table(rows)}

${convolutions} convolutions in ${convolving} dispatches, ${dispatches} in all. Bytes of tensors read and written a picture: ${bytesText(result.bytes)}, ${times(result.bytes / result.leastBytes)} the least.
Of what plain shaders reach here: ${((rate / result.peakRate) * 100).toFixed(0)} % of ${result.peakRate.toFixed(1)} GMAC/s, ${((bytesRate / result.peakBytes) * 100).toFixed(0)} % of ${result.peakBytes.toFixed(1)} GB/s.`
}

function measuresReport({ frames, results, rows }: MeasuresResult): string {
  const figure = (value: number) => value.toFixed(value >= 10 ? 1 : value >= 1 ? 2 : value >= 0.1 ? 3 : 4)
  return table([
    [`Measures, mean (and highest) of ${frames} frames of the sample`, ...results, 'stands out from'],
    ...rows.map(({ name, from, means, highest }) => [
      name,
      ...means.map((mean, i) => `${figure(mean)} (${figure(highest[i]!)})`),
      from === undefined ? '' : String(from),
    ]),
  ])
}

/** Decibels by which x264 is nearer than the browser's encoder, at no more bytes. */
const gainOfX264 = ({ rows: [browser, x264] }: EncodersResult): number => (x264?.psnr ?? 0) - (browser?.psnr ?? 0)

function encodersReport(result: EncodersResult): string {
  const rows = [
    [`H.264 of ${result.frames} frames of the sample's original`, 'bytes', 'luma PSNR', 'frames/s'],
    ...result.rows.map(({ name, crf, bytes, psnr, framesPerSecond }) => [
      crf === null ? name : `${name}, CRF ${crf}`,
      bytesText(bytes),
      `${psnr.toFixed(2)} dB`,
      framesPerSecond.toFixed(1),
    ]),
  ]
  return `${table(rows)}\n\nAt no more bytes x264 is nearer by ${gainOfX264(result).toFixed(2)} dB.`
}

const temporalReport = (result: TemporalResult): string => temporalRows(result).map(table).join('\n\n')

const reportsOf = ({ recipes }: Measured) =>
  recipes.map((each) => each.report) as [ExportReport, ExportReport, ExportReport]

function ratios(measured: Measured) {
  const [plain, fast, recipe] = reportsOf(measured)
  const { frames, ffmpegSeconds, edit, cache, region, dial, fusion, graphs, editor } = measured
  const ffmpegRate = frames / ffmpegSeconds
  return {
    defaultFramesPerSecond: rate(recipe),
    bicubicFramesPerSecond: rate(plain),
    ffmpegFramesPerSecond: ffmpegRate,
    defaultOfFfmpeg: rate(recipe) / ffmpegRate,
    bicubicOfFfmpeg: rate(plain) / ffmpegRate,
    defaultOfBicubic: rate(recipe) / rate(plain),
    fastOfBicubic: rate(fast) / rate(plain),
    fusedOfUnfused: fusion.map(({ name, fusedMilliseconds, unfusedMilliseconds }) => ({
      name,
      speedup: unfusedMilliseconds / fusedMilliseconds,
    })),
    peakOfLowerBound: recipe.peakTextureBytes / recipe.planPeakBytes,
    turnOfInference: dial.turnMilliseconds / dial.inferenceMilliseconds,
    panPlayingOfAlone: editor.panPlaying / editor.panAlone,
    panAloneOfBlank: editor.panAlone / editor.panBlank,
    panThreadPlayingOfAlone: editor.panThreadPlaying / editor.panThreadAlone,
    pictureOfReady: editor.pictureMilliseconds / editor.readyMilliseconds,
    largeOfSmallGraph: graphs[1]!.milliseconds / graphs[0]!.milliseconds,
    fullOfEdit: edit.fullMilliseconds / edit.editMilliseconds,
    grainBelowModelOfGrainAlone: cache.belowMilliseconds / cache.aloneMilliseconds,
    boxOfWholeTime: region.boxMilliseconds / region.wholeMilliseconds,
    boxOfWholeBytes: region.boxBytes / region.wholeBytes,
    models: modelRatios(measured.models),
  }
}

/** The default recipe is to come to 0.40 × of Bicubic without a GPU, Fast ×2 to 0.55 ×. */
const speedReport = (recipes: readonly RecipeResult[]): string =>
  [table(recipeRows(recipes)), ...recipes.map((recipe) => table(stepRows(recipe)))].join('\n\n')

function report(measured: Measured): string {
  const [plain, fast, recipe] = reportsOf(measured)
  const { recipes, fusion, edit, cache, region, dial, quality, frames, adapter, graphs, editor } = measured
  const ratio = ratios(measured)
  const runtime = recipe.steps.find((step) => step.runtime)?.runtime ?? 'none'
  const speedRows = [
    ['Speed (ours with decoding and H.264 encoding)', 'frames/s', 'of ffmpeg.wasm'],
    ['ffmpeg.wasm, scale=flags=bicubic, not encoded', ratio.ffmpegFramesPerSecond.toFixed(2), times(1)],
    ['Bicubic recipe', ratio.bicubicFramesPerSecond.toFixed(2), times(ratio.bicubicOfFfmpeg)],
    ['Fast ×2 recipe', rate(fast).toFixed(2), times(rate(fast) / ratio.ffmpegFramesPerSecond)],
    [`Default recipe (model on ${runtime})`, ratio.defaultFramesPerSecond.toFixed(2), times(ratio.defaultOfFfmpeg)],
  ]
  const otherRows = [
    ['Ratio', 'this', 'that', 'that ÷ this'],
    ...fusion.map(({ name, nodes, fusedMilliseconds: fused, unfusedMilliseconds: apart }) => [
      `Pixel nodes fused, and in ${nodes} dispatches: ${name}`,
      `${fused.toFixed(1)} ms`,
      `${apart.toFixed(1)} ms`,
      times(apart / fused),
    ]),
    [
      'Peak texture bytes: the plan’s lower bound, and measured (default recipe)',
      bytesText(recipe.planPeakBytes),
      bytesText(recipe.peakTextureBytes),
      times(ratio.peakOfLowerBound),
    ],
    [
      'An edit of Grain below SR Model, and the whole chain anew',
      `${edit.editMilliseconds.toFixed(0)} ms`,
      `${edit.fullMilliseconds.toFixed(0)} ms`,
      times(ratio.fullOfEdit),
    ],
    [
      'A change of Grain alone, and of Grain below SR Model (at most 1.3 ×)',
      `${cache.aloneMilliseconds.toFixed(0)} ms`,
      `${cache.belowMilliseconds.toFixed(0)} ms`,
      times(ratio.grainBelowModelOfGrainAlone),
    ],
    [
      'A region of a sixteenth of the default recipe’s result, and the whole of it, nothing kept',
      `${region.boxMilliseconds.toFixed(0)} ms`,
      `${region.wholeMilliseconds.toFixed(0)} ms`,
      times(1 / ratio.boxOfWholeTime),
    ],
    [
      'The same, bytes of textures between the nodes',
      bytesText(region.boxBytes),
      bytesText(region.wholeBytes),
      times(1 / ratio.boxOfWholeBytes),
    ],
    [
      'One inference of the default model, and a turn of its dial until the picture shows',
      `${dial.inferenceMilliseconds.toFixed(0)} ms`,
      `${dial.turnMilliseconds.toFixed(0)} ms`,
      times(ratio.turnOfInference),
    ],
    [
      `The editor opened: first text at ${editor.paintMilliseconds.toFixed(0)} ms; ready to edit, and the first picture`,
      `${editor.readyMilliseconds.toFixed(0)} ms`,
      `${editor.pictureMilliseconds.toFixed(0)} ms`,
      times(ratio.pictureOfReady),
    ],
    [
      'Frames a second shown: a blank canvas cleared at each, and the picture panned',
      editor.panBlank.toFixed(1),
      editor.panAlone.toFixed(1),
      times(ratio.panAloneOfBlank),
    ],
    [
      'Frames a second shown while the picture is panned: alone, and while the default recipe plays',
      editor.panAlone.toFixed(1),
      editor.panPlaying.toFixed(1),
      times(ratio.panPlayingOfAlone),
    ],
    [
      'What each move of the hand costs the page’s own thread (60 a second leave it 16.7 ms)',
      `${editor.panThreadAlone.toFixed(1)} ms`,
      `${editor.panThreadPlaying.toFixed(1)} ms`,
      times(ratio.panThreadPlayingOfAlone),
    ],
    [
      `A graph read and validated: ${graphs.map(({ nodes }) => nodes).join(', and ')} nodes`,
      ...graphs.map(({ milliseconds }) => `${milliseconds.toFixed(0)} ms`),
      times(ratio.largeOfSmallGraph),
    ],
  ]
  const names = [...new Set(quality.map(({ candidate }) => candidate))]
  const shots = [...new Set(quality.map(({ shot }) => shot))]
  const of = (shot: string, name: string) => quality.find((one) => one.shot === shot && one.candidate === name)!
  const qualityRows = [
    ['Luma against the original, per shot', ...names.flatMap((name) => [`${name}: PSNR`, 'SSIM'])],
    ...shots.map((shot) => [
      `${shot} (frames measured: ${of(shot, names[0]!).frames})`,
      ...names.flatMap((name) => [`${of(shot, name).psnr.toFixed(2)} dB`, of(shot, name).ssim.toFixed(4)]),
    ]),
  ]
  const head = `${frames} frames of the sample, 320×180 to 640×360, on ${adapter}, ${plain.rebuilds + recipe.rebuilds} device losses`
  return [
    head,
    table(speedRows),
    speedReport(recipes),
    nodesReport(measured.nodes),
    executorReport(measured.executor),
    table(otherRows),
    modelReport(measured.models),
    table(qualityRows),
    measuresReport(measured.measures),
    encodersReport(measured.encoders),
    temporalReport(measured.temporal),
  ].join('\n\n')
}

const { values } = parseArgs({
  options: {
    frames: { type: 'string', default: '24' },
    'quality-frames': { type: 'string', default: '4' },
    rounds: { type: 'string', default: '3' },
    recipes: { type: 'boolean', default: false },
    nodes: { type: 'boolean', default: false },
    executor: { type: 'boolean', default: false },
    models: { type: 'boolean', default: false },
    measures: { type: 'boolean', default: false },
    encoders: { type: 'boolean', default: false },
    temporal: { type: 'boolean', default: false },
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
const parts = ['recipes', 'nodes', 'executor', 'models', 'measures', 'encoders', 'temporal'] as const
const isPart = parts.some((part) => values[part])
if (!isPart) await ensureBuilt(say)
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
  const app = await startAppServer()
  try {
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
} finally {
  await server.close()
}
