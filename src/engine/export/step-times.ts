/** What the steps of an export took, added up over its frames. */
import type { PlanStep } from '../../graph/plan/execution-plan.ts'
import type { RuntimeReport } from '../../models/types.ts'
import type { ExportReport } from '../door/api.ts'
import type { StepReport } from '../run/executor.ts'

export class StepTimes {
  readonly #steps = new Map<PlanStep, { seconds: number; runtime: RuntimeReport | undefined }>()
  #pending: Promise<unknown> = Promise.resolve()

  add(step: PlanStep, milliseconds: number, runtime: RuntimeReport | undefined): void {
    const before = this.#steps.get(step)?.seconds ?? 0
    this.#steps.set(step, { seconds: before + milliseconds / 1000, runtime })
  }

  /** Adds what a frame's steps took once the GPU has said it; nothing waits for that before `settled`. */
  addFrame(reports: Promise<readonly Pick<StepReport, 'step' | 'milliseconds' | 'runtime'>[]>): void {
    this.#pending = Promise.all([this.#pending, reports]).then(([, steps]) => {
      for (const { step, milliseconds, runtime } of steps) this.add(step, milliseconds, runtime)
    })
    this.#pending.catch(() => undefined)
  }

  /** Resolves when all frames are added. Rejects where the times of one could not be read. */
  async settled(): Promise<void> {
    await this.#pending
  }

  report(): ExportReport['steps'] {
    return [...this.#steps].map(([step, { seconds, runtime }]) => ({
      nodes: step.nodes,
      seconds,
      ...(runtime ? { runtime: runtime.runtime } : {}),
      ...(runtime?.note ? { note: runtime.note } : {}),
    }))
  }
}
