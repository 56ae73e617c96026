/** Picks a model by its card: what it is like, what it is good for, what it gets wrong. */
import { ChevronDown, FilePlus2 } from 'lucide-react'
import * as Dialog from 'radix-ui/dialog'
import { Suspense, useId, useRef, useState } from 'react'
import { useStore } from 'zustand'
import { acceptOf } from '../../assets/asset.ts'
import { assets } from '../../assets/assets.ts'
import { endpointKey, type NodeId } from '../../graph/document/document.ts'
import { specOf } from '../../graph/document/subgraph.ts'
import type { DialPlace, FamilyFacts, ModelFacts, Personality, SourceKind } from '../../graph/node/facts.ts'
import { measuredDamage, sharesAt, turnedTo, unknownDamage } from '../../graph/node/family-dials.ts'
import { type AssetParam, isOffered } from '../../graph/node/params.ts'
import { isImageDesc } from '../../graph/node/ports.ts'
import { mainPort } from '../../graph/node/value-types.ts'
import { useEditor } from '../editor.ts'
import { DialogHead } from '../kit/DialogHead.tsx'
import { FileInput } from '../kit/FileInput.tsx'
import { lazyPart } from '../kit/lazy-part.tsx'
import { assetRef } from '../kit/value-text.ts'
import { DialogContent } from '../shell/DialogContent.tsx'
import { knownAsset } from '../store/facts-store.ts'
import { number } from '../text/format.ts'
import { text } from '../text/text.ts'
import type { Chosen, ControlProps } from './control.ts'
import { figures, PersonalityTag, SourceTag } from './model-figures.tsx'

const words = text.inspector.model

const ModelChooser = lazyPart(async () => (await import('./ModelChooser.tsx')).ModelChooser)

const refOf = ({ id, sha256, size }: ModelFacts) => ({ id, sha256, size })

/** What runs: one model, or a mix of its family; with what it is made of. */
interface Standing {
  readonly names: readonly string[]
  readonly personalities: readonly (Personality | null)[]
  readonly sources: readonly (SourceKind | null)[]
  readonly figures: string
  /** The id of the one model; absent where several are mixed. */
  readonly id?: string
}

const mixText = (share: number, name: string): string => words.share(text.values.percent(number(share)), name)

function standingOf(model: ModelFacts, dialPlace: DialPlace, catalogModels: readonly ModelFacts[]): Standing {
  const alone = (one: ModelFacts): Standing => ({
    names: [one.name],
    personalities: one.task === 'restoration' ? [] : [one.personality],
    sources: [one.source],
    figures: figures(one),
    id: one.id,
  })
  const { family } = model
  const place = turnedTo(model, dialPlace)
  if (!family || place.personality > family.ends.personality || place.source > family.ends.source) return alone(model)
  const parts = sharesAt(family, place).map(({ member, share }) => ({ ...family.members[member]!, share }))
  const [first] = parts
  if (parts.length === 1) return alone(catalogModels.find(({ id }) => id === first!.id) ?? model)
  return {
    names: parts.map(({ share, name }) => mixText(Math.round(share * 100), name)),
    personalities: [...new Set(parts.map(({ personality }) => personality))],
    sources: [...new Set(parts.map(({ source }) => source))],
    figures: figures(model),
  }
}

/** Where the dials of a node stand: that for the source, where nobody sets it, as its picture is described. */
function useDialPlace(node: NodeId | undefined, { dial, sourceDial }: AssetParam, values: Chosen): DialPlace {
  const { derived, document, specs } = useEditor()
  const spec = useStore(document, ({ level }) => (node === undefined ? undefined : specOf(specs, level.nodes[node])))
  const measuredValue = useStore(derived, ({ inference }) => {
    const from = node === undefined ? undefined : inference.source(node, mainPort(spec?.inputs) ?? '')
    const desc = from && inference.descs.get(endpointKey(from))
    return isImageDesc(desc) ? measuredDamage(desc) : unknownDamage
  })
  const numberOf = (name: string | undefined) => (name === undefined ? 0 : Number(values[name] ?? 0))
  const byHand = sourceDial !== undefined && values[sourceDial.choice] === sourceDial.byHand
  return { personality: numberOf(dial), source: byHand ? numberOf(sourceDial.param) : measuredValue }
}

export function ModelControl({ labelId, name, node, param, value, values, set }: ControlProps<AssetParam>) {
  const { facts, commands } = useEditor()
  const [open, setOpen] = useState(false)
  const ownId = useId()
  const file = useRef<HTMLInputElement>(null)
  const ref = assetRef(value)
  const catalog = useStore(facts, (state) => state.catalog)
  const failure = useStore(facts, (state) => state.catalogFailure)
  const models = useStore(facts, (state) => state.assets.model)
  const current = ref ? knownAsset({ model: models }, 'model', ref) : undefined
  const catalogModels = (catalog ?? []).flatMap((id) => {
    const model = models.get(id)
    return model?.state === 'known' && isOffered(param.task, model.facts) ? [model.facts] : []
  })
  const { dial, sourceDial } = param
  const place = useDialPlace(node, param, values)
  const standing = current?.state === 'known' ? standingOf(current.facts, place, catalogModels) : undefined
  const dialsAt = (family: FamilyFacts | undefined) => ({
    ...(dial === undefined ? {} : { [dial]: family?.place.personality ?? 0 }),
    ...(sourceDial === undefined
      ? {}
      : {
          [sourceDial.choice]: family && family.ends.source > 0 ? sourceDial.byHand : sourceDial.measuredOption,
          [sourceDial.param]: family?.place.source ?? 0,
        }),
  })
  /** A member of a family is its first, with the dials turned to it: from there they go on. */
  const chosenBy = (model: ModelFacts) => {
    const family = dial === undefined ? undefined : model.family
    const first = family && catalogModels.find((candidate) => candidate.id === family.members[0]?.id)
    return { ref: refOf(first ?? model), beside: dialsAt(first && family) }
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
        <button type="button" className="model-current" id={ownId} aria-labelledby={`${labelId} ${ownId}`}>
          {standing ? (
            <span className="model-text">
              {standing.names.map((name) => (
                <strong key={name}>{name}</strong>
              ))}
              {standing.personalities.map((personality) => (
                <PersonalityTag key={personality} personality={personality} />
              ))}
              {standing.sources.map((source) => (
                <SourceTag key={source} source={source} />
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
              const newRef = await commands.register('model', [modelFile])
              if (!newRef) return
              set({ ...newRef }, dialsAt(undefined))
              setOpen(false)
            }}
          />
        </footer>
      </DialogContent>
    </Dialog.Root>
  )
}
