/** Picks a model by its card: what it is like, what it is good for, what it gets wrong. */
import { ChevronDown, FilePlus2 } from 'lucide-react'
import * as Dialog from 'radix-ui/dialog'
import { lazy, Suspense, useRef, useState } from 'react'
import { useStore } from 'zustand'
import { acceptOf } from '../../assets/asset.ts'
import { assets } from '../../assets/assets.ts'
import type { ModelFacts, Personality } from '../../graph/node/facts.ts'
import type { AssetParam } from '../../graph/node/params.ts'
import { useEditor } from '../editor.ts'
import { DialogHead } from '../kit/DialogHead.tsx'
import { FileInput } from '../kit/FileInput.tsx'
import { assetRef } from '../kit/value-text.ts'
import { DialogContent } from '../shell/DialogContent.tsx'
import { knownAsset } from '../store/facts-store.ts'
import { number } from '../text/format.ts'
import { text } from '../text/text.ts'
import type { Chosen, ControlProps } from './control.ts'
import { figures, PersonalityTag } from './model-figures.tsx'

const words = text.inspector.model

const ModelChooser = lazy(async () => ({ default: (await import('./ModelChooser.tsx')).ModelChooser }))

const refOf = ({ id, sha256, size }: ModelFacts) => ({ id, sha256, size })

/** What runs: one model, or a mix of two of its family; with the personalities it is made of. */
interface Standing {
  readonly names: readonly string[]
  readonly personalities: readonly (Personality | null)[]
  readonly figures: string
  /** The id of the one model; absent where two are mixed. */
  readonly id?: string
}

const mixText = (share: number, name: string): string => words.share(text.values.percent(number(share)), name)

function standingOf(model: ModelFacts, position: number, catalogModels: readonly ModelFacts[]): Standing {
  const alone = (one: ModelFacts): Standing => ({
    names: [one.name],
    personalities: [one.personality],
    figures: figures(one),
    id: one.id,
  })
  const { family } = model
  const [low, high] = [family?.members[Math.floor(position)], family?.members[Math.ceil(position)]]
  // The dial turns from the first of a family; a later one runs as it is.
  if (family?.place !== 0 || !low || !high) return alone(model)
  if (low === high) return alone(catalogModels.find(({ id }) => id === low.id) ?? model)
  const share = Math.round((position - Math.floor(position)) * 100)
  return {
    names: [mixText(100 - share, low.name), mixText(share, high.name)],
    personalities: [...new Set([low.personality, high.personality])],
    figures: figures(model),
  }
}

export function ModelControl({ labelId, name, node, param, value, values, set }: ControlProps<AssetParam>) {
  const { facts, commands } = useEditor()
  const [open, setOpen] = useState(false)
  const file = useRef<HTMLInputElement>(null)
  const ref = assetRef(value)
  const catalog = useStore(facts, (state) => state.catalog)
  const failure = useStore(facts, (state) => state.catalogFailure)
  const models = useStore(facts, (state) => state.assets.model)
  const current = ref ? knownAsset({ model: models }, 'model', ref) : undefined
  const catalogModels = (catalog ?? []).flatMap((id) => {
    const model = models.get(id)
    return model?.state === 'known' ? [model.facts] : []
  })
  const { dial } = param
  const turned = dial === undefined ? undefined : values[dial]
  const position = typeof turned === 'number' ? turned : 0
  const standing = current?.state === 'known' ? standingOf(current.facts, position, catalogModels) : undefined
  const dialAt = (place: number) => (dial === undefined ? {} : { [dial]: place })
  /** A member of a family is its first, with the dial turned to it: from there the dial goes on. */
  const chosenBy = (model: ModelFacts) => {
    const family = dial === undefined ? undefined : model.family
    const first = family && catalogModels.find((candidate) => candidate.id === family.members[0]?.id)
    return family && first
      ? { ref: refOf(first), beside: dialAt(family.place) }
      : { ref: refOf(model), beside: dialAt(0) }
  }
  const paramsOf = (model: ModelFacts): Chosen => {
    const { ref: modelRef, beside } = chosenBy(model)
    return { [name]: modelRef, ...beside }
  }
  const choose = (id: string) => {
    const model = catalogModels.find((candidate) => candidate.id === id)
    if (model) {
      const { ref: modelRef, beside } = chosenBy(model)
      set(modelRef, beside)
    }
    setOpen(false)
  }
  return (
    <Dialog.Root open={open} onOpenChange={setOpen}>
      <Dialog.Trigger asChild>
        <button type="button" className="model-current" aria-labelledby={labelId}>
          {standing ? (
            <span className="model-text">
              {standing.names.map((name) => (
                <strong key={name}>{name}</strong>
              ))}
              {standing.personalities.map((personality) => (
                <PersonalityTag key={personality} personality={personality} />
              ))}
              <span>{standing.figures}</span>
            </span>
          ) : (
            <span className="model-text">
              <strong>{ref?.id ?? words.choose}</strong>
              {current?.state === 'failed' && <span className="error-text">{current.problems[0]?.message}</span>}
              {current?.state === 'asking' && <span>{words.reading}</span>}
            </span>
          )}
          <ChevronDown size={14} aria-hidden />
        </button>
      </Dialog.Trigger>
      <DialogContent className="model-dialog" onOpenAutoFocus={(event) => event.preventDefault()}>
        <DialogHead title={words.choose} />
        <div className="dialog-body">
          <p className="muted">{words.explained}</p>
          {failure && <p className="error-text">{failure}</p>}
          {catalog === null && <p className="muted">{words.readingAll}</p>}
          <Suspense fallback={null}>
            <ModelChooser
              models={catalogModels}
              node={node}
              paramsOf={paramsOf}
              value={standing ? (standing.id ?? '') : (ref?.id ?? '')}
              onChoose={choose}
            />
          </Suspense>
        </div>
        <footer>
          <button type="button" className="button" onClick={() => file.current?.click()}>
            <FilePlus2 size={14} aria-hidden />
            {words.add}
          </button>
          <FileInput
            ref={file}
            accept={acceptOf(assets.model)}
            onFiles={async ([modelFile]) => {
              const added = await commands.register('model', [modelFile])
              if (!added) return
              set({ ...added }, dialAt(0))
              setOpen(false)
            }}
          />
        </footer>
      </DialogContent>
    </Dialog.Root>
  )
}
