/**
 * Draws the viewed pictures on the editor's canvas: zoomed, panned, compared, over a checkerboard where they are
 * transparent. Drawing is all it does: moving about costs no render of the graph.
 */
import type { GpuPicture } from '../../gpu/types.ts'
import { layoutUniforms } from '../../gpu/uniforms.ts'
import type { CompareLayout, Viewport } from '../door/api.ts'

/** Pictures that can be compared at once. */
const most = 4

/** Where only a part of a picture is there, what is shown around it keeps this share of its light. */
const groundLight = 0.35

const names = ['first', 'second'] as const

type Mode = 'plain' | 'difference' | 'signed' | 'onion'

const uniformTypes = {
  /** Canvas pixels times this, plus the offset, are places in the texture of each, in its pixels. */
  firstScale: 'vec2f',
  firstOffset: 'vec2f',
  secondScale: 'vec2f',
  secondOffset: 'vec2f',
  /** The same to the pixels of A, or of what A is a draft of. */
  gridScale: 'f32',
  gridOffset: 'vec2f',
  /** Difference gain or onion mix. */
  amount: 'f32',
  background: 'vec3f',
} as const

/** How a texture is read, one of a kind each. */
interface Reading {
  /**
   * From twice its size on pixels stand as squares, since people judge pixels there. Below it is bilinear, by the
   * sampler where the format allows (`filtered`), else by four reads (`mixed`).
   */
  readonly by: 'squares' | 'filtered' | 'mixed'
  /** Samples a canvas pixel, across and down: where reduced, the mean over the covered area, so that fine texture does not shimmer while zooming. */
  readonly taps: number
  /** Shown as grey. */
  readonly mask: boolean
}

/**
 * What a layer's program does. Each has one of its own, since what a program might do costs even where it does not
 * do it: software graphics run both sides of every branch.
 */
interface Program {
  readonly readings: readonly Reading[]
  readonly mode: Mode
  /** Lines between the pixels of A. */
  readonly grid: boolean
  /** Lit by `groundLight`. */
  readonly dimmed: boolean
}

const range = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i)

/** The colour of texture `i` at this canvas pixel. */
function readingCode({ by, taps, mask }: Reading, i: number): string {
  const name = names[i]
  const at = range(taps * taps).map((tap) => {
    const [x, y] = [tap % taps, Math.floor(tap / taps)].map((n) => ((n + 0.5) / taps - 0.5).toFixed(4))
    return taps > 1 ? `place${i} + vec2f(${x}, ${y}) * u.${name}Scale` : `place${i}`
  })
  const reads = at.map((place) => `${by}(${name}, ${place})`).join(' + ')
  const mean = taps > 1 ? `(${reads}) * ${1 / (taps * taps)}` : reads
  return `
  let place${i} = position.xy * u.${name}Scale + u.${name}Offset;
  let read${i} = ${mean};
  let colour${i} = ${mask ? `vec4f(read${i}.rrr, 1.0)` : `read${i}`};`
}

/** What is shown of the colours that were read. The canvas cuts off what lies outside [0,1]; before a mix this must. */
function shownCode({ readings, mode, grid, dimmed }: Program): string {
  const over = (i: number) => `overCheckerboard(colour${i}, position.xy)`
  const difference = '(colour0.rgb - colour1.rgb) * u.amount'
  const shown = {
    plain: readings.length > 0 ? over(0) : 'u.background',
    onion: `mix(saturate(${over(0)}), saturate(${over(1)}), u.amount)`,
    difference: `abs(${difference})`,
    signed: `${difference} + 0.5`,
  }[mode]
  return grid || dimmed ? `saturate(${shown})` : shown
}

