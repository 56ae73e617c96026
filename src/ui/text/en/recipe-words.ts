/** The graphs that come with the editor, by their files' names. */
export const recipes = {
  /**
   * In the order of the gallery. The titles are those in the files; a test compares them. `keywords`: what people call
   * what it is for, in lower case, beyond the words of title and purpose.
   */
  shipped: {
    default: {
      title: 'Default recipe',
      purpose: 'A good start for any clip: model detail, protected text, a little grain.',
      keywords: ['upscale', 'enlarge', 'low resolution', 'small video', 'blurry', 'restore', 'enhance', 'captions'],
    },
    halo: {
      title: 'Against halos',
      purpose:
        'For light or dark outlines along edges: removes those of the clip, and keeps the model from adding more.',
      keywords: ['halo', 'haloes', 'ringing', 'outline', 'glow', 'over-sharpened', 'oversharpened', 'white lines'],
    },
    'plastic-skin': {
      title: 'Against plastic skin',
      purpose: 'For faces as smooth as wax: a model’s texture, the source’s own fine detail and grain.',
      keywords: ['waxy', 'face', 'people', 'portrait', 'too smooth', 'oil painting', 'smeared', 'airbrushed', 'doll'],
    },
    'text-warping': {
      title: 'Against warped text',
      purpose: 'For letters that melt: a faithful model on text, a crisp one everywhere else.',
      keywords: ['captions', 'subtitles', 'signs', 'titles', 'screen recording', 'slides', 'garbled', 'unreadable'],
    },
    'texture-overload': {
      title: 'Against too much texture',
      purpose:
        'For grass and gravel full of the wiggles that a crisp model draws: fine detail halved, capped and held steady.',
      keywords: ['hair', 'worms', 'crunchy', 'fake detail', 'hallucination', 'flicker', 'shimmer', 'crawling', 'noisy'],
    },
    'auto-personality': {
      title: 'Auto personality',
      purpose:
        'For any clip: the crisp model, except where the source contradicts it or where it draws halos or bends letters.',
      keywords: [
        'best of both',
        'automatic',
        'gan',
        'hallucination',
        'invented detail',
        'faithful',
        'crisp',
        'sharper',
      ],
    },
    'old-film': {
      title: 'Old film',
      purpose: 'For noisy scans whose brightness pumps: evened out, cleaned over time, then given film grain.',
      keywords: ['vintage', 'black and white', '8 mm', '16 mm', 'archive', 'film look', 'too clean', 'pumping'],
    },
    tape: {
      title: 'Interlaced tape',
      purpose: 'For DV and VHS: fields made into frames that keep all motion, noise out, then a model.',
      keywords: ['combing', 'camcorder', 'hi8', '50i', '60i', 'jagged lines'],
    },
    'telecined-film': {
      title: 'Film from television',
      purpose: 'For films spread over 30 frames a second: their own 24 come back.',
      keywords: ['telecine', 'ivtc', 'pulldown', 'dvd', 'ntsc', 'judder'],
    },
    'noisy-clip': {
      title: 'Noisy clip',
      purpose: 'For bad light: noise goes before a model sharpens it.',
      keywords: ['grainy', 'low light', 'night', 'denoise'],
    },
    'steady-inventive': {
      title: 'Crisp and steady',
      purpose: 'For the crispest model without its shimmer.',
      keywords: ['flicker', 'boiling', 'crawling', 'gan'],
    },
    'dark-corners': {
      title: 'Dark corners',
      purpose: 'For lenses that lose light towards the corners.',
      keywords: ['vignette', 'vignetting', 'shading', 'shader'],
    },
    anime: {
      title: 'Anime and drawings',
      purpose: 'For flat colours and drawn lines: crisp lines, even gradients, no grain.',
      keywords: ['cartoon', 'animation', 'line art', 'manga', 'comic', 'pixel art'],
    },
    'web-video': {
      title: 'Compressed web video',
      purpose: 'For blocks and buzzing edges: cleaned before the model, banding smoothed, a touch of grain.',
      keywords: [
        ...['blocky', 'pixelated', 'pixelation', 'compression artifacts', 'artefacts', 'mosquito noise', 'denoise'],
        ...['noise', 'youtube', 'low bitrate', 'banding', 'jpeg', 'deblock'],
      ],
    },
    'screen-text': {
      title: 'Screen recording with text',
      purpose: 'For screens, slides and terminals: crisp letters, and none that the source contradicts.',
      keywords: ['screencast', 'screen capture', 'tutorial', 'code', 'terminal', 'slides', 'presentation', 'letters'],
    },
    faces: {
      title: 'Faces',
      purpose: 'For people: faithful on skin, crisp elsewhere, with grain so that skin has a surface.',
      keywords: ['people', 'portrait', 'interview', 'skin', 'identity', 'another face', 'wrong face', 'eyes'],
    },
    'fast-x2': {
      title: 'Plain fast ×2',
      purpose: 'The small model alone, for clean clips and a first look.',
      keywords: ['quick', 'speed', 'slow', 'upscale', 'preview'],
    },
    'four-times': {
      title: 'Four times as large',
      purpose: 'For very small clips: the model twice over, and the size of your choice.',
      keywords: ['x4', '×4', '4x', 'x3', '×3', 'tiny', 'thumbnail', '240p', 'twice', 'enlarge', 'upscale'],
    },
    bicubic: {
      title: 'Bicubic ×2',
      purpose: 'The plain upscale, nothing invented: what to compare with.',
      keywords: ['resize', 'baseline', 'faithful', 'no ai', 'compare'],
    },
  },
  /** Those that the File menu offers by themselves. */
  quick: {
    default: 'Default: model detail, protected text, grain',
    bicubic: 'Plain: Bicubic ×2',
  },
}
