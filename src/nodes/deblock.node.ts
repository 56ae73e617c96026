/**
 * Takes away the edges of a codec's blocks by the filter that H.264 has in its loop (P. List et al., "Adaptive Deblocking
 * Filter", IEEE TCSVT 13(7), 2003), run over the finished picture as AviSynth's Deblock does: across a line of the grid a small step
 * between smooth sides is a fault and is bridged, a large one is an edge and stays. First across upright lines, then across
 * level ones, in Y′CbCr. On the grid of a picture that was enlarged the filter's samples lie as much farther apart.
 */
import { borrowPicture, createStage, defineNode, layOver, param, port, sizeMismatch, widen } from './define.ts'

/** Pixels between the filter's samples: 1 on a grid of 8, 2 on one of 16. */
const spacingOf = (period: number) => Math.max(1, Math.round(Math.round(period) / 8))

/**
 * Thresholds by the quantiser, in steps of 8 bits: α and β as List et al. give them, the limit for p1 and q1 doubling every 6
 * as its table for strength 2 does, up to 17 at 51.
 */
const thresholdsOf = (quantiser: number) => [
  (0.8 * (2 ** (quantiser / 6) - 1)) / 255,
  Math.max(0, 0.5 * quantiser - 7) / 255,
  (17 * 2 ** ((quantiser - 51) / 6)) / 255,
]

const filterWgsl = (axis: 'x' | 'y', source: string, finish: string) => /* wgsl */ `
fn sample(at: vec2i, place: i32) -> vec3f {
  var there = at;
  there.${axis} = place;
  return toYcc(${source}_at(there).rgb);
}
fn make(at: vec2i) -> vec4f {
  let along = (at.${axis} - u.phase + u.period) % u.period;
  // The line lies before q0; a pixel on the p side is as far from it as its mirror on the q side.
  let after = 2 * along < u.period;
  let far = select(u.period - 1 - along, along, after);
  let q0at = select(at.${axis} + far + 1, at.${axis} - far, after);
  let rgb = ${source}_at(at).rgb;
  var change = vec3f(0.0);
  if (far < 2 * u.spacing && q0at > 0 && q0at < u.whole.${axis}) {
    let step = u.spacing;
    let q = q0at + far % step;
    let p = q0at - 1 - far % step;
    let p0 = sample(at, p); let p1 = sample(at, p - step); let p2 = sample(at, p - 2 * step);
    let q0 = sample(at, q); let q1 = sample(at, q + step); let q2 = sample(at, q + 2 * step);
    let alpha = vec3f(u.thresholds.x);
    let beta = vec3f(u.thresholds.y);
    let fault = (abs(p0 - q0) < alpha) & (abs(p1 - p0) < beta) & (abs(q1 - q0) < beta);
    let flatP = abs(p2 - p0) < beta;
    let flatQ = abs(q2 - q0) < beta;
    let one = vec3f(1.0 / 255.0);
    let limit = u.thresholds.z + select(vec3f(0.0), one, flatP) + select(vec3f(0.0), one, flatQ);
    if (far < step) {
      let bridge = clamp((4.0 * (q0 - p0) + p1 - q1) / 8.0, -limit, limit);
      change = select(bridge, -bridge, after);
    } else {
      let inner = select(p2 - 2.0 * p1, q2 - 2.0 * q1, after);
      let bent = clamp((inner + 0.5 * (p0 + q0)) / 2.0, vec3f(-u.thresholds.z), vec3f(u.thresholds.z));
      change = select(vec3f(0.0), bent, select(flatP, flatQ, vec3<bool>(after)));
    }
    change = select(vec3f(0.0), change, fault);
  }
  ${finish}
}`

const uniforms = { period: 'i32', phase: 'i32', spacing: 'i32', thresholds: 'vec3f' } as const

export default defineNode({
  type: 'deblock',
  title: 'Deblock',
  category: 'look',
  cost: 'medium',
  summary:
    'Smooths the edges of compression’s blocks. Faint lines that happen to lie on the grid go too; strong edges stay.',
  keywords: [
    'blocky',
    'blocks',
    'blocking',
    'blockiness',
    'squares',
    'pixelated',
    'macroblocks',
    'grid',
    'mosaic',
    'compression artifacts',
    'jpeg artifacts',
    'mpeg',
    'low bitrate',
    'web video',
  ],
  inputs: {
    image: port.image('Image'),
    mask: port.areaMask(),
  },
  outputs: { image: port.image('Image') },
  params: {
    quantiser: param.float('Quantiser', {
      default: 25,
      min: 14,
      max: 51,
      step: 0.5,
      help: 'As H.264 counts: how coarse the compression was. 14 changes nothing; higher bridges higher steps.',
    }),
    period: param.float('Block', {
      default: 8,
      min: 4,
      max: 64,
      step: 1,
      unit: 'px',
      help: 'Side of a block at the size of this picture: 8 for JPEG and MPEG, 12 or 16 after an enlargement by 1.5 or 2. Blocks measures it, and both shifts: wire its numbers here.',
    }),
    across: param.float('Shift across', {
      default: 0,
      min: 0,
      max: 63,
      step: 1,
      unit: 'px',
      help: 'How far right of the picture’s edge the first line stands: not 0 where the picture was cropped.',
    }),
    down: param.float('Shift down', {
      default: 0,
      min: 0,
      max: 63,
      step: 1,
      unit: 'px',
      help: 'How far below the picture’s edge the first line lies.',
    }),
  },
  onCard: ['quantiser'],
  infer: ({ image, mask }) => sizeMismatch('mask', mask, image) ?? { image },
  kernel: {
    kind: 'pass',
    scratch: () => ({ running: 8 }),
    // From the farthest pixel that changes, the second on its side, to the third on the other.
    needs: ({ period }) => ({ image: { reach: 5 * spacingOf(period) }, mask: { reach: 0 } }),
    async prepare({ gpu, inputs }) {
      const { image: whole } = inputs
      const masked = inputs.mask !== undefined
      const format = 'rgba16float'
      const [upright, level] = await Promise.all([
        createStage(gpu, {
          label: 'deblock/upright',
          reads: ['image'],
          format,
          uniforms,
          wgsl: filterWgsl('x', 'image', 'return vec4f(rgb + fromYcc(change), 1.0);'),
        }),
        createStage(gpu, {
          label: 'deblock/level',
          reads: ['image', 'rows', ...(masked ? ['mask'] : [])],
          format,
          uniforms,
          wgsl: filterWgsl('y', 'rows', layOver('rgb + fromYcc(change)', masked)),
        }),
      ])
      return {
        record({ recorder, inputs: { image, mask }, outputs, params: { quantiser, ...grid } }) {
          if (!outputs.image) return
          // A number may drive them: what lies between two pixels is at the nearer.
          const [period, across, down] = [grid.period, grid.across, grid.down].map(Math.round) as [
            number,
            number,
            number,
          ]
          const spacing = spacingOf(period)
          const shape = { period, spacing, thresholds: thresholdsOf(quantiser) }
          using rows = borrowPicture(gpu, widen(outputs.image.part, whole, 0, 5 * spacing), format, 'deblock/rows')
          upright.record(recorder, whole, { image }, rows, { ...shape, phase: across % period })
          level.record(recorder, whole, { image, rows, ...(mask && { mask }) }, outputs.image, {
            ...shape,
            phase: down % period,
          })
        },
      }
    },
  },
})
