/**
 * What runs inside the browser that the command line drives: the same engine as the editor's, with a file field
 * instead of a user interface. The other side of it is `headless-session.ts`.
 */
import type { Engine, ExportProgress, MeasureProgress } from '../engine/door/api.ts'
import { connectEngine } from '../engine/door/client.ts'

export interface HeadlessPage {
  readonly engine: Engine
  /** The files last put into the page's file field. */
  chosenFiles(): readonly File[]
}

declare global {
  interface Window {
    framewright?: HeadlessPage
    /** Bound by the command line: takes an export's progress to the terminal. */
    framewrightProgress?: (progress: ExportProgress) => void
    /** The same of measurements. */
    framewrightMeasured?: (progress: Pick<MeasureProgress, 'framesDone' | 'frames'>) => void
  }
}

const field = document.querySelector<HTMLInputElement>('#files')
if (!field) throw new Error('headless.html has lost its file field')

window.framewright = {
  engine: connectEngine(),
  chosenFiles: () => [...(field.files ?? [])],
}
