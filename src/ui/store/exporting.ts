/** One export at a time: what was asked, how far it is, what came of it. */
import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Engine, ExportProgress, ExportReport, ExportRequest } from '../../engine/api.ts'
import type { NodeId } from '../../graph/document.ts'
import type { Problem } from '../../graph/problems.ts'

export type ExportPhase =
  | { readonly kind: 'idle' }
  | { readonly kind: 'running'; readonly progress: ExportProgress | null; readonly cancelling: boolean }
  | { readonly kind: 'done'; readonly report: ExportReport; readonly files: readonly FinishedFile[] }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'failed'; readonly problems: readonly Problem[] }

export interface FinishedFile {
  readonly name: string
  readonly size: number
  /** Where the files lie in the browser's own store (a sequence has several); empty where they went to disk by themselves. */
  readonly stored: readonly { readonly name: string; readonly url: string }[]
}

/** The files that a sink wrote: pictures are numbered from the first one's name on. */
function writtenNames(first: string, report: ExportReport['outputs'][NodeId] | undefined): readonly string[] {
  const number = first.match(/-(\d+)(\.png)$/i)
  if (report?.videoCodec !== 'png' || report.frames < 2 || !number) return [first]
  const [tail, digits = '', extension = ''] = number
  const stem = first.slice(0, -tail.length)
  return Array.from(
    { length: report.frames },
    (_, index) => `${stem}-${String(Number(digits) + index).padStart(digits.length, '0')}${extension}`,
  )
}

export interface ExportStore extends StoreApi<{ readonly phase: ExportPhase }> {
  run(request: ExportRequest): Promise<void>
  cancel(): Promise<void>
  /** Back to the form; finished files in the store are let go. */
  reset(): Promise<void>
}

export function createExportStore(engine: Engine): ExportStore {
  const store = createStore<{ readonly phase: ExportPhase }>(() => ({ phase: { kind: 'idle' } }))
  const warn = (event: BeforeUnloadEvent) => event.preventDefault()
  const failed = (error: unknown): ExportPhase => ({
    kind: 'failed',
    problems: [
      {
        code: 'render-failed',
        severity: 'error',
        message: `The export stopped: ${error instanceof Error ? error.message : String(error)}`,
        hint: 'Nothing was written under the final name; try again.',
      },
    ],
  })

  async function collect(request: ExportRequest, report: ExportReport): Promise<FinishedFile[]> {
    const files: FinishedFile[] = []
    for (const [node, output] of Object.entries(request.outputs)) {
      const written = report.outputs[node as keyof typeof report.outputs]
      const name = written?.fileName ?? output.fileName
      if (output.target.kind !== 'store') {
        files.push({ name, size: written?.bytes ?? 0, stored: [] })
        continue
      }
      const stored: { name: string; url: string }[] = []
      for (const one of writtenNames(name, written))
        stored.push({ name: one, url: URL.createObjectURL(await engine.takeOutput(one)) })
      files.push({ name, size: written?.bytes ?? 0, stored })
    }
    return files
  }

  return {
    ...store,
    async run(request) {
      if (store.getState().phase.kind === 'running') return
      store.setState({ phase: { kind: 'running', progress: null, cancelling: false } })
      window.addEventListener('beforeunload', warn)
      try {
        const outcome = await engine.export(request, (progress) => {
          const { phase } = store.getState()
          if (phase.kind === 'running') store.setState({ phase: { ...phase, progress } })
        })
        if (!outcome.ok) store.setState({ phase: { kind: 'failed', problems: outcome.problems } })
        else if (outcome.value.state === 'cancelled') store.setState({ phase: { kind: 'cancelled' } })
        else
          store.setState({
            phase: { kind: 'done', report: outcome.value, files: await collect(request, outcome.value) },
          })
      } catch (error) {
        store.setState({ phase: failed(error) })
      } finally {
        window.removeEventListener('beforeunload', warn)
      }
    },
    async cancel() {
      const { phase } = store.getState()
      if (phase.kind !== 'running' || phase.cancelling) return
      store.setState({ phase: { ...phase, cancelling: true } })
      try {
        await engine.cancelExport()
      } catch (error) {
        store.setState({ phase: failed(error) })
      }
    },
    async reset() {
      const { phase } = store.getState()
      if (phase.kind === 'running') return
      store.setState({ phase: { kind: 'idle' } })
      if (phase.kind !== 'done') return
      for (const { name, url } of phase.files.flatMap((file) => file.stored)) {
        URL.revokeObjectURL(url)
        await engine.releaseOutput(name)
      }
    },
  }
}
