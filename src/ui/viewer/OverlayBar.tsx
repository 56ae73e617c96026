/** Which mask or map lies over the picture, and how: shown while one does. */
import { X } from 'lucide-react'
import { useId } from 'react'
import { useStore } from 'zustand'
import type { OverlayLook } from '../../engine/door/api.ts'
import { useEditor } from '../editor.ts'
import { Choice } from '../inspector/Choice.tsx'
import { IconButton } from '../kit/IconButton.tsx'
import { Tip } from '../kit/Tip.tsx'
import { isMap, measuresOf, type Overlay } from '../store/maps.ts'
import { tints } from '../store/viewer-settings.ts'
import { dialogText } from '../text/dialogs.ts'
import { number } from '../text/format.ts'
import { text } from '../text/text.ts'
import { GainSlider, HeatScale, heatGradient, Segments, ShareSlider } from './bar-controls.tsx'
import { keyOf, outputOf, usePictureOutputs } from './picture-outputs.ts'

const words = dialogText.viewer.overlay

const swatches: Readonly<Record<OverlayLook['tint'], string>> = {
  heat: heatGradient,
  red: '#ff1a26',
  green: '#1ae64d',
  blue: '#2673ff',
  white: '#ffffff',
}

/** Of the map's values: each step twice the last. */
const gains = [1, 2, 4, 8, 16, 32]

/** Of a list: what a measure finds stands behind a sign that no node's id has. */
const measurePrefix = '='
const listValueOf = (one: Overlay): string =>
  one.kind === 'output' ? keyOf(one.at) : `${measurePrefix}${one.type}.${one.port}`
function overlayOf(value: string): Overlay | null {
  const at = outputOf(value.replace(measurePrefix, ''))
  if (!at) return null
  return value.startsWith(measurePrefix) ? { kind: 'measure', type: at.node, port: at.port } : { kind: 'output', at }
}

export function OverlayBar() {
  const { viewerSettings, preview, specs } = useEditor()
  const overlay = useStore(viewerSettings, (state) => state.overlay)
  const look = useStore(viewerSettings, (state) => state.overlayLook)
  const trouble = useStore(preview, ({ result }) => result?.overlay?.problems[0]?.message)
  const { label, options } = usePictureOutputs()
  const labelId = useId()
  if (!overlay) return null
  const nameOf = (one: Overlay): string => {
    if (one.kind === 'output') return label(one.at) ?? text.viewer.output.gone
    const spec = specs.get(one.type)
    const port = spec?.outputs[one.port]
    return words.measured(spec?.title ?? one.type, one.port === 'map' ? null : (port?.label ?? one.port))
  }
  const change = (next: Partial<OverlayLook>) => viewerSettings.setState({ overlayLook: { ...look, ...next } })
  return (
    <section className="compare-bar" aria-label={words.label}>
      <span className="compared-choice">
        <span id={labelId} className="visually-hidden">
          {words.map}
        </span>
        <Choice
          labelId={labelId}
          value={listValueOf(overlay)}
          valueText={nameOf(overlay)}
          options={() => [
            ...options(isMap),
            ...measuresOf(specs).map((one) => ({ value: listValueOf(one), label: nameOf(one) })),
          ]}
          onChange={(value) => viewerSettings.setState({ overlay: overlayOf(value) })}
        />
      </span>
      <Segments
        label={words.tint}
        options={tints.map((value) => ({
          value,
          label: words.tints[value],
          hint: words.tints[value],
          swatch: swatches[value],
        }))}
        value={look.tint}
        onChange={(tint) => change({ tint })}
      />
      {!look.alone && (
        <ShareSlider
          label={words.opacity}
          step={0.05}
          value={look.opacity}
          onChange={(opacity) => change({ opacity })}
        />
      )}
      <GainSlider label={words.gain} gains={gains} value={look.gain} onChange={(gain) => change({ gain })} />
      <Tip text={words.aloneHint}>
        <button
          type="button"
          className="icon-button wide-label"
          aria-pressed={look.alone}
          onClick={() => change({ alone: !look.alone })}
        >
          {words.alone}
        </button>
      </Tip>
      {look.tint === 'heat' && <HeatScale full={number(1 / look.gain, 3, 0)} />}
      {trouble && <span className="compare-hint error-text">{trouble}</span>}
      <IconButton label={words.clear} onClick={() => viewerSettings.setState({ overlay: null })}>
        <X size={15} aria-hidden />
      </IconButton>
    </section>
  )
}
