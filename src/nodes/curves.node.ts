/**
 * A tone curve through five points a quarter apart. Between them runs the monotone cubic of F. N. Fritsch and J. Butland, "A Method for
 * Constructing Local Monotone Piecewise Cubic Interpolants", 1984, which never swings beyond its points.
 */
import { defineNode, param, port } from './define.ts'

const point = (label: string, value: number, help?: string) =>
  param.float(label, { default: value, min: 0, max: 1, step: 0.005, ...(help && { help }) })

export default defineNode({
  type: 'curves',
  title: 'Curves',
  category: 'look',
  summary:
    'Bends tones with a curve through five points. Where it is steep, noise and bands show; where it is level, detail goes.',
  keywords: [
    'curve',
    'tone curve',
    's-curve',
    'contrast',
    'lift shadows',
    'murky shadows',
    'flat contrast',
    'log footage',
    'crushed blacks',
    'blown highlights',
    'colour cast',
    'grade',
    'tone',
  ],
  inputs: {
    image: port.image('Image'),
    mask: port.areaMask(),
  },
  outputs: { image: port.image('Image') },
  params: {
    channel: param.choice('Of', ['rgb', 'luma', 'red', 'green', 'blue'], {
      default: 'rgb',
      affects: 'uniform',
      labels: {
        rgb: 'Red, green and blue',
        luma: 'Brightness (keeps colour differences)',
        red: 'Red',
        green: 'Green',
        blue: 'Blue',
      },
    }),
    black: point('Black', 0, 'What 0 becomes.'),
    shadows: point('Shadows', 0.25, 'What a quarter becomes.'),
    middle: point('Middle', 0.5, 'What a half becomes.'),
    highlights: point('Highlights', 0.75, 'What three quarters become.'),
    white: point('White', 1, 'What 1 becomes. Below Black the picture turns into a negative.'),
  },
  infer: ({ image }) => ({ image }),
  kernel: {
    kind: 'pixel',
    functions: /* wgsl */ `
// Slopes are by a quarter, so that all intervals are 1 wide.
fn curvesInner(before: f32, after: f32) -> f32 {
  return select(0.0, 2.0 * before * after / (before + after), before * after > 0.0);
}
fn curvesEnd(near: f32, far: f32) -> f32 {
  let slope = (3.0 * near - far) / 2.0;
  if (slope * near <= 0.0) { return 0.0; }
  return select(slope, 3.0 * near, near * far < 0.0 && abs(slope) > 3.0 * abs(near));
}
fn curvesTone(x: f32, y: array<f32, 5>) -> f32 {
  var points = y;
  let steps = vec4f(y[1] - y[0], y[2] - y[1], y[3] - y[2], y[4] - y[3]);
  var slopes = array<f32, 5>(
    curvesEnd(steps.x, steps.y), curvesInner(steps.x, steps.y), curvesInner(steps.y, steps.z),
    curvesInner(steps.z, steps.w), curvesEnd(steps.w, steps.z));
  let place = clamp(x, 0.0, 1.0) * 4.0;
  let i = min(u32(place), 3u);
  let t = place - f32(i);
  let s = 1.0 - t;
  return points[i] * s * s * (1.0 + 2.0 * t) + slopes[i] * t * s * s
    + points[i + 1u] * t * t * (3.0 - 2.0 * t) - slopes[i + 1u] * t * t * s;
}`,
    wgsl: /* wgsl */ `
  let y = array<f32, 5>(p.black, p.shadows, p.middle, p.highlights, p.white);
  var toned = image.rgb;
  switch (p.channel) {
    case 1u: {
      let here = luma(image.rgb);
      toned = image.rgb + curvesTone(here, y) - here;
    }
    case 2u: { toned.r = curvesTone(image.r, y); }
    case 3u: { toned.g = curvesTone(image.g, y); }
    case 4u: { toned.b = curvesTone(image.b, y); }
    default: { toned = vec3f(curvesTone(image.r, y), curvesTone(image.g, y), curvesTone(image.b, y)); }
  }
  return vec4f(mix(image.rgb, clamp(toned, vec3f(0.0), vec3f(1.0)), mask), image.a);`,
  },
})
