/** The gallery of recipes. */
export const recipesDialog = {
  title: 'Recipes',
  explained:
    'Each is a whole graph: open it, choose your own clip in Decode, and change what you like. The pictures show one spot of the sample clip, twice as large: enlarged plainly or by what the recipe is against, then by the recipe.',
  shipped: 'Recipes that come with the editor',
  before: 'Before',
  after: 'After',
  own: 'Your recipes',
  noOwn: 'None yet. They stay in this browser; save a graph to a file to take it elsewhere.',
  remove: (title: string) => `Remove ${title}`,
  removed: (title: string) => `“${title}” was removed from your recipes.`,
  saveAs: 'Save the open graph as',
  purpose: 'What it is for',
  save: 'Save',
}
