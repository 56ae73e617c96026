/** What A is compared with, and how strongly: shown while something is compared. */
import { Minus, Plus, Scale, X } from 'lucide-react'
import { useStore } from 'zustand'
import { nodeAt } from '../../graph/document/levels.ts'
import { keysOf } from '../commands/key-names.ts'
import { useEditor } from '../editor.ts'
import { IconButton } from '../kit/IconButton.tsx'
import { leaveOnEnter } from '../kit/leave-field.ts'
import { predictedParts, tones } from '../store/viewer-settings.ts'
import { dialogText } from '../text/dialogs.ts'
import { number } from '../text/format.ts'
import { text } from '../text/text.ts'
import { GainSlider, HeatScale, Segments, ShareSlider } from './bar-controls.tsx'
import { ComparedChoice } from './ComparedChoice.tsx'

const words = dialogText.viewer.comparison

/** Of a difference: each step twice the last. */
const gains = [1, 2, 4, 8, 16, 32, 64]

export function CompareBar() {
  const { viewerSettings } = useEditor()
  const mode = useStore(viewerSettings, (state) => state.mode)
  const count = useStore(viewerSettings, (state) => state.others.length)
  const variants = useStore(viewerSettings, (state) => state.variants)
  const first = useStore(viewerSettings, (state) => state.others[0])
  if (variants) return <VariantsBar />
  if (mode === 'single') return null
  const many = mode === 'side'
  return (
    <section className="compare-bar" aria-label={words.label}>
      {[1, 2, 3].slice(0, many ? count : 1).map((index) => (
        <ComparedChoice key={index} index={index} />
      ))}
      {many && count < 3 && (
        <IconButton
          label={words.add}
          tip={words.addHint}
          onClick={() => viewerSettings.setState(({ others }) => ({ others: [...others, { kind: 'source' }] }))}
        >
          <Plus size={15} aria-hidden />
        </IconButton>
      )}
      {many && count > 1 && (
        <IconButton
          label={words.remove}
          tip={words.removeHint}
          onClick={() => viewerSettings.setState(({ others }) => ({ others: others.slice(0, -1) }))}
        >
          <Minus size={15} aria-hidden />
        </IconButton>
      )}
      {mode === 'difference' && first?.kind === 'plain' && <Parts />}
      {mode === 'difference' && <Difference />}
      {mode === 'onion' && <Onion />}
      {mode === 'wipe' && <span className="compare-hint">{words.wipeHint}</span>}
      <MeasureBoth />
    </section>
  )
}

/** How the pictures compare over the clip, in the panel beside. */
function MeasureBoth() {
  const { commands } = useEditor()
  return (
    <IconButton
      label={words.overClip}
      tip={words.overClipHint}
      keys={keysOf('viewer.compareClip')}
      onClick={() => commands.run('viewer.compareClip')}
    >
      <Scale size={15} aria-hidden />
    </IconButton>
  )
}

/** All that is predicted, or one of the two parts that it is the sum of. */
function Parts() {
  const { viewerSettings } = useEditor()
  const part = useStore(viewerSettings, (state) => state.part)
  return (
    <Segments
      label={words.part}
      options={predictedParts.map((value) => ({ value, label: words.parts[value], hint: words.partHints[value] }))}
      value={part}
      onChange={(next) => viewerSettings.setState({ part: next })}
    />
  )
}

function Difference() {
  const { viewerSettings } = useEditor()
  const gain = useStore(viewerSettings, (state) => state.gain)
  const tone = useStore(viewerSettings, (state) => state.tone)
  return (
    <>
      <GainSlider
        label={words.gain}
        gains={gains}
        value={gain}
        onChange={(next) => viewerSettings.setState({ gain: next })}
      />
      <Segments
        label={words.tone}
        options={tones.map((value) => ({ value, label: words.tones[value], hint: words.toneHints[value] }))}
        value={tone}
        onChange={(next) => viewerSettings.setState({ tone: next })}
      />
      {tone === 'heat' && <HeatScale full={words.full(number(255 / gain, 0))} />}
    </>
  )
}

function Onion() {
  const { viewerSettings } = useEditor()
  const mix = useStore(viewerSettings, (state) => state.mix)
  return (
    <ShareSlider
      label={words.mix}
      step={0.01}
      value={mix}
      onChange={(next) => viewerSettings.setState({ mix: next })}
    />
  )
}

/** Which values stand side by side; each is picked on its picture. */
function VariantsBar() {
  const { viewerSettings, document, specs } = useEditor()
  const variants = useStore(viewerSettings, (state) => state.variants)
  const param = useStore(document, (state) => {
    const node = variants ? nodeAt(state.document, variants.node) : undefined
    return variants && node ? specs.get(node.type)?.params[variants.param] : undefined
  })
  if (!variants || !param) return null
  const change = (index: number, enteredText: string) => {
    const number = Number(enteredText)
    if (enteredText.trim() === '' || !Number.isFinite(number) || !('min' in param)) return
    const heldNumber = Math.min(param.max, Math.max(param.min, param.kind === 'int' ? Math.round(number) : number))
    const values = variants.values.map((value, i) => (i === index ? heldNumber : value))
    viewerSettings.setState({ variants: { ...variants, values } })
  }
  return (
    <section className="compare-bar" aria-label={text.viewer.variants.label}>
      <span>{param.label}</span>
      {variants.values.map((value, i) => (
        <input
          // biome-ignore lint/suspicious/noArrayIndexKey: a field stays where it is while its value changes.
          key={i}
          className="field variant-value"
          aria-label={text.viewer.variants.value(i + 1, param.label)}
          defaultValue={String(value)}
          readOnly={!('min' in param)}
          inputMode="decimal"
          onBlur={(event) => change(i, event.target.value)}
          onKeyDown={leaveOnEnter}
        />
      ))}
      <MeasureBoth />
      <IconButton
        label={text.viewer.variants.end}
        tip={text.viewer.variants.endHint}
        onClick={() => viewerSettings.setState({ variants: null, mode: 'single' })}
      >
        <X size={15} aria-hidden />
      </IconButton>
    </section>
  )
}
