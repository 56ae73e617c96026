/** Cuts the picture's sides off, or adds to them: one number a side, cut where it is above 0, added where it is below. */
import { createStage, defineNode, inferProblem, param, port } from './define.ts'

const sides = ['left', 'right', 'top', 'bottom'] as const

const side = (label: string, cuts: (typeof sides)[number], help?: string) =>
  param.int(label, { default: 0, min: -2048, max: 4096, unit: 'px', affects: 'plan', cuts, ...(help && { help }) })

export default defineNode({
  type: 'crop',
  title: 'Crop/Pad',
  category: 'scale',
  reframes: true,
  cost: 'light',
  summary: 'Crops or pads each side by a number of pixels. Odd sides lose a row of colour when a video is written.',
  keywords: [
    'crop',
    'pad',
    'black bars',
    'letterbox',
    'pillarbox',
    'trim',
    'border',
    'overscan',
    'vhs bottom',
    'head switching',
    'aspect ratio',
    'extend',
    'canvas size',
  ],
  inputs: { image: port.image('Image') },
  outputs: { image: port.image('Image') },
  params: {
    left: side('Left', 'left', 'Pixels cut off; below 0, pixels added.'),
    right: side('Right', 'right'),
    top: side('Top', 'top'),
    bottom: side('Bottom', 'bottom'),
    fill: param.choice('Added', ['black', 'edge', 'mirror'], {
      default: 'black',
      labels: { black: 'Black', edge: 'The edge, repeated', mirror: 'The picture, mirrored' },
      visible: (values) => sides.some((name) => Number(values[name] ?? 0) < 0),
    }),
  },
  infer({ image }, params) {
    const { left, right, top, bottom } = params
    const width = image.width - left - right
    const height = image.height - top - bottom
    for (const [remaining, whole, what, pair] of [
      [width, image.width, 'width', ['left', 'right']],
      [height, image.height, 'height', ['top', 'bottom']],
    ] as const) {
      if (remaining > 0) continue
      const [a, b] = pair
      const larger = params[a] >= params[b] ? a : b
      return inferProblem({
        code: 'bad-param',
        param: larger,
        message: `Nothing is left of the picture: ${params[a] + params[b]} of its ${whole} pixels of ${what} are cut off.`,
        hint: `Cut less off: ${pair.join(' and ')} together must stay below ${whole}.`,
      })
    }
    return { image: { ...image, width, height } }
  },
  inDraft: (params, divisor) => Object.fromEntries(sides.map((side) => [side, Math.round(params[side] / divisor)])),
  kernel: {
    kind: 'pass',
    // A place by its share of the picture lies no farther from its own than the longest of the sides; a mirror may reach all.
    needs({ left, right, top, bottom, fill }) {
      const farthest = Math.max(...[left, right, top, bottom].map(Math.abs)) + 1
      return { image: { reach: fill === 'mirror' ? Number.POSITIVE_INFINITY : farthest } }
    },
    async prepare({ gpu, inputs: { image: from }, params: { left, top, fill } }) {
      const { width, height } = from
      const stage = await createStage(gpu, {
        label: `crop/${fill}`,
        reads: ['image'],
        format: 'rgba16float',
        uniforms: { corner: 'vec2i' },
        wgsl: /* wgsl */ `
fn make(at: vec2i) -> vec4f {
  ${
    fill === 'mirror'
      ? `// There and back again is one turn; the edge itself is not doubled.
  let turn = max(2 * u.whole - 2, vec2i(1));
  let along = (((at + u.corner) % turn) + turn) % turn;
  return image_at(min(along, turn - along));`
      : `let place = at + u.corner;
  ${fill === 'black' ? 'if (any(place < vec2i(0)) || any(place >= u.whole)) { return vec4f(0.0, 0.0, 0.0, 1.0); }' : ''}
  return image_at(place);`
  }
}`,
      })
      return {
        record({ recorder, inputs: { image }, outputs }) {
          if (!outputs.image) return
          stage.record(recorder, { width, height }, { image }, outputs.image, { corner: [left, top] })
        },
      }
    },
  },
})
