/** Steps as the history and the undo button call them, and what may go wrong with them. */
import type { Edge } from '../../../graph/edits/arrange.ts'
import { plurals } from '../format.ts'

const plural = plurals('en')

const sides: Readonly<Record<Edge, string>> = {
  left: 'left edges',
  centre: 'centres',
  right: 'right edges',
  top: 'top edges',
  middle: 'middles',
  bottom: 'bottom edges',
}

export const edits = {
  /** What a step is done to, where it is not one thing with a name. */
  nodes: (count: number) => plural(count, { one: 'a node', other: `${count} nodes` }),
  things: (count: number) => plural(count, { one: 'an item', other: `${count} items` }),
  wires: (count: number) => plural(count, { one: 'a wire', other: `${count} wires` }),
  aFrame: 'a frame',
  aNote: 'a note',
  aFrameOrNote: 'a frame or note',
  settingOf: (setting: string, node: string) => `${setting} of ${node}`,
  /** @param what one thing by its name, or how many */
  cut: (what: string) => `Cut ${what}`,
  delete: (what: string) => `Delete ${what}`,
  duplicate: (what: string) => `Duplicate ${what}`,
  move: (what: string) => `Move ${what}`,
  add: (node: string) => `Add ${node}`,
  insert: (node: string) => `Insert ${node}`,
  rename: (node: string) => `Rename ${node}`,
  renameGraph: 'Rename the graph',
  wire: (from: string, to: string) => `Wire ${from} to ${to}`,
  rewire: (node: string) => `Rewire ${node}`,
  removeWires: (count: number) => plural(count, { one: 'Remove a wire', other: 'Remove wires' }),
  /** @param setting “Strength of Grain” */
  change: (setting: string) => `Change ${setting}`,
  reset: (setting: string) => `Reset ${setting}`,
  showOnCard: (setting: string) => `Show ${setting} on its card`,
  hideFromCard: (setting: string) => `Take ${setting} off its card`,
  /** @param nodes one by its name, or how many */
  resetNodes: (nodes: string) => `Reset the settings of ${nodes}`,
  replace: (node: string, by: string) => `Replace ${node} with ${by}`,
  openRecipe: (title: string) => `Open “${title}”`,
  /** Another whole graph in the place of the open one. */
  takeGraph: (title: string) => `Use “${title}”`,
  align: (edge: Edge) => `Align ${sides[edge]}`,
  distribute: 'Distribute nodes',
  /** @param nodes one by its name, or how many */
  layOut: (nodes: string) => `Lay out ${nodes}`,
  notLaidOut: (why: string) => `The graph was not laid out: ${why}.`,
  notLaidOutHint:
    'Check the connection, since this part of the editor is fetched when it is first used, and try again.',
  /** What a new frame is called until somebody names it. */
  newFrame: 'Frame',
  addFrame: 'Add a frame',
  addNote: 'Add a note',
  frame: {
    name: 'Name a frame',
    colour: 'Colour a frame',
    resize: 'Resize a frame',
    move: 'Move a frame',
  },
  note: {
    name: 'Write a note',
    colour: 'Colour a note',
    resize: 'Resize a note',
    move: 'Move a note',
  },
  /** Of dots, by how many wires run through them. */
  addDot: (wires: number) => plural(wires, { one: 'Bend a wire', other: `Reroute ${wires} wires` }),
  moveDot: (wires: number) => plural(wires, { one: 'Move a wire’s dot', other: `Move a dot of ${wires} wires` }),
  removeDot: (wires: number) => plural(wires, { one: 'Straighten a wire', other: `Remove a dot of ${wires} wires` }),
  joinDots: 'Join dots',
  takeApart: 'Take a dot apart',
  free: (wires: number) =>
    plural(wires, { one: 'Take a wire out of shared dots', other: `Take ${wires} wires out of shared dots` }),
  bypass: (nodes: string) => `Bypass ${nodes}`,
  unbypass: (nodes: string) => `Stop bypassing ${nodes}`,
  mute: (nodes: string) => `Mute ${nodes}`,
  unmute: (nodes: string) => `Unmute ${nodes}`,
  collapse: (nodes: string) => `Collapse ${nodes}`,
  open: (nodes: string) => `Open ${nodes}`,
  /** @param nodes none where only frames or notes are pasted */
  paste: (nodes: number) =>
    nodes === 0 ? 'Paste a frame or note' : `Paste ${plural(nodes, { one: 'a node', other: `${nodes} nodes` })}`,
  clipboardRefused: 'The browser did not let the editor use the clipboard.',
  clipboardRefusedHint: 'Use the keys instead: Ctrl+C, Ctrl+X and Ctrl+V (⌘ on a Mac).',
}
