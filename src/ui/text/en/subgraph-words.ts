/** Folding and unfolding, what of a subgraph is to be seen from outside, and the pieces a person keeps. */
import type { PortSide } from '../../../graph/document/document.ts'
import type { PortType } from '../../../graph/node/ports.ts'
import { plurals } from '../format.ts'

const plural = plurals('en')

const port: Readonly<Record<PortSide, string>> = { inputs: 'an input', outputs: 'an output' }
/** Where another word stands before it. */
const side: Readonly<Record<PortSide, string>> = { inputs: 'input', outputs: 'output' }

export const subgraphs = {
  /** What a new port is called until somebody names it. */
  ports: { image: 'Image', mask: 'Mask', motion: 'Motion', number: 'Number', audio: 'Sound' } satisfies Readonly<
    Record<PortType, string>
  >,
  /** What one is called that has no name of its own. */
  unnamed: 'Subgraph',
  /** @param nodes one by its name, or how many */
  fold: (nodes: string) => `Fold ${nodes}`,
  unfold: (nodes: string) => `Unfold ${nodes}`,
  nothingToUnfold: 'No subgraph is selected, so there is nothing to unfold.',
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
  tooManyNodes: (nodes: number, capacity: number) =>
    `The graph would have ${nodes} nodes, and the editor shows at most ${capacity}.`,
  tooManyNodesHint: 'Insert fewer nodes, or start another graph.',
  /** Above the canvas: which subgraphs are open, and the graph around them all. */
  trail: { label: 'Open subgraphs', outermost: 'Main' },
  /** What the side panel says of one. */
  panel: {
    title: 'Title of the subgraph',
    isOpen:
      'This subgraph is open. The Inputs card brings in what the subgraph’s card receives; what reaches the Outputs card goes out. Escape leads back out.',
    open: 'Open',
    openHint: 'See and change what is inside',
    unfold: 'Unfold',
    unfoldHint: 'Put the nodes inside in its place',
    /** The ports of one side. */
    ports: { inputs: 'Input ports', outputs: 'Output ports' } satisfies Readonly<Record<PortSide, string>>,
    noPorts: { inputs: 'Nothing comes in.', outputs: 'Nothing goes out.' } satisfies Readonly<Record<PortSide, string>>,
    add: 'Add',
    addPort: (to: PortSide) => `Add ${port[to]}`,
    portName: (of: PortSide, title: string) => `Name of the ${side[of]} ${title}`,
    removePortHint: (from: PortSide) => `Remove the ${side[from]} with its wires, inside and outside`,
    settings: 'Settings on the card',
    noSettings: 'None yet. Open the subgraph and choose a node: each of its settings has a button for it.',
    settingName: (title: string) => `Name of the setting ${title}`,
    removeSettingHint: 'Take it off the card; its value stays',
    /** Of a port or a setting. */
    moveUp: (title: string) => `Move ${title} up`,
    moveDown: (title: string) => `Move ${title} down`,
    remove: (title: string) => `Remove ${title}`,
    /** Beside a setting of a node inside. */
    promote: (setting: string) => `Show ${setting} on the subgraph’s card`,
    promoteHint: 'Show it on the subgraph’s card as well',
    demoteHint: 'Take it off the subgraph’s card',
  },
  piece: {
    saveHint: 'Keep a copy in this browser, to be added to any graph',
    edit: (title: string) => `Rename or delete ${title}`,
    name: 'Name of the piece',
    delete: 'Delete the piece',
    deleteHint: 'Copies of it in graphs stay as they are.',
    /** What the palette says of one. */
    summary: (nodes: number) =>
      `One of your pieces: ${nodes} ${plural(nodes, { one: 'node', other: 'nodes' })} in a subgraph. A copy is added.`,
    /** Words that people look for one by. */
    keywords: ['subgraph', 'piece'],
    nothingToKeep: 'No subgraph is selected, so there is nothing to keep as a piece.',
    nothingToKeepHint: 'Fold the nodes that belong together, or select the card of a subgraph.',
    kept: (title: string) => `“${title}” was added to your pieces.`,
    keptAgain: (title: string) => `Your piece “${title}” was updated.`,
    keptHint: 'Add copies of it from the palette or the search, under “My pieces”.',
    notSavedFull: (title: string) => `“${title}” was not saved: the browser’s storage for this page is full.`,
    notSaved: (title: string) => `“${title}” was not saved: the browser allows this page no storage.`,
    notDeletedFull: (title: string) => `“${title}” was not deleted: the browser’s storage for this page is full.`,
    notDeleted: (title: string) => `“${title}” was not deleted: the browser allows this page no storage.`,
    fullHint: 'Delete pieces you no longer need.',
    noStorageHint: 'Allow it in the browser’s settings, or save the graph to a file.',
  },
}
