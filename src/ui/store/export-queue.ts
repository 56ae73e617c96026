/**
 * The export queue: one runs at a time, the others wait, are paused, or are over. All of it is noted, so that a page
 * that dies takes no more with it than the segment it was writing.
 */

import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Engine, ExportReport, ExportRequest } from '../../engine/door/api.ts'
import { expand } from '../../graph/analysis/expand.ts'
import { messageOf } from '../../graph/document/coded-error.ts'
import type { FlatId } from '../../graph/document/document.ts'
import type { Problem } from '../../graph/document/problems.ts'
import { isAssetOf } from '../../graph/node/params.ts'
import type { Specs } from '../../graph/node/spec.ts'
import { assetRef } from '../kit/value-text.ts'
import { text } from '../text/text.ts'
import { type ExportJob, type FinishedFile, freeName, type JobState, jobName, writtenNames } from './export-job.ts'
import { browserJournal, type ExportJournal, type JobClaim, type JobRecord } from './export-journal.ts'
import { browserPlaces, type ExportPlaces } from './export-targets.ts'

export type { ExportJob, FinishedFile, JobState } from './export-job.ts'

export interface NewExport {
  readonly graph: string
  readonly clip: string
  readonly request: ExportRequest
}

/** The part of the engine that exports. */
export type ExportEngine = Pick<
  Engine,
  | 'export'
  | 'pauseExport'
  | 'cancelExport'
  | 'keptExports'
  | 'dropExport'
  | 'takeOutput'
  | 'releaseOutput'
  | 'assetFacts'
>

/** What the queue asks of the page around it. */
export interface ExportPage {
  readonly journal: ExportJournal
  readonly places: ExportPlaces
  /** Whether the browser is to ask before the page is left. */
  warnBeforeLeaving(on: boolean): void
}

const askBeforeLeaving = (event: BeforeUnloadEvent) => event.preventDefault()

const browserPage: ExportPage = {
  journal: browserJournal,
  places: browserPlaces,
  warnBeforeLeaving(on) {
    if (on) window.addEventListener('beforeunload', askBeforeLeaving)
    else window.removeEventListener('beforeunload', askBeforeLeaving)
  },
}

const problem = (message: string, hint: string): Problem => ({
  code: 'render-failed',
  severity: 'error',
  message,
  hint,
})

const jobRecord = ({ id, at, graph, clip, request, frames, state }: ExportJob): JobRecord => ({
  id,
  at,
  graph,
  clip,
  request,
  frames,
  report: state.kind === 'done' ? state.report : null,
})

/** Lower-case names in the browser's own store that these exports write to. */
const storeNames = (requests: readonly ExportRequest[]): Set<string> =>
  new Set(
    requests
      .flatMap(({ outputs }) => Object.values(outputs))
      .flatMap(({ target, fileName }) => (target.kind === 'store' ? [fileName.toLowerCase()] : [])),
  )

export class ExportQueue {
  readonly store: StoreApi<{ readonly jobs: readonly ExportJob[] }> = createStore(() => ({ jobs: [] }))
  private readonly claims = new Map<string, JobClaim>()
  private activeId: string | null = null
  private readonly engine: ExportEngine
  private readonly specs: Specs
  private readonly page: ExportPage

  constructor(engine: ExportEngine, specs: Specs, page: ExportPage = browserPage) {
    this.engine = engine
    this.specs = specs
    this.page = page
  }

  get jobs(): readonly ExportJob[] {
    return this.store.getState().jobs
  }

