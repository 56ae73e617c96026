/** Turns the picture by quarters, and mirrors it: no pixel changes, each only takes another place. */
import { createStage, defineNode, param, port } from './define.ts'

export default defineNode({
  type: 'flip-rotate',
  title: 'Flip/Rotate',
  category: 'scale',
  reframes: true,
  cost: 'light',
  summary:
    'Turns the picture by quarters and mirrors it, without loss. What a phone recorded upright, Decode has turned already.',
  keywords: [
    'flip',
    'mirror',
    'rotate',
    'upside down',
    'sideways',
    'on its side',
    'turn',
    'orientation',
    '90 degrees',
    'reverse',
  ],
  inputs: { image: port.image('Image') },
  outputs: { image: port.image('Image') },
  params: {
    turn: param.choice('Turn', ['0', '90', '180', '270'], {
      default: '0',
      labels: { '0': 'Not', '90': '90° clockwise', '180': '180°', '270': '90° anticlockwise' },
    }),
    horizontal: param.bool('Mirror left and right', { default: false, affects: 'plan', help: 'After turning.' }),
    vertical: param.bool('Mirror top and bottom', { default: false, affects: 'plan', help: 'After turning.' }),
  },
  infer: ({ image }, { turn }) => ({
    image: turn === '90' || turn === '270' ? { ...image, width: image.height, height: image.width } : image,
  }),
  kernel: {
    kind: 'pass',
    needs: () => ({ image: { reach: Number.POSITIVE_INFINITY } }),
    async prepare({ gpu, inputs: { image: whole }, params: { turn, horizontal, vertical } }) {
      // From a place in the result back to one in the picture, each step in the sizes that it has there.
      const turnedSize = turn === '90' || turn === '270' ? 'u.whole.yx' : 'u.whole'
      const back = {
        '0': 'place',
        '90': 'vec2i(place.y, last.x - place.x)',
        '180': 'last - place',
        '270': 'vec2i(last.y - place.y, place.x)',
      }[turn]
      const stage = await createStage(gpu, {
        label: 'flip-rotate',
        reads: ['image'],
        format: 'rgba16float',
        wgsl: /* wgsl */ `
fn make(at: vec2i) -> vec4f {
  let last = ${turnedSize} - 1;
  let place = vec2i(${horizontal ? 'last.x - at.x' : 'at.x'}, ${vertical ? 'last.y - at.y' : 'at.y'});
  return image_at(${back});
}`,
      })
      return {
        record({ recorder, inputs: { image }, outputs }) {
          if (outputs.image) stage.record(recorder, whole, { image }, outputs.image)
        },
      }
    },
  },
})
