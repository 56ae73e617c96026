/**
 * Levels: where black, white and middle grey lie, as the dialog of that name sets them. The range from `black` to
 * `white` is stretched to [0,1], bent by 1/gamma, and laid between `lowest` and `highest`, all on the gamma-encoded values.
 */
import { defineNode, param, port } from './define.ts'

export default defineNode({
  type: 'levels',
  title: 'Levels',
  category: 'look',
  summary:
    'Sets black point, white point and middle grey. What lies beyond the points is lost, and stretching makes bands show.',
  keywords: [
    'contrast',
    'brightness',
    'gamma',
    'washed out',
    'dark',
    'too dark',
    'too bright',
    'faded',
    'exposure',
    'black point',
    'white point',
    'curves',
    'tone',
    'grey',
  ],
  inputs: {
    image: port.image('Image'),
    mask: port.areaMask(),
  },
  outputs: { image: port.image('Image') },
  params: {
    black: param.float('Black', {
      default: 0,
      min: 0,
      max: 1,
      step: 0.005,
      help: 'What is this dark or darker becomes the lowest value.',
    }),
    white: param.float('White', {
      default: 1,
      min: 0,
      max: 1,
      step: 0.005,
      help: 'What is this bright or brighter becomes the highest value. At or below Black, everything is one or the other.',
    }),
    gamma: param.float('Gamma', {
      default: 1,
      min: 0.1,
      max: 10,
      step: 0.05,
      help: 'Above 1 brightens the midtones, below 1 darkens them; black and white stay.',
    }),
    lowest: param.float('Lowest', {
      default: 0,
      min: 0,
      max: 1,
      step: 0.005,
      help: 'The value that black gets. Above Highest it turns the picture into a negative.',
    }),
    highest: param.float('Highest', { default: 1, min: 0, max: 1, step: 0.005, help: 'The value that white gets.' }),
  },
  onCard: ['gamma'],
  infer: ({ image }) => ({ image }),
  kernel: {
    kind: 'pixel',
    // The narrowest range is far below a step of the picture's half floats near white: a threshold.
    wgsl: /* wgsl */ `
  var tone = clamp((image.rgb - p.black) / max(p.white - p.black, 1e-5), vec3f(0.0), vec3f(1.0));
  if (p.gamma != 1.0) { tone = pow(tone, vec3f(1.0 / p.gamma)); }
  return vec4f(mix(image.rgb, mix(vec3f(p.lowest), vec3f(p.highest), tone), mask), image.a);`,
  },
})
