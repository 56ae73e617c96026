/** All nodes there are, to be added. */
export const palette = {
  label: 'Nodes',
  show: 'Show the nodes',
  hide: 'Hide the nodes',
  search: 'Search nodes',
  searchHint: 'Search nodes and recipes: by name, by what they do, or by what is wrong with the picture',
  none: (query: string) => `No node or recipe matches “${query}”.`,
  /** What stands between asterisks is set apart. */
  noneHint: 'Try what it should do, or what is wrong: *scale*, *text*, *waxy*, *blocks*.',
  recipes: 'Recipes',
  openRecipe: (recipe: string) => `Open the recipe “${recipe}”`,
  add: (node: string) => `Add ${node}`,
  /** On a bare icon. @param summary a whole sentence */
  hint: (node: string, summary: string) => `${node}. ${summary}`,
}
