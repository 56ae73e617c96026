/** The viewer's shader programs: how textures are read and what is shown of them, one program a case. */
import { layoutUniforms } from '../../gpu/uniforms.ts'
import { visibleColour, wgslLibrary } from '../../gpu/wgsl/wgsl-library.ts'
import type { ColourMapping } from '../../graph/node/value-types.ts'
import { heatColours } from '../door/api.ts'

/** Where only a part of a picture is there, what is shown around it keeps this share of its light. */
const groundLight = 0.35

export const textureNames = ['first', 'second', 'third'] as const

/**
 * Two pictures against each other: `amount`, `signed` and `heat` show a difference; of three pictures, as much of it as goes
 * beyond that of the third to the second, and beyond rounding. A map over a picture: `tinted`,
 * `heated`. A map by itself: `tint map`, `heat map`.
 */
export type Mode = 'plain' | 'onion' | 'amount' | 'signed' | 'heat' | 'tinted' | 'heated' | 'tint map' | 'heat map'

export const uniformTypes = {
  /** Canvas pixels times this, plus the offset, are places in the texture of each, in its pixels. */
  firstScale: 'vec2f',
  firstOffset: 'vec2f',
  secondScale: 'vec2f',
  secondOffset: 'vec2f',
  thirdScale: 'vec2f',
  thirdOffset: 'vec2f',
  /** The same to the pixels of A, or of what A is a draft of. */
  gridScale: 'f32',
  gridOffset: 'vec2f',
  /** Difference gain, onion mix or opacity of an overlay. */
  amount: 'f32',
  /** Of an overlay. */
  gain: 'f32',
  tint: 'vec3f',
  background: 'vec3f',
} as const

/** How a texture is read, one of a kind each. */
export interface Reading {
  /**
   * From twice its size on pixels stand as squares, since people judge pixels there. Below it is bilinear, by the
   * sampler where the format allows (`filtered`), else by four reads (`mixed`).
   */
  readonly by: 'squares' | 'filtered' | 'mixed'
  /** Samples a canvas pixel, across and down: where reduced, the mean over the covered area, so that fine texture does not shimmer while zooming. */
  readonly taps: number
  readonly colours: ColourMapping
}

/**
 * What a layer's program does. Each has one of its own, since what a program might do costs even where it does not
 * do it: software graphics run both sides of every branch.
 */
export interface Program {
  readonly readings: readonly Reading[]
  readonly mode: Mode
  /** Lines between the pixels of A. */
  readonly grid: boolean
  /** Lit by `groundLight`. */
  readonly dimmed: boolean
}

/** A heat that covers the picture from a third of its range on: its dark end would be taken for shadow. */
const heatCover = 3

const range = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i)

/** The colour of texture `i` at this canvas pixel. */
function readingCode({ by, taps, colours: mapping }: Reading, i: number): string {
  const name = textureNames[i]
  const at = range(taps * taps).map((tap) => {
    const [x, y] = [tap % taps, Math.floor(tap / taps)].map((n) => ((n + 0.5) / taps - 0.5).toFixed(4))
    return taps > 1 ? `place${i} + vec2f(${x}, ${y}) * u.${name}Scale` : `place${i}`
  })
  const reads = at.map((place) => `${by}(${name}, ${place})`).join(' + ')
  const mean = taps > 1 ? `(${reads}) * ${1 / (taps * taps)}` : reads
  return `
  let place${i} = position.xy * u.${name}Scale + u.${name}Offset;
  let read${i} = ${mean};
  let colour${i} = ${visibleColour(mapping, `read${i}`)};`
}

/** What is shown of the colours that were read. The canvas cuts off what lies outside [0,1]; before a mix this must. */
function shownCode({ readings, mode, grid, dimmed }: Program): string {
  const over = (i: number) => `overCheckerboard(colour${i}, position.xy)`
  const gap = '(colour0.rgb - colour1.rgb)'
  const beyond = `(sign${gap} * max(abs${gap} - abs(colour2.rgb - colour1.rgb) - 1.0 / 255.0, vec3f(0.0)))`
  const difference = `${readings.length > 2 ? beyond : gap} * u.amount`
  const map = (i: number) => `saturate(colour${i}.r * u.gain)`
  const colourOf = {
    plain: readings.length > 0 ? over(0) : 'u.background',
    onion: `mix(saturate(${over(0)}), saturate(${over(1)}), u.amount)`,
    amount: `abs(${difference})`,
    signed: `${difference} + 0.5`,
    heat: `heatOf(length(${difference}) * 0.57735)`,
    tinted: `mix(saturate(${over(0)}), u.tint, u.amount * ${map(1)})`,
    heated: `mix(saturate(${over(0)}), heatOf(${map(1)}), u.amount * saturate(${map(1)} * ${heatCover}))`,
    'tint map': `u.tint * ${map(0)}`,
    'heat map': `heatOf(${map(0)})`,
  }[mode]
  return grid || dimmed ? `saturate(${colourOf})` : colourOf
}

