/**
 * Draws the viewed pictures on the editor's canvas: zoomed, panned, compared, over a checkerboard where they are
 * transparent. Drawing is all it does: moving about costs no render of the graph.
 */
import type { GpuPicture } from '../gpu/types.ts'
import { layoutUniforms } from '../gpu/uniforms.ts'
import type { CompareLayout, Viewport } from './api.ts'

/** Pictures that can be compared at once. */
const most = 4

/** Where only a part of a picture is there, what is shown around it keeps this share of its light. */
const groundLight = 0.35

const names = ['first', 'second'] as const

const modes = { plain: 0, difference: 1, signed: 2, onion: 3 } as const

const uniformTypes = {
  /** Canvas pixel at which `centre` lies. */
  middle: 'vec2f',
  /** Place of A, or of what A is a draft of, in its pixels. */
  centre: 'vec2f',
  /** Canvas pixels per pixel of A. */
  zoom: 'f32',
  mode: 'u32',
  /** Difference gain or onion mix. */
  amount: 'f32',
  /** Share of the picture's light in [0,1]; the rest is background. */
  light: 'f32',
  background: 'vec3f',
  /** 1: lines between the pixels of A. */
  grid: 'f32',
  /** Of each its own pixels per pixel of A, and the part that is there in its own pixels: left, top, right, bottom. */
  firstRatio: 'vec2f',
  secondRatio: 'vec2f',
  firstPart: 'vec4f',
  secondPart: 'vec4f',
  /** 1: a mask, shown as grey. */
  firstMask: 'f32',
  secondMask: 'f32',
} as const

/** How a picture is read: from twice its size on pixels stand as squares, since people judge pixels there. */
type Sampling = 'squares' | 'smooth'

/**
 * A program for each pair of samplings, since what a program might do costs even where it does not do it: software
 * graphics run both sides of every branch. `smooth` is bilinear, and where reduced the mean over the covered area, so
 * that fine texture does not shimmer while zooming.
 */
const program = (samplings: readonly Sampling[]) => `
${layoutUniforms(uniformTypes).wgsl('Uniforms')}
@group(0) @binding(0) var<uniform> u: Uniforms;
${names.map((name, i) => `@group(0) @binding(${i + 1}) var ${name}: texture_2d<f32>;`).join('\n')}

@vertex fn vertex(@builtin(vertex_index) i: u32) -> @builtin(position) vec4f {
  return vec4f(vec2f(vec2u(i << 1u, i) & vec2u(2u)) * 2.0 - 1.0, 0.0, 1.0);
}
fn texel(picture: texture_2d<f32>, part: vec4f, at: vec2f) -> vec4f {
  return textureLoad(picture, vec2i(clamp(at, part.xy, part.zw - 1.0) - part.xy), 0);
}
fn squares(picture: texture_2d<f32>, part: vec4f, ratio: vec2f, pointOfA: vec2f) -> vec4f {
  return texel(picture, part, floor(pointOfA * ratio));
}
fn smoothly(picture: texture_2d<f32>, part: vec4f, ratio: vec2f, pointOfA: vec2f) -> vec4f {
  let zoom = u.zoom / ratio.x;
  let taps = i32(clamp(ceil(1.0 / zoom), 1.0, 4.0));
  var sum = vec4f(0.0);
  for (var y = 0; y < taps; y++) {
    for (var x = 0; x < taps; x++) {
      let place = pointOfA * ratio + (vec2f(vec2i(x, y)) + 0.5 - f32(taps) * 0.5) / (zoom * f32(taps)) - 0.5;
      let corner = floor(place);
      let weight = place - corner;
      sum += mix(
        mix(texel(picture, part, corner), texel(picture, part, corner + vec2f(1.0, 0.0)), weight.x),
        mix(texel(picture, part, corner + vec2f(0.0, 1.0)), texel(picture, part, corner + 1.0), weight.x),
        weight.y,
      );
    }
  }
  return sum / f32(taps * taps);
}
fn overCheckerboard(colour: vec4f, position: vec2f) -> vec3f {
  let square = vec2u(position / 8.0);
  let check = select(0.35, 0.45, ((square.x + square.y) & 1u) == 1u);
  return mix(vec3f(check), clamp(colour.rgb, vec3f(0.0), vec3f(1.0)), clamp(colour.a, 0.0, 1.0));
}
@fragment fn fragment(@builtin(position) position: vec4f) -> @location(0) vec4f {
  let point = (position.xy - u.middle) / u.zoom + u.centre;
${samplings
  .map(
    (sampling, i) => `
  var colour${i} = ${sampling === 'smooth' ? 'smoothly' : 'squares'}(${names[i]}, u.${names[i]}Part, u.${names[i]}Ratio, point);
  colour${i} = select(colour${i}, vec4f(colour${i}.rrr, 1.0), u.${names[i]}Mask > 0.5);`,
  )
  .join('')}
  var shown = ${samplings.length > 0 ? 'overCheckerboard(colour0, position.xy)' : 'u.background'};
${
  samplings.length < 2
    ? ''
    : `
  if (u.mode == ${modes.onion}u) {
    shown = mix(shown, overCheckerboard(colour1, position.xy), u.amount);
  } else {
    let difference = (colour0.rgb - colour1.rgb) * u.amount;
    shown = clamp(select(abs(difference), difference + 0.5, u.mode == ${modes.signed}u), vec3f(0.0), vec3f(1.0));
  }`
}
  if (u.grid > 0.5 && any(fract(point) * u.zoom < vec2f(1.0))) { shown = mix(shown, vec3f(0.5), 0.35); }
  return vec4f(mix(u.background, shown, u.light), 1.0);
}`

