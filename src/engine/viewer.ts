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

/** The pictures, then what lies around each. */
const textureNames = [
  ...Array.from({ length: most }, (_, i) => `picture${i}`),
  ...Array.from({ length: most }, (_, i) => `ground${i}`),
]

const uniformTypes = {
  centre: 'vec2f',
  canvas: 'vec2f',
  /** Size in which `centre` and `zoom` count: that of A, or of what A is a draft of. */
  extent: 'vec2f',
  zoom: 'f32',
  mode: 'u32',
  background: 'vec3f',
  /** Wipe position, difference gain or onion mix. */
  amount: 'f32',
  /** The one to show alone. */
  show: 'u32',
  /** Of each the part that is there, in its own pixels: left, top, right, bottom. */
  ...Object.fromEntries(textureNames.map((name) => [`${name}Part`, 'vec4f' as const])),
  /** Of the whole picture. */
  ...Object.fromEntries(textureNames.map((name) => [`${name}Size`, 'vec2f' as const])),
  /** Pictures that there are, one bit each; which of them are masks. */
  present: 'u32',
  masks: 'u32',
  flags: 'u32',
} as const

const modes = { single: 0, wipe: 1, side: 2, difference: 3, onion: 4 } as const satisfies Record<
  CompareLayout['mode'],
  number
>
const signedFlag = 1
const gridFlag = 2

/**
 * From twice the size on, pixels stand as squares (people judge pixels there); between, bilinear; reduced,
 * the mean over the covered area, so that fine texture does not shimmer while zooming.
 */
