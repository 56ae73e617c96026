/** The graphs that ship with the editor, in `graphs/<name>.json`, in the order of the gallery. */
import { text } from '../text/text.ts'

export interface ShippedRecipe {
  readonly name: string
  /** As in the file; a test compares them. */
  readonly title: string
  /** What it is for, in one line of the gallery. */
  readonly purpose: string
  /** What people call what it is for. */
  readonly keywords: readonly string[]
}

/** The folder of the gallery's pictures: `<name>-before.webp` and `<name>-after.webp`. */
export const recipePictures = 'graphs/pictures'

export const shippedGraphs: readonly ShippedRecipe[] = Object.entries(text.recipes.shipped).map(([name, words]) => ({
  name,
  ...words,
}))

/** Those of which the File menu offers each by itself. */
export const quickRecipes: readonly { readonly name: string; readonly title: string }[] = [
  { name: 'default', title: text.recipes.quick.default },
  { name: 'bicubic', title: text.recipes.quick.bicubic },
]
