/** The canvas: its cards and wires, frames and notes, what tidies it, and the menus that open on it. */
import type { PortType } from '../../../graph/node/ports.ts'
import { plurals } from '../format.ts'

const plural = plurals('en')

/** As they stand in a sentence. */
const things: Readonly<Record<PortType, string>> = {
  image: 'an image',
  mask: 'a mask',
  motion: 'motion',
  number: 'a number',
  audio: 'sound',
}

export const canvas = {
  label: 'Graph',
  map: 'Map of the graph',
  snap: 'Snap to the grid',
  arrange: 'Arrange',
  /** How a node is read aloud. */
  node: (title: string, bypassed: boolean, muted: boolean) =>
    `${title}${bypassed ? ', bypassed' : ''}${muted ? ', muted' : ''}`,
  wire: (from: string, to: string) => `Wire from ${from} to ${to}`,
  /** A reroute dot. */
  dot: {
    /** @param at which one on the way of its first wire, from 1 */
    label: (at: number, wires: number, from: string) =>
      plural(wires, { one: `Dot ${at} of the wire from ${from}`, other: `Dot of ${wires} wires from ${from}` }),
    hint: 'Drag to move, onto another dot to join; double-click to remove',
    sharedHint: 'Drag to move (with Alt, one wire only); double-click to remove',
    /** For screen readers. */
    keys: 'Arrow keys move it (with Alt, one wire only); Enter adds a node to it, Delete removes it.',
    pull: 'Drag to pull a wire out of the dot',
  },
  /** The card of a node. */
  card: {
    muted: 'muted',
    bypassed: 'off',
    noInputs: 'Nothing comes in yet.',
    noOutputs: 'Nothing goes out yet.',
    collapse: 'Collapse the card',
    open: 'Open the card',
    openSubgraph: 'Open the subgraph',
    openSubgraphHint: 'Open the subgraph (double-click the card)',
    show: 'Show in the viewer',
    shown: 'Shown in the viewer',
    time: 'Time for this frame',
    kept: 'kept',
    keptHint: 'Unchanged: this frame’s result was kept from before',
    runtimes: {
      wasm: 'The model runs on the CPU',
      webgpu: 'The model runs on the GPU, by onnxruntime',
      shaders: 'The model runs on the GPU, as shaders of its own',
    },
    /** @param help may be empty */
    port: (name: string, type: string, optional: boolean, help: string) =>
      `${name}: ${type}${optional ? ', optional' : ''}${help === '' ? '' : `. ${help}`}`,
    /** @param problem a whole sentence @param others how many beside it */
    trouble: (problem: string, others: number) => (others === 0 ? problem : `${problem} (and ${others} more)`),
  },
  mark: {
    frame: (title: string) => `Frame ${title}`,
    note: 'Note',
    /** With what it says. */
    noteOf: (words: string) => `Note ${words}`,
    write: 'Double-click to write',
    frameTitle: 'Title of the frame',
    noteText: 'Text of the note',
  },
  /** The menu that adds a node where the pointer is. */
  add: {
    label: 'Add a node',
    toWire: 'Add a node to this wire',
    replacing: (node: string) => `Replace ${node} with…`,
    taking: (type: PortType) => `A node that takes ${things[type]}`,
    giving: (type: PortType) => `A node that gives ${things[type]}`,
    none: (query: string) => `No node matches “${query}”.`,
  },
  /** What of a node a number is to drive. */
  driving: {
    label: (node: string) => `Which setting of ${node} to drive`,
    /** @param output which of the node’s numbers, where it gives several */
    by: (node: string, output: string | null) => (output === null ? `${node} drives` : `${node}, ${output}, drives`),
    instead: (node: string) => `instead of ${node}`,
  },
  /** What an empty canvas says. */
  start: {
    label: 'First steps',
    title: 'Start a chain',
    steps: { decode: 'opens a clip', bicubic: 'makes it larger', encode: 'writes the result' },
    hint: 'Each node you add is wired to the one that is selected. Drag from a port to wire by hand, double-click the canvas for all nodes, or drop a video anywhere.',
    recipes: 'Browse all recipes',
    next: 'Next steps',
    hide: 'Hide these steps',
  },
}
