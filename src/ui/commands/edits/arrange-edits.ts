/** Tidying the canvas: lines, layout, frames and notes. */

import { messageOf } from '../../../graph/document/coded-error.ts'
import { type MarkId, type MarkRecord, markOf, type NodeId, nodeOf } from '../../../graph/document/document.ts'
import { align, type Card, distribute, type Edge } from '../../../graph/edits/arrange.ts'
import { type LaidDot, laidDots, laidWays } from '../../../graph/edits/dots.ts'
import { moveNodes, setFlag } from '../../../graph/edits/edit.ts'
import { addMark, around, setMark } from '../../../graph/edits/marks.ts'
import { setWays } from '../../../graph/edits/reroute.ts'
import type { DocumentStore } from '../../store/document-store.ts'
import type { ViewStore } from '../../store/view.ts'
import { text } from '../../text/text.ts'
import { card, freePlace } from './add-node.ts'
import type { CanvasDoor } from './canvas-door.ts'
import { cardOfDot, dotSize, fitFrames, framesOf, groupsOf, withDots } from './layout-frames.ts'

const { edits } = text

interface Parts {
  readonly document: DocumentStore
  readonly view: ViewStore
  readonly canvas: () => CanvasDoor | null
  readonly several: (ids: readonly NodeId[]) => string
}

/** What the history calls setting a flag of nodes, and clearing it. */
const flagSteps = {
  bypass: [edits.bypass, edits.unbypass],
  mute: [edits.mute, edits.unmute],
  collapsed: [edits.collapse, edits.open],
} as const

export type Arranging = ReturnType<typeof createArranging>

const newNote = { width: 224, height: 96 } as const

export function createArranging({ document, view, canvas, several }: Parts) {
  const graph = () => document.getState().level
  const selectedIds = (): NodeId[] => [...view.getState().selection].filter((id) => graph().nodes[id])

  const cardsOf = (ids: readonly NodeId[]): Card[] =>
    ids.flatMap((id) => {
      const record = nodeOf(graph(), id)
      return record ? [{ id, ...record.position, ...(canvas()?.size(id) ?? card) }] : []
    })
  function alignTo(edge: Edge) {
    const ids = selectedIds()
    document.edit(edits.align(edge), (draft) => moveNodes(draft, align(cardsOf(ids), edge)))
  }
  function distributeAlong(axis: 'x' | 'y') {
    const ids = selectedIds()
    document.edit(edits.distribute, (draft) => moveNodes(draft, distribute(cardsOf(ids), axis)))
  }

  /** Of several selected nodes those, otherwise all. */
  async function layOutNodes() {
    const selection = selectedIds()
    const ids = selection.length > 1 ? selection : (Object.keys(graph().nodes) as NodeId[])
    const cards = cardsOf(ids)
    if (cards.length === 0) return
    try {
      const { layOut } = await import('./auto-layout.ts')
      const before = graph()
      const frames = framesOf(before)
      const placedIds = new Set(cards.map(({ id }) => id))
      const { dots, edges } = laidDots(before, placedIds)
      const groups = withDots(groupsOf(frames), dots)
      const places = await layOut([...cards, ...dots.map(cardOfDot)], edges, groups)
      // Whoever edits meanwhile has moved on.
      if (graph() !== before) return
      document.edit(edits.layOut(several(ids)), (draft) => {
        moveNodes(draft, places)
        fitFrames(draft, before, frames, cards, places)
        const middle = ({ id }: LaidDot) => {
          const corner = places[id]
          return corner && { x: corner.x + dotSize / 2, y: corner.y + dotSize / 2 }
        }
        setWays(draft, laidWays(before, placedIds, dots, middle))
      })
      view.reveal(null)
    } catch (error) {
      const why = messageOf(error)
      view.toast({
        tone: 'error',
        message: edits.notLaidOut(why),
        hint: edits.notLaidOutHint,
      })
    }
  }

  function frame() {
    const cards = cardsOf(selectedIds())
    const middle = canvas()?.middle() ?? { x: 0, y: 0 }
    const box = cards.length > 0 ? around(cards) : { x: middle.x - 160, y: middle.y - 96, width: 320, height: 192 }
    put({ kind: 'frame', text: edits.newFrame, colour: 'blue', position: box, size: box })
  }
  function note() {
    const at = canvas()?.pointer() ?? canvas()?.middle() ?? { x: 0, y: 0 }
    put({ kind: 'note', text: '', colour: 'amber', position: freePlace(graph(), at), size: newNote })
  }
  function put({ position: { x, y }, size: { width, height }, ...mark }: Omit<MarkRecord, 'id'>) {
    const id = document.edit(mark.kind === 'frame' ? edits.addFrame : edits.addNote, (draft) =>
      addMark(draft, { ...mark, position: { x: Math.round(x), y: Math.round(y) }, size: { width, height } }),
    )
    view.select([], [], [id])
    // Its title may lie above what is in sight.
    const door = canvas()
    if (door && !door.visible({ x, y })) view.reveal(null)
    view.setState({ sidePanel: 'node', writing: id })
  }

  /** One way for all: off only where all are on. */
  function toggle(flag: keyof typeof flagSteps) {
    const ids = selectedIds()
    if (ids.length === 0) return
    const value = ids.some((id) => !graph().nodes[id]?.[flag])
    const [on, off] = flagSteps[flag]
    document.edit((value ? on : off)(several(ids)), (draft) => setFlag(draft, ids, flag, value))
  }

  return {
    alignTo,
    distribute: distributeAlong,
    layOut: layOutNodes,
    frame,
    note,
    toggle,
    changeMark(id: MarkId, change: Parameters<typeof setMark>[2]) {
      const words = edits[markOf(graph(), id)?.kind === 'note' ? 'note' : 'frame']
      const label =
        change.text !== undefined ? words.name : change.colour ? words.colour : change.size ? words.resize : words.move
      document.edit(label, (draft) => setMark(draft, id, change))
    },
  }
}
