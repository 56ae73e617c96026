/** Building the graph: adding, looking at, switching off, folding. */
import {
  Boxes,
  Cable,
  CircleOff,
  CornerLeftUp,
  Eye,
  Maximize2,
  PencilLine,
  Plus,
  Power,
  Replace,
  RotateCcw,
  Save,
  Ungroup,
} from 'lucide-react'
import { text } from '../text/text.ts'
import { area, type CommandContext } from './command.ts'
import { drivingPair } from './edits/wire-edits.ts'

const driving = ({ document, specs, selection }: CommandContext) =>
  drivingPair(document.getState().level, specs, selection.nodes())

const anyNode = ({ selection }: CommandContext) => selection.nodes().length > 0

export const graphCommands = area('graph', text.commands.graph, {
  'canvas.add': {
    icon: Plus,
    keys: ['Tab', 'Shift+A'],
    run: ({ panels }) => panels.canvas?.openAddMenu(),
  },
  'palette.search': {
    keys: ['/'],
    run: ({ panels }) => panels.palette?.search(),
  },
  'edit.view': {
    icon: Eye,
    keys: ['V'],
    possible: anyNode,
    run: ({ selection, show }) => {
      const [id] = selection.nodes()
      if (id) show(id)
    },
  },
  'edit.rename': {
    icon: PencilLine,
    keys: ['F2'],
    possible: ({ selection }) => selection.nodes().length === 1,
    run: ({ selection, view }) => {
      const [id, ...others] = selection.nodes()
      if (id && others.length === 0) view.setState({ renaming: id, sidePanel: 'node' })
    },
  },
  'edit.replace': {
    icon: Replace,
    keys: ['Shift+T'],
    possible: ({ selection }) => selection.nodes().length === 1,
    run: ({ selection, panels }) => {
      const [id, ...others] = selection.nodes()
      if (id && others.length === 0) panels.canvas?.openAddMenu(id)
    },
  },
  'edit.drive': {
    icon: Cable,
    keys: ['Shift+N'],
    possible: (context) => driving(context) !== undefined,
    run(context) {
      const pair = driving(context)
      if (pair) context.panels.canvas?.openDriving(pair)
    },
  },
  'edit.reset': {
    icon: RotateCcw,
    keys: [],
    possible: ({ selectionEdits }) => selectionEdits.canReset(),
    run: ({ selectionEdits }) => selectionEdits.reset(),
  },
  'edit.bypass': {
    icon: Power,
    keys: ['B'],
    possible: anyNode,
    run: ({ arranging }) => arranging.toggle('bypass'),
  },
  'edit.mute': {
    icon: CircleOff,
    keys: ['M'],
    possible: anyNode,
    run: ({ arranging }) => arranging.toggle('mute'),
  },
  'canvas.fit': {
    keys: ['G'],
    run: ({ panels }) => panels.canvas?.fit(),
  },
  'canvas.zoomIn': {
    keys: [],
    run: ({ panels }) => panels.canvas?.zoomIn(),
  },
  'canvas.zoomOut': {
    keys: [],
    run: ({ panels }) => panels.canvas?.zoomOut(),
  },
  'problems.show': {
    keys: ['P'],
    run: ({ view }) => view.setState({ sidePanel: 'problems' }),
  },
  'edit.fold': {
    icon: Boxes,
    keys: ['Shift+G'],
    possible: anyNode,
    run: ({ subgraphs }) => subgraphs.fold(),
  },
  'edit.unfold': {
    icon: Ungroup,
    keys: ['Mod+Shift+G'],
    possible: ({ subgraphs }) => subgraphs.selected().length > 0,
    run: ({ subgraphs }) => subgraphs.unfold(),
  },
  'edit.open': {
    icon: Maximize2,
    keys: ['Enter'],
    possible: ({ subgraphs }) => subgraphs.onlySelected() !== undefined,
    run: ({ subgraphs }) => subgraphs.openSelected(),
  },
  'edit.leave': {
    icon: CornerLeftUp,
    keys: ['Mod+ArrowUp'],
    possible: ({ document }) => document.getState().path.length > 0,
    run: ({ subgraphs }) => subgraphs.leave(),
  },
  'edit.savePiece': {
    icon: Save,
    keys: [],
    possible: ({ subgraphs }) => subgraphs.selectedOrOpen() !== undefined,
    run: ({ subgraphs }) => void subgraphs.savePiece(),
  },
})
