/**
 * What each recipe is judged by: footage that has what it is for, made of clips whose undamaged original is known, and the numbers that
 * should move. Clips are those of the folder given to `recipe-judgement.ts`; those that are not there are left
 * out, and named.
 */
import type { JsonObject } from '../src/graph/document/json.ts'

/** A number of a measuring node. */
export interface Reading {
  readonly name: string
  readonly measure: string
  readonly port: string
  /** What the result is held against: the clip as the recipe gets it, the same without its damage, or the undamaged original at full size. */
  readonly against?: 'source' | 'clean' | 'original'
  /** Which way is better. */
  readonly better: 'less' | 'more'
  /** Of the picture that is enlarged, since that is where lines and blocks still lie as they were recorded. */
  readonly atSourceSize?: true
  /** With the grain that the recipe ends in, which is meant to differ from any original. Absent: before it. */
  readonly withGrain?: true
}

export interface Footage {
  readonly name: string
  /** Below the folder of footage; several pictures make a clip of as many frames. */
  readonly file: string
  readonly start?: number
  readonly frames?: number
  /** ffmpeg's filters from the file to the original, of even size. */
  readonly original: string
  /** From the original to the clean source. Absent: half its size. */
  readonly clean?: string
  /** From the clean source to what the recipe gets. */
  readonly damage?: string
  /** Arguments of ffmpeg for a codec that does damage; else lossless. */
  readonly coded?: string
  /** What the plain chain's result is held against, where its frames are others: filters from the original. */
  readonly plainOriginal?: string
}

export interface Judgement {
  /** The file in `public/graphs`. */
  readonly recipe: string
  /** The recipe without what it is for, and what is changed in it. */
  readonly plain: string
  readonly plainParams?: Readonly<Record<string, JsonObject>>
  readonly footage: readonly Footage[]
  readonly readings: readonly Reading[]
}

const psnr: Reading = { name: 'PSNR, dB', measure: 'quality', port: 'psnr', against: 'original', better: 'more' }
const ssim: Reading = { name: 'SSIM', measure: 'quality', port: 'ssim', against: 'original', better: 'more' }
const gmsd: Reading = { name: 'GMSD', measure: 'quality', port: 'gmsd', against: 'original', better: 'less' }
const nearness = [psnr, ssim, gmsd]
const reading = (name: string, measure: string, against?: Reading['against'], port = 'score'): Reading => ({
  ...{ name, measure, port, better: 'less' },
  ...(against && { against }),
})
const flicker = reading('Flicker, /255', 'flicker', 'source')
/** Where the clip's own flicker is to go: held against the damaged clip, whatever takes that away would be the flickering one. */
const flickerLeft = reading('Flicker, /255', 'flicker', 'clean')
const halo = reading('Halo', 'halo', 'clean')
const textureLoss: Reading = { ...reading('Texture Loss', 'texture-loss', 'clean'), withGrain: true }
const smoothness: Reading = { ...reading('Smoothness', 'smoothness', 'source'), withGrain: true }
const drift = reading('Text Drift, px', 'text-drift', 'clean')
const disturbance = reading('Disturbance, /255', 'edge-disturbance', 'clean')
const contradiction = reading('Contradiction, /255', 'invention', 'clean', 'contradictionScore')
const banding: Reading = { ...reading('Banding', 'banding'), withGrain: true }
const blocks: Reading = { ...reading('Blocks', 'blocks'), atSourceSize: true }
const combing: Reading = { ...reading('Combing', 'combing'), atSourceSize: true }
const overload = reading('Texture Overload', 'texture-overload', 'clean')
const fine: Reading = {
  name: 'Fine detail, /255',
  measure: 'flicker',
  port: 'detail',
  against: 'source',
  better: 'more',
}

const crop = (width: number, height: number, x: string | number = '(iw-ow)/2', y: string | number = '(ih-oh)/2') =>
  `crop=${width}:${height}:${x}:${y}`
const drawn = (text: string, size: number, y: number, colour: string) =>
  `drawtext=text='${text}':fontsize=${size}:fontcolor=${colour}:x=16:y=${y}`
const captions = [
  drawn('Every letter of this caption is real', 26, 300, 'white'),
  drawn('and so are the figures 3869 and 5058', 20, 334, 'white'),
  drawn('Small print is read by nobody until it matters', 14, 12, 'yellow'),
].join(',')
const page = [
  'drawbox=c=white:t=fill',
  ...[10, 12, 14, 16, 20, 24].map((size, i) =>
    drawn(`${size} px  const table = rows.map(row => row.cells[0])`, size, 12 + 44 * i, 'black'),
  ),
  'drawbox=y=280:h=80:c=0x203040:t=fill',
  drawn('$ npm run render -- graph.json --input clip.mp4', 18, 296, '0xa0ffa0'),
  drawn('exit code 0 in 12.5 s', 14, 330, '0xffd060'),
].join(',')

const flower = { name: 'flower', file: 'clips/flower.mp4', frames: 4, original: crop(480, 272) }
const friday = { name: 'friday', file: 'clips/friday.mp4', start: 2.6, frames: 4, original: crop(448, 320, 176, 0) }
const bunny = {
  name: 'bunny',
  file: 'clips/bbb_800x640_768kbps_30fps_avc_pyramid_3b.mp4',
  start: 1,
  frames: 3,
  original: crop(480, 320),
}
const hero = { name: 'hero', file: 'clips/hero-small.mp4', start: 4, frames: 4, original: crop(320, 180) }
const face = { name: 'astronaut', file: 'skimage/astronaut.png', original: crop(448, 320, 0, 0) }
const grass = { name: 'grass', file: 'skimage/grass.png', original: crop(448, 320, 0, 0) }
const gravel = { name: 'gravel', file: 'skimage/gravel.png', original: crop(448, 320, 0, 0) }

