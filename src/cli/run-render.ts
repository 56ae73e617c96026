/** The two things that `npm run render` does with a graph: checking it, and rendering it to files. */
import { relative } from 'node:path'
import type { ExportProgress, ExportReport, ExportRequest } from '../engine/door/api.ts'
import type { FlatId } from '../graph/document/document.ts'
import { nodeAt } from '../graph/document/levels.ts'
import type { Problem } from '../graph/document/problems.ts'
import type { Specs } from '../graph/node/spec.ts'
import { CommandFailure, exitCodeOf, exitCodes, usage } from '../host/command-failure.ts'
import { EncoderServer } from '../host/encoder-server.ts'
import type { HeadlessSession } from '../host/headless-session.ts'
import { diskSentence, OutputServer } from '../host/output-server.ts'
import { PartsServer } from '../host/parts-server.ts'
import { allowedCode, codeWarnings } from './allowed-code.ts'
import type { RenderArguments } from './arguments.ts'
import type { CommandContext } from './command-process.ts'
import { nodesOfKind } from './edit-document.ts'
import { inPage, type Page } from './in-page.ts'
import { encoderLines, encoderProblems } from './installed-encoders.ts'
import { PartsFolder } from './parts-folder.ts'
import {
  nothingToWrite,
  nothingWritten,
  type PlannedOutput,
  pathOf,
  refuseOverwriting,
  writingSinks,
} from './plan-outputs.ts'
import { type Checked, checkInPage, errorsOfGraph, problemsFailure } from './prepare-graph.ts'
import { ProgressBar } from './progress-bar.ts'
import { knownAhead, loadGraph, planInputs, type RenderJob, recordOf, renderJob } from './render-job.ts'
import type { Rendered, RenderedPiece } from './summary.ts'

export interface RenderContext extends Pick<CommandContext, 'say' | 'stderr' | 'interruptSignal' | 'browser'> {
  readonly args: RenderArguments
  readonly specs: Specs
}

const hasErrors = (problems: readonly Problem[]) => problems.some(({ severity }) => severity === 'error')

/** All problems of `--check`'s graph; where it is wrong whatever its media and models hold, those are not looked at. */
export async function checkGraph(context: RenderContext): Promise<readonly Problem[]> {
  const { args, specs, interruptSignal } = context
  const { document, notices } = await loadGraph(args, specs)
  const media = planInputs(args, specs, document)
  const errors = [...errorsOfGraph(media, specs), ...nothingWritten(document, specs)]
  errors.push(...(await encoderProblems(document, specs, writingSinks(document, specs))))
  if (errors.length > 0) return [...notices, ...errors, ...codeWarnings(document, specs)]
  const needs = { ...context, ends: [interruptSignal], answer: () => false, discard: () => undefined }
  const { problems } = await inPage(needs, ({ session }) => checkInPage(session, media, specs))
  return [...notices, ...problems, ...codeWarnings(document, specs)]
}

/** What only the clip's length can tell about `--start`. */
function checkRange({ range }: RenderJob, specs: Specs, { document, facts }: Checked): void {
  const sources = nodesOfKind(document, specs, 'source')
  const [only] = sources
  if (range.start === undefined || sources.length !== 1 || only === undefined) return
  const media = nodeAt(document, only)?.params.media
  if (typeof media !== 'object' || media === null || !('id' in media)) return
  const mediaFacts = facts.media?.({ id: String(media.id) })
  if (mediaFacts?.kind === 'video' && range.start >= mediaFacts.duration)
    throw usage(
      `--start ${range.start} is past the end of ${String(media.id)}, which lasts ${mediaFacts.duration.toFixed(2)} s.`,
      'Start earlier.',
    )
}

/** Everything that one render needs, once it is known that it can begin. */
interface Work {
  readonly context: RenderContext
  readonly job: RenderJob
  readonly outputs: OutputServer
  readonly parts: PartsServer
  readonly encoders: EncoderServer
  readonly folder: PartsFolder
  /** The folder is this render's own, and goes with it. */
  readonly ownFolder: boolean
  readonly isSource: (node: FlatId) => boolean
  /** People's code that may run. */
  readonly code: readonly string[]
}

