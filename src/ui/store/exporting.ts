/**
 * The export queue: one runs at a time, the others wait, are paused, or are over. All of it is noted, so that a page
 * that dies takes no more with it than the segment it was writing.
 */
import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Engine, ExportReport, ExportRequest } from '../../engine/door/api.ts'
import { expand } from '../../graph/analysis/expand.ts'
import type { NodeId } from '../../graph/document/document.ts'
import type { Problem } from '../../graph/document/problems.ts'
import type { Specs } from '../../graph/node/spec.ts'
import { assetRef } from '../kit/value-text.ts'
import { text } from '../text/text.ts'
import { chooseFolder, chooseTarget, forsakeTarget } from './export-targets.ts'
import { type ExportJob, type FinishedFile, freeName, type JobState, jobName, writtenNames } from './job.ts'
import { claimJob, forgetJob, type JobRecord, notedJobs, noteJob } from './kept-jobs.ts'

export type { ExportJob, FinishedFile, JobState } from './job.ts'

export interface NewExport {
  readonly graph: string
  readonly clip: string
  readonly request: ExportRequest
}

export interface ExportStore extends StoreApi<{ readonly jobs: readonly ExportJob[] }> {
  /** Puts them at the end of the queue. */
  add(exports: readonly NewExport[]): Promise<void>
  /** Keeps what is done, frees what it held, and lets the next one run. */
  pause(id: string): Promise<void>
  /**
   * Puts it back in the queue; call it from a click, since a chosen file may need permission again, and one that was
   * cancelled a new place.
   */
  resume(id: string): Promise<void>
  /** Nothing stays of it but its place in the list. */
  cancel(id: string): Promise<void>
  /** Takes what is over, or paused, off the list, and lets go of its files. */
  remove(id: string): Promise<void>
  /** Asks for another place and goes on; call it from a click. */
  writeElsewhere(id: string): Promise<void>
  /** Instead of where it was to be written. */
  downloadInstead(id: string): Promise<void>
  /** Brings back what an earlier page left; how many of them are not finished. */
  recall(): Promise<number>
}

const problem = (message: string, hint: string): Problem => ({
  code: 'render-failed',
  severity: 'error',
  message,
  hint,
})

/** Not in TypeScript's library. */
interface Permitted extends FileSystemHandle {
  requestPermission?(options: { mode: 'readwrite' }): Promise<PermissionState>
}

