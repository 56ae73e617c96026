/**
 * A rectangle or an ellipse as a mask. Its numbers may be driven by curves, so that it follows what it covers. The edge falls off by the
 * distance from it: of a rectangle exactly, of an ellipse to first order (I. Quílez, "Ellipse – gradient", 2013).
 */
import { defineNode, param, port } from './define.ts'

const share = (label: string, fallback: number, more: { draws: 'x' | 'y' | 'width' | 'height'; help: string }) =>
  param.float(label, {
    default: fallback,
    min: more.draws === 'x' || more.draws === 'y' ? -1 : 0.005,
    max: 2,
    step: 0.005,
    ...more,
  })

export default defineNode({
  type: 'shape-mask',
  title: 'Shape Mask',
  category: 'mask',
  summary:
    'A rectangle or an ellipse as a mask, drawn in the viewer; curves move it over the clip. It covers whatever else lies within.',
  keywords: [
    ...['rectangle', 'box', 'ellipse', 'circle', 'oval', 'vignette', 'power window', 'window', 'gradient', 'draw'],
    ...['keyframe a mask', 'moving mask', 'logo', 'face', 'only here', 'garbage matte'],
  ],
  inputs: { image: port.image('Image', { help: 'Only its size matters.' }) },
  outputs: { mask: port.mask('Mask') },
  params: {
    shape: param.choice('Shape', ['ellipse', 'rectangle'], {
      default: 'ellipse',
      affects: 'uniform',
      labels: { ellipse: 'Ellipse', rectangle: 'Rectangle' },
    }),
    x: share('Across', 0.5, { draws: 'x', help: 'Its middle: 0 is the left edge of the picture, 1 the right one.' }),
    y: share('Down', 0.5, { draws: 'y', help: 'Its middle: 0 is the top of the picture, 1 the bottom.' }),
    width: share('Width', 0.5, { draws: 'width', help: 'A share of the picture’s width.' }),
    height: share('Height', 0.5, { draws: 'height', help: 'A share of the picture’s height.' }),
    turn: param.float('Turn', { default: 0, min: -180, max: 180, step: 1, unit: '°', help: 'Clockwise.' }),
    feather: param.float('Feather', {
      default: 0.05,
      min: 0,
      max: 1,
      step: 0.005,
      help: 'Width of the soft edge, half of it outside: a share of the picture’s height.',
    }),
    invert: param.bool('Invert', { default: false }),
  },
  onCard: ['shape'],
  infer: ({ image: { width, height, frameRate } }) => ({
    mask: { type: 'mask', width, height, format: 'r32float', frameRate },
  }),
  kernel: {
    kind: 'pixel',
    wgsl: /* wgsl */ `
  let size = vec2f(px.size);
  let middle = vec2f(px.at) + 0.5 - vec2f(p.x, p.y) * size;
  let angle = radians(p.turn);
  let at = vec2f(cos(angle) * middle.x + sin(angle) * middle.y, cos(angle) * middle.y - sin(angle) * middle.x);
  let half = max(0.5 * vec2f(p.width, p.height) * size, vec2f(0.5));
  var beyond = 0.0;
  if (p.shape == 1u) {
    let gap = abs(at) - half;
    beyond = length(max(gap, vec2f(0.0))) + min(max(gap.x, gap.y), 0.0);
  } else {
    let k = length(at / half);
    beyond = select(-min(half.x, half.y), k * (k - 1.0) / length(at / (half * half)), k > 1e-4);
  }
  let inside = clamp(0.5 - beyond / max(p.feather * size.y, 1.0), 0.0, 1.0);
  return select(inside, 1.0 - inside, p.invert);`,
  },
})