function programCode(program: Program): string {
  const code = drawingCode(program)
  return `${wgslLibrary(code)}${code}`
}

const drawingCode = (program: Program) => `
${layoutUniforms(uniformTypes).wgsl('Uniforms')}
@group(0) @binding(0) var<uniform> u: Uniforms;
@group(0) @binding(1) var nearest: sampler;
@group(0) @binding(2) var bilinear: sampler;
${textureNames.map((name, i) => `@group(0) @binding(${i + 3}) var ${name}: texture_2d<f32>;`).join('\n')}

@vertex fn vertex(@builtin(vertex_index) i: u32) -> @builtin(position) vec4f {
  return vec4f(vec2f(vec2u(i << 1u, i) & vec2u(2u)) * 2.0 - 1.0, 0.0, 1.0);
}
// By the middle of the texel, since its borders lie where rounding may go either way.
fn squares(picture: texture_2d<f32>, place: vec2f) -> vec4f {
  return textureSampleLevel(picture, nearest, (floor(place) + 0.5) / vec2f(textureDimensions(picture)), 0.0);
}
fn filtered(picture: texture_2d<f32>, place: vec2f) -> vec4f {
  return textureSampleLevel(picture, bilinear, place / vec2f(textureDimensions(picture)), 0.0);
}
fn mixed(picture: texture_2d<f32>, place: vec2f) -> vec4f {
  let corner = floor(place - 0.5) + 0.5;
  let weight = place - corner;
  return mix(
    mix(squares(picture, corner), squares(picture, corner + vec2f(1.0, 0.0)), weight.x),
    mix(squares(picture, corner + vec2f(0.0, 1.0)), squares(picture, corner + 1.0), weight.x),
    weight.y,
  );
}
fn heatOf(amount: f32) -> vec3f {
  let place = saturate(amount) * ${heatColours.length - 1}.0;
  var colour = vec3f(${heatColours[0].join(', ')});
${heatColours
  .slice(1)
  .map((stop, i) => `  colour = mix(colour, vec3f(${stop.join(', ')}), saturate(place - ${i}.0));`)
  .join('\n')}
  return colour;
}
fn overCheckerboard(colour: vec4f, position: vec2f) -> vec3f {
  let square = floor(position * 0.125);
  let check = 0.35 + 0.2 * fract((square.x + square.y) * 0.5);
  return mix(vec3f(check), colour.rgb, saturate(colour.a));
}
@fragment fn fragment(@builtin(position) position: vec4f) -> @location(0) vec4f {${program.readings.map(readingCode).join('')}
  var shown = ${shownCode(program)};
${
  program.grid
    ? `
  if (any(fract(position.xy * u.gridScale + u.gridOffset) < vec2f(u.gridScale))) { shown = mix(shown, vec3f(0.5), 0.35); }`
    : ''
}
  return vec4f(${program.dimmed ? `mix(u.background, shown, ${groundLight})` : 'shown'}, 1.0);
}`

/** What tells one program from another. */
const labelOf = (program: Program): string =>
  ['viewer', program.mode, program.grid ? 'grid' : '', program.dimmed ? 'dimmed' : '']
    .concat(program.readings.map(({ by, taps, colours }) => `${by}${taps} ${colours}`))
    .filter(Boolean)
    .join('/')

export interface CompiledProgram {
  readonly pipeline: GPURenderPipeline
  readonly layout: GPUBindGroupLayout
}

/** Programs compiled, each once. */
export class Programs {
  readonly #device: GPUDevice
  readonly #format: GPUTextureFormat
  readonly #programs = new Map<string, CompiledProgram>()

  /** @param format of what is drawn on */
  constructor(device: GPUDevice, format: GPUTextureFormat) {
    this.#device = device
    this.#format = format
  }

  get(program: Program): CompiledProgram {
    const label = labelOf(program)
    const existing = this.#programs.get(label)
    if (existing) return existing
    const compiledProgram = this.#compile(program, label)
    this.#programs.set(label, compiledProgram)
    return compiledProgram
  }

  #compile(program: Program, label: string): CompiledProgram {
    const visibility = GPUShaderStage.FRAGMENT
    const layout = this.#device.createBindGroupLayout({
      label,
      entries: [
        { binding: 0, visibility, buffer: { type: 'uniform', hasDynamicOffset: true } },
        { binding: 1, visibility, sampler: { type: 'non-filtering' } },
        { binding: 2, visibility, sampler: { type: 'filtering' } },
        ...textureNames.map((_, i) => ({
          binding: i + 3,
          visibility,
          texture: { sampleType: program.readings[i]?.by === 'filtered' ? 'float' : 'unfilterable-float' } as const,
        })),
      ],
    })
    const module = this.#device.createShaderModule({ label, code: programCode(program) })
    const pipeline = this.#device.createRenderPipeline({
      label,
      layout: this.#device.createPipelineLayout({ bindGroupLayouts: [layout] }),
      vertex: { module },
      fragment: { module, targets: [{ format: this.#format }] },
    })
    return { pipeline, layout }
  }
}
