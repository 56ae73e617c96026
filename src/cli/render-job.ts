/** What a command line asks to be rendered, from its words or from what the pieces of an earlier render say. */
import { readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import type { ExportRequest } from '../engine/door/api.ts'
import type { FlatId, GraphDocument } from '../graph/document/document.ts'
import type { Problem } from '../graph/document/problems.ts'
import { parseGraph } from '../graph/file/read.ts'
import { serializeGraph } from '../graph/file/write.ts'
import type { Specs } from '../graph/node/spec.ts'
import { projectFolder } from '../host/app-server.ts'
import { CommandFailure, exitCodes, usage } from '../host/command-failure.ts'
import type { RuntimeChoice } from '../models/types.ts'
import type { RenderArguments } from './arguments.ts'
import { applySetting, assign, refusingDamage } from './edit-document.ts'
import { type AskedEncoder, encoderMark, encodersFor } from './installed-encoders.ts'
import { fingerprint, type KnownAhead, mediaOf, type PartsRecord, readRecord } from './parts-folder.ts'
import { type PlannedOutput, planOutputs, withFileNames } from './plan-outputs.ts'
import { type MediaPlan, namedFiles, planMedia } from './prepare-graph.ts'

const defaultGraph = join(projectFolder, 'public/graphs/default.json')

type Range = Pick<ExportRequest, 'range' | 'start' | 'duration' | 'frames' | 'keepTimestamps'>

export interface RenderJob {
  /** Fields of the graph's file that this version does not know. */
  readonly notices: readonly Problem[]
  /** With the names of the outputs in its document. */
  readonly media: MediaPlan
  readonly plannedOutputs: readonly PlannedOutput[]
  readonly range: Range
  readonly runtime: RuntimeChoice
  /** Of an installed ffmpeg, by the output that asks for one. */
  readonly encoders: ReadonlyMap<FlatId, AskedEncoder>
  /** What pieces of this job have in common because of them. */
  readonly encoderMark: string | undefined
}

export interface LoadedGraph {
  readonly document: GraphDocument
  readonly notices: readonly Problem[]
}

function readGraph(text: string, path: string, specs: Specs): LoadedGraph {
  const outcome = parseGraph(text, specs)
  if (outcome.ok) return outcome
  const { error } = outcome
  throw new CommandFailure(exitCodes.usage, `${path}: ${error.message}`, error.hint, [error])
}

/** The graph as the command line changes it. Throws `CommandFailure`. */
export async function loadGraph(
  args: Pick<RenderArguments, 'graph' | 'settings' | 'strict'>,
  specs: Specs,
): Promise<LoadedGraph> {
  const path = args.graph ?? defaultGraph
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    throw code === 'ENOENT' || code === 'ENOTDIR'
      ? usage(`There is no graph ${path}.`, 'Check its name and the folder you are in.')
      : usage(`The graph ${path} cannot be read (${code}).`, 'Name a graph file (.json).')
  }
  const graph = readGraph(text, path, specs)
  let { document } = graph
  for (const setting of args.settings) document = applySetting(document, specs, setting)
  if (args.strict) document = refusingDamage(document, specs)
  return { document, notices: graph.notices }
}

export const planInputs = (
  args: Pick<RenderArguments, 'inputs' | 'graph'>,
  specs: Specs,
  document: GraphDocument,
): MediaPlan => planMedia(document, specs, assign(document, specs, 'source', args.inputs), args.graph)

/** The job of pieces that lie in a folder. Throws `CommandFailure`. */
function jobOfPieces(args: RenderArguments, specs: Specs, folder: string): RenderJob {
  const record = readRecord(folder)
  if (!record) throw usage(`${folder} holds no pieces of a render.`, 'Name the folder that --parts named.')
  const { document, notices } = readGraph(record.same.graph, join(folder, 'job.json'), specs)
  const plannedOutputs = planOutputs(args, specs, document)
  // What was left out of a folder was told when the pieces were made.
  const files = new Map(Object.entries(record.media).map(([id, files]) => [id, { ...files, leftOut: [] }]))
  const media = planMedia(withFileNames(document, specs, plannedOutputs), specs, new Map(), undefined, files)
  const range = JSON.parse(record.same.range) as Range
  return {
    notices,
    media,
    plannedOutputs,
    range,
    runtime: record.same.runtime as RuntimeChoice,
    // What is joined was encoded already, perhaps by an ffmpeg that is not here.
    encoders: new Map(),
    encoderMark: record.same.encoder,
  }
}

/** What `args` asks for. Throws `CommandFailure`. */
export async function renderJob(args: RenderArguments, specs: Specs): Promise<RenderJob> {
  if (args.command === 'join' && args.parts !== undefined) return jobOfPieces(args, specs, args.parts)
  const { document, notices } = await loadGraph(args, specs)
  const inputs = planInputs(args, specs, document)
  const plannedOutputs = planOutputs(args, specs, inputs.document)
  const media = { ...inputs, document: withFileNames(inputs.document, specs, plannedOutputs) }
  const { range: frameRange, start, duration, frames, runtime } = args
  const range = {
    ...(frameRange === undefined ? {} : { range: frameRange }),
    ...(args.keepTimestamps ? { keepTimestamps: true } : {}),
    ...(start === undefined ? {} : { start }),
    ...(duration === undefined ? {} : { duration }),
    ...(frames === undefined ? {} : { frames }),
  }
  const encoders = await encodersFor(media.document, specs, plannedOutputs)
  return { notices, media, plannedOutputs, range, runtime, encoders, encoderMark: encoderMark(encoders) }
}

/** With every name of an output replaced by a plain one of the same extension. */
function withPlainNames({ media, plannedOutputs }: RenderJob, specs: Specs) {
  const plain = plannedOutputs.map(({ node, fileName }) => ({
    node,
    fileName: `output${extname(fileName).toLowerCase()}`,
  }))
  return { plain, document: withFileNames(media.document, specs, plain) }
}

/** What all pieces of this job have in common, as far as neither a browser is needed for it nor the media read. */
export function knownAhead(job: RenderJob, specs: Specs, version: string): KnownAhead {
  const { range, runtime, encoderMark: encoder } = job
  const { plain, document } = withPlainNames(job, specs)
  return {
    version,
    outputs: plain.map(({ node, fileName }) => `${node}: ${extname(fileName)}`).join(', '),
    graph: serializeGraph(document, specs),
    range: JSON.stringify(range),
    runtime,
    ...(encoder === undefined ? {} : { encoder }),
  }
}

/** What all pieces of this job have in common. */
export async function recordOf(job: RenderJob, specs: Specs, version: string, browser: string): Promise<PartsRecord> {
  const { media } = job
  const { document } = withPlainNames(job, specs)
  const files: Record<string, string> = {}
  for (const [name, { paths }] of media.files) files[name] = await fingerprint(paths)
  for (const path of namedFiles(document, specs)) files[path] = await fingerprint([path])
  return {
    format: 'framewright-parts',
    same: { ...knownAhead(job, specs, version), browser, files },
    media: mediaOf(media.files),
  }
}
