/** Over the pictures: which is which, and with variants and other graphs the button that picks one. */
import { Check } from 'lucide-react'
import { useStore } from 'zustand'
import { useEditor } from '../editor.ts'
import { plain } from '../store/viewer-settings.ts'
import { text } from '../text/text.ts'
import { letters } from './letters.ts'
import { useLayout } from './use-layout.ts'
import { gridOf } from './viewport.ts'

export function Labels() {
  const { preview, viewerSettings, commands } = useEditor()
  const { layout, count } = useLayout()
  const labels = useStore(preview, (state) => state.labels)
  const others = useStore(preview, (state) => state.result?.others)
  const draft = useStore(preview, (state) => state.result?.draft ?? 1)
  const variants = useStore(viewerSettings, (state) => state.variants)
  const graphs = useStore(preview, (state) => state.graphs)
  const predictedPart = useStore(viewerSettings, ({ mode, others, variants: stateVariants, part }) =>
    mode === 'difference' && others[0]?.kind === 'plain' && !stateVariants ? part : null,
  )
  const single = layout.mode === 'single'
  const visibleLabels = single
    ? layout.show === 0
      ? []
      : [layout.show]
    : labels.map((_, i) => i).slice(0, layout.mode === 'side' ? 4 : 2)
  const { columns, rows } = gridOf(layout, count)
  const pick = (index: number) => {
    const graph = graphs[index]
    if (graph) {
      commands.graphs.take(graph)
      viewerSettings.setState({ mode: 'single', others: [plain] })
      return
    }
    const value = variants?.values[index]
    if (!variants || value === undefined) return
    commands.setParamOf(variants.node, variants.param, value)
    viewerSettings.setState({ variants: null, mode: 'single' })
  }
  const trouble = others?.find(({ problems }) => problems.length > 0)?.problems[0]
  if (predictedPart && layout.mode === 'difference' && labels[0] !== undefined && !trouble)
    return (
      <>
        <div className="picture-label whole">{text.viewer.parts[predictedPart](labels[0])}</div>
        <DraftMark draft={draft} />
      </>
    )
  return (
    <>
      {visibleLabels.map((i) => {
        const trouble = i > 0 ? others?.[i - 1]?.problems[0] : undefined
        const column = layout.mode === 'side' ? i % columns : single ? 0 : i
        const row = layout.mode === 'side' ? Math.floor(i / columns) : 0
        const right = layout.mode !== 'side' && column === 1
        return (
          <div
            key={letters[i]}
            className="picture-label"
            data-trouble={trouble !== undefined}
            style={{
              top: `calc(${(row * 100) / rows}% + 8px)`,
              maxWidth: `calc(${100 / Math.max(2, columns)}% - 16px)`,
              ...(right ? { right: 8 } : { left: `calc(${(column * 100) / columns}% + 8px)` }),
            }}
          >
            <span className="letter">{letters[i]}</span>
            <span className="ellipsis">{trouble ? `${labels[i]}: ${trouble.message}` : labels[i]}</span>
            {(variants || graphs[i]) && !trouble && (
              <button type="button" className="button" onClick={() => pick(i)}>
                <Check size={13} aria-hidden />
                {text.viewer.variants.take}
              </button>
            )}
          </div>
        )
      })}
      <DraftMark draft={draft} />
    </>
  )
}

function DraftMark({ draft }: { draft: number }) {
  if (draft === 1) return null
  return (
    <div className="draft-mark" role="note">
      {text.viewer.draft(draft)}
    </div>
  )
}
