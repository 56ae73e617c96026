/**
 * Result and source at one size, and how the one comes about from the other. Y is the result, L the source, D(Y) the result shrunk to
 * the source's size, B = U(L) the plain upscale: all bicubic (Catmull-Rom, half-pixel centres, widened when shrinking), of luma.
 *
 * Measures compare D(Y) with L and not Y with B: a true original is sharper than B, and every measure of Y against B would
 * call it faulty.
 */
import { type InferProblem, inferProblem } from '../../graph/document/problems.ts'
import { axisWeights } from '../resample.ts'
import { resampleKernels } from '../resample-kernels.ts'
import { box, filter, gaussian, type Size, type Step, slopeFunctions } from './measure-steps.ts'

/** How many times larger than its source a result may be. */
const largestScale = 8

/** Where image and source cannot be the same picture, why. */
export function pairProblem(image: Size, source: Size): InferProblem | undefined {
  const across = image.width / source.width
  const down = image.height / source.height
  // Sides are rounded to whole pixels, and pixels that are not square made so.
  const skew = Math.abs((image.width * source.height) / image.height - source.width) - 0.02 * source.width
  if (across >= 1 && down >= 1 && across <= largestScale && down <= largestScale && skew <= 1) return undefined
  return inferProblem({
    code: 'size-mismatch',
    port: 'source',
    message: `The source is ${source.width}×${source.height} and the image ${image.width}×${image.height}, which is not the same picture enlarged by 1 to ${largestScale}.`,
    hint: 'Wire the picture from before the model or the Bicubic to this input.',
  })
}

interface Resampling {
  readonly label: string
  readonly name: string
  readonly inputName: string
  /** WGSL expression of `sample`, a pixel of `inputName`: what is resampled. */
  readonly value?: string
  readonly from: Size
  readonly to: Size
  readonly finish?: { readonly reads?: readonly string[]; readonly wgsl: string }
}

/** A number per pixel resampled; `finish` is an expression of `at` and `sum`. */
function resample({ label, name, inputName, value = 'sample.r', from, to, finish }: Resampling): Step[] {
  const rows = `${name}_rows`
  const along = (axis: 'x' | 'y', taps: number, of: string, sample: string) => /* wgsl */ `
  var sum = 0.0;
  for (var k = 0; k < ${taps}; k++) {
    let tap = i32(first[at.${axis}]) + k;
    let sample = ${of}_at(vec2i(${axis === 'x' ? 'tap, at.y' : 'at.x, tap'}));
    sum += weights[at.${axis} * ${taps} + k] * (${sample});
  }`
  const across = axisWeights(resampleKernels['catmull-rom'], from.width, to.width)
  const down = axisWeights(resampleKernels['catmull-rom'], from.height, to.height)
  return [
    {
      label: `${label}/rows`,
      reads: [inputName],
      writes: { [rows]: 'r32float' },
      size: { width: to.width, height: from.height },
      tables: { first: across.first, weights: across.weights },
      wgsl: `${along('x', across.taps, inputName, value)} ${rows}_is(vec4f(sum));`,
    },
    {
      label,
      reads: [rows, ...(finish?.reads ?? [])],
      writes: { [name]: finish ? 'rgba32float' : 'r32float' },
      size: to,
      tables: { first: down.first, weights: down.weights },
      wgsl: `${along('y', down.taps, rows, 'sample.r')} ${name}_is(${finish?.wgsl ?? 'vec4f(clamp(sum, 0.0, 1.0))'});`,
    },
  ]
}

/** `pair`, of the source's size: D(Y), L and D(Y) − L. Reads the inputs `image` and `source`. */
export const pairSteps = (image: Size, source: Size): Step[] =>
  resample({
    label: 'measures/pair',
    name: 'pair',
    inputName: 'image',
    value: 'luma(sample.rgb)',
    from: image,
    to: source,
    finish: {
      reads: ['source'],
      // An undershoot at white is no contradiction: it is cut off wherever it is shown.
      wgsl: 'vec4f(clamp(sum, 0.0, 1.0), luma(source_at(at).rgb), clamp(sum, 0.0, 1.0) - luma(source_at(at).rgb), 0.0)',
    },
  })

