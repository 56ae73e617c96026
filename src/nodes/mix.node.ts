/**
 * Two pictures in one, by a blend mode, an amount and a mask. The modes are the separable ones of W3C, "Compositing and
 * Blending Level 1" (§ 9.1), with `add` and `subtract` beside them, on the gamma-encoded values as image editors have it.
 */
import { defineNode, param, port } from './define.ts'

const modes = [
  'normal',
  'add',
  'subtract',
  'multiply',
  'screen',
  'overlay',
  'soft-light',
  'hard-light',
  'darken',
  'lighten',
  'difference',
  'exclusion',
] as const

export default defineNode({
  type: 'mix',
  title: 'Mix',
  category: 'blend',
  summary:
    'Lays one picture over another by a blend mode, an amount and a mask. Where the two are not exactly aligned, edges double.',
  keywords: [
    'blend',
    'merge',
    'overlay',
    'composite',
    'opacity',
    'layer',
    'mask',
    'cross fade',
    'average',
    'multiply',
    'screen',
    'lighten',
    'darken',
    'difference',
    'combine',
    'only there',
  ],
  inputs: {
    base: port.image('Base', { help: 'What lies below.' }),
    over: port.image('Over', { help: 'What is laid over it, of the same size. Its alpha weighs too.' }),
    mask: port.areaMask('base'),
  },
  outputs: { image: port.image('Image') },
  params: {
    amount: param.float('Amount', {
      default: 1,
      min: 0,
      max: 1,
      step: 0.01,
      help: '0 is the base, 1 the whole effect of what lies over it.',
    }),
    mode: param.choice('Mode', modes, {
      default: 'normal',
      affects: 'uniform',
      labels: {
        normal: 'Normal',
        add: 'Add',
        subtract: 'Subtract',
        multiply: 'Multiply (darkens)',
        screen: 'Screen (brightens)',
        overlay: 'Overlay (contrast)',
        'soft-light': 'Soft light',
        'hard-light': 'Hard light',
        darken: 'Darken (the darker of both)',
        lighten: 'Lighten (the brighter of both)',
        difference: 'Difference',
        exclusion: 'Exclusion',
      },
    }),
  },
  onCard: ['mode', 'amount'],
  infer: ({ base }) => ({ image: base }),
  bypass: { image: 'base' },
  kernel: {
    kind: 'pixel',
    functions: /* wgsl */ `
fn mixHardLight(below: vec3f, above: vec3f) -> vec3f {
  return select(1.0 - 2.0 * (1.0 - below) * (1.0 - above), 2.0 * below * above, above <= vec3f(0.5));
}
fn mixSoftLight(below: vec3f, above: vec3f) -> vec3f {
  let bright = select(sqrt(below), ((16.0 * below - 12.0) * below + 4.0) * below, below <= vec3f(0.25));
  return select(
    below + (2.0 * above - 1.0) * (bright - below),
    below - (1.0 - 2.0 * above) * below * (1.0 - below),
    above <= vec3f(0.5));
}
fn mixMode(mode: u32, below: vec3f, above: vec3f) -> vec3f {
  switch (mode) {
    case ${modes.indexOf('add')}u: { return below + above; }
    case ${modes.indexOf('subtract')}u: { return below - above; }
    case ${modes.indexOf('multiply')}u: { return below * above; }
    case ${modes.indexOf('screen')}u: { return below + above - below * above; }
    case ${modes.indexOf('overlay')}u: { return mixHardLight(above, below); }
    case ${modes.indexOf('soft-light')}u: { return mixSoftLight(below, above); }
    case ${modes.indexOf('hard-light')}u: { return mixHardLight(below, above); }
    case ${modes.indexOf('darken')}u: { return min(below, above); }
    case ${modes.indexOf('lighten')}u: { return max(below, above); }
    case ${modes.indexOf('difference')}u: { return abs(below - above); }
    case ${modes.indexOf('exclusion')}u: { return below + above - 2.0 * below * above; }
    default: { return above; }
  }
}`,
    wgsl: /* wgsl */ `
  let weight = p.amount * mask * over.a;
  if (weight == 0.0) { return base; }
  let blended = clamp(mixMode(p.mode, base.rgb, over.rgb), vec3f(0.0), vec3f(1.0));
  return vec4f(mix(base.rgb, blended, weight), base.a);`,
  },
})
