/** The graphs that ship with the editor, in `graphs/<name>.json`, in the order of the gallery. */
export interface ShippedRecipe {
  readonly name: string
  /** As in the file; a test compares them. */
  readonly title: string
  /** What it is for, in one line of the gallery. */
  readonly purpose: string
}

/** The folder of the gallery's pictures: `<name>-before.webp` and `<name>-after.webp`. */
export const recipePictures = 'graphs/pictures'

export const shippedGraphs: readonly ShippedRecipe[] = [
  {
    name: 'default',
    title: 'Default recipe',
    purpose: 'A start for anything: model detail, protected text, a little grain.',
  },
  { name: 'bicubic', title: 'Bicubic ×2', purpose: 'The plain upscale, to compare with.' },
]

/** Those of which the File menu offers each by itself. */
export const quickRecipes: readonly { readonly name: string; readonly title: string }[] = [
  { name: 'default', title: 'Default: model detail, protected text, grain' },
  { name: 'bicubic', title: 'Plain: Bicubic ×2' },
]
