/** The two things that `npm run render` does with a graph: checking it, and rendering it to files. */
import { existsSync, realpathSync, statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename, dirname, extname, join, relative, resolve } from 'node:path'
import type { ExportRequest } from '../engine/door/api.ts'
import { expand } from '../graph/analysis/expand.ts'
import type { GraphDocument, NodeId } from '../graph/document/document.ts'
import { nodeAt } from '../graph/document/levels.ts'
import type { Problem } from '../graph/document/problems.ts'
import { specOf } from '../graph/document/subgraph.ts'
import { parseGraph } from '../graph/file/read.ts'
import type { Specs } from '../graph/node/spec.ts'
import { paramValues } from '../graph/node/values.ts'
import { ensureBuilt, projectFolder, startAppServer } from '../host/app-server.ts'
import { CommandFailure, exitCodeOf, exitCodes, usage } from '../host/command-failure.ts'
import type { HeadlessSession } from '../host/headless-session.ts'
import {
  createOutputServer,
  diskSentence,
  folderProblem,
  nameProblem,
  type OutputServer,
} from '../host/output-server.ts'
import type { RenderArguments } from './arguments.ts'
import { applySetting, assign, nodesOfKind, refusingDamage, withParams } from './edit-document.ts'
import {
  type Checked,
  checkInPage,
  errorsOfGraph,
  type MediaPlan,
  planMedia,
  problemsFailure,
} from './prepare-graph.ts'
import { createProgressBar } from './progress-bar.ts'
import type { Rendered } from './summary.ts'

export interface RenderContext {
  readonly args: RenderArguments
  readonly specs: Specs
  readonly say: (line: string) => void
  readonly interrupted: AbortSignal
}

const defaultGraph = join(projectFolder, 'public/graphs/default.json')
const extensions = ['.mp4', '.webm', '.mkv', '.png']

interface LoadedGraph {
  readonly document: GraphDocument
  /** Fields of the file that this version does not know. */
  readonly notices: readonly Problem[]
}

async function loadGraph({ args, specs }: RenderContext): Promise<LoadedGraph> {
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
  const parsed = parseGraph(text, specs)
  if (!parsed.ok) {
    const { error } = parsed
    throw new CommandFailure(exitCodes.usage, `${path}: ${error.message}`, error.hint, [error])
  }
  let { document } = parsed
  for (const setting of args.settings) document = applySetting(document, specs, setting)
  if (args.strict) document = refusingDamage(document, specs)
  return { document, notices: parsed.notices }
}

function planInputs({ args, specs }: RenderContext, document: GraphDocument): MediaPlan {
  return planMedia(document, specs, assign(document, specs, 'source', args.inputs), args.graph)
}

interface PlannedOutput {
  readonly node: NodeId
  readonly folder: string
  readonly fileName: string
}

/** What a sink calls its file in the document. */
const fileNameParam = 'fileName'

/** Without `--output`: the file's name as the graph has it, in the folder `out`. */
function defaultOutput(document: GraphDocument, specs: Specs, sink: NodeId): string {
  const record = nodeAt(document, sink)
  const spec = specOf(specs, record)
  const name = record && spec && paramValues(spec, record)[fileNameParam]
  return join('out', basename(typeof name === 'string' && name !== '' ? name : 'enhanced.mp4'))
}

const writingSinks = (document: GraphDocument, specs: Specs): readonly NodeId[] =>
  Object.values(expand(document, specs).document.nodes).flatMap((record) => {
    const writes = specOf(specs, record)?.kernel.kind === 'sink' && !record.bypass && !record.mute
    return writes ? [record.id] : []
  })

const nothingToWrite = {
  message: 'This graph writes nothing: it has no Encode.',
  hint: 'Add one, or render another graph.',
} as const

const nothingWritten = (document: GraphDocument, specs: Specs): readonly Problem[] =>
  writingSinks(document, specs).length > 0 ? [] : [{ code: 'no-output', severity: 'error', ...nothingToWrite }]

