/** The tour of the first visit. */
export const tour = {
  noModel: 'The tour needs an SR Model in the graph: open the default recipe and start it again.',
  step: (at: number, steps: number) => `Tour, step ${at} of ${steps}`,
  end: 'The end of the tour',
  compare: {
    title: 'See what was added',
    text: 'This picture is twice as large as the clip. The detail in it is predicted, not recovered. Choose a comparison here to see the clip beside it.',
  },
  find: {
    title: 'Find what added it',
    text: 'Every card is a step on the way from the clip to the file. This one predicts the detail: click it.',
  },
  dial: {
    title: 'Choose how much it invents',
    text: 'Drag this to the right: from faithful and soft, through textured, to crisp and invented.',
  },
  yours: {
    title: 'The picture is yours',
    text: (undo: string) =>
      `You chose how much is predicted, and saw it. ${undo} takes it back; under Recipes lie chains for halos, plastic skin, warped text and more.`,
  },
  doIt: 'Do it for me',
  recipes: 'Recipes',
  close: 'End the tour',
}
