/** Opening and saving graphs, media and models; what the browser keeps by itself. */
export const files = {
  storeFull: 'The browser no longer keeps your changes: its storage for this page is full or switched off.',
  noVersions: 'The browser keeps no earlier versions: its storage for this page is full or switched off.',
  storeHint: 'Save the graph to a file; nothing is lost while this page stays open.',
  earlierKept: 'Your earlier graph had changes; it is kept under File.',
  restored: 'Your unsaved graph is back.',
  openDefault: 'Open the default recipe',
  /** @param why a whole sentence */
  notOpened: (name: string, why: string) => `“${name}” was not opened. ${why}`,
  tooManyNodes: (name: string, nodes: number, capacity: number) =>
    `“${name}” was not opened: it has ${nodes} nodes, and the editor shows at most ${capacity}.`,
  tooManyNodesHint: 'Render it from a terminal (npm run render), or split it into smaller graphs.',
  /** @param first a whole sentence @param others how many notices beside it */
  notices: (first: string, others: number) => (others === 0 ? first : `${first} (and ${others} more)`),
  tooLarge: (name: string) => `“${name}” is too large to be a graph.`,
  tooLargeHint: 'Choose a JSON file that this editor saved.',
  /** @param why as the browser puts it, which may end in a full stop */
  unreadable: (name: string, why: string) => `“${name}” could not be read: ${why}`,
  unreadableHint: 'Check that the file still exists, then open it again.',
  assetUnreadable: (name: string, why: string) => `“${name}” could not be read: ${why}.`,
  assetUnreadableHint: 'Choose the file again.',
  /** A sequence of pictures. */
  andMore: (first: string, others: number) => `${first} and ${others} more`,
  mediaUnreadable: (why: string) => `The file could not be read: ${why}`,
  mediaUnreadableHint: 'Try again, or choose another file.',
  /** A file that was added, and that nodes may now be given. */
  assetReady: (name: string) => `“${name}” is ready: pick it in a node that takes one.`,
  /** A node that now opens another medium. */
  nowOpens: (node: string, name: string) => `${node} now opens “${name}”.`,
  modelsUnreadable: (why: string) => `The list of models could not be read: ${why}`,
  engineFailed: (why: string) => `The engine could not start: ${why}`,
  wantsClick: 'The browser opens its file dialog only after a click.',
  chooseFile: 'Choose a file',
  recipeNotLoaded: (name: string, why: string) => `The recipe “${name}” could not be loaded: ${why}.`,
  recipeNotLoadedHint: 'Check the connection and reload the page.',
  /** In the middle of a sentence. @param status of HTTP, such as 404 */
  serverAnswered: (status: number) => `the server answered ${status}`,
  /** The kind of file, in the dialog that saves it. */
  kind: 'Framewright graph',
  changedElsewhere: (name: string) => `“${name}” was not saved: another tab or program has changed it since.`,
  changedElsewhereHint: 'Open it again to see what changed, or overwrite it with this graph.',
  overwrite: 'Overwrite it',
  saved: (name: string) => `Saved as “${name}”.`,
  notSaved: (why: string) => `The graph was not saved: ${why}`,
  notSavedHint: 'Save it again under another name.',
  /** What a version of a graph was. */
  beforeFirstChange: 'before the first change',
  bringBackVersion: 'Bring back a version',
}
