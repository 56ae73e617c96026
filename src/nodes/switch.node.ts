/** One of several pictures: two ways through a graph, and one place to choose between them. */
import { createStage, defineNode, inferProblem, param, port, sizeMismatch } from './define.ts'

const names = ['first', 'second', 'third', 'fourth'] as const

const others = names.slice(1) as readonly Exclude<(typeof names)[number], 'first'>[]

export default defineNode({
  type: 'switch',
  title: 'Switch',
  category: 'blend',
  cost: 'light',
  summary:
    'Passes on one of up to four pictures, chosen by hand or, shot by shot, by a number. What feeds the others is still computed.',
  keywords: [
    'choose',
    'select',
    'either',
    'alternative',
    'a or b',
    'compare',
    'route',
    'variant',
    'toggle',
    'pick',
    'per shot',
    'per scene',
  ],
  inputs: {
    first: port.image('First'),
    second: port.optionalImage('Second'),
    third: port.optionalImage('Third'),
    fourth: port.optionalImage('Fourth'),
    number: port.optionalNumber('Number', {
      help: 'Chooses at each frame in place of the setting: 1 is the first picture that is wired, 4 the fourth; beyond the last, the last. A Curve of held keys has one for each shot.',
    }),
  },
  outputs: { image: port.image('Image') },
  params: {
    chosen: param.choice('Picture', names, {
      default: 'first',
      labels: { first: 'First', second: 'Second', third: 'Third', fourth: 'Fourth' },
      help: 'They may be of different sizes: the result has the size of the one that is chosen.',
      visible: (_values, { connectedInputs }) => !connectedInputs.has('number'),
    }),
  },
  onCard: ['chosen'],
  infer(inputs, { chosen }) {
    if (inputs.number) {
      const problem = others.map((name) => sizeMismatch(name, inputs[name], inputs.first)).find((one) => one)
      return problem ?? { image: inputs.first }
    }
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
          // What is asked for beyond the pictures that are wired is the last of them.
          const wiredInputs = names.filter((name) => inputs[name])
          const place = inputs.number && Math.min(wiredInputs.length, Math.max(1, Math.round(inputs.number.value)))
          const image = place === undefined ? inputs[chosen] : inputs[wiredInputs[place - 1]!]
          if (outputs.image && image) stage.record(recorder, whole, { image }, outputs.image)
        },
      }
    },
  },
})
