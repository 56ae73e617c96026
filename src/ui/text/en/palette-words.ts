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
  /** What people look for that no node does, in lower case, and what to do instead. */
  absent: [
    {
      words: [
        ...['shaky', 'shake', 'stabilise', 'stabilize', 'stabiliser', 'stabilizer', 'jitter', 'wobble'],
        ...['handheld', 'jello', 'rolling shutter'],
      ],
      instead: 'Nothing here steadies a shaky camera: stabilise the clip in a video editor, then open that here.',
    },
    {
      words: ['red eyes', 'red-eye', 'retouch', 'blemish', 'wrinkles', 'makeup'],
      instead:
        'Nothing here retouches faces by itself. For red eyes, lower Saturation under a Painted Mask; draw that over them.',
    },
    {
      words: ['slow motion', 'interpolate', 'interpolation', 'smooth motion', '60 fps', 'frame rate'],
      instead: 'Nothing here makes new frames in between: interpolate in another program, after enlarging.',
    },
    {
      words: ['watermark', 'logo', 'inpaint', 'remove object', 'scratches', 'dust'],
      instead: 'Nothing here fills in what is covered. Crop/Pad can cut off what lies at the border.',
    },
    {
      words: ['colourise', 'colorize', 'colourize', 'colorise'],
      instead: 'Nothing here colours black and white: no colour in the source means none in the result.',
    },
    {
      words: ['ugly', 'bad quality', 'poor quality', 'terrible', 'fix my video', 'improve', 'better'],
      instead:
        'What is it that stands out? Check this clip (E) measures it and lists the worst first, each with a fix.',
    },
    {
      words: ['purple fringe', 'purple fringing', 'color fringe', 'colour fringe', 'fringing', 'chromatic aberration'],
      instead:
        'Nothing here brings shifted colours together. For purple edges, lower Saturation under a Colour Range set to purple.',
    },
    {
      words: ['fisheye', 'lens distortion', 'barrel', 'perspective', 'keystone'],
      instead: 'Nothing here bends a picture straight: correct the lens in a video editor, before enlarging.',
    },
    {
      words: ['hiss', 'hum', 'audio noise', 'volume', 'loudness'],
      instead: 'Sound is passed through as it is: change it in an audio editor.',
    },
  ] as readonly { readonly words: readonly string[]; readonly instead: string }[],
  recipes: 'Recipes',
  openRecipe: (recipe: string) => `Open the recipe “${recipe}”`,
  add: (node: string) => `Add ${node}`,
  /** On a bare icon. @param summary a whole sentence */
  hint: (node: string, summary: string) => `${node}. ${summary}`,
}
