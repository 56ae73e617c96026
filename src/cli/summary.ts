/** What a render did, for people and for programs. */
import { basename } from 'node:path'
import type { EngineStatus, ExportReport } from '../engine/door/api.ts'
import { expand } from '../graph/analysis/expand.ts'
import type { FlatId, GraphDocument } from '../graph/document/document.ts'
import { names } from '../graph/document/naming.ts'
import type { Problem } from '../graph/document/problems.ts'
import type { Specs } from '../graph/node/spec.ts'
import type { PublishedFile } from '../host/unpublished-files.ts'
import type { NumberStatistics } from '../media/types.ts'
import type { Shard } from './shard.ts'

export interface Rendered {
  readonly document: GraphDocument
  readonly specs: Specs
  readonly report: ExportReport
  readonly status: EngineStatus
  readonly files: readonly (Omit<PublishedFile, 'address'> & { readonly node: FlatId })[]
  readonly warnings: readonly Problem[]
  /** What is to be known of the input media: whole sentences. */
  readonly notes: readonly string[]
}

/** One piece of a render, kept until it is joined with the others. */
export interface RenderedPiece extends Pick<Rendered, 'report' | 'warnings' | 'notes'> {
  readonly piece: Shard
  /** The folder that it lies in. */
  readonly parts: string
}

const sizes = ['B', 'kB', 'MB', 'GB', 'TB']

/** Decimal units: `812 kB`. */
export function bytesText(bytes: number): string {
  let value = bytes
  let unit = 0
  while (value >= 1000 && unit < sizes.length - 1) {
    value /= 1000
    unit += 1
  }
  return `${value.toFixed(value < 10 && unit > 0 ? 1 : 0)} ${sizes[unit]}`
}

export function summaryJson({ document, specs, report, status, files, warnings, notes }: Rendered) {
  const nodeNames = names(expand(document, specs).document, specs)
  return {
    ok: true,
    exitCode: 0,
    outputs: Object.entries(report.outputs).map(([node, output]) => ({
      node,
      ...output,
      files: files.filter((file) => file.node === node).map(({ path, bytes }) => ({ path, bytes })),
    })),
    frames: report.frames,
    seconds: report.seconds,
    framesPerSecond: report.frames / Math.max(report.seconds, 1e-9),
    steps: report.steps.map((step) => ({ ...step, titles: step.nodes.map((node) => nodeNames.node(node)) })),
    peakTextureBytes: report.peakTextureBytes,
    planPeakBytes: report.planPeakBytes,
    rebuilds: report.rebuilds,
    adapter: status.adapter,
    wasmThreads: status.wasmThreads,
    warnings,
    notes: [...notes, ...report.notes],
  }
}

const short = (value: number): string => String(Number(value.toPrecision(4)))

/** `Halo · Score: mean 0.12, 95 % of the frames up to 0.3, worst 0.41 at frame 7 (0.29 s)`. */
function statisticsText({ title, unit, mean, percentile95, worst }: NumberStatistics): string {
  if (mean === null || percentile95 === null || worst === null) return `${title}: no frame has a number`
  const withUnit = (value: number) => (unit ? `${short(value)} ${unit}` : short(value))
  const preposition = worst.value < mean ? 'from' : 'up to'
  return `${title}: mean ${withUnit(mean)}, 95 % of the frames ${preposition} ${withUnit(percentile95)}, worst ${withUnit(worst.value)} at frame ${worst.frame} (${worst.time.toFixed(2)} s)`
}

function outputLines({ report, files }: Rendered): string[] {
  return Object.entries(report.outputs).flatMap(([node, output]) => {
    const nodeFiles = files.filter((file) => file.node === node)
    const bytes = nodeFiles.reduce((sum, file) => sum + file.bytes, 0)
    const [first] = nodeFiles
    const where =
      nodeFiles.length > 1
        ? `${first?.path} … ${basename(nodeFiles.at(-1)?.path ?? '')} (${nodeFiles.length} files)`
        : (first?.path ?? '')
    if (output.kind === 'numbers')
      return [
        `Wrote ${where}`,
        ...output.numbers.map((one) => `  ${statisticsText(one)}`),
        ...output.notes.map((note) => `  ${note}`),
      ]
    const sound = output.audioCodec
      ? `, sound ${output.audioCodec} (${output.audioCopied ? 'copied' : 're-encoded'})`
      : ''
    return [
      `Wrote ${where}`,
      `  ${output.width}×${output.height}, ${output.frames} ${output.frames === 1 ? 'frame' : 'frames'}, ${bytesText(bytes)}, ${output.videoCodec}${sound}`,
      `  Encoded by: ${output.encoder}`,
      ...output.notes.map((note) => `  ${note}`),
    ]
  })
}

function stepLines({ document, specs, report }: Rendered): string[] {
  const nodeNames = names(expand(document, specs).document, specs)
  const rows = report.steps.map((step) => ({
    title: step.nodes.map((node) => nodeNames.node(node)).join(' + '),
    seconds: step.seconds.toFixed(2),
    runtime: [
      step.waitingSeconds >= 0.005 ? `and ${step.waitingSeconds.toFixed(2)} s of waiting` : '',
      step.runtime ? `on ${step.runtime}` : '',
      step.note ?? '',
    ]
      .filter((part) => part !== '')
      .join('; '),
  }))
  const titles = Math.max(0, ...rows.map((row) => row.title.length))
  const seconds = Math.max(0, ...rows.map((row) => row.seconds.length))
  return rows.map((row) =>
    `  ${row.title.padEnd(titles)}  ${row.seconds.padStart(seconds)} s${row.runtime ? `  ${row.runtime}` : ''}`.trimEnd(),
  )
}

export function summaryText(result: Rendered): string {
  const { report, status } = result
  const rate = report.frames / Math.max(report.seconds, 1e-9)
  const adapter = status.adapter ? ` on ${status.adapter.description}` : ''
  const losses =
    report.rebuilds > 0
      ? [`The GPU was lost ${report.rebuilds === 1 ? 'once' : `${report.rebuilds} times`}; everything was rebuilt.`]
      : []
  return `${[
    ...outputLines(result),
    ...report.notes,
    `Took ${report.seconds.toFixed(1)} s (${rate.toFixed(2)} frames/s)${adapter}, of which:`,
    ...stepLines(result),
    ...losses,
  ].join('\n')}\n`
}

export function pieceJson({ piece, report, warnings, notes, parts }: RenderedPiece) {
  return {
    ok: true,
    exitCode: 0,
    shard: piece.index + 1,
    shards: piece.of,
    parts,
    frames: report.frames,
    seconds: report.seconds,
    warnings,
    notes: [...notes, ...report.notes],
  }
}

export function pieceText({ piece, report, parts }: RenderedPiece): string {
  const which = `Piece ${piece.index + 1} of ${piece.of}`
  if (report.frames === 0) return `${which} holds no frames: there are fewer segments than pieces.\n`
  const frames = report.frames === 1 ? '1 frame is' : `${report.frames} frames are`
  return `${which}: its ${frames} kept in ${parts}; took ${report.seconds.toFixed(1)} s.\n`
}
