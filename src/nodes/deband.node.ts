/**
 * Takes the steps out of gradients. As in libplacebo (`pl_shader_deband`, after flash3kyuu_deband): a pixel is compared with the mean
 * of four points at a random distance and angle; where they differ by less than a threshold the ground is flat and
 * the mean takes the pixel's place. Each pass looks farther and trusts less: pass n at up to n × range, with
 * threshold / n. Grain over the result keeps the new gradient from falling into steps again at 8 bits.
 */
import { defineNode, param, port } from './define.ts'

export default defineNode({
  type: 'deband',
  title: 'Deband',
  category: 'look',
  cost: 'medium',
  summary:
    'Smooths the steps in skies and other gradients. Faint texture goes with them: keep it to flat areas by a mask.',
  keywords: [
    'banding',
    'bands',
    'steps',
    'contours',
    'posterized',
    'posterization',
    'gradient',
    'sky',
    'rings in the sky',
    'debanding',
    'dither',
    '8 bit',
    'f3kdb',
  ],
  inputs: {
    image: port.image('Image'),
    mask: port.areaMask(),
  },
  outputs: { image: port.image('Image') },
  params: {
    threshold: param.float('Threshold', {
      default: 3,
      min: 0,
      max: 20,
      step: 0.1,
      unit: '/1000',
      help: 'Steps up to this height are smoothed, in thousandths of the range from black to white: 4 is a step of 8 bits. More takes texture too.',
    }),
    range: param.int('Range', {
      default: 16,
      min: 1,
      max: 64,
      unit: 'px',
      help: 'How far the first pass looks. Wide bands want more; small details suffer from it.',
    }),
    iterations: param.int('Passes', {
      default: 1,
      min: 1,
      max: 4,
      help: 'Each looks farther than the one before, by the range, and takes less.',
    }),
    grain: param.float('Grain', {
      default: 4,
      min: 0,
      max: 20,
      step: 0.1,
      unit: '/1000',
      help: 'Fine noise that keeps the result from banding again when it is written in 8 bits.',
    }),
    seed: param.seed('Seed', { default: 1 }),
  },
  onCard: ['threshold'],
  infer: ({ image }) => ({ image }),
  kernel: {
    kind: 'pixel',
    needs: ({ range, iterations }) => ({ image: { reach: range * iterations } }),
    readsFrame: true,
    // The angle by the tangent t of its half, within 45° either way, since the four points make up the circle: sines and
    // cosines are only coarsely the same from one GPU to another, and would take other pixels there.
    wgsl: /* wgsl */ `
  if (mask == 0.0) { return image; }
  var ground = image.rgb;
  for (var n = 1; n <= p.iterations; n++) {
    let random = uniform3(vec3u(px.at, hash3(vec3u(p.seed, px.frame, u32(n))).x));
    let distance = random.x * f32(n * p.range);
    let t = 0.41421356 * (2.0 * random.y - 1.0);
    let away = vec2i(round(distance * vec2f(1.0 - t * t, 2.0 * t) / (1.0 + t * t)));
    let here = vec2i(px.at);
    let mean = 0.25 * (image_at(here + away).rgb + image_at(here + vec2i(-away.y, away.x)).rgb
      + image_at(here - away).rgb + image_at(here + vec2i(away.y, -away.x)).rgb);
    ground = select(ground, mean, abs(ground - mean) < vec3f(0.001 * p.threshold / f32(n)));
  }
  // No stronger than there is room for: clipped grain would move the mean.
  let swing = min(vec3f(0.001 * p.grain), 2.0 * min(ground, 1.0 - ground));
  let noise = uniform3(vec3u(px.at, hash3(vec3u(p.seed, px.frame, 0u)).x)) - 0.5;
  return vec4f(mix(image.rgb, ground + swing * noise, mask), image.a);`,
  },
})
