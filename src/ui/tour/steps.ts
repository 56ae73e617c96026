/** The tour: what is pointed at, what is said there, and how it is seen that a person did it. */
import type { GraphDocument, NodeId, NodeRecord } from '../../graph/document.ts'
import type { Specs } from '../../graph/spec.ts'
import type { Editor } from '../editor.ts'

export interface TourStep {
  readonly title: string
  readonly text: string
  /** What is pointed at. */
  readonly target: string
  /** Whether the person did it; asked whenever anything changes. */
  done(editor: Editor): boolean
  /** Does it for them. */
  show(editor: Editor): void
}

/** The first node whose model has a dial: what the tour is about. */
export function dialNode(document: GraphDocument, specs: Specs): { node: NodeId; dial: string } | null {
  for (const { id, type, bypass, mute } of Object.values<NodeRecord>(document.nodes)) {
    if (bypass || mute) continue
    for (const param of Object.values(specs.get(type)?.params ?? {}))
      if (param.kind === 'model' && param.dial !== undefined) return { node: id, dial: param.dial }
  }
  return null
}

/** Of the graph as it is when the tour begins. */
export function tourSteps({ document, specs, preview }: Editor): readonly TourStep[] {
  const graph = document.getState().document
  const about = dialNode(graph, specs)
  if (!about) return []
  const { node, dial } = about
  const before = graph.nodes[node]?.params[dial]
  const shown = preview.getState().shown
  return [
    {
      title: 'See what was added',
      text: 'This picture is twice as large as the clip. The detail in it is predicted, not recovered. Choose a comparison here to see the clip beside it.',
      target: '.compare-modes',
      done: ({ looking }) => looking.getState().mode !== 'single',
      show: ({ looking }) => looking.setState({ mode: 'wipe' }),
    },
    {
      title: 'Find who added it',
      text: 'Every card is a step on the way from the clip to the file. This one predicts the detail: click it.',
      target: `.react-flow__node[data-id="${node}"]`,
      done: ({ view }) => view.getState().selection.has(node),
      show({ view }) {
        view.select([node])
        view.setState({ sidePanel: 'node' })
      },
    },
    {
      title: 'Choose how much it invents',
      text: 'Drag this to the right: from faithful and soft over textured to crisp and invented.',
      target: `[data-param="${dial}"]`,
      done({ document: now, preview: pictures }) {
        const state = pictures.getState()
        return now.getState().document.nodes[node]?.params[dial] !== before && !state.busy && state.shown !== shown
      },
      show: ({ commands }) => commands.setParam(node, dial, 2),
    },
  ]
}