/** `made_up`, of the image's size: Y − U(D(Y)), what the source is too coarse to confirm or deny. Reads `pair`. */
export const madeUpSteps = (image: Size, source: Size): Step[] =>
  resample({
    label: 'measures/made up',
    name: 'made_up',
    inputName: 'pair',
    from: source,
    to: image,
    finish: { reads: ['image'], wgsl: 'vec4f(luma(image_at(at).rgb) - clamp(sum, 0.0, 1.0), 0.0, 0.0, 0.0)' },
  })

/** `plain`, of the source's size: D(B), the plain upscale shrunk again. Reads the input `source`. */
export const plainSteps = (image: Size, source: Size): Step[] => [
  ...resample({
    label: 'measures/base',
    name: 'base',
    inputName: 'source',
    value: 'luma(sample.rgb)',
    from: source,
    to: image,
  }),
  ...resample({ label: 'measures/plain', name: 'plain', inputName: 'base', from: image, to: source }),
]

/** `name`, of the image's size: Y − B, what was predicted. Reads the pictures `image` and `source`. */
export const residualSteps = (
  whole: Size,
  small: Size,
  { name, image, source }: { readonly name: string; readonly image: string; readonly source: string },
): Step[] =>
  resample({
    label: `measures/residual ${name}`,
    name,
    inputName: source,
    value: 'luma(sample.rgb)',
    from: small,
    to: whole,
    finish: {
      reads: [image],
      wgsl: `vec4f(luma(${image}_at(at).rgb) - clamp(sum, 0.0, 1.0), 0.0, 0.0, 0.0)`,
    },
  })

/** Added to the diagonal of the fit: what shifts and gains must explain to be believed. */
const ridge = { shift: '4e-6', gain: '1e-6' }

/** `sums_4` and `sums_5`, for the fit: of rows of 9 pixels the products of two bands of L's detail, as it is, and the change. */
function bandSteps(size: Size): Step[] {
  const label = 'measures/fit'
  return [
    // Of L as it is two bands of detail, and the change, less their means.
    ...[0.75, 2].flatMap((sigma, i) =>
      filter({
        label: `${label}/blurred ${i}`,
        name: `blurred_${i}`,
        reads: ['pair'],
        size,
        format: 'r32float',
        taps: gaussian(sigma),
        value: 'pair_at(at).gggg',
      }),
    ),
    {
      label: `${label}/bands`,
      reads: ['pair', 'blurred_0', 'blurred_1'],
      writes: { bands: 'rgba32float' },
      size,
      wgsl: /* wgsl */ `
  let pair = pair_at(at);
  bands_is(vec4f(pair.g - blurred_0_at(at).r, pair.g - blurred_1_at(at).r, pair.b, 0.0));`,
    },
    ...filter({
      label: `${label}/sharp`,
      name: 'sharp',
      reads: ['bands'],
      size,
      taps: box(9),
      value: 'bands_at(at)',
      finish: { reads: ['bands'], wgsl: 'bands_at(at) - sum' },
    }),
    {
      label: `${label}/products of bands`,
      reads: ['sharp'],
      writes: { sums_4: 'rgba32float', sums_5: 'rgba32float' },
      size,
      wgsl: /* wgsl */ `
  var squares = vec4f(0.0);
  var crossed = vec4f(0.0);
  for (var i = -4; i <= 4; i++) {
    let s = sharp_at(at + vec2i(i, 0));
    squares += s * s;
    crossed += vec4f(s.x * s.y, s.x * s.z, s.y * s.z, 0.0);
  }
  sums_4_is(squares);
  sums_5_is(crossed);`,
    },
  ]
}

/**
 * `fit`, of the source's size: of each window of 9×9 whether D(Y) is L sharpened, moved, or otherwise changed, by least squares of the
 * change over the gradient (a shift) and two bands of detail (a gain). Its components are
 * - gain: 0…1, how surely the window is sharpened, or has ripples as coarse as that;
 * - move: by how many pixels of the source it is shifted;
 * - moved: the share of the change that the shift explains beyond the gain;
 * - sharpened: 0…1, how surely it is sharpened and has no ripples. For the others all is softened first, which spares them noise
 *   and leaves of ringing what sharpening looks like, too; here the change is taken as it is, and ringing has fine waves that no gain explains.
 * Reads `pair`.
 */
