/**
 * A mask of one colour. Skin by the ellipse that R.-L. Hsu, M. Abdel-Mottaleb, A. K. Jain, "Face Detection in Color
 * Images", PAMI 24(5), 2002, fitted in the plane of BT.601's Cb and Cr (without its correction of very dark and bright tones);
 * any other by hue, as HSV counts it, where there is colour enough for a hue.
 */
import { defineNode, param, port } from './define.ts'

const isHue = (values: Readonly<Record<string, unknown>>) => values.colour === 'hue'

export default defineNode({
  type: 'colour-range',
  title: 'Colour Range',
  category: 'mask',
  summary: 'A mask of skin, or of a hue. Wood, sand and sunsets count as skin too: it knows colour, not faces.',
  keywords: [
    'skin mask',
    'skin tone',
    'hue',
    'chroma key',
    'color key',
    'color range',
    'green screen',
    'sky mask',
    'only the sky',
    'foliage',
    'only skin',
  ],
  inputs: { image: port.image('Image') },
  outputs: { mask: port.mask('Mask') },
  params: {
    colour: param.choice('Colour', ['skin', 'hue'], {
      default: 'skin',
      affects: 'uniform',
      labels: { skin: 'Skin', hue: 'A hue' },
    }),
    hue: param.float('Hue', {
      default: 210,
      min: 0,
      max: 360,
      step: 1,
      unit: '°',
      help: '0 red, 60 yellow, 120 green, 180 cyan, 240 blue, 300 magenta.',
      visible: isHue,
    }),
    width: param.float('Width', {
      default: 30,
      min: 0,
      max: 180,
      step: 1,
      unit: '°',
      help: 'How far to both sides of the hue the mask is 1.',
      visible: isHue,
    }),
    chroma: param.float('Least colour', {
      default: 0.1,
      min: 0,
      max: 1,
      step: 0.01,
      help: 'Greyer than this it is 0: the difference of the largest and the smallest of red, green and blue.',
      visible: isHue,
    }),
    softness: param.float('Softness', {
      default: 0.3,
      min: 0,
      max: 2,
      step: 0.01,
      help: 'How far beyond its bounds it falls to 0, as a share of the width or of the ellipse’s size.',
    }),
    invert: param.bool('Invert', { default: false }),
  },
  infer: ({ image: { width, height, frameRate } }) => ({
    mask: { type: 'mask', width, height, format: 'r32float', frameRate },
  }),
  kernel: {
    kind: 'pixel',
    functions: /* wgsl */ `
// Degrees in [0,360); 0 for grey.
fn colourRangeHue(rgb: vec3f, chroma: f32, most: f32) -> f32 {
  if (chroma <= 0.0) { return 0.0; }
  if (most == rgb.r) { return 60.0 * ((rgb.g - rgb.b) / chroma + select(0.0, 6.0, rgb.g < rgb.b)); }
  if (most == rgb.g) { return 60.0 * ((rgb.b - rgb.r) / chroma + 2.0); }
  return 60.0 * ((rgb.r - rgb.g) / chroma + 4.0);
}
// 1 on the ellipse's edge, 0 in its middle.
fn colourRangeSkin(rgb: vec3f) -> f32 {
  let cb = 128.0 + dot(rgb, vec3f(-37.797, -74.203, 112.0)) - 109.38;
  let cr = 128.0 + dot(rgb, vec3f(112.0, -93.786, -18.214)) - 152.02;
  // The axes lie at 2.53 radians.
  let x = (-0.8187346 * cb + 0.5741721 * cr - 1.6) / 25.39;
  let y = (-0.5741721 * cb - 0.8187346 * cr - 2.41) / 14.03;
  return sqrt(x * x + y * y);
}`,
    wgsl: /* wgsl */ `
  var inside: f32;
  if (p.colour == 0u) {
    inside = clamp(1.0 - (colourRangeSkin(image.rgb) - 1.0) / max(p.softness, 1e-5), 0.0, 1.0);
  } else {
    let most = max(max(image.r, image.g), image.b);
    let chroma = most - min(min(image.r, image.g), image.b);
    let gap = abs(colourRangeHue(image.rgb, chroma, most) - p.hue);
    let beyond = min(gap, 360.0 - gap) - p.width;
    let near = clamp(1.0 - beyond / max(p.softness * p.width, 1e-3), 0.0, 1.0);
    // Half of the least colour's way up, so that a mask does not flicker where a hue begins.
    inside = near * clamp((chroma - 0.5 * p.chroma) / max(0.5 * p.chroma, 1e-5), 0.0, 1.0);
  }
  return select(inside, 1.0 - inside, p.invert);`,
  },
})
