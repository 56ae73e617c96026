/** The gallery of recipes. */
export const recipesDialog = {
  title: 'Recipes',
  explained:
    'A recipe is a whole graph. It opens on the clip that you have open, in the place of your graph; undo brings that back. The pictures show one spot of the sample clip at twice its size: before, enlarged plainly or with the fault that the recipe is against, and after.',
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
