/** Somebody's graph names what is not here: says what, and offers to locate it or to put something else there. */
import { Boxes, BrainCircuit, CircleCheck, FileText, FileVideo, type LucideIcon } from 'lucide-react'
import * as Dialog from 'radix-ui/dialog'
import { useId, useRef } from 'react'
import { useStore } from 'zustand'
import { acceptOf } from '../../assets/asset.ts'
import { assets } from '../../assets/assets.ts'
import { expand } from '../../graph/analysis/expand.ts'
import type { FlatId } from '../../graph/document/document.ts'
import { draftAt, placeOf } from '../../graph/document/levels.ts'
import { titleOf } from '../../graph/document/naming.ts'
import { removeNodes, setParam } from '../../graph/edits/edit.ts'
import type { AssetKind } from '../../graph/node/facts.ts'
import { type AssetRef, isOffered } from '../../graph/node/params.ts'
import { useEditor } from '../editor.ts'
import { DialogHead } from '../kit/DialogHead.tsx'
import { FileInput } from '../kit/FileInput.tsx'
import { DialogContent } from '../shell/DialogContent.tsx'
import { list } from '../text/format.ts'
import { text } from '../text/text.ts'
import type { Missing } from './missing-parts.ts'
import { useMissing } from './use-missing.ts'

export function MissingDialog() {
  const { view } = useEditor()
  const open = useStore(view, (state) => state.dialog === 'missing')
  return (
    <Dialog.Root open={open} onOpenChange={(next) => view.setState({ dialog: next ? 'missing' : null })}>
      <DialogContent className="missing-dialog">
        <DialogHead title={text.missing.title} />
        <MissingList />
        <footer>
          <Dialog.Close asChild>
            <button type="button" className="button">
              {text.common.done}
            </button>
          </Dialog.Close>
        </footer>
      </DialogContent>
    </Dialog.Root>
  )
}

function MissingList() {
  const missing = useMissing()
  return (
    <div className="dialog-body">
      {missing.length === 0 ? (
        <p className="problem-none">
          <CircleCheck size={16} aria-hidden />
          {text.missing.nothing}
        </p>
      ) : (
        <>
          <p className="muted">{text.missing.explained}</p>
          <ul className="missing-list">
            {missing.map((entry) => (
              <li key={entry.kind === 'type' ? entry.type : `${entry.kind} ${entry.ref.id}`}>
                {entry.kind === 'type' ? <MissingType entry={entry} /> : <MissingFile entry={entry} />}
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  )
}

type MissingAsset = Exclude<Missing, { readonly kind: 'type' }>

/** Puts another file wherever the missing one is named, as one step of history. */
function useReplace(entry: MissingAsset) {
  const { document } = useEditor()
  return (ref: AssetRef) => {
    document.editWhole(text.missing.replaced(ref.id, entry.ref.id), (draft) => {
      for (const { node, param } of entry.uses) {
        const { path, id } = placeOf(node)
        const level = draftAt(draft, path)
        if (level) setParam(level, id, param, { ...ref })
      }
    })
  }
}

function useTitles(nodes: readonly FlatId[]): string {
  const { document, specs } = useEditor()
  const graph = useStore(document, (state) => state.document)
  const flat = expand(graph, specs).document
  return list(nodes.map((node) => titleOf(flat, specs, node)))
}

/** What ships with the product and may stand in for it. */
function useSubstitutes({
  kind,
  ref,
  task,
}: MissingAsset): readonly { readonly label: string; readonly ref: AssetRef }[] {
  const { facts } = useEditor()
  const catalog = useStore(facts, (state) => state.catalog)
  const models = useStore(facts, (state) => state.assets.model)
  const { sample, listed } = assets[kind]
  const samples = sample && sample.id !== ref.id ? [{ label: text.missing.sampleClip, ref: sample }] : []
  if (!listed) return samples
  return (catalog ?? []).flatMap((id) => {
    const model = models.get(id)
    if (model?.state !== 'known' || !isOffered(task, model.facts)) return []
    const { name, sha256, size } = model.facts
    return [{ label: text.missing.takeModel(name), ref: { id, sha256, size } }]
  })
}

const icons: Readonly<Partial<Record<AssetKind, LucideIcon>>> = { media: FileVideo, model: BrainCircuit }

function MissingFile({ entry }: { entry: MissingAsset }) {
  const { commands } = useEditor()
  const file = useRef<HTMLInputElement>(null)
  const label = useId()
  const replace = useReplace(entry)
  const users = useTitles(entry.uses.map(({ node }) => node))
  const declaration = assets[entry.kind]
  const Icon = icons[entry.kind] ?? FileText
  return (
    <>
      <Icon size={18} aria-hidden />
      <div className="missing-text">
        <strong>{entry.ref.id}</strong>
        <span id={label}>
          {users} · {entry.reason}
        </span>
      </div>
      <div className="missing-actions">
        {useSubstitutes(entry).map((substitute) => (
          <button key={substitute.ref.id} type="button" className="button" onClick={() => replace(substitute.ref)}>
            {substitute.label}
          </button>
        ))}
        <button type="button" className="button" aria-describedby={label} onClick={() => file.current?.click()}>
          {declaration.words.locate}
        </button>
      </div>
      <FileInput
        ref={file}
        multiple={declaration.several}
        accept={acceptOf(declaration)}
        onFiles={async (files) => {
          const ref = await commands.register(entry.kind, files)
          if (ref) replace(ref)
        }}
      />
    </>
  )
}

function MissingType({ entry }: { entry: Extract<Missing, { readonly kind: 'type' }> }) {
  const { commands, document, specs, view } = useEditor()
  return (
    <>
      <Boxes size={18} aria-hidden />
      <div className="missing-text">
        <strong>{entry.type}</strong>
        <span>{text.missing.unknownType(entry.nodes.length)}</span>
      </div>
      <div className="missing-actions">
        <button
          type="button"
          className="button"
          onClick={() => {
            const [first] = entry.nodes
            view.setState({ dialog: null })
            if (first) commands.goTo(first)
          }}
        >
          {text.missing.show}
        </button>
        <button
          type="button"
          className="button"
          onClick={() =>
            document.editWhole(text.missing.removed(entry.type), (draft) => {
              for (const node of entry.nodes) {
                const { path, id } = placeOf(node)
                const level = draftAt(draft, path)
                if (level) removeNodes(level, [id], specs)
              }
            })
          }
        >
          {text.common.remove}
        </button>
      </div>
    </>
  )
}