export function fitSteps(size: Size): Step[] {
  const label = 'measures/fit'
  return [
    // L and the change, both softened: what is finer no window of this size can tell.
    ...filter({
      label: `${label}/soft`,
      name: 'soft',
      reads: ['pair'],
      size,
      taps: gaussian(0.8),
      value: 'vec4f(pair_at(at).g, pair_at(at).b, 0.0, 0.0)',
    }),
    ...[1.2, 3].flatMap((sigma, i) =>
      filter({
        label: `${label}/softer ${i}`,
        name: `softer_${i}`,
        reads: ['soft'],
        size,
        format: 'r32float',
        taps: gaussian(sigma),
        value: 'soft_at(at)',
      }),
    ),
    {
      label: `${label}/parts`,
      reads: ['soft', 'softer_0', 'softer_1'],
      writes: { parts: 'rgba32float' },
      size,
      wgsl: /* wgsl */ `
  let a = soft_at(at).r;
  let across = soft_at(at + vec2i(1, 0)).r - soft_at(at - vec2i(1, 0)).r;
  let down = soft_at(at + vec2i(0, 1)).r - soft_at(at - vec2i(0, 1)).r;
  parts_is(vec4f(across / 2.0, down / 2.0, a - softer_0_at(at).r, a - softer_1_at(at).r));`,
    },
    // All of them, and the change, less their means over the window.
    ...filter({
      label: `${label}/centred`,
      name: 'centred',
      reads: ['parts'],
      size,
      taps: box(9),
      value: 'parts_at(at)',
      finish: { reads: ['parts'], wgsl: 'parts_at(at) - sum' },
    }),
    ...filter({
      label: `${label}/change`,
      name: 'change',
      reads: ['soft'],
      size,
      format: 'r32float',
      taps: box(9),
      value: 'soft_at(at).gggg',
      finish: { reads: ['soft'], wgsl: 'soft_at(at).gggg - sum' },
    }),
    ...bandSteps(size),
    // The ten products of the normal equations, their four right sides and the change's own energy.
    {
      label: `${label}/products`,
      reads: ['centred', 'change'],
      writes: { sums_0: 'rgba32float', sums_1: 'rgba32float', sums_2: 'rgba32float', sums_3: 'rgba32float' },
      size,
      wgsl: /* wgsl */ `
  var own = vec4f(0.0);
  var mixed = vec4f(0.0);
  var rest = vec4f(0.0);
  var right = vec4f(0.0);
  for (var i = -4; i <= 4; i++) {
    let r = centred_at(at + vec2i(i, 0));
    let c = change_at(at + vec2i(i, 0)).r;
    own += r * r;
    mixed += vec4f(r.x * r.y, r.x * r.z, r.x * r.w, r.y * r.z);
    rest += vec4f(r.y * r.w, r.z * r.w, c * c, 0.0);
    right += r * c;
  }
  sums_0_is(own);
  sums_1_is(mixed);
  sums_2_is(rest);
  sums_3_is(right);`,
    },
    {
      label,
      reads: ['sums_0', 'sums_1', 'sums_2', 'sums_3', 'sums_4', 'sums_5'],
      writes: { fit: 'rgba32float' },
      size,
      functions: /* wgsl */ `
// Gauss's elimination without exchange of rows: the matrix is symmetric, and the ridge keeps it positive.
fn solve4(matrix: mat4x4f, right: vec4f) -> vec4f {
  var a = matrix;
  var b = right;
  for (var i = 0; i < 4; i++) {
    for (var j = i + 1; j < 4; j++) {
      let ratio = a[j][i] / a[i][i];
      a[j] -= ratio * a[i];
      b[j] -= ratio * b[i];
    }
  }
  for (var i = 3; i >= 0; i--) {
    for (var j = i + 1; j < 4; j++) { b[i] -= a[i][j] * b[j]; }
    b[i] /= a[i][i];
  }
  return b;
}`,
      wgsl: /* wgsl */ `
  var own = vec4f(0.0);
  var mixed = vec4f(0.0);
  var rest = vec4f(0.0);
  var right = vec4f(0.0);
  var squares = vec4f(0.0);
  var crossed = vec4f(0.0);
  for (var i = -4; i <= 4; i++) {
    let place = at + vec2i(0, i);
    squares += sums_4_at(place);
    crossed += sums_5_at(place);
    own += sums_0_at(place);
    mixed += sums_1_at(place);
    rest += sums_2_at(place);
    right += sums_3_at(place);
  }
  own = own / 81.0 + vec4f(${ridge.shift}, ${ridge.shift}, ${ridge.gain}, ${ridge.gain});
  mixed /= 81.0;
  rest /= 81.0;
  right /= 81.0;
  let both = solve4(mat4x4f(
    vec4f(own.x, mixed.x, mixed.y, mixed.z),
    vec4f(mixed.x, own.y, mixed.w, rest.x),
    vec4f(mixed.y, mixed.w, own.z, rest.y),
    vec4f(mixed.z, rest.x, rest.y, own.w)), right);
  let gains = vec2f(right.z * own.w - right.w * rest.y, right.w * own.z - right.z * rest.y)
    / (own.z * own.w - rest.y * rest.y);
  let energy = rest.z + ${((0.7 / 255) ** 2).toExponential(6)};
  let by_gain = dot(gains, right.zw);
  let gain = select(0.0, clamp((by_gain / energy - 0.3) / 0.4, 0.0, 1.0), gains.x + gains.y > 0.0);
  squares = squares / 81.0 + vec4f(${ridge.gain}, ${ridge.gain}, 0.0, 0.0);
  crossed /= 81.0;
  let of_bands = vec2f(crossed.y * squares.y - crossed.z * crossed.x, crossed.z * squares.x - crossed.y * crossed.x)
    / (squares.x * squares.y - crossed.x * crossed.x);
  let explained = dot(of_bands, crossed.yz) / (squares.z + ${((0.7 / 255) ** 2).toExponential(6)});
  let sharpened = gain * clamp((explained - 0.5) / 0.4, 0.0, 1.0);
  fit_is(vec4f(gain, length(both.xy), (dot(both, right) - by_gain) / energy, sharpened));`,
    },
  ]
}