const x264 = (crf: number, more = '') => `-c:v libx264 -preset medium -crf ${crf} ${more}`
const crispModel = { 'sr-model': { personality: 2 } }

export const judgements: readonly Judgement[] = [
  {
    recipe: 'halo',
    plain: 'fast-x2',
    footage: [flower, bunny, friday].map((one) => ({ ...one, damage: 'unsharp=5:5:1.5' })),
    readings: [halo, disturbance, ...nearness],
  },
  {
    recipe: 'plastic-skin',
    plain: 'default',
    footage: [
      { ...face, name: 'astronaut, smoothed', damage: 'nlmeans=s=6:p=5:r=9' },
      { ...face, name: 'astronaut, crf 30', coded: x264(30) },
      { ...friday, coded: x264(30) },
    ],
    readings: [textureLoss, smoothness, ...nearness],
  },
  {
    recipe: 'faces',
    plain: 'fast-x2',
    plainParams: crispModel,
    footage: [
      { ...face, coded: x264(24) },
      { ...face, name: 'astronaut, clean' },
      { ...friday, coded: x264(24) },
    ],
    readings: [contradiction, textureLoss, smoothness, ...nearness],
  },
  {
    recipe: 'text-warping',
    plain: 'fast-x2',
    plainParams: crispModel,
    footage: [
      { ...flower, name: 'captions', original: `${crop(640, 360)},${captions}`, coded: x264(26) },
      { ...flower, name: 'captions, crf 34', original: `${crop(640, 360)},${captions}`, coded: x264(34) },
    ],
    readings: [drift, contradiction, ...nearness],
  },
  {
    recipe: 'screen-text',
    plain: 'fast-x2',
    footage: [
      { ...flower, name: 'page', frames: 2, original: `${crop(640, 360)},${page}` },
      { ...flower, name: 'page, crf 26', frames: 2, original: `${crop(640, 360)},${page}`, coded: x264(26) },
    ],
    readings: [drift, contradiction, halo, ...nearness],
  },
  {
    recipe: 'texture-overload',
    plain: 'fast-x2',
    plainParams: crispModel,
    footage: [
      { ...grass, coded: x264(24) },
      { ...gravel, coded: x264(24) },
      { ...flower, coded: x264(28) },
    ],
    readings: [overload, contradiction, flicker, ...nearness],
  },
  {
    recipe: 'auto-personality',
    plain: 'fast-x2',
    plainParams: crispModel,
    footage: [face, { ...flower, coded: x264(26) }],
    readings: [contradiction, halo, drift, ...nearness],
  },
  {
    recipe: 'steady-inventive',
    plain: 'fast-x2',
    plainParams: crispModel,
    footage: [
      { ...flower, coded: x264(26) },
      { ...friday, coded: x264(26) },
    ],
    readings: [flicker, fine, ...nearness],
  },
  {
    recipe: 'web-video',
    plain: 'fast-x2',
    footage: [
      { ...flower, coded: x264(34, '-x264-params deblock=0,0:no-deblock=1') },
      { ...friday, name: 'friday, MPEG-4', coded: '-c:v mpeg4 -q:v 12' },
      { ...bunny, name: 'bunny, crf 36', coded: x264(36) },
    ],
    readings: [blocks, banding, disturbance, flickerLeft, ...nearness],
  },
  {
    recipe: 'anime',
    plain: 'fast-x2',
    footage: [
      { ...hero, coded: x264(28) },
      { ...bunny, coded: x264(30) },
    ],
    readings: [disturbance, banding, halo, ...nearness],
  },
  {
    recipe: 'old-film',
    plain: 'fast-x2',
    footage: [14, 5].map((noise) => ({
      ...{ ...friday, name: `friday, noise of ${noise}` },
      damage: `eq=brightness='0.05*sin(n*2.1)':eval=frame,noise=alls=${noise}:allf=t`,
    })),
    readings: [flickerLeft, ...nearness],
  },
  {
    recipe: 'noisy-clip',
    plain: 'fast-x2',
    footage: [flower, friday].map((one) => ({ ...one, damage: 'noise=alls=19:allf=t' })),
    readings: [flickerLeft, ...nearness],
  },
  {
    recipe: 'tape',
    plain: 'fast-x2',
    footage: [
      {
        ...{ ...flower, frames: 12 },
        damage: 'noise=alls=8:allf=t,tinterlace=interleave_top,setfield=tff',
        coded: '-c:v mpeg2video -q:v 3 -flags +ildct+ilme -top 1',
        plainOriginal: "select='not(mod(n,2))',setpts=N/(15000/1001)/TB",
      },
    ],
    readings: [combing, psnr, ssim],
  },
  {
    recipe: 'telecined-film',
    plain: 'fast-x2',
    footage: [
      {
        // Not a drawing: one that stands still for two frames hides which of them the tape repeats.
        ...{ ...friday, frames: 24 },
        damage: 'telecine=pattern=2332',
        plainOriginal: 'fps=30000/1001',
        coded: '-c:v mpeg2video -q:v 3 -flags +ildct+ilme -top 1',
      },
    ],
    readings: [combing, psnr, ssim],
  },
  {
    recipe: 'dark-corners',
    plain: 'fast-x2',
    footage: [{ ...flower, damage: 'vignette=PI/4.5' }],
    readings: [psnr, ssim],
  },
]