export interface Viewer extends Disposable {
  setViewport(viewport: Viewport): void
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
  readonly mode?: keyof typeof modes
  readonly amount?: number
  readonly light?: number
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
      { picture: ground[which], light: groundLight },
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
  const visibility = GPUShaderStage.FRAGMENT
  const layout = device.createBindGroupLayout({
    label: 'viewer',
    entries: [
      { binding: 0, visibility, buffer: { type: 'uniform', hasDynamicOffset: true } },
      ...names.map((_, i) => ({
        binding: i + 1,
        visibility,
        texture: { sampleType: 'unfilterable-float' } as const,
      })),
    ],
  })
  const pipelineLayout = device.createPipelineLayout({ bindGroupLayouts: [layout] })
  const pipelines = new Map<string, GPURenderPipeline>()
  const pipelineFor = (samplings: readonly Sampling[]): GPURenderPipeline => {
    const label = ['viewer', ...samplings].join('/')
    const there = pipelines.get(label)
    if (there) return there
    const module = device.createShaderModule({ label, code: program(samplings) })
    const pipeline = device.createRenderPipeline({
      label,
      layout: pipelineLayout,
      vertex: { module },
      fragment: { module, targets: [{ format }] },
    })
    pipelines.set(label, pipeline)
    return pipeline
  }
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

  /** The uniform values of a layer. */
  function valuesOf({ pictures, field, mode, amount, light, colour }: Layer, extent: Extent, view: Viewport) {
    const { left, top, right, bottom } = field ?? { left: 0, top: 0, right: 0, bottom: 0 }
    return {
      middle: [(left + right) / 2, (top + bottom) / 2],
      centre: [view.centre.x, view.centre.y],
      zoom: view.zoom,
      mode: modes[mode ?? 'plain'],
      amount: amount ?? 0,
      light: light ?? 1,
      background: colour ?? view.background,
      grid: view.pixelGrid && view.zoom >= 8 && field && !light ? 1 : 0,
      ...Object.fromEntries(
        names.flatMap((name, i) => {
          const picture = pictures[i]
          const { x, y, width, height } = picture?.part ?? { x: 0, y: 0, width: 1, height: 1 }
          const { width: across, height: down } = picture?.desc ?? extent
          return [
            [`${name}Ratio`, [across / extent.width, down / extent.height]],
            [`${name}Part`, [x, y, x + width, y + height]],
            [`${name}Mask`, picture?.desc.type === 'mask' ? 1 : 0],
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
    pass.setPipeline(
      pipelineFor(
        layer.pictures.map(({ desc }) => ((view.zoom * extent.width) / desc.width >= 2 ? 'squares' : 'smooth')),
      ),
    )
    pass.setScissorRect(left, top, right - left, bottom - top)
    pass.setBindGroup(
      0,
      device.createBindGroup({
        layout,
        entries: [
          { binding: 0, resource: { buffer, size: uniforms.byteLength } },
          ...names.map((_, i) => ({
            binding: i + 1,
            resource: (layer.pictures[i]?.texture ?? nothing).createView(),
          })),
        ],
      }),
      [slot * stride],
    )
    pass.draw(3)
  }

  return {
    setViewport(next) {
      if (canvas.width !== next.width) canvas.width = Math.max(1, next.width)
      if (canvas.height !== next.height) canvas.height = Math.max(1, next.height)
      viewport = next
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
