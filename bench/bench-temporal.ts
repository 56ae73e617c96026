/**
 * What nodes that look at neighbouring frames do and cost: noise taken out beside ffmpeg's `hqdn3d` and `nlmeans`, motion, and flicker
 * of an inventive model before and after Steady Detail. On the sample's original at half its size, rendered as anybody would; ffmpeg must
 * be installed.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import type { ExportReport } from '../src/engine/door/api.ts'
import type { JsonObject } from '../src/graph/document/json.ts'
import { projectFolder } from '../src/host/app-server.ts'

export interface TemporalResult {
  readonly frames: number
  readonly width: number
  readonly height: number
  readonly denoise: readonly {
    readonly name: string
    /** Decibels of luma PSNR above that of the noisy clip, by the noise's deviation. */
    readonly gains: readonly { readonly sigma: number; readonly decibels: number }[]
    readonly msPerMegapixel: number
  }[]
  /** Of the search between a frame and one neighbour, with a vector for each pixel. */
  readonly motionMsPerMegapixel: number
  /** Change of what a model made up, and how much that is, in steps of 8 bits. */
  readonly flicker: {
    readonly before: number
    readonly after: number
    readonly detailBefore: number
    readonly detailAfter: number
    /** Decibels of luma PSNR against the original. */
    readonly psnrBefore: number
    readonly psnrAfter: number
    /** Mean gradient after, where that before is 1. */
    readonly sharpness: number
  }
  readonly steadyMsPerMegapixel: number
}

const [width, height, frames] = [320, 180, 12] as const
const megapixels = (width * height) / 1e6
/** Strengths of ffmpeg's noise whose deviations are nearly 5 and 10, measured on grey. */
const noises = [
  { sigma: 5, strength: 9 },
  { sigma: 10, strength: 19 },
] as const

const at = { position: { x: 0, y: 0 } }
type Nodes = Readonly<Record<string, readonly [type: string, params: JsonObject]>>

/** @param wires `decode.image > encode.image` */
function graphText(nodes: Nodes, wires: readonly string[]): string {
  const end = (text: string) => {
    const [node, port] = text.split('.')
    return { node, port }
  }
  return JSON.stringify({
    format: 'framewright-graph',
    versions: { document: 2, nodes: {} },
    title: 'Bench',
    description: '',
    nodes: Object.fromEntries(Object.entries(nodes).map(([id, [type, params]]) => [id, { type, params, ...at }])),
    edges: Object.fromEntries(
      wires.map((wire) => {
        const [from, to] = wire.split(' > ') as [string, string]
        return [to, { from: end(from), to: end(to) }]
      }),
    ),
  })
}

const decode = ['decode', { media: { id: 'samples/field-guide.mp4' } }] as const
const encode = ['encode', { encoder: 'ffmpeg', format: 'ffv1' }] as const

/** What is measured of files, in luma of 8 bits; frames of 4:4:4, of which every third plane is luma. */
function lumaMeasures(ffmpeg: (...args: string[]) => Buffer) {
  const lumaOf = (file: string) => ffmpeg('-i', file, '-f', 'rawvideo', '-pix_fmt', 'yuv444p', '-')
  return {
    lumaOf,
    psnr(file: string, original: Buffer, size = width * height) {
      const luma = lumaOf(file)
      let squares = 0
      for (let i = 0; i < frames; i++)
        for (let k = 3 * i * size; k < (3 * i + 1) * size; k++) squares += (luma[k]! - original[k]!) ** 2
      return 10 * Math.log10((255 ** 2 * frames * size) / squares)
    },
    /** Sum over all frames of the differences of neighbours. */
    sharpness(file: string, across: number, down: number) {
      const luma = lumaOf(file)
      let sum = 0
      for (let i = 0; i < frames; i++)
        for (let y = 0; y < down - 1; y++)
          for (let x = 0; x < across - 1; x++) {
            const at = 3 * i * across * down + y * across + x
            sum += Math.abs(luma[at + 1]! - luma[at]!) + Math.abs(luma[at + across]! - luma[at]!)
          }
      return sum
    },
  }
}