const wgsl = `
${layoutUniforms(uniformTypes).wgsl('Uniforms')}
@group(0) @binding(0) var<uniform> u: Uniforms;
${textureNames.map((name, i) => `@group(0) @binding(${i + 1}) var ${name}: texture_2d<f32>;`).join('\n')}

@vertex fn vertex(@builtin(vertex_index) i: u32) -> @builtin(position) vec4f {
  return vec4f(vec2f(vec2u(i << 1u, i) & vec2u(2u)) * 2.0 - 1.0, 0.0, 1.0);
}
fn dimensions(which: u32) -> vec2i {
  switch (which) {
    ${textureNames.map((name, i) => `case ${i}u: { return vec2i(u.${name}Size); }`).join('\n    ')}
    default: { return vec2i(1); }
  }
}
fn part(which: u32) -> vec4f {
  switch (which) {
    ${textureNames.map((name, i) => `case ${i}u: { return u.${name}Part; }`).join('\n    ')}
    default: { return vec4f(0.0); }
  }
}
fn load(which: u32, at: vec2i) -> vec4f {
  switch (which) {
    ${textureNames.map((name, i) => `case ${i}u: { return textureLoad(${name}, at, 0); }`).join('\n    ')}
    default: { return vec4f(0.0); }
  }
}
fn texel(which: u32, at: vec2i) -> vec4f {
  let there = vec4i(part(which));
  let value = load(which, clamp(at, there.xy, there.zw - 1) - there.xy);
  return select(value, vec4f(value.rrr, 1.0), ((u.masks >> which) & 1u) == 1u);
}
fn bilinear(which: u32, point: vec2f) -> vec4f {
  let corner = floor(point - 0.5);
  let part = point - 0.5 - corner;
  var sum = vec4f(0.0);
  for (var i = 0; i < 4; i++) {
    let step = vec2i(i & 1, i >> 1);
    let weights = select(1.0 - part, part, step == vec2i(1));
    let weight = weights.x * weights.y;
    if (weight > 0.0) { sum += weight * texel(which, vec2i(corner) + step); }
  }
  return sum;
}
/** Picture \`which\` at a point of A. */
fn sampled(which: u32, pointOfA: vec2f) -> vec4f {
  let ratio = vec2f(dimensions(which)) / u.extent;
  let point = pointOfA * ratio;
  let zoom = u.zoom / ratio.x;
  let place = select(point, floor(point) + 0.5, zoom >= 2.0);
  let taps = i32(select(1.0, min(4.0, ceil(1.0 / zoom)), zoom < 1.0));
  var sum = vec4f(0.0);
  for (var y = 0; y < taps; y++) {
    for (var x = 0; x < taps; x++) {
      sum += bilinear(which, place + (vec2f(vec2i(x, y)) + 0.5 - f32(taps) * 0.5) / (zoom * f32(taps)));
    }
  }
  return sum / f32(taps * taps);
}
/** Whether the part that is there of picture \`which\` reaches this point of A. */
fn reached(which: u32, pointOfA: vec2f) -> bool {
  let point = pointOfA * vec2f(dimensions(which)) / u.extent;
  let there = part(which);
  return all(point >= there.xy) && all(point < there.zw);
}
fn there(which: u32) -> bool { return ((u.present >> which) & 1u) == 1u; }
fn overCheckerboard(colour: vec4f, position: vec2f) -> vec3f {
  let square = vec2u(position / 8.0);
  let check = select(0.35, 0.45, ((square.x + square.y) & 1u) == 1u);
  return mix(vec3f(check), clamp(colour.rgb, vec3f(0.0), vec3f(1.0)), clamp(colour.a, 0.0, 1.0));
}
@fragment fn fragment(@builtin(position) position: vec4f) -> @location(0) vec4f {
  var which = u.show;
  var field = u.canvas;
  var at = position.xy;
  if (u.mode == ${modes.side}u) {
    // As many fields as pictures: two beside each other, more in two rows.
    let rows = select(1.0, 2.0, (u.present & 15u) > 3u);
    field = u.canvas / vec2f(2.0, rows);
    let cell = floor(at / field);
    which = u32(cell.x + 2.0 * cell.y);
    at = at - cell * field;
    if (any(at < vec2f(select(0.0, 1.0, cell.x > 0.0), select(0.0, 1.0, cell.y > 0.0)))) {
      return vec4f(u.background * 0.5 + 0.25, 1.0);
    }
  } else if (u.mode == ${modes.wipe}u) {
    let line = u.amount * u.canvas.x;
    if (abs(at.x - line) < 1.0) { return vec4f(1.0); }
    which = select(0u, 1u, at.x > line);
  }
  let point = (at - field * 0.5) / u.zoom + u.centre;
  if (any(point < vec2f(0.0)) || any(point >= u.extent) || !there(which)) { return vec4f(u.background, 1.0); }
  let whole = reached(which, point);
  let first = which + select(${most}u, 0u, whole);
  if (!there(first)) { return vec4f(u.background, 1.0); }
  let both = whole && (u.mode == ${modes.difference}u || u.mode == ${modes.onion}u);
  // One call for all: the compilers of some GPUs write the function out at each.
  var colours: array<vec4f, 2>;
  for (var i = 0u; i < select(1u, 2u, both); i++) { colours[i] = sampled(first + i, point); }
  var shown = overCheckerboard(colours[0], position.xy);
  if (!whole) { return vec4f(mix(u.background, shown, ${groundLight}), 1.0); }
  if (u.mode == ${modes.difference}u) {
    let difference = (colours[0].rgb - colours[1].rgb) * u.amount;
    shown = clamp(select(abs(difference), difference + 0.5, (u.flags & ${signedFlag}u) != 0u), vec3f(0.0), vec3f(1.0));
  } else if (u.mode == ${modes.onion}u) {
    shown = mix(shown, overCheckerboard(colours[1], position.xy), u.amount);
  }
  if ((u.flags & ${gridFlag}u) != 0u && u.zoom >= 8.0 && any(fract(point) * u.zoom < vec2f(1.0))) {
    shown = mix(shown, vec3f(0.5), 0.35);
  }
  return vec4f(shown, 1.0);
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
function possible(layout: CompareLayout, pictures: readonly (GpuPicture | null)[]): CompareLayout {
  if (layout.mode === 'single') return pictures[layout.show] ? layout : alone
  return pictures[1] ? layout : alone
}

function amountOf(layout: CompareLayout): number {
  switch (layout.mode) {
    case 'wipe':
      return layout.position
    case 'difference':
      return layout.gain
    case 'onion':
      return layout.mix
    default:
      return 0
  }
}

const bits = (flags: readonly boolean[]): number => flags.reduce((sum, flag, i) => sum + (flag ? 2 ** i : 0), 0)

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
      { binding: 0, visibility, buffer: { type: 'uniform' } },
      ...textureNames.map((_, i) => ({
        binding: i + 1,
        visibility,
        texture: { sampleType: 'unfilterable-float' } as const,
      })),
    ],
  })
  const module = device.createShaderModule({ label: 'viewer', code: wgsl })
  const pipeline = device.createRenderPipeline({
    label: 'viewer',
    layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
    vertex: { module },
    fragment: { module, targets: [{ format }] },
  })
  const uniforms = layoutUniforms(uniformTypes)
  const buffer = device.createBuffer({
    label: 'viewer/uniforms',
    size: uniforms.byteLength,
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

  return {
    setViewport(next) {
      if (canvas.width !== next.width) canvas.width = Math.max(1, next.width)
      if (canvas.height !== next.height) canvas.height = Math.max(1, next.height)
      viewport = next
    },
    draw(pictures, extent, ground = []) {
      const { background, zoom, centre } = viewport ?? { background: [0, 0, 0], zoom: 1, centre: { x: 0, y: 0 } }
      const [r, g, b] = background
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
      if (first) {
        const arranged = possible(viewport?.layout ?? alone, pictures)
        const all = [...Array.from({ length: most }, (_, i) => pictures[i] ?? null), ...ground]
        const each = textureNames.map((name, i) => ({ name, picture: all[i] ?? null }))
        const signed = arranged.mode === 'difference' && arranged.signed
        const values = {
          centre: [centre.x, centre.y],
          canvas: [canvas.width, canvas.height],
          extent: [extent?.width ?? first.desc.width, extent?.height ?? first.desc.height],
          zoom,
          mode: modes[arranged.mode],
          background,
          amount: amountOf(arranged),
          show: arranged.mode === 'single' ? arranged.show : 0,
          present: bits(each.map(({ picture }) => picture !== null)),
          masks: bits(each.map(({ picture }) => picture?.desc.type === 'mask')),
          ...Object.fromEntries(
            each.flatMap(({ name, picture }) => {
              const { x, y, width, height } = picture?.part ?? { x: 0, y: 0, width: 1, height: 1 }
              return [
                [`${name}Part`, [x, y, x + width, y + height]],
                [`${name}Size`, [picture?.desc.width ?? 1, picture?.desc.height ?? 1]],
              ]
            }),
          ),
          flags: (signed ? signedFlag : 0) + (viewport?.pixelGrid ? gridFlag : 0),
        }
        device.queue.writeBuffer(buffer, 0, uniforms.pack(values))
        const textures = each.map(({ picture }) => picture?.texture ?? nothing)
        pass.setPipeline(pipeline)
        pass.setBindGroup(
          0,
          device.createBindGroup({
            layout,
            entries: [
              { binding: 0, resource: { buffer } },
              ...textures.map((texture, i) => ({ binding: i + 1, resource: texture.createView() })),
            ],
          }),
        )
        pass.draw(3)
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
