/** All nodes there are, to be added. */
export const palette = {
  label: 'Nodes',
  show: 'Show the nodes',
  hide: 'Hide the nodes',
  search: 'Search nodes',
  none: (query: string) => `No node is called “${query}”.`,
  /** What stands between asterisks is set apart. */
  noneHint: 'Try what it should do: *scale*, *text*, *grain*.',
  add: (node: string) => `Add ${node}`,
  /** On a bare icon. @param summary a whole sentence */
  hint: (node: string, summary: string) => `${node}. ${summary}`,
}
