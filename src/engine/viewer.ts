/** Draws the viewed picture on the editor's canvas: zoomed, panned, over a checkerboard where it is transparent. */
import type { GpuPicture } from '../gpu/types.ts'
import { layoutUniforms } from '../gpu/uniforms.ts'
import type { Viewport } from './api.ts'

const uniformTypes = {
  centre: 'vec2f',
  canvas: 'vec2f',
  picture: 'vec2f',
  zoom: 'f32',
  isMask: 'u32',
  background: 'vec3f',
} as const

/**
 * From twice the size on, pixels stand as squares (people judge pixels there); between, bilinear; reduced,
 * the mean over the covered area, so that fine texture does not shimmer while zooming.
 */
const wgsl = `
${layoutUniforms(uniformTypes).wgsl('Uniforms')}
@group(0) @binding(0) var<uniform> u: Uniforms;
@group(0) @binding(1) var picture: texture_2d<f32>;

@vertex fn vertex(@builtin(vertex_index) i: u32) -> @builtin(position) vec4f {
  return vec4f(vec2f(vec2u(i << 1u, i) & vec2u(2u)) * 2.0 - 1.0, 0.0, 1.0);
}
fn texel(at: vec2i) -> vec4f {
  let value = textureLoad(picture, clamp(at, vec2i(0), vec2i(u.picture) - 1), 0);
  return select(value, vec4f(value.rrr, 1.0), u.isMask == 1u);
}
fn bilinear(point: vec2f) -> vec4f {
  let corner = floor(point - 0.5);
  let part = point - 0.5 - corner;
  let at = vec2i(corner);
  return mix(mix(texel(at), texel(at + vec2i(1, 0)), part.x), mix(texel(at + vec2i(0, 1)), texel(at + vec2i(1, 1)), part.x), part.y);
}
@fragment fn fragment(@builtin(position) position: vec4f) -> @location(0) vec4f {
  let point = (position.xy - u.canvas * 0.5) / u.zoom + u.centre;
  if (any(point < vec2f(0.0)) || any(point >= u.picture)) { return vec4f(u.background, 1.0); }
  var colour: vec4f;
  if (u.zoom >= 2.0) {
    colour = texel(vec2i(point));
  } else if (u.zoom >= 1.0) {
    colour = bilinear(point);
  } else {
    let taps = i32(min(4.0, ceil(1.0 / u.zoom)));
    var sum = vec4f(0.0);
    for (var y = 0; y < taps; y++) {
      for (var x = 0; x < taps; x++) {
        sum += bilinear(point + (vec2f(vec2i(x, y)) + 0.5 - f32(taps) * 0.5) / (u.zoom * f32(taps)));
      }
    }
    colour = sum / f32(taps * taps);
  }
  let square = vec2u(position.xy / 8.0);
  let check = select(0.35, 0.45, ((square.x + square.y) & 1u) == 1u);
  return vec4f(mix(vec3f(check), clamp(colour.rgb, vec3f(0.0), vec3f(1.0)), clamp(colour.a, 0.0, 1.0)), 1.0);
}`

export interface Viewer extends Disposable {
  setViewport(viewport: Viewport): void
  /** Draws `picture` (`null`: the background alone). */
  draw(picture: GpuPicture | null): void
}

/** Throws where the canvas gives no WebGPU context. */
export function createViewer(device: GPUDevice, canvas: OffscreenCanvas): Viewer {
  const context = canvas.getContext('webgpu')
  if (!context) throw new Error('The viewer’s canvas gives no WebGPU context.')
  const format = navigator.gpu.getPreferredCanvasFormat()
  context.configure({ device, format, alphaMode: 'opaque' })
  const layout = device.createBindGroupLayout({
    label: 'viewer',
    entries: [
      { binding: 0, visibility: GPUShaderStage.FRAGMENT, buffer: { type: 'uniform' } },
      { binding: 1, visibility: GPUShaderStage.FRAGMENT, texture: { sampleType: 'unfilterable-float' } },
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
  let viewport: Viewport | undefined

  return {
    setViewport(next) {
      if (canvas.width !== next.width) canvas.width = Math.max(1, next.width)
      if (canvas.height !== next.height) canvas.height = Math.max(1, next.height)
      viewport = next
    },
    draw(picture) {
      const { background, zoom, centre } = viewport ?? { background: [0, 0, 0], zoom: 1, centre: { x: 0, y: 0 } }
      const [r, g, b] = background
      const encoder = device.createCommandEncoder({ label: 'viewer' })
      const view = context.getCurrentTexture().createView()
      const pass = encoder.beginRenderPass({
        label: 'viewer',
        colorAttachments: [{ view, loadOp: 'clear', storeOp: 'store', clearValue: { r, g, b, a: 1 } }],
      })
      if (picture) {
        const { width, height, type } = picture.desc
        const values = {
          centre: [centre.x, centre.y],
          canvas: [canvas.width, canvas.height],
          picture: [width, height],
          zoom,
          isMask: type === 'mask' ? 1 : 0,
          background,
        }
        device.queue.writeBuffer(buffer, 0, uniforms.pack(values))
        pass.setPipeline(pipeline)
        pass.setBindGroup(
          0,
          device.createBindGroup({
            layout,
            entries: [
              { binding: 0, resource: { buffer } },
              { binding: 1, resource: picture.texture.createView() },
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
    },
  }
}