  /** Puts them at the end of the queue. */
  async add(exports: readonly NewExport[]): Promise<void> {
    // Other tabs' files lie in the same store.
    const records = await this.page.journal.records()
    const namesInUse = storeNames([...records, ...this.jobs].map(({ request }) => request))
    for (const { graph, clip, request } of exports) {
      const outputs = Object.fromEntries(
        Object.entries(request.outputs).map(([node, output]) => {
          if (output.target.kind !== 'store') return [node, output]
          const fileName = freeName(output.fileName, namesInUse)
          namesInUse.add(fileName.toLowerCase())
          return [node, { ...output, fileName }]
        }),
      ) as ExportRequest['outputs']
      const job: ExportJob = {
        id: crypto.randomUUID(),
        at: Date.now(),
        graph,
        clip,
        request: { ...request, outputs },
        state: { kind: 'waiting' },
        framesDone: 0,
        frames: null,
        fromEarlier: false,
      }
      const claim = await this.page.journal.claim(job.id)
      if (claim) this.claims.set(job.id, claim)
      await this.page.journal.note(jobRecord(job))
      this.append(job)
    }
    void this.runNext()
  }

  /** Keeps what is done, frees what it held, and lets the next one run. */
  async pause(id: string): Promise<void> {
    const state = this.find(id)?.state
    if (state?.kind === 'waiting') this.setState(id, { kind: 'paused' })
    if (state?.kind !== 'running' || state.ending !== null) return
    this.setState(id, { ...state, ending: 'pause' })
    await this.engine.pauseExport()
  }

  /**
   * Puts it back in the queue; call it from a click, since a chosen file may need permission again, and one that was
   * cancelled a new place.
   */
  async resume(id: string): Promise<void> {
    const job = this.find(id)
    if (!job || job.state.kind === 'running' || job.state.kind === 'done') return
    if (job.state.kind === 'cancelled') return this.queueElsewhere(job)
    const refusal = await this.askPermission(job)
    this.setState(id, refusal ? { kind: 'failed', problems: [refusal], missingFiles: [] } : { kind: 'waiting' })
    await this.note(id)
    void this.runNext()
  }

  /** Nothing stays of it but its place in the list. */
  async cancel(id: string): Promise<void> {
    const state = this.find(id)?.state
    if (!state || state.kind === 'done' || state.kind === 'cancelled') return
    if (state.kind === 'running') {
      if (state.ending === 'cancel') return
      this.setState(id, { ...state, ending: 'cancel' })
      await this.engine.cancelExport()
      return
    }
    this.change(id, { state: { kind: 'cancelled' }, framesDone: 0 })
    await this.forsakePlaces(this.find(id)!)
    await this.engine.dropExport(id)
    await this.page.journal.forget(id)
  }

  /** Takes what is over, or paused, off the list, and lets go of its files. */
  async remove(id: string): Promise<void> {
    const job = this.find(id)
    if (!job || job.state.kind === 'running') return
    this.store.setState(({ jobs }) => ({ jobs: jobs.filter((each) => each.id !== id) }))
    await this.release(job)
  }

  /** Asks for another place and goes on; call it from a click. */
  async writeElsewhere(id: string): Promise<void> {
    const job = this.find(id)
    if (job?.state.kind === 'failed') await this.queueElsewhere(job)
  }

  /** Instead of where it was to be written. */
  async downloadInstead(id: string): Promise<void> {
    const job = this.find(id)
    if (!job || job.state.kind === 'running' || job.state.kind === 'done') return
    const namesInUse = storeNames(this.jobs.map(({ request }) => request))
    const outputs = Object.fromEntries(
      Object.entries(job.request.outputs).map(([node, { fileName }]) => [
        node,
        { fileName: freeName(fileName, namesInUse), target: { kind: 'store' } as const },
      ]),
    ) as ExportRequest['outputs']
    this.change(id, { request: { ...job.request, outputs }, state: { kind: 'waiting' } })
    await this.note(id)
    void this.runNext()
  }