async function checked(work: Work, { session }: Page): Promise<Checked & { readonly warnings: readonly Problem[] }> {
  const { context, job, isSource } = work
  const outcome = await checkInPage(session, job.media, context.specs)
  const { problems, notes } = outcome
  if (hasErrors(problems)) throw problemsFailure(exitCodeOf(problems, 'before', isSource), problems)
  const warnings = [...job.notices, ...problems]
  for (const { message, hint } of warnings) context.say(`${message} ${hint}`)
  for (const note of notes) context.say(note)
  checkRange(job, context.specs, outcome)
  return { ...outcome, warnings }
}

/** Opens what an earlier run kept, or begins anew. */
async function openParts({ context, job, folder }: Work, { session, version }: Page): Promise<void> {
  const { args, specs, say } = context
  const record = await recordOf(job, specs, version, session.browser)
  if (args.fresh) folder.clear()
  folder.claim(record)
  if (args.command === 'render' && !args.shard && folder.frames > 0)
    say(`Resuming an earlier run: ${folder.frames} frames are kept in ${folder.name} (--fresh starts over).`)
}

/** `making` a place in `folder`, or the reason why there can be none. */
async function placeIn(folder: string, making: (folder: string) => Promise<string>): Promise<string> {
  try {
    return await making(folder)
  } catch (error) {
    throw usage(diskSentence(error, folder))
  }
}

/** Addresses of the files, made before what is kept: folders that were made for them go again where nothing comes of it. */
async function openFiles({ context, job, outputs }: Work): Promise<ReadonlyMap<FlatId, string>> {
  const addresses = new Map<FlatId, string>()
  // A piece becomes no file.
  if (context.args.shard) return addresses
  for (const { node, folder } of job.plannedOutputs)
    addresses.set(node, await placeIn(folder, (path) => outputs.accept(path)))
  return addresses
}

async function openOutputs(
  { job, folder, parts, encoders }: Work,
  { origin }: Page,
  addresses: ReadonlyMap<FlatId, string>,
): Promise<ExportRequest['outputs']> {
  const outputs: Record<FlatId, ExportRequest['outputs'][FlatId]> = {}
  for (const { node, fileName } of job.plannedOutputs) {
    const address = addresses.get(node)
    const nativeEncoder = job.encoders.get(node)
    const encoder = nativeEncoder
      ? await placeIn(folder.path, (path) => encoders.accept(nativeEncoder.ffmpeg, nativeEncoder.encoder, path))
      : null
    outputs[node] = {
      fileName,
      target: address === undefined ? { kind: 'none' } : { kind: 'http', url: `${origin}${address}` },
      segments: `${origin}${await placeIn(folder.folderOf(node), (path) => parts.accept(path))}`,
      ...(encoder === null ? {} : { encoder: `${origin}${encoder}` }),
    }
  }
  return outputs
}

async function exported(
  { isSource }: Work,
  session: HeadlessSession,
  request: ExportRequest,
  onProgress: (progress: ExportProgress) => void,
): Promise<ExportReport> {
  const outcome = await session.export(request, onProgress)
  if (!outcome.ok) throw problemsFailure(exitCodeOf(outcome.problems, 'while rendering', isSource), outcome.problems)
  if (outcome.value.state === 'cancelled') throw new CommandFailure(exitCodes.render, 'The render was cancelled.')
  return outcome.value
}

/** What the runs of one render took together; what came out is the last one's. */
function together(reports: readonly [ExportReport, ...ExportReport[]]): ExportReport {
  const last = reports.at(-1) ?? reports[0]
  const steps = new Map<string, ExportReport['steps'][number]>()
  for (const step of reports.flatMap((report) => report.steps)) {
    const name = step.nodes.join()
    const before = steps.get(name) ?? { seconds: 0, waitingSeconds: 0 }
    steps.set(name, {
      ...step,
      seconds: before.seconds + step.seconds,
      waitingSeconds: before.waitingSeconds + step.waitingSeconds,
    })
  }
  return {
    ...last,
    steps: [...steps.values()],
    seconds: reports.reduce((sum, { seconds }) => sum + seconds, 0),
    peakTextureBytes: Math.max(...reports.map((report) => report.peakTextureBytes)),
    notes: [...new Set(reports.flatMap(({ notes }) => notes))],
  }
}

async function exportAll(work: Work, session: HeadlessSession, request: ExportRequest): Promise<ExportReport> {
  const { args, stderr } = work.context
  const bar = new ProgressBar(stderr)
  const run = (more: Partial<ExportRequest>) =>
    exported(work, session, { ...request, ...more }, (progress) => bar.update(progress)).finally(() => bar.end())
  if (args.shard) return run({ piece: args.shard })
  if (args.command === 'join') return run({ allKept: true })
  const reports: ExportReport[] = []
  for (let index = 0; index < (args.shards ?? 0); index++)
    reports.push(await run({ piece: { index, of: args.shards ?? 1 } }))
  const last = await run({})
  const [first = last, ...others] = reports
  return reports.length === 0 ? last : together([first, ...others, last])
}