export function createExportStore(engine: Engine, specs: Specs): ExportStore {
  const store = createStore<{ readonly jobs: readonly ExportJob[] }>(() => ({ jobs: [] }))
  const locks = new Map<string, { release(): void }>()
  const warn = (event: BeforeUnloadEvent) => event.preventDefault()
  let active: string | null = null

  const find = (id: string) => store.getState().jobs.find((job) => job.id === id)
  const change = (id: string, part: Partial<ExportJob>) =>
    store.setState(({ jobs }) => ({ jobs: jobs.map((job) => (job.id === id ? { ...job, ...part } : job)) }))
  const setState = (id: string, state: JobState) => change(id, { state })

  const record = ({ id, at, graph, clip, request, frames, state }: ExportJob): JobRecord => ({
    id,
    at,
    graph,
    clip,
    request,
    frames,
    report: state.kind === 'done' ? state.report : null,
  })
  const note = async (id: string) => {
    const job = find(id)
    if (job) await noteJob(record(job))
  }

  async function collect(request: ExportRequest, report: ExportReport): Promise<FinishedFile[]> {
    const files: FinishedFile[] = []
    for (const [node, output] of Object.entries(request.outputs)) {
      const written = report.outputs[node as NodeId]
      const name = written?.fileName ?? output.fileName
      const stored: { name: string; url: string }[] = []
      if (output.target.kind === 'store')
        for (const one of writtenNames(name, written))
          stored.push({ name: one, url: URL.createObjectURL(await engine.takeOutput(one)) })
      files.push({ name, size: written?.bytes ?? 0, stored })
    }
    return files
  }

  /** Media that the job's graph names and that are not open in this page. */
  async function missingMedia({ request }: ExportJob) {
    const missing = new Map<string, readonly Problem[]>()
    for (const node of Object.values(expand(request.document, specs).document.nodes)) {
      for (const [name, param] of Object.entries(specs.get(node.type)?.params ?? {})) {
        const ref = param.kind === 'media' && !node.bypass ? assetRef(node.params[name] ?? param.default) : null
        if (!ref || missing.has(ref.id)) continue
        const facts = await engine.mediaFacts(ref)
        if (!facts.ok) missing.set(ref.id, facts.problems)
      }
    }
    return missing
  }

  async function run(job: ExportJob): Promise<JobState> {
    const { id, request } = job
    const missing = await missingMedia(job)
    if (missing.size > 0)
      return { kind: 'failed', problems: [...missing.values()].flat(), missing: [...missing.keys()] }
    // Asked for while the media were looked for, when there was nothing to stop yet.
    const asked = find(id)?.state
    if (asked?.kind === 'running' && asked.ending === 'cancel') return { kind: 'cancelled' }
    if (asked?.kind === 'running' && asked.ending === 'pause') return { kind: 'paused' }
    const outcome = await engine.export({ ...request, job: id }, (progress) => {
      const state = find(id)?.state
      if (state?.kind !== 'running') return
      const first = state.progress === null
      change(id, { state: { ...state, progress }, done: progress.frame, frames: progress.frames })
      if (first) void note(id)
    })
    if (!outcome.ok) return { kind: 'failed', problems: outcome.problems, missing: [] }
    const report = outcome.value
    if (report.state === 'cancelled') return { kind: 'cancelled' }
    if (report.state === 'paused') {
      change(id, { done: report.frames })
      return { kind: 'paused' }
    }
    return { kind: 'done', report, files: await collect(request, report) }
  }

  /** Runs the next one that waits, if none runs. */
  async function next(): Promise<void> {
    const job = active === null ? store.getState().jobs.find(({ state }) => state.kind === 'waiting') : undefined
    if (!job) {
      if (active === null) window.removeEventListener('beforeunload', warn)
      return
    }
    active = job.id
    window.addEventListener('beforeunload', warn)
    setState(job.id, { kind: 'running', progress: null, ending: null })
    try {
      setState(job.id, await run(job))
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      setState(job.id, {
        kind: 'failed',
        problems: [problem(text.exporting.stopped(why), text.exporting.stoppedHint)],
        missing: [],
      })
    }
    await settle(job.id)
    active = null
    await next()
  }

  /** Brings what is noted and shown in line with what came of a run. */
  async function settle(id: string): Promise<void> {
    const state = find(id)?.state.kind
    if (state === 'failed') {
      // Frames behind the last finished segment are gone.
      const kept = await engine.keptExports().catch((error: unknown) => {
        console.warn('What was kept of an export could not be found out:', error)
        return []
      })
      change(id, { done: kept.find(({ job }) => job === id)?.frames ?? 0 })
    }
    if (state === 'cancelled') {
      change(id, { done: 0 })
      await forsake(find(id)!)
      await engine.dropExport(id).catch((error: unknown) => console.warn('What was kept could not be removed:', error))
      await forgetJob(id)
    } else await note(id)
  }

  async function askPermission({ request }: ExportJob): Promise<Problem | null> {
    for (const { target, fileName } of Object.values(request.outputs)) {
      if (target.kind !== 'file' && target.kind !== 'folder') continue
      const answer = await (target.handle as Permitted).requestPermission?.({ mode: 'readwrite' })
      if (answer !== undefined && answer !== 'granted')
        return problem(text.exporting.notAllowed(fileName), text.exporting.notAllowedHint)
    }
    return null
  }

  /** Its files, each asked for anew: those of a cancelled export are gone. `null`: the person thought better of it. */
  async function askPlaces({ request }: ExportJob): Promise<ExportRequest | Problem | null> {
    const outputs = { ...request.outputs }
    for (const [node, output] of Object.entries(outputs)) {
      if (output.target.kind !== 'file' && output.target.kind !== 'folder') continue
      const target = await (output.target.kind === 'file' ? chooseTarget(output.fileName) : chooseFolder())
      if (target === 'dismissed') return null
      if ('refused' in target) return problem(text.exporting.noPlace(output.fileName, target.refused), '')
      outputs[node as NodeId] = { fileName: target.kind === 'file' ? target.handle.name : output.fileName, target }
    }
    return { ...request, outputs }
  }

  /** Puts it back in the queue with places chosen anew; not at all where the person thinks better of it. */
  async function again(job: ExportJob): Promise<void> {
    const placed = await askPlaces(job)
    if (placed === null) return
    if ('message' in placed) setState(job.id, { kind: 'failed', problems: [placed], missing: [] })
    else change(job.id, { request: placed, state: { kind: 'waiting' } })
    await note(job.id)
    void next()
  }

  async function forsake({ request }: ExportJob): Promise<void> {
    for (const { target } of Object.values(request.outputs)) await forsakeTarget(target)
  }

  async function release(job: ExportJob): Promise<void> {
    if (job.state.kind !== 'done') await forsake(job)
    if (job.state.kind === 'done')
      for (const { name, url } of job.state.files.flatMap((file) => file.stored)) {
        URL.revokeObjectURL(url)
        await engine.releaseOutput(name)
      }
    await engine.dropExport(job.id)
    await forgetJob(job.id)
    locks.get(job.id)?.release()
    locks.delete(job.id)
  }

  const storeNames = (requests: readonly ExportRequest[]): Set<string> =>
    new Set(
      requests
        .flatMap(({ outputs }) => Object.values(outputs))
        .flatMap(({ target, fileName }) => (target.kind === 'store' ? [fileName.toLowerCase()] : [])),
    )

  return {
    ...store,
    async add(exports) {
      // Other tabs' files lie in the same store.
      const taken = storeNames([...(await notedJobs()), ...store.getState().jobs].map(({ request }) => request))
      for (const { graph, clip, request } of exports) {
        const outputs = Object.fromEntries(
          Object.entries(request.outputs).map(([node, output]) => {
            if (output.target.kind !== 'store') return [node, output]
            const fileName = freeName(output.fileName, taken)
            taken.add(fileName.toLowerCase())
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
          done: 0,
          frames: null,
          fromEarlier: false,
        }
        const lock = await claimJob(job.id)
        if (lock) locks.set(job.id, lock)
        await noteJob(record(job))
        store.setState(({ jobs }) => ({ jobs: [...jobs, job] }))
      }
      void next()
    },
    async pause(id) {
      const state = find(id)?.state
      if (state?.kind === 'waiting') setState(id, { kind: 'paused' })
      if (state?.kind !== 'running' || state.ending !== null) return
      setState(id, { ...state, ending: 'pause' })
      await engine.pauseExport()
    },
    async resume(id) {
      const job = find(id)
      if (!job || job.state.kind === 'running' || job.state.kind === 'done') return
      if (job.state.kind === 'cancelled') return again(job)
      const refused = await askPermission(job)
      setState(id, refused ? { kind: 'failed', problems: [refused], missing: [] } : { kind: 'waiting' })
      await note(id)
      void next()
    },
    async cancel(id) {
      const state = find(id)?.state
      if (!state || state.kind === 'done' || state.kind === 'cancelled') return
      if (state.kind === 'running') {
        if (state.ending === 'cancel') return
        setState(id, { ...state, ending: 'cancel' })
        await engine.cancelExport()
        return
      }
      change(id, { state: { kind: 'cancelled' }, done: 0 })
      await forsake(find(id)!)
      await engine.dropExport(id)
      await forgetJob(id)
    },
    async remove(id) {
      const job = find(id)
      if (!job || job.state.kind === 'running') return
      store.setState(({ jobs }) => ({ jobs: jobs.filter((each) => each.id !== id) }))
      await release(job)
    },
    async writeElsewhere(id) {
      const job = find(id)
      if (job?.state.kind !== 'failed') return
      await again(job)
    },
    async downloadInstead(id) {
      const job = find(id)
      if (!job || job.state.kind === 'running' || job.state.kind === 'done') return
      const taken = storeNames(store.getState().jobs.map(({ request }) => request))
      const outputs = Object.fromEntries(
        Object.entries(job.request.outputs).map(([node, { fileName }]) => [
          node,
          { fileName: freeName(fileName, taken), target: { kind: 'store' } as const },
        ]),
      ) as ExportRequest['outputs']
      change(id, { request: { ...job.request, outputs }, state: { kind: 'waiting' } })
      await note(id)
      void next()
    },
    async recall() {
      // In this order: a job that another tab begins meanwhile is noted before anything is kept of it.
      const kept = new Map((await engine.keptExports()).map(({ job, frames }) => [job, frames]))
      const noted = await notedJobs()
      let open = 0
      for (const { report, ...entry } of noted) {
        const lock = find(entry.id) ? null : await claimJob(entry.id)
        if (!lock) continue
        locks.set(entry.id, lock)
        const job = { ...entry, done: kept.get(entry.id) ?? 0, fromEarlier: true }
        let state: JobState = { kind: 'paused' }
        if (report)
          try {
            state = { kind: 'done', report, files: await collect(entry.request, report) }
          } catch (error) {
            console.warn(`What was exported as “${jobName(entry)}” is no longer there:`, error)
            await release({ ...job, state })
            continue
          }
        else open += 1
        store.setState(({ jobs }) => ({ jobs: [...jobs, { ...job, state }] }))
      }
      for (const job of kept.keys()) if (!noted.some(({ id }) => id === job)) await engine.dropExport(job)
      return open
    },
  }
}