  /** Brings back what an earlier page left; how many of them are not finished. */
  async recall(): Promise<number> {
    // In this order: a job that another tab begins meanwhile is noted before anything is kept of it.
    const framesKept = new Map((await this.engine.keptExports()).map(({ job, frames }) => [job, frames]))
    const records = await this.page.journal.records()
    let unfinishedJobs = 0
    for (const { report, ...entry } of records) {
      const claim = this.find(entry.id) ? null : await this.page.journal.claim(entry.id)
      if (!claim) continue
      this.claims.set(entry.id, claim)
      const job = { ...entry, framesDone: framesKept.get(entry.id) ?? 0, fromEarlier: true }
      let state: JobState = { kind: 'paused' }
      if (report)
        try {
          state = { kind: 'done', report, files: await this.collectFiles(entry.request, report) }
        } catch (error) {
          console.warn(`What was exported as “${jobName(entry)}” is no longer there:`, error)
          await this.release({ ...job, state })
          continue
        }
      else unfinishedJobs += 1
      this.append({ ...job, state })
    }
    for (const job of framesKept.keys()) if (!records.some(({ id }) => id === job)) await this.engine.dropExport(job)
    return unfinishedJobs
  }

  private find(id: string): ExportJob | undefined {
    return this.jobs.find((job) => job.id === id)
  }

  private append(job: ExportJob): void {
    this.store.setState(({ jobs }) => ({ jobs: [...jobs, job] }))
  }

  private change(id: string, part: Partial<ExportJob>): void {
    this.store.setState(({ jobs }) => ({ jobs: jobs.map((job) => (job.id === id ? { ...job, ...part } : job)) }))
  }

  private setState(id: string, state: JobState): void {
    this.change(id, { state })
  }

  private async note(id: string): Promise<void> {
    const job = this.find(id)
    if (job) await this.page.journal.note(jobRecord(job))
  }

  /** Runs the next one that waits, if none runs. */
  private async runNext(): Promise<void> {
    const job = this.activeId === null ? this.jobs.find(({ state }) => state.kind === 'waiting') : undefined
    if (!job) {
      if (this.activeId === null) this.page.warnBeforeLeaving(false)
      return
    }
    this.activeId = job.id
    this.page.warnBeforeLeaving(true)
    this.setState(job.id, { kind: 'running', progress: null, ending: null })
    try {
      this.setState(job.id, await this.run(job))
    } catch (error) {
      const why = messageOf(error)
      this.setState(job.id, {
        kind: 'failed',
        problems: [problem(text.exporting.stopped(why), text.exporting.stoppedHint)],
        missingFiles: [],
      })
    }
    await this.settle(job.id)
    this.activeId = null
    await this.runNext()
  }

  private async run(job: ExportJob): Promise<JobState> {
    const { id, request } = job
    const missing = await this.missingMedia(job)
    if (missing.size > 0)
      return { kind: 'failed', problems: [...missing.values()].flat(), missingFiles: [...missing.keys()] }
    // Asked for while the media were looked for, when there was nothing to stop yet.
    const before = this.find(id)?.state
    if (before?.kind === 'running' && before.ending === 'cancel') return { kind: 'cancelled' }
    if (before?.kind === 'running' && before.ending === 'pause') return { kind: 'paused' }
    const outcome = await this.engine.export({ ...request, job: id }, (progress) => {
      const state = this.find(id)?.state
      if (state?.kind !== 'running') return
      const first = state.progress === null
      this.change(id, { state: { ...state, progress }, framesDone: progress.frame, frames: progress.frames })
      if (first) void this.note(id)
    })
    if (!outcome.ok) return { kind: 'failed', problems: outcome.problems, missingFiles: [] }
    const report = outcome.value
    if (report.state === 'cancelled') return { kind: 'cancelled' }
    if (report.state === 'paused') {
      this.change(id, { framesDone: report.frames })
      return { kind: 'paused' }
    }
    return { kind: 'done', report, files: await this.collectFiles(request, report) }
  }

  /** Brings what is noted and shown in line with what came of a run. */
  private async settle(id: string): Promise<void> {
    const state = this.find(id)?.state.kind
    if (state === 'failed') {
      // Frames behind the last finished segment are gone.
      const segments = await this.engine.keptExports().catch((error: unknown) => {
        console.warn('What was kept of an export could not be found out:', error)
        return []
      })
      this.change(id, { framesDone: segments.find(({ job }) => job === id)?.frames ?? 0 })
    }
    if (state !== 'cancelled') return this.note(id)
    this.change(id, { framesDone: 0 })
    await this.forsakePlaces(this.find(id)!)
    await this.engine
      .dropExport(id)
      .catch((error: unknown) => console.warn('What was kept could not be removed:', error))
    await this.page.journal.forget(id)
  }

