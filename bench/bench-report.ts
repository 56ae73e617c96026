/** What the benchmark says: its tables, and the ratios within one run. */
import { bytesText } from '../src/cli/summary.ts'
import type { ExportReport } from '../src/engine/door/api.ts'
import { type CanvasResult, canvasRows } from './bench-canvas.ts'
import type { EditorResult } from './bench-editor.ts'
import type { EncodersResult } from './bench-encoders.ts'
import { type ExecutorResult, executorRows } from './bench-executor.ts'
import { type FramesResult, frameRows } from './bench-frames.ts'
import { clipRows, type GrowthResult } from './bench-growth.ts'
import type { MeasuresResult } from './bench-measures.ts'
import type { ModelsResult } from './bench-models.ts'
import type { NodeCost } from './bench-nodes.ts'
import type { DialResult, EditResult, FusionResult, KeptResult, QualityResult, RegionResult } from './bench-page.ts'
import { pixelRows } from './bench-pixels.ts'
import { framesASecond, type RecipeResult, recipeRows, stepRows } from './bench-recipes.ts'
import { type TemporalResult, temporalRows } from './bench-temporal.ts'

export interface GraphSizeResult {
  readonly nodes: number
  readonly milliseconds: number
}

export interface Edits {
  readonly edit: EditResult
  readonly cache: KeptResult
  readonly region: RegionResult
  readonly dial: DialResult
}

export interface Measured extends Edits {
  readonly editor: EditorResult
  readonly graphs: readonly GraphSizeResult[]
  readonly adapter: string
  readonly frames: number
  readonly ffmpegSeconds: number
  readonly recipes: readonly RecipeResult[]
  readonly nodes: readonly NodeCost[]
  readonly executor: ExecutorFigures
  readonly fusion: readonly FusionResult[]
  readonly models: ModelsResult
  readonly quality: readonly QualityResult[]
  readonly measures: MeasuresResult
  readonly encoders: EncodersResult
  readonly temporal: TemporalResult
}

export interface ExecutorFigures {
  readonly rows: readonly ExecutorResult[]
  readonly frames: FramesResult
}

/** Dearest first; what could not be run alone last, with the reason. */
export function nodesReport(costs: readonly NodeCost[]): string {
  const each = ({ milliseconds, megapixels }: NodeCost) => (milliseconds === null ? -1 : milliseconds / megapixels)
  const plain = each(costs.find(({ type }) => type === 'bicubic')!)
  const rows = costs
    .toSorted((a, b) => each(b) - each(a))
    .map((cost) => {
      const figure = each(cost)
      const of = [cost.title, cost.category, cost.cost ?? '']
      if (figure < 0) return [...of, '–', cost.note ?? '']
      return [...of, figure.toFixed(figure < 10 ? 2 : 0), times(figure / plain)]
    })
  return table([['Node, alone on the sample', 'kind', 'said to be', 'ms per megapixel', 'of Bicubic'], ...rows])
}

/** 20 nodes are to take 0.2 ms, and no node more for there being others. */
export const executorReport = ({ rows, frames }: ExecutorFigures): string =>
  `${table(executorRows(rows))}\n\n${table(frameRows(frames))}`

/** Linear in pixels, flat in nodes and in length. */
export const growthReport = ({ pixels, clips }: GrowthResult): string =>
  [table(pixelRows(pixels)), table(clipRows(clips))].join('\n\n')

/** Flat in nodes. */
export const canvasReport = (results: readonly CanvasResult[]): string => table(canvasRows(results))

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

export function modelRatios(result: ModelsResult) {
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
export function modelReport(result: ModelsResult): string {
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

export function measuresReport({ frames, results, rows }: MeasuresResult): string {
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
export const gainOfX264 = ({ rows: [browser, x264] }: EncodersResult): number =>
  (x264?.psnr ?? 0) - (browser?.psnr ?? 0)

export function encodersReport(result: EncodersResult): string {
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

export const temporalReport = (result: TemporalResult): string => temporalRows(result).map(table).join('\n\n')

const reportsOf = ({ recipes }: Measured) =>
  recipes.map((each) => each.report) as [ExportReport, ExportReport, ExportReport]

export function ratios(measured: Measured) {
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
export const speedReport = (recipes: readonly RecipeResult[]): string =>
  [table(recipeRows(recipes)), ...recipes.map((recipe) => table(stepRows(recipe)))].join('\n\n')

/** An edit of Grain is to be ten times as fast as the whole chain anew. */
const editRows = ({ edit, cache, region, dial }: Edits): readonly (readonly string[])[] => [
  [
    'An edit of Grain below SR Model, and the whole chain anew',
    `${edit.editMilliseconds.toFixed(0)} ms`,
    `${edit.fullMilliseconds.toFixed(0)} ms`,
    times(edit.fullMilliseconds / edit.editMilliseconds),
  ],
  [
    'A change of Grain alone, and of Grain below SR Model (at most 1.3 ×)',
    `${cache.aloneMilliseconds.toFixed(0)} ms`,
    `${cache.belowMilliseconds.toFixed(0)} ms`,
    times(cache.belowMilliseconds / cache.aloneMilliseconds),
  ],
  [
    'A region of a sixteenth of the default recipe’s result, and the whole of it, nothing kept',
    `${region.boxMilliseconds.toFixed(0)} ms`,
    `${region.wholeMilliseconds.toFixed(0)} ms`,
    times(region.wholeMilliseconds / region.boxMilliseconds),
  ],
  [
    'The same, bytes of textures between the nodes',
    bytesText(region.boxBytes),
    bytesText(region.wholeBytes),
    times(region.wholeBytes / region.boxBytes),
  ],
  [
    'One inference of the default model, and a turn of its dial until the picture shows',
    `${dial.inferenceMilliseconds.toFixed(0)} ms`,
    `${dial.turnMilliseconds.toFixed(0)} ms`,
    times(dial.turnMilliseconds / dial.inferenceMilliseconds),
  ],
]

/** What is made anew after a change, alone. */
export const editsReport = (edits: Edits): string =>
  table([['Ratio', 'this', 'that', 'that ÷ this'], ...editRows(edits)])

export function report(measured: Measured): string {
  const [plain, fast, recipe] = reportsOf(measured)
  const { recipes, fusion, quality, frames, adapter, graphs, editor } = measured
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
    ...editRows(measured),
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
