/** The list to choose what A is compared with. */
import { Suspense, useId, useRef, useState } from 'react'
import { useStore } from 'zustand'
import { acceptOf } from '../../assets/asset.ts'
import { assets } from '../../assets/assets.ts'
import { useEditor } from '../editor.ts'
import { Choice } from '../inspector/Choice.tsx'
import { FileInput } from '../kit/FileInput.tsx'
import { lazyPart } from '../kit/lazy-part.tsx'
import { type Compared, plain } from '../store/viewer-settings.ts'
import { text } from '../text/text.ts'
import { letters } from './letters.ts'
import { keyOf, outputOf, usePictureOutputs } from './picture-outputs.ts'

const words = text.viewer.output

const GraphChoice = lazyPart(async () => (await import('./GraphChoice.tsx')).GraphChoice)

const source = 'source'
const plainKind = 'plain'
const previous = 'previous'
const reference = 'reference'
const choose = 'choose'
const graphKind = 'graph'
const chooseGraph = 'choose-graph'

/** What picture B, C or D shows. @param index 1 for B */
export function ComparedChoice({ index }: { index: number }) {
  const { viewerSettings, commands } = useEditor()
  const choice = useStore(viewerSettings, (state) => state.others[index - 1])
  const file = useStore(viewerSettings, (state) => state.reference)
  const { label, options } = usePictureOutputs()
  const labelId = useId()
  const picker = useRef<HTMLInputElement>(null)
  const [choosing, setChoosing] = useState(false)
  const set = (next: Compared) =>
    viewerSettings.setState(({ others }) => ({ others: others.map((one, i) => (i === index - 1 ? next : one)) }))
  const take = async (files: readonly File[]) => {
    const ref = await commands.register('media', files)
    if (!ref) return
    viewerSettings.setState({ reference: ref })
    set({ kind: 'reference' })
  }
  if (!choice) return null
  const nameOf = (one: Compared): string => {
    switch (one.kind) {
      case 'plain':
        return words.plainAsLarge
      case 'source':
        return words.source
      case 'previous':
        return words.previous
      case 'reference':
        return file?.id ?? words.reference
      case 'graph':
        return one.title
      case 'output':
        return label(one.at) ?? words.gone
    }
  }
  return (
    <div className="compared-choice">
      <span id={labelId} className="letter">
        {letters[index]}
      </span>
      <Choice
        labelId={labelId}
        value={choice.kind === 'output' ? keyOf(choice.at) : choice.kind}
        valueText={nameOf(choice)}
        options={() => [
          { value: plainKind, label: words.plainAsLarge },
          { value: source, label: words.source },
          { value: previous, label: words.previous },
          ...(file ? [{ value: reference, label: words.referenceOf(file.id) }] : []),
          { value: choose, label: words.referenceFile },
          ...(choice.kind === 'graph' ? [{ value: graphKind, label: choice.title }] : []),
          { value: chooseGraph, label: words.anotherGraph },
          ...options(),
        ]}
        onChange={(value) => {
          const at = outputOf(value)
          if (value === choose) picker.current?.click()
          else if (value === chooseGraph) setChoosing(true)
          else if (value === graphKind) return
          else if (value === plainKind) set(plain)
          else if (value === source) set({ kind: 'source' })
          else if (value === previous) set({ kind: 'previous' })
          else if (value === reference) set({ kind: 'reference' })
          else if (at) set({ kind: 'output', at })
        }}
      />
      {choosing && (
        <Suspense fallback={null}>
          <GraphChoice
            onClose={() => setChoosing(false)}
            onChoose={(graph) => {
              setChoosing(false)
              set({ kind: 'graph', ...graph })
            }}
          />
        </Suspense>
      )}
      <FileInput
        ref={picker}
        multiple
        label={words.referenceFor(letters[index] ?? '')}
        accept={acceptOf(assets.media)}
        onFiles={take}
      />
    </div>
  )
}
