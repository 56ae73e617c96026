/** The gallery of recipes. */
export const recipesDialog = {
  title: 'Recipes',
  explained:
    'A recipe is a whole graph. It opens on the clip that you have open, in the place of your graph; undo brings that back.',
  /** Which pictures the cards show. */
  picturesOf: 'Pictures of',
  pictures: { frame: 'Your frame', sample: 'The sample' },
  ofFrame: (recipe: string, which: string) => `${recipe}, ${which}, on your frame`,
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
