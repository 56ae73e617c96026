/** A number for each frame, from keys that a person set over the timeline. */
import { defineNode, inferProblem, inOrderOfFrames, numberAt, numberDesc, param, port } from './define.ts'

export default defineNode({
  type: 'curve',
  title: 'Curve',
  category: 'measure',
  summary: 'Gives a number that changes over the clip, from keys set at some frames.',
  keywords: [
    'keyframe',
    'keyframes',
    'animate',
    'animation',
    'automation',
    'over time',
    'fade',
    'ramp',
    'per shot',
    'per scene',
    'change during the clip',
  ],
  inputs: {},
  outputs: { number: port.number('Number') },
  params: {
    keys: param.keys('Keys', {
      default: [{ frame: 0, value: 1, next: 'linear' }],
      help: 'Wire the number to a parameter: at each frame it takes the value that the keys give, held within its own range.',
    }),
  },
  infer: (_inputs, { keys }) =>
    keys.length === 0
      ? inferProblem({
          code: 'bad-param',
          param: 'keys',
          message: 'It has no keys, so it gives no number.',
          hint: 'Set a key at a frame, or remove the node.',
        })
      : { number: numberDesc() },
  kernel: {
    kind: 'number',
    readsFrame: true,
    numbers: ({ time, params }) => ({
      number: numberAt(inOrderOfFrames(params.keys), time?.index ?? 0) ?? Number.NaN,
    }),
  },
})
