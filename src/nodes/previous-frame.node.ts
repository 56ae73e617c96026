/** The frame before: against the frame itself it shows what changes from one to the next. */
import { defineNode, port } from './define.ts'

export default defineNode({
  type: 'previous-frame',
  title: 'Previous Frame',
  category: 'look',
  summary:
    'Gives the previous frame in place of each; the first frame stays. With Difference Mask or Mix it shows what moves.',
  keywords: ['previous', 'frame before', 'earlier', 'delay', 'offset', 'time', 'motion', 'what moves', 'flicker'],
  inputs: { image: port.image('Image') },
  outputs: { image: port.image('Image') },
  params: {},
  infer: ({ image }) => ({ image }),
  kernel: {
    kind: 'pixel',
    needs: () => ({ image: { reach: 0, frames: { before: 1, after: 0 } } }),
    wgsl: /* wgsl */ `return image_before1_at(vec2i(px.at));`,
  },
})
