/**
 * A lookup table from a `.cube` file. Between the entries of a 3D table it interpolates within one of the six tetrahedra
 * that a cell falls into (J. M. Kasson, S. I. Nin, W. Plouffe, J. L. Hafner, "Performing Color Space Conversions with
 * Three-Dimensional Linear Interpolation", Journal of Electronic Imaging 4(3), 1995), between those of a 1D table linearly.
 *
 * The table is given the picture's values as they are, gamma-encoded RGB, which is what LUTs for display-referred pictures
 * are made for. It converts nothing: one that is made for a camera's log wants footage in that log.
 */
import { type AssetFacts, defineNode, inferProblem, param, port } from './define.ts'

/** Texels in a row of a 1D table. */
const columns = 256

const vector = (values: readonly number[]): string =>
  `vec3f(${values.map((value) => Math.fround(value).toExponential()).join(', ')})`

function body(facts: ReturnType<NonNullable<AssetFacts['lut']>>): string {
  if (!facts) return 'return image;'
  const { size, dimensions, domain } = facts
  const place = `
  let place = clamp((image.rgb - ${vector(domain.min)}) / (${vector(domain.max)} - ${vector(domain.min)}), vec3f(0.0), vec3f(1.0)) * ${size - 1}.0;
  let low = min(vec3i(place), vec3i(${size - 2}));
  let f = place - vec3f(low);`
  const mixExpression = 'return vec4f(mix(image.rgb, clamp(toned, vec3f(0.0), vec3f(1.0)), p.amount * mask), image.a);'
  const entry = (i: string) => `lut_at(vec2i((${i}) % ${columns}, (${i}) / ${columns}))`
  if (dimensions === 1)
    return `${place}
  let toned = vec3f(
    mix(${entry('low.r')}.r, ${entry('low.r + 1')}.r, f.r),
    mix(${entry('low.g')}.g, ${entry('low.g + 1')}.g, f.g),
    mix(${entry('low.b')}.b, ${entry('low.b + 1')}.b, f.b));
  ${mixExpression}`
  const colour = (i: string) => `lut_at(vec2i((${i}).r + (${i}).g * ${size}, (${i}).b)).rgb`
  // From the cell's darkest corner to its brightest along the axes, that of the largest share first.
  return `${place}
  let rg = f.r >= f.g;
  let gb = f.g >= f.b;
  let rb = f.r >= f.b;
  let most = vec3i(vec3<bool>(rg && rb, !rg && gb, !gb && !rb));
  let least = vec3i(vec3<bool>(!rg && !rb, rg && !gb, gb && rb));
  let high = low + 1;
  let first = dot(f, vec3f(most));
  let last = dot(f, vec3f(least));
  let middle = f.r + f.g + f.b - first - last;
  let toned = (1.0 - first) * ${colour('low')} + (first - middle) * ${colour('low + most')}
    + (middle - last) * ${colour('high - least')} + last * ${colour('high')};
  ${mixExpression}`
}

export default defineNode({
  type: 'lut',
  title: 'LUT',
  category: 'look',
  summary:
    'Looks every colour up in the table of a .cube file. The table is given gamma-encoded values as they are; what lies outside its range is held at its edge, and what it gives is held to 0…1.',
  keywords: [
    'lookup table',
    'cube',
    'colour grade',
    'grading',
    'film look',
    'film emulation',
    'log to rec.709',
    'log footage',
    'colour cast',
    'washed out',
    'creative look',
    'teal and orange',
  ],
  inputs: {
    image: port.image('Image'),
    mask: port.areaMask(),
  },
  outputs: { image: port.image('Image') },
  params: {
    file: param.asset('lut', 'File', {
      default: null,
      help: 'A .cube file, 1D or 3D (2 to 65 on a side). One that is made for a camera’s log wants footage in that log; most others want ordinary video, as it is.',
    }),
    amount: param.float('Amount', {
      default: 1,
      min: 0,
      max: 1,
      step: 0.01,
      help: '0 leaves the picture as it is, 1 gives the table’s colours.',
    }),
  },
  infer({ image }, { file }, facts) {
    if (!file)
      return inferProblem({
        code: 'missing-asset',
        param: 'file',
        message: 'LUT has no file.',
        hint: 'Choose a .cube file in the inspector, or bypass the node.',
      })
    if (!facts.lut?.(file))
      return inferProblem({
        code: 'missing-asset',
        param: 'file',
        message: `The LUT “${file.id}” is not here, or not in the version that the graph names.`,
        hint: 'Choose its .cube file again: a graph names it, and does not hold it.',
      })
    return { image }
  },
  kernel: {
    kind: 'pixel',
    wgsl: ({ file }, facts) => body(file ? facts.lut?.(file) : undefined),
    tables: {
      async lut({ open, params }) {
        const { rgb, size, dimensions } = await open('lut', params.file!)
        const [width, height] = dimensions === 3 ? [size * size, size] : [columns, Math.ceil(size / columns)]
        const rgba = new Float32Array(4 * width * height)
        for (let i = 0; 3 * i < rgb.length; i++) rgba.set(rgb.subarray(3 * i, 3 * i + 3), 4 * i)
        return { width, height, rgba }
      },
    },
  },
})
