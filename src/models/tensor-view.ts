/** A model's result read where it lies: see `placeTile`, which brings the same pixels to a texture. */
import type { PictureView } from '../gpu/types.ts'
import type { Size } from './inspect.ts'
import { bufferType, numberAt, readElement, type TensorFormat } from './tensors.ts'

/**
 * Of a tile that stands alone and whose channels are red, green and blue; opaque.
 * @param start the first pixel of the result that the tile makes @param size of the tile's result
 */
export function tensorView(
  format: TensorFormat,
  tensor: GPUBuffer,
  start: readonly [x: number, y: number],
  size: Size,
): PictureView {
  const { elementType, layout } = format
  return {
    name: `tensor ${layout} ${elementType}`,
    buffers: { tensor: { binding: { type: bufferType(elementType), access: 'read' }, value: tensor } },
    uniforms: { start: { type: 'vec2i', value: start }, size: { type: 'vec2u', value: [size.width, size.height] } },
    wgsl(own) {
      const channels = [0, 1, 2].map((channel) =>
        readElement(elementType, own('tensor'), numberAt(format, `${channel}u`, 'place', 'size')),
      )
      return `
  let place = vec2u(at - u.${own('start')});
  let size = u.${own('size')};
  return vec4f(clamp(vec3f(${channels.join(', ')}), vec3f(0.0), vec3f(1.0)), 1.0);`
    },
  }
}
