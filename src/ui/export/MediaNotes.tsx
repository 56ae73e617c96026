/** What is to be known of the clips before an export begins: what of them stays behind, was guessed or is damaged. */
import { useStore } from 'zustand'
import { plainNodes } from '../../graph/analysis/medium.ts'
import type { GraphDocument } from '../../graph/document/document.ts'
import { containerOf, leftBehind, soundLeft } from '../../graph/node/companions.ts'
import { type AssetRef, isAssetOf } from '../../graph/node/params.ts'
import type { Specs } from '../../graph/node/spec.ts'
import { paramValues } from '../../graph/node/values.ts'
import { useEditor } from '../editor.ts'
import { assetRef } from '../kit/value-text.ts'
import { dialogText } from '../text/dialogs.ts'

const words = dialogText.export.form

/** The ids of the media that the graph opens. */
function openedBy(graph: GraphDocument, specs: Specs): readonly string[] {
  return plainNodes(graph, specs).flatMap((node) => {
    const spec = specs.get(node.type)
    if (!spec || node.bypass || node.mute) return []
    const values = paramValues(spec, node)
    return Object.entries(spec.params).flatMap(([param, paramSpec]) => {
      const ref = isAssetOf(paramSpec, 'media') ? assetRef(values[param]) : null
      return ref ? [ref.id] : []
    })
  })
}

export interface MediaNotesProps {
  readonly graph: GraphDocument
  /** Those that are exported instead of the graph's own; none where its own are. */
  readonly clips: readonly AssetRef[]
  /** The files of pictures: the extensions say what can go along. `hasSound`: a clip's sound is given to it. */
  readonly outputs: readonly { readonly fileName: string; readonly hasSound: boolean }[]
}

export function MediaNotes({ graph, clips, outputs }: MediaNotesProps) {
  const { specs, facts } = useEditor()
  const media = useStore(facts, (state) => state.assets.media)
  const ids = [...new Set(clips.length > 0 ? clips.map(({ id }) => id) : openedBy(graph, specs))]
  const notes = ids.flatMap((id) => {
    const entry = media.get(id)
    if (entry?.state !== 'known') return []
    const { audio, companions = [] } = entry.facts
    const leftOut = outputs.flatMap(({ fileName, hasSound }) => {
      const extension = containerOf(fileName)
      const silent = audio && hasSound ? soundLeft(extension) : undefined
      return [...(silent ? [silent] : []), ...leftBehind(companions, extension)]
    })
    const sentences = [...entry.facts.notes, ...new Set(leftOut)]
    return sentences.map((note) => (ids.length > 1 ? words.noteOf(id, note) : note))
  })
  if (notes.length === 0) return null
  return (
    <details className="notes small" open={notes.length <= 4}>
      <summary>{words.notes(notes.length)}</summary>
      <ul>
        {notes.map((note) => (
          <li key={note}>{note}</li>
        ))}
      </ul>
    </details>
  )
}