/** Where each Encode writes; nothing is made on disk yet. */
function planOutputs({ args, specs }: RenderContext, document: GraphDocument): readonly PlannedOutput[] {
  const sinks = writingSinks(document, specs)
  const assigned = new Map(assign(document, specs, 'sink', args.outputs))
  if (assigned.size === 0) for (const sink of sinks) assigned.set(sink, defaultOutput(document, specs, sink))
  const outputs = [...assigned].map(([node, file]) => {
    const path = resolve(file)
    // Pictures get numbers: room for a million of them.
    const longest = extname(file).toLowerCase() === '.png' && args.frames !== 1 ? `${path}-000000` : path
    const problem = nameProblem(longest) ?? folderProblem(dirname(path))
    if (problem !== undefined) throw usage(problem)
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory())
      throw usage(`--output ${file} is a folder.`, 'Name a file in it.')
    const extension = extname(file).toLowerCase()
    if (!extensions.includes(extension))
      throw usage(
        `--output ${file}: ${extension === '' ? 'there is no extension' : `“${extension}” is not a format that is written`}.`,
        `Use one of ${extensions.join(', ')}.`,
      )
    return { node, folder: dirname(path), fileName: basename(path) }
  })
  const paths = outputs.map(({ folder, fileName }) => join(folder, fileName))
  const twice = paths.find((path, index) => paths.indexOf(path) !== index)
  if (twice !== undefined)
    throw usage(`Two outputs would both write ${twice}.`, `Give each its own: --output ${outputs[0]!.node}=<file>.`)
  return outputs
}

/** A render reads its input to the end while it writes, and a result is no substitute for its source. */
function refuseOverwriting({ files }: MediaPlan, planned: readonly PlannedOutput[]): void {
  const real = (path: string) => (existsSync(path) ? realpathSync(path) : path)
  const inputs = new Set([...files.values()].flatMap(({ paths }) => paths.map(real)))
  for (const { folder, fileName } of planned)
    if (inputs.has(real(join(folder, fileName))))
      throw usage(`--output ${fileName} is the very file that is read.`, 'Name another file.')
}

/** The document says what the command line says: its checks look at the file's extension. */
function withFileNames(document: GraphDocument, specs: Specs, planned: readonly PlannedOutput[]): GraphDocument {
  let changed = document
  for (const { node, fileName } of planned) {
    const spec = specOf(specs, nodeAt(changed, node))
    if (spec && Object.hasOwn(spec.params, fileNameParam))
      changed = withParams(changed, node, { [fileNameParam]: fileName })
  }
  return changed
}

interface OpenOutputs {
  readonly outputs: ExportRequest['outputs']
  /** Whose files go to an address of the output server. */
  readonly nodeAt: ReadonlyMap<string, NodeId>
}

async function openOutputs(
  server: OutputServer,
  origin: string,
  planned: readonly PlannedOutput[],
): Promise<OpenOutputs> {
  const outputs: Record<NodeId, ExportRequest['outputs'][NodeId]> = {}
  const nodeAt = new Map<string, NodeId>()
  for (const { node, folder, fileName } of planned) {
    try {
      const address = await server.accept(folder)
      outputs[node] = { fileName, target: { kind: 'http', url: `${origin}${address}` } }
      nodeAt.set(address, node)
    } catch (error) {
      throw usage(diskSentence(error, folder))
    }
  }
  return { outputs, nodeAt }
}

/** `work`, or the reason of whichever of `signals` aborts first. */
function unless<T>(signals: readonly AbortSignal[], work: Promise<T>): Promise<T> {
  const signal = AbortSignal.any([...signals])
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason)
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop, { once: true })
    work.then(resolve, reject)
  })
}

/** Seconds for the browser to close by itself; one that does not is ended together with this process. */
const closingSeconds = 1

function atMost(seconds: number, work: () => Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, seconds * 1000)
    work()
      .then(resolve, reject)
      .finally(() => clearTimeout(timer))
  })
}

/** Serves the app, opens the page, does `work` with it, and puts everything away however that ends. */
async function inPage<T>(
  { say, interrupted }: RenderContext,
  outputs: OutputServer,
  work: (session: HeadlessSession, origin: string) => Promise<T>,
): Promise<T> {
  const discard = () => outputs.discardAll()
  process.once('exit', discard)
  const closers: (() => Promise<unknown>)[] = []
  try {
    await unless([interrupted], ensureBuilt(say))
    const server = await startAppServer({ answer: outputs.answer })
    closers.push(() => server.close())
    const { openSession } = await import('../host/headless-session.ts')
    // Interrupted while the browser starts, it is ended together with this process.
    const session = await unless([interrupted], openSession({ origin: server.origin, say }))
    closers.push(async () => session[Symbol.asyncDispose]())
    return await unless([interrupted, session.died, outputs.failed], work(session, server.origin))
  } finally {
    discard()
    await atMost(closingSeconds, async () => {
      for (const close of closers.reverse()) await close()
    })
  }
}

