/** Files given to the editor: media and models for a parameter, and whatever is dropped on the page. */
import { expand } from '../../graph/analysis/expand.ts'
import { mediumParam, mediumTaker } from '../../graph/analysis/medium.ts'
import { sourceOf } from '../../graph/analysis/upstream.ts'
import type { Problem } from '../../graph/document/problems.ts'
import type { AssetRef } from '../../graph/node/params.ts'
import type { Specs } from '../../graph/node/spec.ts'
import { chooseFile } from '../files/choose-file.ts'
import { acceptedMedia, type Dropped } from '../files/dropped-files.ts'
import type { GraphFiles } from '../files/graph-files.ts'
import { GraphReader } from '../files/graph-reader.ts'
import type { Sharing } from '../sharing/sharing.ts'
import type { DocumentStore } from '../store/document-store.ts'
import type { FactsStore } from '../store/facts-store.ts'
import type { PreviewStore } from '../store/preview.ts'
import type { ViewStore } from '../store/view.ts'
import { opener } from '../store/view-request.ts'
import { text } from '../text/text.ts'
import type { Insertion } from './edits/insertion.ts'
import type { Settings } from './edits/setting-edits.ts'

interface Parts {
  readonly specs: Specs
  readonly document: DocumentStore
  readonly facts: FactsStore
  readonly preview: PreviewStore
  readonly view: ViewStore
  readonly files: GraphFiles
  readonly sharing: Pick<Sharing, 'carriesGraph'>
  readonly insertion: Insertion
  readonly settings: Settings
  readonly tell: (problems: readonly Problem[]) => void
}

export interface IncomingFiles {
  /** `null`: it could not be read, which was told. */
  registerMedia(files: readonly File[]): Promise<AssetRef | null>
  registerModel(file: File): Promise<AssetRef | null>
  /** Lets the person choose a file: a graph, or an export that carries one, is opened; anything else as if it were dropped. */
  openPicker(): void
  /** The same for a file that is chosen already. */
  openChosen(file: File): Promise<void>
  /** Files dropped on the page: graphs are opened, models registered, anything else becomes the medium of the Decode looked at. */
  dropFiles(dropped: Dropped): Promise<void>
}

/** For a file input: graphs, exports that carry theirs, media and models. */
const acceptedFiles = `.json,.chn,application/json,.onnx,${acceptedMedia}`

const failure = (error: unknown): { ok: false; problems: readonly Problem[] } => ({
  ok: false,
  problems: [
    {
      code: 'media-failed',
      severity: 'error',
      message: text.files.mediaUnreadable(error instanceof Error ? error.message : String(error)),
      hint: text.files.mediaUnreadableHint,
    },
  ],
})

export function createIncomingFiles(parts: Parts): IncomingFiles {
  const { specs, document, facts, preview, view, files, sharing, insertion, settings, tell } = parts

  async function registerMedia(chosen: readonly File[]) {
    const outcome = await facts.addMedia(chosen).catch(failure)
    if (outcome.ok) return outcome.value
    tell(outcome.problems)
    return null
  }
  async function registerModel(file: File) {
    const outcome = await facts.addModel(file).catch(failure)
    if (outcome.ok) return outcome.value
    tell(outcome.problems)
    return null
  }

  async function openMedia(chosen: readonly File[]) {
    preview.setState(({ opening }) => ({ opening: opening + 1 }))
    try {
      takeMedium(await registerMedia(chosen))
    } finally {
      preview.setState(({ opening }) => ({ opening: opening - 1 }))
    }
  }
  /** Gives a medium to the source that what is looked at reads from, or to a new one. */
  function takeMedium(ref: AssetRef | null) {
    if (!ref) return
    const { document: whole, path, level } = document.getState()
    const { selection } = view.getState()
    const { view: shown } = preview.getState()
    const seen = shown && sourceOf(expand(whole, specs).document, specs, shown)
    const taker = mediumTaker(whole, specs, { path, selection, seen: seen?.node })
    if (taker) {
      settings.setParamOf(taker.node, taker.param, { ...ref })
      preview.seek(0)
      view.toast({ tone: 'info', message: text.files.nowOpens(settings.titleOfFlat(taker.node), ref.id) })
      return
    }
    const source = opener(specs)
    if (!source) return
    const apart = Object.values(level.nodes).some(({ type }) => mediumParam(specs, type) !== undefined)
    const id = insertion.addNode(source.type, { apart })
    if (id) settings.setParam(id, source.param, { ...ref })
  }

  async function openChosen(file: File) {
    if (GraphReader.isExport(file) && (await sharing.carriesGraph(file))) await files.openFile(file)
    else await dropFiles({ files: [file], problems: [] })
  }

  function openPicker() {
    const pick = () => chooseFile(acceptedFiles, (file) => void openChosen(file))
    // Browsers open a file dialog only right after a click or a key that they count; Ctrl+O alone may not be one.
    if (navigator.userActivation?.isActive !== false) pick()
    else
      view.toast({
        tone: 'info',
        message: text.files.wantsClick,
        action: { label: text.files.chooseFile, run: pick },
      })
  }

  async function dropFiles({ files: dropped, problems }: Dropped) {
    tell(problems)
    // Of other programs, too: reading says whose they are.
    const graphs = dropped.filter((file) => /\.(json|chn)$/i.test(file.name))
    const models = dropped.filter((file) => /\.onnx$/i.test(file.name))
    const media = dropped.filter((file) => !/\.(json|chn|onnx)$/i.test(file.name))
    const last = graphs.at(-1)
    if (last) await files.openFile(last)
    for (const file of models) {
      const added = await registerModel(file)
      if (added) view.toast({ tone: 'info', message: text.files.modelReady(file.name) })
    }
    if (media.length > 0) await openMedia(media)
    const [only] = media
    if (only && media.length === 1) await files.offerGraphIn(only)
  }

  return { registerMedia, registerModel, openPicker, openChosen, dropFiles }
}
