/** Picks a model by its card: what it is like, what it is good for, what it gets wrong. */
import { ChevronDown, FilePlus2 } from 'lucide-react'
import { Dialog, RadioGroup } from 'radix-ui'
import { useRef, useState } from 'react'
import { useStore } from 'zustand'
import type { ModelFacts, Personality } from '../../graph/facts.ts'
import type { ModelParam } from '../../graph/params.ts'
import { useEditor } from '../editor.ts'
import { DialogHead } from '../shell/DialogHead.tsx'
import { knownModel } from '../store/facts.ts'
import { assetRef, bytes, parameterCount } from '../values.ts'
import type { ControlProps } from './control.ts'

const personalities: Readonly<Record<Personality, { label: string; means: string }>> = {
  l1: { label: 'L1', means: 'faithful and soft' },
  perceptual: { label: 'Perceptual', means: 'textured' },
  gan: { label: 'GAN', means: 'crisp, and inventive' },
}

export function PersonalityTag({ personality }: { personality: Personality | null }) {
  if (!personality) return <span className="tag">Personality unknown</span>
  const { label, means } = personalities[personality]
  return (
    <span className="tag" data-personality={personality}>
      {label} · {means}
    </span>
  )
}

const figures = (model: ModelFacts): string =>
  [
    `×${model.scale}`,
    model.parameters === null ? null : `${parameterCount(model.parameters)} parameters`,
    bytes(model.size),
    model.channels === 'y' ? 'luma only' : 'RGB',
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
        <span className="model-term">Good for</span>
        <span>{model.goodFor || 'not said'}</span>
        <span className="model-term">Gets wrong</span>
        <span>{model.getsWrong || 'not said'}</span>
        <span className="model-term">Licence</span>
        <span>
          {model.licence || 'not said'}
          {model.origin && ` · ${model.origin}`}
        </span>
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
    names: [`${100 - share} % ${low.name}`, `${share} % ${high.name}`],
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
              <strong>{ref?.id ?? 'Choose a model'}</strong>
              {current?.state === 'failed' && <span className="error-text">{current.problems[0]?.message}</span>}
              {current?.state === 'asking' && <span>Reading the model…</span>}
            </span>
          )}
          <ChevronDown size={14} aria-hidden />
        </button>
      </Dialog.Trigger>
      <Dialog.Portal>
        <Dialog.Overlay className="scrim" />
        <Dialog.Content
          className="dialog model-dialog"
          aria-describedby={undefined}
          onOpenAutoFocus={(event) => {
            const current = (event.target as HTMLElement).querySelector<HTMLElement>('[data-state="checked"]')
            if (!current) return
            event.preventDefault()
            current.focus()
          }}
        >
          <DialogHead title="Choose a model" />
          <div className="dialog-body">
            <p className="muted">A model predicts what could be there; it does not recover what was.</p>
            {failure && <p className="error-text">{failure}</p>}
            {catalog === null && <p className="muted">Reading the catalog…</p>}
            <RadioGroup.Root
              className="model-list"
              aria-label="Models"
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
              Add an ONNX file…
            </button>
            <input
              ref={file}
              type="file"
              hidden
              accept=".onnx"
              onChange={async (event) => {
                const [chosen] = event.target.files ?? []
                event.target.value = ''
                const added = chosen && (await commands.registerModel(chosen))
                if (!added) return
                set({ ...added }, dialAt(0))
                setOpen(false)
              }}
            />
          </footer>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  )
}
