/** Files given to the editor: for a parameter, and whatever is dropped on the page. */

import { acceptOf } from '../../assets/asset.ts'
import { assetKinds, assets, kindOfName, kindUnlessNamed } from '../../assets/assets.ts'
import { expand } from '../../graph/analysis/expand.ts'
import { mediumParam, mediumTaker } from '../../graph/analysis/medium.ts'
import { sourceOf } from '../../graph/analysis/upstream.ts'
import { messageOf } from '../../graph/document/coded-error.ts'
import type { Problem } from '../../graph/document/problems.ts'
import type { AssetKind } from '../../graph/node/facts.ts'
import { type AssetRef, isAssetOf } from '../../graph/node/params.ts'
import type { Specs } from '../../graph/node/spec.ts'
import { chooseFile } from '../files/choose-file.ts'
import { type Dropped, isGraphFile } from '../files/dropped-files.ts'
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
import type { ParamEdits } from './edits/param-edits.ts'

interface Parts {
  readonly specs: Specs
  readonly document: DocumentStore
  readonly facts: FactsStore
  readonly preview: PreviewStore
  readonly view: ViewStore
  readonly files: GraphFiles
  readonly sharing: Pick<Sharing, 'carriesGraph'>
  readonly insertion: Insertion
  readonly settings: ParamEdits
  readonly tell: (problems: readonly Problem[]) => void
}

export interface IncomingFiles {
  /** Reads a file of a kind, or several where the kind is of several. `null`: it could not be used, which was told. */
  register(kind: AssetKind, files: readonly File[]): Promise<AssetRef | null>
  /** Lets the person choose a file: a graph, or an export that carries one, is opened; anything else as if it were dropped. */
  openPicker(): void
  /** The same for a file that is chosen already. */
  openChosen(file: File): Promise<void>
  /** Files dropped on the page: graphs are opened; of any other, its kind says what becomes of it. */
  dropFiles(drop: Dropped): Promise<void>
}

/** For a file input: graphs, exports that carry theirs, and files of every kind. */
const acceptedFiles = ['.json,.chn,application/json', ...assetKinds.map((kind) => acceptOf(assets[kind]))].join()

const failure = (error: unknown): { ok: false; problems: readonly Problem[] } => ({
  ok: false,
  problems: [
    {
      code: 'asset-failed',
      severity: 'error',
      message: text.files.mediaUnreadable(messageOf(error)),
      hint: text.files.mediaUnreadableHint,
    },
  ],
})

export function createIncomingFiles(parts: Parts): IncomingFiles {
  const { specs, document, facts, preview, view, files, sharing, insertion, settings, tell } = parts

  async function register(kind: AssetKind, ofKind: readonly File[]) {
    const outcome = await facts.add(kind, ofKind).catch(failure)
    if (outcome.ok) return outcome.value
    tell(outcome.problems)
    return null
  }

  async function openMedia(media: readonly File[]) {
    preview.setState(({ opening }) => ({ opening: opening + 1 }))
    try {
      takeMedium(await register('media', media))
    } finally {
      preview.setState(({ opening }) => ({ opening: opening - 1 }))
    }
  }
  /** Gives a medium to the source that what is looked at reads from, or to a new one. */
  function takeMedium(ref: AssetRef | null) {
    if (!ref) return
    const { document: whole, path, level } = document.getState()
    const { selection } = view.getState()
    const { view: viewedOutput } = preview.getState()
    const viewedSource = viewedOutput && sourceOf(expand(whole, specs).document, specs, viewedOutput)
    const taker = mediumTaker(whole, specs, { path, selection, viewedNode: viewedSource?.node })
    if (taker) {
      settings.setParamOf(taker.node, taker.param, { ...ref })
      preview.seek(0)
      view.toast({ tone: 'info', message: text.files.nowOpens(settings.titleOfFlat(taker.node), ref.id) })
      return
    }
    const source = opener(specs)
    if (!source) return
    const apart = Object.values(level.nodes).some(({ type }) => mediumParam(specs, type) !== undefined)
    insertion.addNode(source.type, { apart, params: { [source.param]: { ...ref } } })
  }

  /** Gives a file to the selected node, where that takes one of its kind, or to a new node. */
  function insert(kind: AssetKind, ref: AssetRef) {
    const { level } = document.getState()
    const { selection } = view.getState()
    const paramOf = (type: string | undefined) =>
      Object.entries(specs.get(type ?? '')?.params ?? {}).find(([, param]) => isAssetOf(param, kind))?.[0]
    const [only, ...others] = selection
    const param = only === undefined || others.length > 0 ? undefined : paramOf(level.nodes[only]?.type)
    if (only !== undefined && param !== undefined) return settings.setParam(only, param, { ...ref })
    const type = [...specs.keys()].find((each) => paramOf(each) !== undefined)
    if (type !== undefined) insertion.addNode(type, { params: { [paramOf(type) ?? '']: { ...ref } } })
  }

  async function take(kind: AssetKind, file: File) {
    const ref = await register(kind, [file])
    if (!ref) return
    if (assets[kind].onDrop === 'inserted') insert(kind, ref)
    else view.toast({ tone: 'info', message: text.files.assetReady(file.name) })
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

  async function dropFiles({ files: droppedFiles, problems }: Dropped) {
    tell(problems)
    const last = droppedFiles.findLast(isGraphFile)
    if (last) await files.openFile(last)
    const media: File[] = []
    for (const file of droppedFiles) {
      if (isGraphFile(file)) continue
      // Whatever has no kind by its name may still be a medium.
      const kind = kindOfName(file.name) ?? kindUnlessNamed
      if (assets[kind].onDrop === 'opened') media.push(file)
      else await take(kind, file)
    }
    if (media.length > 0) await openMedia(media)
    const [only] = media
    if (only && media.length === 1) await files.offerGraphIn(only)
  }

  return { register, openPicker, openChosen, dropFiles }
}
