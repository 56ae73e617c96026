/** The tour: what is pointed at, what is said there, and how it is seen that a person did it. */
import type { Editor } from '../editor.ts'
import { dialogText } from '../text/dialogs.ts'
import { dialNode } from './dial-node.ts'

const words = dialogText.tour

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

/** Of the graph as it is when the tour begins. */
export function tourSteps({ document, specs, preview }: Editor): readonly TourStep[] {
  const graph = document.getState().document
  const about = dialNode(graph, specs)
  if (!about) return []
  const { node, dial } = about
  const before = graph.nodes[node]?.params[dial]
  const result = preview.getState().result
  return [
    {
      ...words.compare,
      target: '.compare-modes',
      done: ({ viewerSettings }) => viewerSettings.getState().mode !== 'single',
      // From A alone the next way is the wipe.
      show: ({ commands }) => commands.run('viewer.compare'),
    },
    {
      ...words.find,
      target: `.react-flow__node[data-id="${node}"]`,
      done: ({ view }) => view.getState().selection.has(node),
      show({ view }) {
        view.select([node])
        view.setState({ sidePanel: 'node' })
      },
    },
    {
      ...words.dial,
      target: `[data-param="${dial}"]`,
      done({ document: now, preview: pictures }) {
        const state = pictures.getState()
        return now.getState().document.nodes[node]?.params[dial] !== before && !state.busy && state.result !== result
      },
      show: ({ commands }) => commands.setParam(node, dial, 2),
    },
  ]
}
