/** Folding and unfolding, what of a subgraph is to be seen from outside, and the pieces a person keeps. */
import type { PortSide } from '../../../graph/document.ts'
import type { PortType } from '../../../graph/ports.ts'
import { plurals } from '../format.ts'

const plural = plurals('en')

const port: Readonly<Record<PortSide, string>> = { inputs: 'an input', outputs: 'an output' }

export const subgraphs = {
  /** What a new port is called until somebody names it. */
  ports: { image: 'Image', mask: 'Mask', audio: 'Sound' } satisfies Readonly<Record<PortType, string>>,
  /** What one is called that has no name of its own. */
  unnamed: 'Subgraph',
  /** @param nodes one by its name, or how many */
  fold: (nodes: string) => `Fold ${nodes}`,
  unfold: (nodes: string) => `Unfold ${nodes}`,
  nothingToUnfold: 'No subgraph is selected to be unfolded.',
  nothingToUnfoldHint: 'Select the card of one.',
  rename: (subgraph: string) => `Rename ${subgraph}`,
  addPort: (side: PortSide, subgraph: string) => `Add ${port[side]} to ${subgraph}`,
  renamePort: (side: PortSide, subgraph: string) => `Rename ${port[side]} of ${subgraph}`,
  movePort: (side: PortSide, subgraph: string) => `Move ${port[side]} of ${subgraph}`,
  removePort: (side: PortSide, subgraph: string) => `Remove ${port[side]} of ${subgraph}`,
  showSetting: (setting: string, subgraph: string) => `Show ${setting} on ${subgraph}`,
  hideSetting: (setting: string, subgraph: string) => `Hide ${setting} on ${subgraph}`,
  renameSetting: (subgraph: string) => `Rename a setting of ${subgraph}`,
  moveSetting: (subgraph: string) => `Move a setting of ${subgraph}`,
  tooManyNodes: (nodes: number, most: number) =>
    `The graph would have ${nodes} nodes, and the editor shows at most ${most}.`,
  tooManyNodesHint: 'Insert less, or begin another graph.',
  piece: {
    /** What the palette says of one. */
    summary: (nodes: number) =>
      `A piece of yours: ${nodes} ${plural(nodes, { one: 'node', other: 'nodes' })} in a subgraph. A copy of it is added.`,
    /** Words that people look for one by. */
    keywords: ['subgraph', 'piece'],
    nothingToKeep: 'No subgraph is selected to be kept as a piece.',
    nothingToKeepHint: 'Fold the nodes that belong together, or select the card of a subgraph.',
    kept: (title: string) => `“${title}” is among your pieces now.`,
    keptAgain: (title: string) => `Your piece “${title}” is this one now.`,
    keptHint: 'Add copies of it from the palette or the search, under “My pieces”.',
    notSavedFull: (title: string) => `“${title}” was not saved: the browser’s storage for this page is full.`,
    notSaved: (title: string) => `“${title}” was not saved: the browser allows this page no storage.`,
    notDeletedFull: (title: string) => `“${title}” was not deleted: the browser’s storage for this page is full.`,
    notDeleted: (title: string) => `“${title}” was not deleted: the browser allows this page no storage.`,
    fullHint: 'Delete pieces you no longer need.',
    noStorageHint: 'Allow it in the browser’s settings, or save the graph to a file.',
  },
}