export function measureTemporal(say: (line: string) => void): TemporalResult {
  const folder = mkdtempSync(join(tmpdir(), 'framewright-bench-'))
  const ffmpeg = (...args: string[]) =>
    execFileSync('ffmpeg', ['-v', 'error', '-y', ...args], { cwd: folder, maxBuffer: 2 ** 28 })
  const lossless = ['-c:v', 'ffv1', '-pix_fmt', 'yuv420p', '-color_range', 'tv', '-colorspace', 'bt709']
  const { lumaOf, psnr, sharpness } = lumaMeasures(ffmpeg)
  /** Gives the milliseconds that the node `of` took for a megapixel of the source. @param outputs as after `--output` */
  const render = (text: string, input: string, outputs: string | readonly string[], of: string) => {
    writeFileSync(join(folder, 'graph.json'), text)
    const each = [outputs].flat().flatMap((output) => ['--output', output])
    const args = ['graph.json', '--input', input, ...each, '--json', '--fresh']
    const command = ['--import', import.meta.resolve('tsx'), join(projectFolder, 'src/cli/render.ts'), ...args]
    const stdout = execFileSync(process.execPath, command, { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] })
    const report = JSON.parse(String(stdout)) as Pick<ExportReport, 'steps' | 'frames'>
    const step = report.steps.find(({ nodes }) => (nodes as readonly string[]).includes(of))
    return (1000 * (step?.seconds ?? Number.NaN)) / report.frames / megapixels
  }
  try {
    const sample = join(projectFolder, 'public/samples/field-guide-reference.mp4')
    ffmpeg(
      '-i',
      sample,
      '-vf',
      `scale=${width}:${height}:flags=area`,
      '-frames:v',
      String(frames),
      '-an',
      ...lossless,
      'clean.mkv',
    )
    const clean = lumaOf('clean.mkv')
    const noisy = noises.map(({ sigma, strength }) => {
      const file = `noisy-${sigma}.mkv`
      ffmpeg(
        '-i',
        'clean.mkv',
        '-vf',
        `noise=c0s=${strength}:c0f=t:c1s=${strength}:c1f=t:c2s=${strength}:c2f=t`,
        ...lossless,
        file,
      )
      return { sigma, file, before: psnr(file, clean) }
    })
    type Row = TemporalResult['denoise'][number]
    const ours = [1, 2].map((radius): Row => {
      say(`Temporal Denoise, radius ${radius}…`)
      const times: number[] = []
      const gains = noisy.map(({ sigma, file, before }) => {
        const level = sigma === 5 ? 4 : 8
        const nodes = { decode, denoise: ['temporal-denoise', { radius, luma: level, chroma: level }], encode } as const
        const wires = ['decode.image > denoise.image', 'denoise.image > encode.image']
        times.push(render(graphText(nodes, wires), file, 'denoised.mkv', 'denoise'))
        return { sigma, decibels: psnr('denoised.mkv', clean) - before }
      })
      return { name: `Temporal Denoise, ${radius} on each side`, gains, msPerMegapixel: Math.min(...times) }
    })
    const theirs = (
      [
        ['hqdn3d', [2, 3, 4, 6, 8, 12].map((one) => `hqdn3d=${one}`)],
        ['nlmeans', [2, 3, 5, 8, 10].map((one) => `nlmeans=s=${one}:p=5:r=11`)],
      ] as const
    ).map(([name, filters]): Row => {
      say(`ffmpeg’s ${name}…`)
      const times: number[] = []
      const gains = noisy.map(({ sigma, file, before }) => {
        const each = filters.map((filter) => {
          const began = performance.now()
          ffmpeg('-i', file, '-vf', filter, ...lossless, 'denoised.mkv')
          times.push((performance.now() - began) / frames / megapixels)
          return psnr('denoised.mkv', clean) - before
        })
        return { sigma, decibels: Math.max(...each) }
      })
      return { name: `ffmpeg’s ${name}, at its best strength`, gains, msPerMegapixel: Math.min(...times) }
    })
    say('Motion…')
    const masked = { decode, motion: ['motion', {}], denoise: ['denoise', {}], encode } as const
    const motionMsPerMegapixel = render(
      graphText(masked, [
        'decode.image > motion.image',
        'decode.image > denoise.image',
        'motion.confidence > denoise.mask',
        'denoise.image > encode.image',
      ]),
      'clean.mkv',
      'masked.mkv',
      'motion',
    )
    say('Flicker…')
    const coded = '-c:v libx264 -crf 26 -colorspace bt709 -color_range tv'.split(' ')
    ffmpeg('-i', 'clean.mkv', ...coded, 'coded.mp4')
    const steady = {
      decode,
      base: ['bicubic', {}],
      model: ['sr-model', { personality: 2 }],
      steady: ['steady-detail', {}],
      before: ['flicker', {}],
      after: ['flicker', {}],
      report: ['report', { fileName: 'flicker.json' }],
      crisp: ['encode', { ...encode[1], fileName: 'crisp.mkv' }],
      calm: ['encode', { ...encode[1], fileName: 'calm.mkv' }],
    } as const
    const steadyMsPerMegapixel = render(
      graphText(steady, [
        ...['base', 'model', 'steady'].map(
          (node) => `decode.image > ${node}.${node === 'steady' ? 'source' : 'image'}`,
        ),
        ...['model.image > steady.detail', 'base.image > steady.base'],
        ...['model.image > before.image', 'decode.image > before.source'],
        ...['steady.image > after.image', 'decode.image > after.source'],
        ...['before.score > report.number1', 'after.score > report.number2'],
        ...['before.detail > report.number3', 'after.detail > report.number4'],
        ...['model.image > crisp.image', 'steady.image > calm.image'],
      ]),
      'coded.mp4',
      ['report=flicker.json', 'crisp=crisp.mkv', 'calm=calm.mkv'],
      'steady',
    )
    ffmpeg('-i', sample, '-frames:v', String(frames), '-an', ...lossless, 'original.mkv')
    const original = lumaOf('original.mkv')
    const [across, down] = [2 * width, 2 * height]
    const { numbers } = JSON.parse(readFileSync(join(folder, 'flicker.json'), 'utf8')) as {
      readonly numbers: readonly { readonly mean: number }[]
    }
    const [before, after, detailBefore, detailAfter] = numbers.map(({ mean }) => mean)
    return {
      ...{ frames, width, height },
      denoise: [...ours, ...theirs],
      motionMsPerMegapixel,
      flicker: {
        ...{ before: before!, after: after!, detailBefore: detailBefore!, detailAfter: detailAfter! },
        psnrBefore: psnr('crisp.mkv', original, across * down),
        psnrAfter: psnr('calm.mkv', original, across * down),
        sharpness: sharpness('calm.mkv', across, down) / sharpness('crisp.mkv', across, down),
      },
      steadyMsPerMegapixel,
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Tables, the first row the heads. */
export function temporalRows(result: TemporalResult): readonly (readonly (readonly string[])[])[] {
  const { denoise, flicker, motionMsPerMegapixel, steadyMsPerMegapixel } = result
  const of = `${result.frames} frames of ${result.width}×${result.height}`
  const ms = (value: number) => value.toFixed(0)
  return [
    [
      [`Noise taken out of ${of}`, ...noises.map(({ sigma }) => `dB at σ ${sigma}`), 'ms per megapixel'],
      ...denoise.map(({ name, gains, msPerMegapixel }) => [
        name,
        ...gains.map(({ decibels }) => `${decibels >= 0 ? '+' : ''}${decibels.toFixed(2)}`),
        ms(msPerMegapixel),
      ]),
      ['Motion to one neighbour', ...noises.map(() => ''), ms(motionMsPerMegapixel)],
    ],
    [
      ['Flicker of what the crisp model adds', 'before', 'after Steady Detail', 'after ÷ before'],
      ...(
        [
          ['Change from frame to frame, /255', flicker.before, flicker.after],
          ['What is added at all, /255', flicker.detailBefore, flicker.detailAfter],
        ] as const
      ).map(([name, before, after]) => [name, before.toFixed(3), after.toFixed(3), `${(after / before).toFixed(2)} ×`]),
      [
        'Luma PSNR against the original, dB',
        flicker.psnrBefore.toFixed(2),
        flicker.psnrAfter.toFixed(2),
        `${(flicker.psnrAfter - flicker.psnrBefore).toFixed(2)} dB more`,
      ],
      ['Sharpness, by mean gradient of luma', '1', flicker.sharpness.toFixed(2), `${flicker.sharpness.toFixed(2)} ×`],
      ['Steady Detail, ms per megapixel of the source', '', ms(steadyMsPerMegapixel), ''],
    ],
  ]
}
