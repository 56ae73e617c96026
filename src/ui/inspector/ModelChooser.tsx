/** Models to choose from: what each makes of the frame that is seen, what it is good for, and what it gets wrong. */
import { Search } from 'lucide-react'
import * as RadioGroup from 'radix-ui/radio-group'
import { useEffect, useMemo, useRef, useState } from 'react'
import { useStore } from 'zustand'
import type { NodeId } from '../../graph/document/document.ts'
import { flatId } from '../../graph/document/levels.ts'
import type { ModelFacts, Personality } from '../../graph/node/facts.ts'
import { useEditor } from '../editor.ts'
import { plain } from '../store/viewer-settings.ts'
import { text } from '../text/text.ts'
import { comparedJobs, paramJob } from '../viewer/crop-jobs.ts'
import { type Crop, CropPicture, useCrops } from '../viewer/frame-crops.tsx'
import type { Chosen } from './control.ts'
import { figures, PersonalityTag, SourceTag } from './model-figures.tsx'

const words = text.inspector.model

const cropSize = { width: 168, height: 120 }

const plainKey = 'plain'

type Filter = Personality | 'all'
const filters: readonly Filter[] = ['all', 'l1', 'perceptual', 'gan']

/** Whether a model is one that is looked for. @param query words, all of which stand somewhere in what is said of it */
export function isSought(model: ModelFacts, query: string, personality: Filter): boolean {
  if (personality !== 'all' && model.personality !== personality) return false
  const { name, goodFor, getsWrong, licence, origin, scale, source } = model
  const sources = source ? words.sources[source] : ''
  const searchText = [name, goodFor, getsWrong, licence, origin, sources, `×${scale}`].join(' ').toLowerCase()
  return query
    .toLowerCase()
    .split(/\s+/)
    .every((word) => searchText.includes(word))
}

interface ModelChooserProps {
  readonly models: readonly ModelFacts[]
  /** The node whose model is chosen, on the open level; absent: models are shown without pictures. */
  readonly node: NodeId | undefined
  /** The params that choosing a model sets. */
  readonly paramsOf: (model: ModelFacts) => Chosen
  readonly value: string
  readonly onChoose: (id: string) => void
}

/** What each model makes of the frame, and beside it the plain upscale, or the frame itself where models keep its size. */
function useModelCrops({
  models,
  node,
  paramsOf,
  keepsSize,
}: Pick<ModelChooserProps, 'models' | 'node' | 'paramsOf'> & { readonly keepsSize: boolean }) {
  const editor = useEditor()
  const { document, preview } = editor
  const ids = models.map(({ id }) => id).join()
  // biome-ignore lint/correctness/useExhaustiveDependencies: the pictures are of the graph as it is when the list opens.
  const jobs = useMemo(() => {
    const { view } = preview.getState()
    if (node === undefined || !view) return null
    const flat = flatId(document.getState().path, node)
    return [
      ...(keepsSize
        ? paramJob(editor, { key: plainKey, node: flat, bypass: true })
        : comparedJobs(editor, view)(plainKey, plain)),
      ...models.flatMap((model) => paramJob(editor, { key: model.id, node: flat, params: paramsOf(model) })),
    ]
  }, [ids, node])
  return useCrops(jobs, cropSize)
}

export function ModelChooser({ models, node, paramsOf, value, onChoose }: ModelChooserProps) {
  const { preview } = useEditor()
  const [query, setQuery] = useState('')
  const [personality, setPersonality] = useState<Filter>('all')
  const canPreview = useStore(preview, ({ result }) => result !== null) && node !== undefined
  const keepsSize = models.length > 0 && models.every(({ task }) => task === 'restoration')
  const crops = useModelCrops({ models, node, paramsOf, keepsSize })
  const list = useRef<HTMLDivElement>(null)
  // Whoever opens the list finds what runs now.
  useEffect(() => list.current?.querySelector<HTMLElement>('[data-state="checked"]')?.focus(), [])
  const matches = models.filter((model) => isSought(model, query.trim(), personality))
  return (
    <>
      <div className="model-filter">
        <label className="model-search">
          <Search size={14} aria-hidden />
          <input
            className="field"
            type="search"
            aria-label={words.search}
            placeholder={words.search}
            value={query}
            onChange={(event) => setQuery(event.target.value)}
          />
        </label>
        {models.some(({ personality: one }) => one) && (
          <fieldset className="segments">
            <legend className="visually-hidden">{words.filter}</legend>
            {filters.map((one) => (
              <button key={one} type="button" aria-pressed={one === personality} onClick={() => setPersonality(one)}>
                {one === 'all' ? words.allPersonalities : text.common.personalities[one]}
              </button>
            ))}
          </fieldset>
        )}
      </div>
      {canPreview && (
        <div className="model-plain">
          <CropPicture
            crop={crops.get(plainKey)}
            label={keepsSize ? words.untouchedPicture : words.plainPicture}
            size={cropSize}
          />
          <p className="muted">{keepsSize ? words.untouchedHint : words.plainHint}</p>
        </div>
      )}
      <RadioGroup.Root ref={list} className="model-list" aria-label={words.list} value={value} onValueChange={onChoose}>
        {matches.map((model) => (
          <ModelCard key={model.id} model={model} crop={crops.get(model.id)} pictured={canPreview} />
        ))}
      </RadioGroup.Root>
      {matches.length === 0 && models.length > 0 && <p className="muted">{words.noneSought}</p>}
    </>
  )
}

function ModelCard({ model, crop, pictured }: { model: ModelFacts; crop: Crop | undefined; pictured: boolean }) {
  return (
    <RadioGroup.Item className="model-card" data-pictured={pictured} value={model.id}>
      {pictured && <CropPicture crop={crop} label={words.picture(model.name)} size={cropSize} />}
      <span className="model-head">
        <strong>{model.name}</strong>
        {model.task !== 'restoration' && <PersonalityTag personality={model.personality} />}
        <SourceTag source={model.source} />
      </span>
      <span className="model-figures">{figures(model)}</span>
      <span className="model-facts">
        <span className="model-term">{words.goodFor}</span>
        <span>{model.goodFor || words.notSaid}</span>
        <span className="model-term">{words.getsWrong}</span>
        <span>{model.getsWrong || words.notSaid}</span>
      </span>
      <span className="model-licence">
        <span className="model-term">{words.licence}</span>
        <span>{words.licenceOf(model.licence || words.notSaid, model.origin)}</span>
      </span>
    </RadioGroup.Item>
  )
}
