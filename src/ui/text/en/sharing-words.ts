/** Graphs that come and go as links, in exported files and as recipes of the person's own. */
export const sharing = {
  /** What is opened, as a message about it calls it. */
  graphOfLink: 'The link’s graph',
  graphIn: (file: string) => `The graph in ${file}`,
  noGraphIn: (file: string) => `“${file}” carries no Framewright graph.`,
  noGraphInHint: 'Open a file that Encode wrote with “Graph in the file” switched on, or a graph’s own .json file.',
  carriesGraph: (file: string) => `“${file}” carries the graph that made it.`,
  openItsGraph: 'Open its graph',
  copied: 'A link with the whole graph was copied.',
  copiedHint: 'Media and models stay with you: the link only names them.',
  copyRefused: 'The browser did not let the page copy the link, so it stands in the address bar now.',
  copyRefusedHint: 'Copy it from there.',
  longLink: (characters: string) =>
    `It has ${characters} characters, and mail and chat programs may cut it short: send the graph as a file instead.`,
  noSuchRecipe: (name: string) => `There is no recipe called “${name}”, which the page’s address asks for.`,
  noSuchRecipeHint: 'Choose one under File, Recipes.',
  ownSaved: (title: string) => `“${title}” was added to your recipes.`,
  ownStoreFull: (title: string) => `“${title}” was not saved: the browser’s storage for this page is full.`,
  ownStoreFullHint: 'Delete recipes you no longer need, or save the graph to a file.',
  ownNoStore: (title: string) => `“${title}” was not saved: the browser allows this page no storage.`,
  ownNoStoreHint: 'Allow it in the browser’s settings, or save the graph to a file.',
  link: {
    notOurs: 'This link holds no graph that Framewright made.',
    cut: 'This link was cut short on its way, so its graph is not whole.',
    cutHint: 'Ask for the link again, or for the graph as a file.',
    newer: (form: number, known: number) =>
      `This link was made by a newer Framewright (form ${form}; this one knows ${known}).`,
    newerHint: 'Update Framewright or reload the page, then open the link again.',
    altered: 'This link was altered on its way, so its graph cannot be trusted.',
    askAgain: 'Ask for the link again.',
    tooMuch: 'This link expands into more than any graph holds, so it was not opened.',
    tooMuchHint: 'Do not open it again.',
  },
}
