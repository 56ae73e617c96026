/** What the opening of a model for a task stands on. */
import type { Gpu } from '../../gpu/types.ts'
import type { ModelNumbers } from '../../graph/node/facts.ts'
import type { FoundForm, OutputForm } from '../inspect.ts'
import type { ModelStore } from '../model-store.ts'
import type { RuntimeChooser } from '../runtime-chooser.ts'
import type { SessionShelf } from '../session-shelf.ts'
import type { ModelTask, ModelTasks } from '../types.ts'

export interface TaskContext {
  readonly gpu: Gpu
  readonly store: ModelStore
  readonly shelf: SessionShelf
  readonly runtimes: RuntimeChooser
  /** How to feed a model: found once for each. */
  formOf(name: string, sha256: string, bytes: Uint8Array<ArrayBuffer>): Promise<FoundForm>
  /** See `givesBack`: tried once for each. */
  givesBack(
    file: { readonly name: string; readonly sha256: string; readonly bytes: Uint8Array<ArrayBuffer> },
    form: FoundForm,
    output: OutputForm,
    numbers: ModelNumbers,
  ): Promise<boolean>
}

/** Rejects with `ModelError` where there is no such model, or it cannot be run. */
export type OpenTask<T extends ModelTask> = (
  context: TaskContext,
  ...args: ModelTasks[T]['parameters']
) => Promise<ModelTasks[T]['result']>