/** `slope`, of the source's size: Sobel's of L after a Gaussian of deviation `sigma`, named by it. Reads `pair`. */
export const slopeSteps = (size: Size, name: string, sigma: number): Step[] => [
  ...filter({
    label: `measures/${name} soft`,
    name: `${name}_soft`,
    reads: ['pair'],
    size,
    format: 'r32float',
    taps: gaussian(sigma),
    value: 'pair_at(at).gggg',
  }),
  {
    label: `measures/${name}`,
    reads: [`${name}_soft`],
    writes: { [name]: 'r32float' },
    size,
    functions: slopeFunctions(`${name}_soft`, 'r'),
    wgsl: `${name}_is(vec4f(length(gradient(at))));`,
  },
]

/** `steep`, of the source's size: 1 where L, as it is, has an edge. Reads `pair`. */
export const steepSteps = (size: Size): Step[] => [
  {
    label: 'measures/steep',
    reads: ['pair'],
    writes: { steep: 'r32float' },
    size,
    functions: slopeFunctions('pair', 'g'),
    wgsl: 'steep_is(vec4f(select(0.0, 1.0, length(gradient(at)) > 0.06)));',
  },
]

/**
 * `name`, of the source's size: the standard deviation over `side` pixels of what a Gaussian of deviation `sigma` takes off the
 * value, a `vec4f` of `at`.
 */
export const textureSteps = (
  label: string,
  name: string,
  size: Size,
  {
    reads,
    value,
    sigma,
    side,
  }: { readonly reads: readonly string[]; readonly value: string; readonly sigma: number; readonly side: number },
): Step[] => [
  ...filter({
    label: `${label} fine`,
    name: `${name}_fine`,
    reads,
    size,
    taps: gaussian(sigma),
    value,
    finish: { reads, wgsl: `${value} - sum` },
  }),
  ...deviationSteps(label, name, size, { reads: [`${name}_fine`], value: `${name}_fine_at(at)`, side }),
]

/** `name`: the standard deviation of the value, a `vec4f` of `at`, over `side` pixels. */
export const deviationSteps = (
  label: string,
  name: string,
  size: Size,
  { reads, value, side }: { readonly reads: readonly string[]; readonly value: string; readonly side: number },
): Step[] => [
  ...filter({ label: `${label} mean`, name: `${name}_mean`, reads, size, taps: box(side), value }),
  ...filter({
    label,
    name,
    reads,
    size,
    taps: box(side),
    value: `(${value}) * (${value})`,
    finish: {
      reads: [`${name}_mean`],
      wgsl: `sqrt(max(sum - ${name}_mean_at(at) * ${name}_mean_at(at), vec4f(0.0)))`,
    },
  }),
]

/** What a mask of the node's image is. */
export const maskLike = ({ width, height, frameRate }: Size & { readonly frameRate: number }) =>
  ({ type: 'mask', width, height, format: 'r32float', frameRate }) as const
