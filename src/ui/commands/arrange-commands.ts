/** Tidying the canvas: frames, notes, wires, lines. */
import {
  AlignCenterHorizontal,
  AlignCenterVertical,
  AlignEndHorizontal,
  AlignEndVertical,
  AlignHorizontalSpaceAround,
  AlignStartHorizontal,
  AlignStartVertical,
  AlignVerticalSpaceAround,
  Frame,
  Magnet,
  Map as MapIcon,
  Network,
  StickyNote,
} from 'lucide-react'
import { text } from '../text/text.ts'
import { area, type CommandContext } from './command.ts'

const nodes =
  (atLeast: number) =>
  ({ selection }: CommandContext) =>
    selection.nodes().length >= atLeast
const anyWire = ({ selection }: CommandContext) => selection.edges().length > 0

export const arrangeCommands = area('arrange', text.commands.arrange, {
  'canvas.frame': {
    icon: Frame,
    keys: ['Mod+G'],
    run: ({ arranging }) => arranging.frame(),
  },
  'canvas.note': {
    icon: StickyNote,
    keys: ['N'],
    run: ({ arranging }) => arranging.note(),
  },
  'edit.collapse': {
    keys: ['Shift+C'],
    possible: nodes(1),
    run: ({ arranging }) => arranging.toggle('collapsed'),
  },
  'edit.point': {
    keys: ['J'],
    possible: anyWire,
    run: ({ rerouting }) => rerouting.bendSelected(),
  },
  'edit.free': {
    keys: ['Shift+J'],
    possible: anyWire,
    run: ({ rerouting }) => rerouting.free(),
  },
  'canvas.arrange': {
    icon: Network,
    keys: ['Shift+L'],
    possible: ({ document }) => Object.keys(document.getState().level.nodes).length > 0,
    run: ({ arranging }) => void arranging.layOut(),
  },
  'canvas.snap': {
    icon: Magnet,
    keys: ['Shift+S'],
    run: ({ view }) => view.setSnap(!view.getState().snap),
  },
  'canvas.map': {
    icon: MapIcon,
    keys: ['Shift+M'],
    run: ({ view }) => view.setMap(!view.getState().map),
  },
  'align.left': {
    icon: AlignStartVertical,
    keys: [],
    possible: nodes(2),
    run: ({ arranging }) => arranging.alignTo('left'),
  },
  'align.centre': {
    icon: AlignCenterVertical,
    keys: [],
    possible: nodes(2),
    run: ({ arranging }) => arranging.alignTo('centre'),
  },
  'align.right': {
    icon: AlignEndVertical,
    keys: [],
    possible: nodes(2),
    run: ({ arranging }) => arranging.alignTo('right'),
  },
  'align.top': {
    icon: AlignStartHorizontal,
    keys: [],
    possible: nodes(2),
    run: ({ arranging }) => arranging.alignTo('top'),
  },
  'align.middle': {
    icon: AlignCenterHorizontal,
    keys: [],
    possible: nodes(2),
    run: ({ arranging }) => arranging.alignTo('middle'),
  },
  'align.bottom': {
    icon: AlignEndHorizontal,
    keys: [],
    possible: nodes(2),
    run: ({ arranging }) => arranging.alignTo('bottom'),
  },
  'align.across': {
    icon: AlignHorizontalSpaceAround,
    keys: [],
    possible: nodes(3),
    run: ({ arranging }) => arranging.distribute('x'),
  },
  'align.down': {
    icon: AlignVerticalSpaceAround,
    keys: [],
    possible: nodes(3),
    run: ({ arranging }) => arranging.distribute('y'),
  },
})
