/** What the steps of an export took, added up over its frames. */
import type { PlanStep } from '../../graph/plan/execution-plan.ts'
import type { RuntimeReport } from '../../models/types.ts'
import type { ExportReport } from '../door/api.ts'
import type { StepReport } from '../run/frame-run.ts'

export class StepTimes {
  readonly #steps = new Map<PlanStep, { seconds: number; waitingSeconds: number; runtime: RuntimeReport | undefined }>()
  #pending: Promise<unknown> = Promise.resolve()

  /** @param waiting milliseconds that it waited for others, beside those of its own work */
  add(step: PlanStep, milliseconds: number, waiting: number, runtime: RuntimeReport | undefined): void {
    const before = this.#steps.get(step)
    this.#steps.set(step, {
      seconds: (before?.seconds ?? 0) + milliseconds / 1000,
      waitingSeconds: (before?.waitingSeconds ?? 0) + waiting / 1000,
      runtime: runtime ?? before?.runtime,
    })
  }

  /** Adds what a frame's steps took once the GPU has said it; nothing waits for that before `settled`. */
  addFrame(reports: Promise<readonly Pick<StepReport, 'step' | 'milliseconds' | 'waiting' | 'runtime'>[]>): void {
    this.#pending = Promise.all([this.#pending, reports]).then(([, steps]) => {
      for (const { step, milliseconds, waiting, runtime } of steps) this.add(step, milliseconds, waiting, runtime)
    })
    this.#pending.catch(() => undefined)
  }

  /** Resolves when all frames are added. Rejects where the times of one could not be read. */
  async settled(): Promise<void> {
    await this.#pending
  }

  report(): ExportReport['steps'] {
    return [...this.#steps].map(([step, { runtime, ...times }]) => ({
      nodes: step.nodes,
      ...times,
      ...(runtime ? { runtime: runtime.runtime } : {}),
      ...(runtime?.note ? { note: runtime.note } : {}),
    }))
  }
}
