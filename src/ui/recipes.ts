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
  { name: 'halo', title: 'Against halos', purpose: 'Seams along edges: overshoot is pulled back.' },
  {
    name: 'plastic-skin',
    title: 'Against plastic skin',
    purpose: 'Faces as smooth as wax: less of the fine detail, a little grain.',
  },
  {
    name: 'text-warping',
    title: 'Against warped text',
    purpose: 'Letters that melt: text keeps the plain upscale.',
  },
  {
    name: 'texture-overload',
    title: 'Against too much texture',
    purpose: 'Grass and gravel full of wiggles: fine detail by half, and limited.',
  },
  { name: 'old-film', title: 'Old film', purpose: 'Scans whose grain was lost: cleaned, then coarse grey grain.' },
  { name: 'anime', title: 'Anime and drawings', purpose: 'Flat colours and drawn lines: crisp, without grain.' },
  {
    name: 'web-video',
    title: 'Compressed web video',
    purpose: 'Blocks and buzzing edges: the model cleans, a breath of grain hides the steps.',
  },
  { name: 'fast-x2', title: 'Plain fast ×2', purpose: 'The small model alone, for clean clips and a first look.' },
  { name: 'bicubic', title: 'Bicubic ×2', purpose: 'The plain upscale, nothing invented: what to compare with.' },
]

/** Those of which the File menu offers each by itself. */
export const quickRecipes: readonly { readonly name: string; readonly title: string }[] = [
  { name: 'default', title: 'Default: model detail, protected text, grain' },
  { name: 'bicubic', title: 'Plain: Bicubic ×2' },
]
