/** Picks a model by its card: what it is like, what it is good for, what it gets wrong. */
import { ChevronDown, FilePlus2 } from 'lucide-react'
import { Dialog, RadioGroup } from 'radix-ui'
import { useRef, useState } from 'react'
import { useStore } from 'zustand'
import type { ModelFacts, Personality } from '../../graph/node/facts.ts'
import type { ModelParam } from '../../graph/node/params.ts'
import { useEditor } from '../editor.ts'
import { DialogHead } from '../kit/DialogHead.tsx'
import { acceptedModels, FileInput } from '../kit/FileInput.tsx'
import { assetRef, bytes, parameterCount } from '../kit/value-text.ts'
import { DialogContent } from '../shell/DialogContent.tsx'
import { knownModel } from '../store/facts.ts'
import { number } from '../text/format.ts'
import { text } from '../text/text.ts'
import type { ControlProps } from './control.ts'

const words = text.inspector.model

export function PersonalityTag({ personality }: { personality: Personality | null }) {
  if (!personality) return <span className="tag">{words.noPersonality}</span>
  return (
    <span className="tag" data-personality={personality}>
      {words.personalities[personality]}
    </span>
  )
}

const figures = (model: ModelFacts): string =>
  [
    `×${model.scale}`,
    model.parameters === null ? null : words.parameters(parameterCount(model.parameters)),
    bytes(model.size),
    model.channels === 'y' ? words.luma : words.rgb,
    words.numbers(model.numbers.in, model.numbers.out),
  ]
    .filter((part) => part !== null)
    .join(' · ')

function ModelCard({ model }: { model: ModelFacts }) {
  return (
    <RadioGroup.Item className="model-card" value={model.id}>
      <span className="model-head">
        <strong>{model.name}</strong>
        <PersonalityTag personality={model.personality} />
      </span>
      <span className="model-figures">{figures(model)}</span>
      <span className="model-facts">
        <span className="model-term">{words.goodFor}</span>
        <span>{model.goodFor || words.notSaid}</span>
        <span className="model-term">{words.getsWrong}</span>
        <span>{model.getsWrong || words.notSaid}</span>
        <span className="model-term">{words.licence}</span>
        <span>{words.licenceOf(model.licence || words.notSaid, model.origin)}</span>
      </span>
    </RadioGroup.Item>
  )
}

const refOf = ({ id, sha256, size }: ModelFacts) => ({ id, sha256, size })

/** What runs: one model, or a mix of two of its family; with the personalities it is made of. */
interface Standing {
  readonly names: readonly string[]
  readonly personalities: readonly (Personality | null)[]
  readonly figures: string
  /** The id of the one model; absent where two are mixed. */
  readonly id?: string
}

const mixed = (share: number, name: string): string => words.share(text.values.percent(number(share)), name)

function standingOf(model: ModelFacts, position: number, known: readonly ModelFacts[]): Standing {
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
  if (low === high) return alone(known.find(({ id }) => id === low.id) ?? model)
  const share = Math.round((position - Math.floor(position)) * 100)
  return {
    names: [mixed(100 - share, low.name), mixed(share, high.name)],
    personalities: [...new Set([low.personality, high.personality])],
    figures: figures(model),
  }
}

export function ModelControl({ labelId, param, value, values, set }: ControlProps<ModelParam>) {
  const { facts, commands } = useEditor()
  const [open, setOpen] = useState(false)
  const file = useRef<HTMLInputElement>(null)
  const ref = assetRef(value)
  const catalog = useStore(facts, (state) => state.catalog)
  const failure = useStore(facts, (state) => state.catalogFailure)
  const models = useStore(facts, (state) => state.models)
  const current = ref ? knownModel(models, ref) : undefined
  const known = (catalog ?? []).flatMap((id) => {
    const model = models.get(id)
    return model?.state === 'known' ? [model.facts] : []
  })
  const { dial } = param
  const turned = dial === undefined ? undefined : values[dial]
  const position = typeof turned === 'number' ? turned : 0
  const standing = current?.state === 'known' ? standingOf(current.facts, position, known) : undefined
  const dialAt = (place: number) => (dial === undefined ? {} : { [dial]: place })
  /** A member of a family is its first, with the dial turned to it: from there the dial goes on. */
  const choose = (id: string) => {
    const model = known.find((candidate) => candidate.id === id)
    const family = dial === undefined ? undefined : model?.family
    const first = family && known.find((candidate) => candidate.id === family.members[0]?.id)
    if (family && first) set(refOf(first), dialAt(family.place))
    else if (model) set(refOf(model), dialAt(0))
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
      <DialogContent
        className="model-dialog"
        onOpenAutoFocus={(event) => {
          const current = (event.target as HTMLElement).querySelector<HTMLElement>('[data-state="checked"]')
          if (!current) return
          event.preventDefault()
          current.focus()
        }}
      >
        <DialogHead title={words.choose} />
        <div className="dialog-body">
          <p className="muted">{words.explained}</p>
          {failure && <p className="error-text">{failure}</p>}
          {catalog === null && <p className="muted">{words.readingAll}</p>}
          <RadioGroup.Root
            className="model-list"
            aria-label={words.list}
            value={standing ? (standing.id ?? '') : (ref?.id ?? '')}
            onValueChange={choose}
          >
            {known.map((model) => (
              <ModelCard key={model.id} model={model} />
            ))}
          </RadioGroup.Root>
        </div>
        <footer>
          <button type="button" className="button" onClick={() => file.current?.click()}>
            <FilePlus2 size={14} aria-hidden />
            {words.add}
          </button>
          <FileInput
            ref={file}
            accept={acceptedModels}
            onFiles={async ([chosen]) => {
              const added = await commands.registerModel(chosen)
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
