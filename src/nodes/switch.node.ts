/** One of several pictures: two ways through a graph, and one place to choose between them. */
import { createStage, defineNode, inferProblem, param, port } from './define.ts'

const names = ['first', 'second', 'third', 'fourth'] as const

const optional = (label: string) => ({ type: 'image', label, fallback: 0 }) as const

export default defineNode({
  type: 'switch',
  title: 'Switch',
  category: 'blend',
  summary: 'Passes one of up to four pictures on. What feeds the others is computed all the same.',
  keywords: ['choose', 'select', 'either', 'alternative', 'a or b', 'compare', 'route', 'variant', 'toggle', 'pick'],
  inputs: {
    first: port.image('First'),
    second: optional('Second'),
    third: optional('Third'),
    fourth: optional('Fourth'),
  },
  outputs: { image: port.image('Image') },
  params: {
    chosen: param.choice('Picture', names, {
      default: 'first',
      labels: { first: 'First', second: 'Second', third: 'Third', fourth: 'Fourth' },
      help: 'They may be of different sizes: the result has the size of the one that is chosen.',
    }),
  },
  onCard: ['chosen'],
  infer(inputs, { chosen }) {
    const image = inputs[chosen]
    if (!image)
      return inferProblem({
        code: 'bad-param',
        param: 'chosen',
        message: `The ${chosen} picture is chosen, but nothing is wired to it.`,
        hint: 'Wire a picture to that input, or choose another.',
      })
    return { image }
  },
  bypass: { image: 'first' },
  kernel: {
    kind: 'pass',
    needs: () => ({ first: { reach: 0 }, second: { reach: 0 }, third: { reach: 0 }, fourth: { reach: 0 } }),
    async prepare({ gpu, outputs: { image: whole }, params: { chosen } }) {
      const stage = await createStage(gpu, {
        label: 'switch',
        reads: ['image'],
        format: 'rgba16float',
        wgsl: 'fn make(at: vec2i) -> vec4f { return image_at(at); }',
      })
      return {
        record({ recorder, inputs, outputs }) {
          const image = inputs[chosen]
          if (outputs.image && image) stage.record(recorder, whole, { image }, outputs.image)
        },
      }
    },
  },
})
