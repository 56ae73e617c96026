/** The graphs that come with the editor, by their files' names. */
export const recipes = {
  /** In the order of the gallery. The titles are those in the files; a test compares them. */
  shipped: {
    default: {
      title: 'Default recipe',
      purpose: 'A start for anything: model detail, protected text, a little grain.',
    },
    halo: { title: 'Against halos', purpose: 'Seams along edges: overshoot is pulled back.' },
    'plastic-skin': {
      title: 'Against plastic skin',
      purpose: 'Faces as smooth as wax: a model’s texture, held back, and a little grain.',
    },
    'text-warping': {
      title: 'Against warped text',
      purpose: 'Letters that melt: text keeps the plain upscale.',
    },
    'texture-overload': {
      title: 'Against too much texture',
      purpose: 'Grass and gravel full of a crisp model’s wiggles: fine detail by half, and limited.',
    },
    'old-film': { title: 'Old film', purpose: 'Scans whose grain was lost: cleaned, then coarse grey grain.' },
    anime: { title: 'Anime and drawings', purpose: 'Flat colours and drawn lines: crisp, without grain.' },
    'web-video': {
      title: 'Compressed web video',
      purpose: 'Blocks and buzzing edges: the model cleans, a breath of grain hides the steps.',
    },
    'fast-x2': { title: 'Plain fast ×2', purpose: 'The small model alone, for clean clips and a first look.' },
    bicubic: { title: 'Bicubic ×2', purpose: 'The plain upscale, nothing invented: what to compare with.' },
  },
  /** Those that the File menu offers by themselves. */
  quick: {
    default: 'Default: model detail, protected text, grain',
    bicubic: 'Plain: Bicubic ×2',
  },
}
