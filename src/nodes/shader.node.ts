/** A person's own WGSL: the body of a function that is called for each pixel, fused like that of any other pixel node. */
import { defineNode, param, port } from './define.ts'

const names = [
  ...['image', 'second', 'mask', 'n1', 'n2', 'n3', 'n4', 'px'],
  ...['image_at', 'second_at', 'mask_at'],
  ...['luma', 'toYcc', 'fromYcc', 'toLinear', 'fromLinear', 'hash3', 'uniform3', 'normal2'],
] as const

const readers = ['image', 'second', 'mask'] as const

const comments = /\/\/[^\n]*|\/\*[\s\S]*?\*\//g

/** Of the recipe “Dark corners”. */
const darkCorners = `// Light that a lens lost towards the corners: 1 + n1 r² + n2 r⁴ of it, r = 1 in the corners (Lensfun's model “pa”).
let from_middle = vec2f(px.at * 2u + 1u) - vec2f(px.size);
let r2 = dot(from_middle, from_middle) / dot(vec2f(px.size), vec2f(px.size));
let gain = 1.0 + mask * (n1 * r2 + n2 * r2 * r2);
return vec4f(fromLinear(toLinear(image.rgb) * gain), image.a);
`

const number = (name: string, help?: string) =>
  param.float(name, { default: 0, min: -10_000, max: 10_000, step: 0.01, usual: [0, 1], ...(help ? { help } : {}) })

export default defineNode({
  type: 'shader',
  title: 'Shader',
  category: 'look',
  summary:
    'Runs your own WGSL on every pixel. What it gives is held to 0…1. Code that came with a graph runs once you have allowed it.',
  keywords: [
    'wgsl',
    'code',
    'custom',
    'expression',
    'formula',
    'own filter',
    'glsl',
    'invert',
    'convolution',
    'vignette',
  ],
  inputs: {
    image: port.image('Image'),
    second: port.optionalImage('Second'),
    mask: port.optionalMask('Mask', 1),
  },
  outputs: { image: port.image('Image') },
  params: {
    code: param.code('Code', {
      default: `// For each pixel: image, second (vec4f), mask, n1 to n4 (f32), px.at, px.size (vec2u).
// Of its neighbours: image_at(vec2i(px.at) + vec2i(1, 0)), second_at, mask_at.
let negative = vec4f(1.0 - image.rgb, image.a);
return mix(image, negative, n1 * mask);
`,
      shippedCodes: [darkCorners],
      names,
      help: 'The body of a function that returns the pixel as vec4f, 0 to 1, gamma-encoded. image_at(place) reads elsewhere, held at the border. Also there: luma, toYcc, fromYcc, toLinear, fromLinear; of a vec3u hash3, uniform3, normal2. Its loops take 16,130 iterations a pixel at most.',
    }),
    n1: number('n1', 'What the code reads as n1.'),
    n2: number('n2'),
    n3: number('n3'),
    n4: number('n4'),
  },
  onCard: ['n1'],
  infer: ({ image }) => ({ image }),
  bypass: { image: 'image' },
  kernel: {
    kind: 'pixel',
    // How far it reads, nobody can tell.
    needs(params) {
      const codeWithoutComments = params.code.replaceAll(comments, ' ')
      return Object.fromEntries(
        readers
          .filter((name) => new RegExp(`\\b${name}_at\\b`).test(codeWithoutComments))
          .map((name) => [name, { reach: Number.POSITIVE_INFINITY }]),
      )
    },
    wgsl: (params) => `let n1 = p.n1; let n2 = p.n2; let n3 = p.n3; let n4 = p.n4; ${params.code}`,
  },
})