const programCode = (program: Program) => `
${layoutUniforms(uniformTypes).wgsl('Uniforms')}
@group(0) @binding(0) var<uniform> u: Uniforms;
@group(0) @binding(1) var nearest: sampler;
@group(0) @binding(2) var bilinear: sampler;
${names.map((name, i) => `@group(0) @binding(${i + 3}) var ${name}: texture_2d<f32>;`).join('\n')}

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

export interface Viewer extends Disposable {
  /** @param step canvas pixels, across and down, for which one is drawn: 1, or more where that has to be quick */
  setViewport(viewport: Viewport, step?: number): void
  /**
   * Draws A and the others, at most four; where A is missing, the background alone.
   * @param extent the size in which the viewport counts: that of the whole picture where A is a draft; else A's own
   * @param ground what lies around each of the pictures where a part of it is there alone; shown dimmed
   */
  draw(
    pictures: readonly (GpuPicture | null)[],
    extent?: { readonly width: number; readonly height: number } | null,
    ground?: readonly (GpuPicture | null)[],
  ): void
}

const alone: CompareLayout = { mode: 'single', show: 0 }

/** A comparison needs what it compares: without B it shows A. */
function possible(layout: CompareLayout, pictures: Pictures): CompareLayout {
  if (layout.mode === 'single') return pictures[layout.show] ? layout : alone
  return pictures[1] ? layout : alone
}

interface Rectangle {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

/** One drawing: of a picture, of two against each other, or of none but `colour`. Rectangles in canvas pixels. */
interface Layer {
  readonly within: Rectangle
  readonly pictures: readonly GpuPicture[]
  /** Of whose middle the viewport's centre is the place. */
  readonly field?: Rectangle
  readonly mode?: Mode
  readonly amount?: number
  readonly dimmed?: boolean
  readonly colour?: readonly [number, number, number]
}

/** The pixels whose middles lie between two lines: exactly those that belong to neither neighbour. */
const firstPixel = (line: number): number => Math.ceil(line - 0.5)

const overlap = (a: Rectangle, b: Rectangle): Rectangle => ({
  left: Math.max(a.left, b.left),
  top: Math.max(a.top, b.top),
  right: Math.min(a.right, b.right),
  bottom: Math.min(a.bottom, b.bottom),
})

/** Where a picture, or the part of it that is there, lies in a field. */
function placeOf(picture: GpuPicture, field: Rectangle, { zoom, centre }: Viewport, extent: Extent): Rectangle {
  const { width, height } = picture.desc
  const { x, y, width: across, height: down } = picture.part
  const at = (middle: number, place: number, size: number, whole: number, about: number) =>
    middle + ((place / size) * whole - about) * zoom
  const middle = { x: (field.left + field.right) / 2, y: (field.top + field.bottom) / 2 }
  return {
    left: at(middle.x, x, width, extent.width, centre.x),
    top: at(middle.y, y, height, extent.height, centre.y),
    right: at(middle.x, x + across, width, extent.width, centre.x),
    bottom: at(middle.y, y + down, height, extent.height, centre.y),
  }
}

type Pictures = readonly (GpuPicture | null)[]

interface Extent {
  readonly width: number
  readonly height: number
}

/** What a viewport shows, in the order in which it is drawn. */
function layersOf(viewport: Viewport, pictures: Pictures, ground: Pictures, extent: Extent): Layer[] {
  const { width, height, background } = viewport
  const canvas = { left: 0, top: 0, right: width, bottom: height }
  const layout = possible(viewport.layout ?? alone, pictures)
  /** Picture `which`, dimmed where it is not there but its ground is. */
  const one = (which: number, field: Rectangle, within: Rectangle, also: Partial<Layer> = {}): Layer[] =>
    [
      { picture: ground[which], dimmed: true },
      { picture: pictures[which], ...also },
    ].flatMap(({ picture, ...layer }) =>
      picture
        ? [{ pictures: [picture], field, within: overlap(within, placeOf(picture, field, viewport, extent)), ...layer }]
        : [],
    )
  switch (layout.mode) {
    case 'single':
      return one(layout.show, canvas, canvas)
    case 'difference':
    case 'onion': {
      const both = pictures.slice(0, 2).flatMap((picture) => picture ?? [])
      return one(0, canvas, canvas, {
        pictures: both,
        ...(layout.mode === 'onion'
          ? { mode: 'onion', amount: layout.mix }
          : { mode: layout.signed ? 'signed' : 'difference', amount: layout.gain }),
      })
    }
    case 'wipe': {
      const line = layout.position * width
      return [
        ...one(0, canvas, { ...canvas, right: line }),
        ...one(1, canvas, { ...canvas, left: line }),
        { pictures: [], within: { ...canvas, left: line - 1, right: line + 1 }, colour: [1, 1, 1] },
      ]
    }
    case 'side': {
      // As many fields as pictures: two beside each other, more in two rows.
      const rows = pictures.slice(2, most).some((picture) => picture) ? 2 : 1
      const [across, down] = [width / 2, height / rows]
      const [r, g, b] = background
      const colour = [r * 0.5 + 0.25, g * 0.5 + 0.25, b * 0.5 + 0.25] as const
      return [
        ...pictures.slice(0, 2 * rows).flatMap((_, which) => {
          const [left, top] = [(which % 2) * across, Math.floor(which / 2) * down]
          const field = { left, top, right: left + across, bottom: top + down }
          return one(which, field, field)
        }),
        { pictures: [], within: { ...canvas, left: across, right: across + 1 }, colour },
        ...(rows > 1 ? [{ pictures: [], within: { ...canvas, top: down, bottom: down + 1 }, colour }] : []),
      ]
    }
  }
}

/** Throws where the canvas gives no WebGPU context. */
export function createViewer(device: GPUDevice, canvas: OffscreenCanvas): Viewer {
  const context = canvas.getContext('webgpu')
  if (!context) throw new Error('The viewer’s canvas gives no WebGPU context.')
  const format = navigator.gpu.getPreferredCanvasFormat()
  context.configure({ device, format, alphaMode: 'opaque' })
  const programs = new Map<string, { pipeline: GPURenderPipeline; layout: GPUBindGroupLayout }>()
  function programFor(program: Program) {
    const label = ['viewer', program.mode, program.grid ? 'grid' : '', program.dimmed ? 'dimmed' : '']
      .concat(program.readings.map(({ by, taps, mask }) => `${by}${taps}${mask ? ' mask' : ''}`))
      .filter(Boolean)
      .join('/')
    const there = programs.get(label)
    if (there) return there
    const visibility = GPUShaderStage.FRAGMENT
    const layout = device.createBindGroupLayout({
      label,
      entries: [
        { binding: 0, visibility, buffer: { type: 'uniform', hasDynamicOffset: true } },
        { binding: 1, visibility, sampler: { type: 'non-filtering' } },
        { binding: 2, visibility, sampler: { type: 'filtering' } },
        ...names.map((_, i) => ({
          binding: i + 3,
          visibility,
          texture: { sampleType: program.readings[i]?.by === 'filtered' ? 'float' : 'unfilterable-float' } as const,
        })),
      ],
    })
    const module = device.createShaderModule({ label, code: programCode(program) })
    const pipeline = device.createRenderPipeline({
      label,
      layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
      vertex: { module },
      fragment: { module, targets: [{ format }] },
    })
    const made = { pipeline, layout }
    programs.set(label, made)
    return made
  }
  const nearest = device.createSampler({ label: 'viewer/nearest' })
  const bilinear = device.createSampler({ label: 'viewer/bilinear', magFilter: 'linear', minFilter: 'linear' })
  const uniforms = layoutUniforms(uniformTypes)
  const align = device.limits.minUniformBufferOffsetAlignment
  const stride = Math.ceil(uniforms.byteLength / align) * align
  const buffer = device.createBuffer({
    label: 'viewer/uniforms',
    // Every picture and its ground, and two lines.
    size: stride * (2 * most + 2),
    usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
  })
  // Stands in where there is no picture.
  const nothing = device.createTexture({
    label: 'viewer/nothing',
    size: [1, 1],
    format: 'r32float',
    usage: GPUTextureUsage.TEXTURE_BINDING,
  })
  let viewport: Viewport | undefined
  let drawnStep = 1

  /** Pixels of a picture per pixel of the extent, across and down. */
  const ratioOf = ({ desc }: GpuPicture, extent: Extent) =>
    [desc.width / extent.width, desc.height / extent.height] as const

  function readingOf(picture: GpuPicture, extent: Extent, { zoom }: Viewport): Reading {
    const scale = zoom / ratioOf(picture, extent)[0]
    const mask = picture.desc.type === 'mask'
    if (scale * drawnStep >= 2) return { by: 'squares', taps: 1, mask }
    return {
      by: picture.texture.format === 'r32float' ? 'mixed' : 'filtered',
      taps: Math.min(4, Math.max(1, Math.ceil(1 / scale))),
      mask,
    }
  }

  /** The uniform values of a layer. */
  function valuesOf({ pictures, field, amount, colour }: Layer, extent: Extent, { zoom, centre, ...view }: Viewport) {
    const { left, top, right, bottom } = field ?? { left: 0, top: 0, right: 0, bottom: 0 }
    const offset = [centre.x - (left + right) / 2 / zoom, centre.y - (top + bottom) / 2 / zoom] as const
    return {
      gridScale: 1 / zoom,
      gridOffset: offset,
      amount: amount ?? 0,
      background: colour ?? view.background,
      ...Object.fromEntries(
        names.flatMap((name, i) => {
          const picture = pictures[i]
          const [across, down] = picture ? ratioOf(picture, extent) : [1, 1]
          const { x, y } = picture?.part ?? { x: 0, y: 0 }
          return [
            [`${name}Scale`, [across / zoom, down / zoom]],
            [`${name}Offset`, [offset[0] * across - x, offset[1] * down - y]],
          ]
        }),
      ),
    }
  }

  function drawLayer(pass: GPURenderPassEncoder, layer: Layer, slot: number, extent: Extent, view: Viewport) {
    const [left, top, right, bottom] = [
      Math.max(0, firstPixel(layer.within.left)),
      Math.max(0, firstPixel(layer.within.top)),
      Math.min(canvas.width, firstPixel(layer.within.right)),
      Math.min(canvas.height, firstPixel(layer.within.bottom)),
    ]
    if (right <= left || bottom <= top) return
    device.queue.writeBuffer(buffer, slot * stride, uniforms.pack(valuesOf(layer, extent, view)))
    const { pipeline, layout } = programFor({
      readings: layer.pictures.map((picture) => readingOf(picture, extent, view)),
      mode: layer.mode ?? 'plain',
      grid: view.pixelGrid === true && view.zoom >= 8 && layer.field !== undefined && !layer.dimmed,
      dimmed: layer.dimmed ?? false,
    })
    pass.setPipeline(pipeline)
    pass.setScissorRect(left, top, right - left, bottom - top)
    pass.setBindGroup(
      0,
      device.createBindGroup({
        layout,
        entries: [
          { binding: 0, resource: { buffer, size: uniforms.byteLength } },
          { binding: 1, resource: nearest },
          { binding: 2, resource: bilinear },
          ...names.map((_, i) => ({
            binding: i + 3,
            resource: (layer.pictures[i]?.texture ?? nothing).createView(),
          })),
        ],
      }),
      [slot * stride],
    )
    pass.draw(3)
  }

  return {
    setViewport(next, step = 1) {
      const [width, height] = [Math.max(1, Math.ceil(next.width / step)), Math.max(1, Math.ceil(next.height / step))]
      if (canvas.width !== width) canvas.width = width
      if (canvas.height !== height) canvas.height = height
      viewport = { ...next, width, height, zoom: next.zoom / step }
      drawnStep = step
    },
    draw(pictures, extent, ground = []) {
      const [r, g, b] = viewport?.background ?? [0, 0, 0]
      const encoder = device.createCommandEncoder({ label: 'viewer' })
      const pass = encoder.beginRenderPass({
        label: 'viewer',
        colorAttachments: [
          {
            view: context.getCurrentTexture().createView(),
            loadOp: 'clear',
            storeOp: 'store',
            clearValue: { r, g, b, a: 1 },
          },
        ],
      })
      const [first] = pictures
      if (first && viewport) {
        const view = viewport
        const size = extent ?? first.desc
        layersOf(view, pictures, ground, size).forEach((layer, slot) => {
          drawLayer(pass, layer, slot, size, view)
        })
      }
      pass.end()
      device.queue.submit([encoder.finish()])
    },
    [Symbol.dispose]() {
      context.unconfigure()
      buffer.destroy()
      nothing.destroy()
    },
  }
}