async function render(work: Work, page: Page): Promise<Rendered | RenderedPiece> {
  const { context, job, folder, outputs: server } = work
  const { args, specs } = context
  const { session } = page
  const { document, notes, warnings } = await checked(work, page)
  await session.allowCode(work.code)
  const addresses = await openFiles(work)
  await openParts(work, page)
  const outputs = await openOutputs(work, page, addresses)
  const request: ExportRequest = { document, outputs, runtime: job.runtime, ...job.range }
  const report = await exportAll(work, session, request)
  if (args.shard) return { piece: args.shard, report, warnings, notes, parts: folder.name }
  const files = await server.publish().catch((error: unknown) => {
    throw new CommandFailure(exitCodes.render, diskSentence(error, job.plannedOutputs[0]?.folder ?? '.'))
  })
  if (work.ownFolder) folder.clear()
  const nodes = new Map([...addresses].map(([node, address]) => [address, node]))
  return {
    document,
    specs,
    report,
    status: session.status,
    warnings,
    notes,
    files: files.map(({ path, bytes, address }) => ({
      path: relative(process.cwd(), path),
      bytes,
      node: nodes.get(address)!,
    })),
  }
}

/** Says of a failed render what is kept of it. */
function withKept(error: unknown, { folder, context }: Work): unknown {
  const keptFrames = context.args.command === 'join' ? 0 : folder.frames
  if (!(error instanceof CommandFailure) || error.exitCode === exitCodes.usage || keptFrames === 0) return error
  const frames = keptFrames === 1 ? '1 frame is' : `${keptFrames} frames are`
  const hint = `${frames} kept in ${folder.name}: the same command resumes from there.`
  return new CommandFailure(error.exitCode, error.message, [error.hint, hint].join(' ').trim(), error.problems)
}

/** Without `--parts` beside the (first) output. */
const partsOf = (args: RenderArguments, [first]: readonly PlannedOutput[]): string =>
  args.parts ?? `${first ? pathOf(first) : 'out'}.parts`

/** Renders to files, or one piece. Throws `CommandFailure`; then nothing stands under a final name. */
export async function renderGraph(context: RenderContext): Promise<Rendered | RenderedPiece> {
  const { args, specs, say, interruptSignal } = context
  const job = await renderJob(args, specs)
  refuseOverwriting(job.media, job.plannedOutputs)
  const isSource = (node: FlatId) => nodesOfKind(job.media.document, specs, 'source').includes(node)
  const errors = errorsOfGraph(job.media, specs)
  if (errors.length > 0) throw problemsFailure(exitCodeOf(errors, 'before', isSource), errors)
  if (job.plannedOutputs.length === 0) throw usage(nothingToWrite.message, nothingToWrite.hint)
  // Nothing is run where pieces are only put together.
  const code = allowedCode(job.media.document, specs, args.allowCode || args.command === 'join', args.graph)
  for (const line of encoderLines(job.encoders)) say(line)
  const [outputs, parts, encoders] = [new OutputServer(), new PartsServer(), new EncoderServer()]
  const nodes = job.plannedOutputs.map(({ node }) => node)
  const folder = new PartsFolder(partsOf(args, job.plannedOutputs), nodes)
  const work: Work = {
    context,
    job,
    outputs,
    parts,
    encoders,
    folder,
    ownFolder: args.parts === undefined,
    isSource,
    code,
  }
  const needs = {
    ...context,
    ends: [interruptSignal, outputs.failureSignal, parts.failureSignal],
    refuse(version: string) {
      if (!args.fresh) folder.refuseOther(knownAhead(job, specs, version))
    },
    answer: (...exchange: Parameters<OutputServer['answer']>) =>
      outputs.answer(...exchange) || parts.answer(...exchange) || encoders.answer(...exchange),
    discard() {
      encoders.end()
      parts.end()
      if (work.ownFolder) folder.clearIfEmpty()
      outputs.discardAll()
    },
  }
  try {
    return await inPage(needs, (page) => render(work, page))
  } catch (error) {
    throw withKept(error, work)
  }
}
