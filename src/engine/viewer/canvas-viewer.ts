/**
 * Draws the viewed pictures on the editor's canvas: zoomed, panned, compared, over a checkerboard where they are
 * transparent. Drawing is all it does: moving about costs no render of the graph.
 */

import type { GpuPicture } from '../../gpu/types.ts'
import { layoutUniforms } from '../../gpu/uniforms.ts'
import { colourMappingOf } from '../../graph/node/value-types.ts'
import type { Viewport } from '../door/api.ts'
import { firstPixel, type Layer, layersOf, maxPictures } from './layers.ts'
import { Programs, type Reading, textureNames, uniformTypes } from './viewer-shaders.ts'
import type { Extent } from './visible-pictures.ts'

export interface Viewer extends Disposable {
  /** @param step canvas pixels, across and down, for which one is drawn: 1, or more where that has to be quick */
  setViewport(viewport: Viewport, step?: number): void
  /**
   * Draws A and the others, at most four; where A is missing, the background alone.
   * @param extent the size in which the viewport counts: that of the whole picture where A is a draft; else A's own
   * @param ground what lies around each of the pictures where a part of it is there alone; shown dimmed
   * @param overlay lies over A where the viewport says how
   */
  draw(
    pictures: readonly (GpuPicture | null)[],
    extent?: { readonly width: number; readonly height: number } | null,
    ground?: readonly (GpuPicture | null)[],
    overlay?: GpuPicture | null,
  ): void
}

/** Pixels of a picture per pixel of the extent, across and down. */
const ratioOf = ({ desc }: GpuPicture, extent: Extent) =>
  [desc.width / extent.width, desc.height / extent.height] as const

function readingOf(picture: GpuPicture, extent: Extent, { zoom }: Viewport, step: number): Reading {
  const scale = zoom / ratioOf(picture, extent)[0]
  const coloursAs = colourMappingOf(picture.desc.type)
  if (scale * step >= 2) return { by: 'squares', taps: 1, colours: coloursAs }
  return {
    by: picture.texture.format === 'r32float' ? 'mixed' : 'filtered',
    taps: Math.min(4, Math.max(1, Math.ceil(1 / scale))),
    colours: coloursAs,
  }
}