const hasErrors = (problems: readonly Problem[]) => problems.some(({ severity }) => severity === 'error')

/** All problems of `--check`'s graph; where it is wrong whatever its media and models hold, those are not looked at. */
export async function checkGraph(context: RenderContext): Promise<readonly Problem[]> {
  const { document, notices } = await loadGraph(context)
  const media = planInputs(context, document)
  const errors = [...errorsOfGraph(media, context.specs), ...nothingWritten(document, context.specs)]
  if (errors.length > 0) return [...notices, ...errors]
  const { problems } = await inPage(context, createOutputServer(), (session) =>
    checkInPage(session, media, context.specs),
  )
  return [...notices, ...problems]
}

/** What only the clip's length can tell about `--start`. */
function checkRange({ args, specs }: RenderContext, { document, facts }: Checked): void {
  const sources = nodesOfKind(document, specs, 'source')
  const [only] = sources
  if (args.start === undefined || sources.length !== 1 || only === undefined) return
  const media = nodeAt(document, only)?.params.media
  if (typeof media !== 'object' || media === null || !('id' in media)) return
  const known = facts.media({ id: String(media.id) })
  if (known?.kind === 'video' && args.start >= known.duration)
    throw usage(
      `--start ${args.start} lies behind the end of ${String(media.id)}, which lasts ${known.duration.toFixed(2)} s.`,
      'Begin earlier.',
    )
}

/** Renders to files. Throws `CommandFailure`; then nothing stands under a final name. */
export async function renderGraph(context: RenderContext): Promise<Rendered> {
  const { args, specs, say } = context
  const { document: written, notices } = await loadGraph(context)
  const planned = planOutputs(context, written)
  const media = planInputs(context, withFileNames(written, specs, planned))
  refuseOverwriting(media, planned)
  const isSource = (node: NodeId) => nodesOfKind(media.document, specs, 'source').includes(node)
  const errors = errorsOfGraph(media, specs)
  if (errors.length > 0) throw problemsFailure(exitCodeOf(errors, 'before', isSource), errors)
  if (planned.length === 0) throw usage(nothingToWrite.message, nothingToWrite.hint)
  const server = createOutputServer()
  return inPage(context, server, async (session, origin) => {
    const checked = await checkInPage(session, media, specs)
    const { document, problems, notes } = checked
    if (hasErrors(problems)) throw problemsFailure(exitCodeOf(problems, 'before', isSource), problems)
    const warnings = [...notices, ...problems]
    for (const { message, hint } of warnings) say(`${message} ${hint}`)
    for (const note of notes) say(note)
    checkRange(context, checked)
    const { outputs, nodeAt } = await openOutputs(server, origin, planned)
    const bar = createProgressBar(process.stderr)
    const { start, duration, frames, runtime } = args
    const request: ExportRequest = {
      document,
      outputs,
      runtime,
      ...(start === undefined ? {} : { start }),
      ...(duration === undefined ? {} : { duration }),
      ...(frames === undefined ? {} : { frames }),
    }
    const outcome = await session.export(request, bar.update).finally(bar.end)
    if (!outcome.ok) throw problemsFailure(exitCodeOf(outcome.problems, 'while rendering', isSource), outcome.problems)
    if (outcome.value.state === 'cancelled') throw new CommandFailure(exitCodes.render, 'The render was cancelled.')
    const files = await server.publish().catch((error: unknown) => {
      throw new CommandFailure(exitCodes.render, diskSentence(error, planned[0]!.folder))
    })
    return {
      document,
      specs,
      report: outcome.value,
      status: session.status,
      warnings,
      notes,
      files: files.map(({ path, bytes, address }) => ({
        path: relative(process.cwd(), path),
        bytes,
        node: nodeAt.get(address)!,
      })),
    }
  })
}
