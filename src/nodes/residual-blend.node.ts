/**
 * Lays a model's invention over the plain upscale, by as much as one wants: the residual (detail − base) is
 * limited, split, scaled and masked before it is added. The one place where "how much of this prediction?" is asked.
 */
import { defineNode, inferProblem, param, port } from './define.ts'

/** Pixels around a pixel of which the base's lowest and highest value bound a halo: one source pixel at ×2. */
const haloRadius = 2
/** Gaussian low-pass that parts the bands, σ = 1.5 px, cut at 3 px. */
const bandSigma = 1.5
const bandRadius = 3

const bandWeights = (() => {
  const weights = Array.from({ length: bandRadius + 1 }, (_, i) => Math.exp(-(i ** 2) / (2 * bandSigma ** 2)))
  const sum = weights.reduce((total, weight, i) => total + (i === 0 ? 1 : 2) * weight, 0)
  return weights.map((weight) => weight / sum)
})()

/** Scales low and high frequencies of `residual` apart. */
const splitBands = /* wgsl */ `
    let weights = array<f32, ${bandRadius + 1}>(${bandWeights.map((weight) => weight.toPrecision(9)).join(', ')});
    var low = vec3f(0.0);
    for (var j = -${bandRadius}; j <= ${bandRadius}; j++) {
      for (var i = -${bandRadius}; i <= ${bandRadius}; i++) {
        let tap = vec2i(px.at) + vec2i(i, j);
        low += weights[abs(i)] * weights[abs(j)] * (detail_at(tap).rgb - base_at(tap).rgb);
      }
    }
    residual = p.lowStrength * low + p.highStrength * (residual - low);`

/** Pulls `mixed` back between the base's extremes nearby. */
const guardHalos = /* wgsl */ `
    var lowest = base.rgb;
    var highest = base.rgb;
    for (var j = -${haloRadius}; j <= ${haloRadius}; j++) {
      for (var i = -${haloRadius}; i <= ${haloRadius}; i++) {
        let near = base_at(vec2i(px.at) + vec2i(i, j)).rgb;
        lowest = min(lowest, near);
        highest = max(highest, near);
      }
    }
    mixed = mix(mixed, clamp(mixed, lowest - p.tolerance, highest + p.tolerance), p.haloGuard);`

export default defineNode({
  type: 'residual-blend',
  title: 'Residual Blend',
  category: 'blend',
  summary: 'Adds as much of the model’s detail to the plain upscale as you want, and shows what it adds.',
  keywords: [
    ...['mix', 'strength', 'detail', 'halo', 'ringing', 'over-sharpened', 'residual', 'difference', 'amount'],
    ...['too sharp', 'too much', 'artificial', 'overdone', 'flicker', 'shimmer', 'fake detail', 'tone down'],
  ],
  inputs: {
    base: port.image('Base', { help: 'The plain upscale.' }),
    detail: port.image('Detail', { help: 'The model’s picture, of the same size.' }),
    mask: port.areaMask('base'),
  },
  outputs: { image: port.image('Image') },
  params: {
    strength: param.float('Strength', {
      default: 1,
      min: 0,
      max: 2,
      step: 0.01,
      help: '0 is the base, 1 the model’s picture, 2 twice the model’s changes.',
    }),
    limit: param.float('Limit', {
      default: 1,
      min: 0,
      max: 1,
      step: 0.01,
      help: 'The most by which the model may change a channel, before strength; 1 is no limit.',
    }),
    haloGuard: param.float('Halo guard', {
      default: 0,
      min: 0,
      max: 1,
      step: 0.01,
      help: 'Pulls back what overshoots the base’s darkest and brightest neighbour; 0 is off, 1 pulls back all of it.',
    }),
    tolerance: param.float('Tolerance', {
      default: 0.02,
      min: 0,
      max: 1,
      step: 0.01,
      help: 'Overshoot that the halo guard lets pass.',
      visible: (values) => values.haloGuard !== undefined && values.haloGuard !== 0,
    }),
    bandSplit: param.bool('Split bands', {
      default: false,
      help: 'Scales coarse changes (tone, colour) and fine ones (edges, texture) apart.',
    }),
    lowStrength: param.float('Coarse', {
      default: 1,
      min: 0,
      max: 2,
      step: 0.01,
      visible: (values) => values.bandSplit === true,
    }),
    highStrength: param.float('Fine', {
      default: 1,
      min: 0,
      max: 2,
      step: 0.01,
      visible: (values) => values.bandSplit === true,
    }),
    view: param.choice('View', ['result', 'residual'], {
      default: 'result',
      affects: 'uniform',
      labels: { result: 'Result', residual: 'What is added, on grey' },
    }),
  },
  onCard: ['strength'],
  infer({ base, detail, mask }) {
    for (const [name, other] of [
      ['detail', detail],
      ['mask', mask],
    ] as const) {
      if (!other || (other.width === base.width && other.height === base.height)) continue
      return inferProblem({
        code: 'size-mismatch',
        port: name,
        message: `The ${name} is ${other.width}×${other.height} but the base is ${base.width}×${base.height}.`,
        hint: 'Bring both to one size: give Bicubic and the model the same factor, or put a Bicubic before this input.',
      })
    }
    return { image: base }
  },
  bypass: { image: 'base' },
  kernel: {
    kind: 'pixel',
    needs({ haloGuard, bandSplit }) {
      const reach = Math.max(haloGuard > 0 ? haloRadius : 0, bandSplit ? bandRadius : 0)
      return { base: { reach }, detail: { reach } }
    },
    // detail − base is exact in f32 for half-float values in [0,1], so that strength 1 gives back detail itself.
    wgsl: ({ haloGuard, bandSplit }) => /* wgsl */ `
  let weight = p.strength * mask;
  var mixed = base.rgb;
  if (weight != 0.0) {
    var residual = detail.rgb - base.rgb;${bandSplit ? splitBands : ''}
    mixed = base.rgb + weight * clamp(residual, vec3f(-p.limit), vec3f(p.limit));${haloGuard > 0 ? guardHalos : ''}
  }
  if (p.view == 1u) { mixed = mixed - base.rgb + 0.5; }
  return vec4f(clamp(mixed, vec3f(0.0), vec3f(1.0)), base.a);`,
  },
})