/** The uniform values of a layer. */
function valuesOf(
  { pictures, field, amount, gain, tint, colour }: Layer,
  extent: Extent,
  { zoom, centre, ...view }: Viewport,
) {
  const { left, top, right, bottom } = field ?? { left: 0, top: 0, right: 0, bottom: 0 }
  const offset = [centre.x - (left + right) / 2 / zoom, centre.y - (top + bottom) / 2 / zoom] as const
  return {
    gridScale: 1 / zoom,
    gridOffset: offset,
    amount: amount ?? 0,
    gain: gain ?? 1,
    tint: tint ?? [0, 0, 0],
    background: colour ?? view.background,
    ...Object.fromEntries(
      textureNames.flatMap((name, i) => {
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

export class CanvasViewer implements Viewer {
  readonly #device: GPUDevice
  readonly #canvas: OffscreenCanvas
  readonly #context: GPUCanvasContext
  readonly #programs: Programs
  readonly #nearest: GPUSampler
  readonly #bilinear: GPUSampler
  readonly #uniforms = layoutUniforms(uniformTypes)
  /** Bytes from the uniforms of one layer to those of the next. */
  readonly #stride: number
  readonly #buffer: GPUBuffer
  /** Stands in where there is no picture. */
  readonly #nothing: GPUTexture
  #viewport: Viewport | undefined
  #drawnStep = 1

  /** Throws where the canvas gives no WebGPU context. */
  constructor(device: GPUDevice, canvas: OffscreenCanvas) {
    const context = canvas.getContext('webgpu')
    if (!context) throw new Error('The viewer’s canvas gives no WebGPU context.')
    const format = navigator.gpu.getPreferredCanvasFormat()
    context.configure({ device, format, alphaMode: 'opaque' })
    this.#device = device
    this.#canvas = canvas
    this.#context = context
    this.#programs = new Programs(device, format)
    this.#nearest = device.createSampler({ label: 'viewer/nearest' })
    this.#bilinear = device.createSampler({ label: 'viewer/bilinear', magFilter: 'linear', minFilter: 'linear' })
    const align = device.limits.minUniformBufferOffsetAlignment
    this.#stride = Math.ceil(this.#uniforms.byteLength / align) * align
    this.#buffer = device.createBuffer({
      label: 'viewer/uniforms',
      // Every picture and its ground, and the lines between them.
      size: this.#stride * (2 * maxPictures + maxPictures - 1),
      usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
    })
    this.#nothing = device.createTexture({
      label: 'viewer/nothing',
      size: [1, 1],
      format: 'r32float',
      usage: GPUTextureUsage.TEXTURE_BINDING,
    })
  }

  setViewport(next: Viewport, step = 1): void {
    const [width, height] = [Math.max(1, Math.ceil(next.width / step)), Math.max(1, Math.ceil(next.height / step))]
    if (this.#canvas.width !== width) this.#canvas.width = width
    if (this.#canvas.height !== height) this.#canvas.height = height
    this.#viewport = { ...next, width, height, zoom: next.zoom / step }
    this.#drawnStep = step
  }

  draw(
    pictures: readonly (GpuPicture | null)[],
    extent?: Extent | null,
    ground: readonly (GpuPicture | null)[] = [],
    overlay: GpuPicture | null = null,
  ): void {
    const view = this.#viewport
    const [r, g, b] = view?.background ?? [0, 0, 0]
    const encoder = this.#device.createCommandEncoder({ label: 'viewer' })
    const pass = encoder.beginRenderPass({
      label: 'viewer',
      colorAttachments: [
        {
          view: this.#context.getCurrentTexture().createView(),
          loadOp: 'clear',
          storeOp: 'store',
          clearValue: { r, g, b, a: 1 },
        },
      ],
    })
    const [first] = pictures
    if (first && view) {
      const size = extent ?? first.desc
      layersOf(view, pictures, ground, size, overlay).forEach((layer, slot) => {
        this.#drawLayer(pass, layer, slot, size, view)
      })
    }
    pass.end()
    this.#device.queue.submit([encoder.finish()])
  }

  [Symbol.dispose](): void {
    this.#context.unconfigure()
    this.#buffer.destroy()
    this.#nothing.destroy()
  }

  #drawLayer(pass: GPURenderPassEncoder, layer: Layer, slot: number, extent: Extent, view: Viewport): void {
    const [left, top, right, bottom] = [
      Math.max(0, firstPixel(layer.within.left)),
      Math.max(0, firstPixel(layer.within.top)),
      Math.min(this.#canvas.width, firstPixel(layer.within.right)),
      Math.min(this.#canvas.height, firstPixel(layer.within.bottom)),
    ]
    if (right <= left || bottom <= top) return
    this.#device.queue.writeBuffer(
      this.#buffer,
      slot * this.#stride,
      this.#uniforms.pack(valuesOf(layer, extent, view)),
    )
    const { pipeline, layout } = this.#programs.get({
      readings: layer.pictures.map((picture) => readingOf(picture, extent, view, this.#drawnStep)),
      mode: layer.mode ?? 'plain',
      grid: view.pixelGrid === true && view.zoom >= 8 && layer.field !== undefined && !layer.dimmed,
      dimmed: layer.dimmed ?? false,
    })
    pass.setPipeline(pipeline)
    pass.setScissorRect(left, top, right - left, bottom - top)
    pass.setBindGroup(
      0,
      this.#device.createBindGroup({
        layout,
        entries: [
          { binding: 0, resource: { buffer: this.#buffer, size: this.#uniforms.byteLength } },
          { binding: 1, resource: this.#nearest },
          { binding: 2, resource: this.#bilinear },
          ...textureNames.map((_, i) => ({
            binding: i + 3,
            resource: (layer.pictures[i]?.texture ?? this.#nothing).createView(),
          })),
        ],
      }),
      [slot * this.#stride],
    )
    pass.draw(3)
  }
}