  /** Media that the job's graph names and that are not open in this page. */
  private async missingMedia({ request }: ExportJob): Promise<ReadonlyMap<string, readonly Problem[]>> {
    const missing = new Map<string, readonly Problem[]>()
    for (const node of Object.values(expand(request.document, this.specs).document.nodes)) {
      for (const [name, param] of Object.entries(this.specs.get(node.type)?.params ?? {})) {
        const ref = isAssetOf(param, 'media') && !node.bypass ? assetRef(node.params[name] ?? param.default) : null
        if (!ref || missing.has(ref.id)) continue
        const facts = await this.engine.assetFacts('media', ref)
        if (!facts.ok) missing.set(ref.id, facts.problems)
      }
    }
    return missing
  }

  private async collectFiles(request: ExportRequest, report: ExportReport): Promise<FinishedFile[]> {
    const files: FinishedFile[] = []
    for (const [node, output] of Object.entries(request.outputs)) {
      const sinkReport = report.outputs[node as FlatId]
      const name = sinkReport?.fileName ?? output.fileName
      const downloads: { name: string; url: string }[] = []
      if (output.target.kind === 'store')
        for (const one of writtenNames(name, sinkReport))
          downloads.push({ name: one, url: URL.createObjectURL(await this.engine.takeOutput(one)) })
      files.push({ name, size: sinkReport?.bytes ?? 0, downloads })
    }
    return files
  }

  private async askPermission({ request }: ExportJob): Promise<Problem | null> {
    for (const { target, fileName } of Object.values(request.outputs))
      if (!(await this.page.places.mayWrite(target)))
        return problem(text.exporting.notAllowed(fileName), text.exporting.notAllowedHint)
    return null
  }

  /** Its files, each asked for anew: those of a cancelled export are gone. `null`: the person thought better of it. */
  private async askPlaces({ request }: ExportJob): Promise<ExportRequest | Problem | null> {
    const { places } = this.page
    const outputs = { ...request.outputs }
    for (const [node, output] of Object.entries(outputs)) {
      if (output.target.kind !== 'file' && output.target.kind !== 'folder') continue
      const target = await (output.target.kind === 'file'
        ? places.chooseTarget(output.fileName)
        : places.chooseFolder())
      if (target === 'dismissed') return null
      if ('refusal' in target) return problem(text.exporting.noPlace(output.fileName, target.refusal), '')
      outputs[node as FlatId] = { fileName: target.kind === 'file' ? target.handle.name : output.fileName, target }
    }
    return { ...request, outputs }
  }

  /** Puts it back in the queue with places chosen anew; not at all where the person thinks better of it. */
  private async queueElsewhere(job: ExportJob): Promise<void> {
    const request = await this.askPlaces(job)
    if (request === null) return
    if ('message' in request) this.setState(job.id, { kind: 'failed', problems: [request], missingFiles: [] })
    else this.change(job.id, { request, state: { kind: 'waiting' } })
    await this.note(job.id)
    void this.runNext()
  }

  private async forsakePlaces({ request }: ExportJob): Promise<void> {
    for (const { target } of Object.values(request.outputs)) await this.page.places.forsakeTarget(target)
  }

  private async release(job: ExportJob): Promise<void> {
    if (job.state.kind === 'done')
      for (const { name, url } of job.state.files.flatMap((file) => file.downloads)) {
        URL.revokeObjectURL(url)
        await this.engine.releaseOutput(name)
      }
    else await this.forsakePlaces(job)
    await this.engine.dropExport(job.id)
    await this.page.journal.forget(job.id)
    this.claims.get(job.id)?.release()
    this.claims.delete(job.id)
  }
}
