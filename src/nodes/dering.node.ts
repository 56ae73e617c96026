/**
 * Calms the ripples beside edges that compression and sharp resampling leave, after HQDeringmod (mawen1250, 2014; havsfunc): a
 * smoothed picture (MinBlur, Didée: of a binomial and a median whichever changes less, nothing where they disagree), sharpened
 * back within what was taken away, limited, and laid over in a ring beside strong edges. Of brightness alone.
 */
import { borrowPicture, createStage, defineNode, layOver, param, port, sizeMismatch, widen } from './define.ts'

/** Beyond this many times the threshold nothing of a change is left. */
const elasticity = 2

/**
 * WGSL that leaves the median of `v0` … `v<count − 1>` in `median`, by exchanges alone: of a few more than half of the values the
 * smallest and the largest cannot be it and go, and another comes in (A. W. Paeth, "Median Finding on a 3×3 Grid", 1990).
 */
function medianOf(count: number): string {
  const lines: string[] = []
  const exchange = (a: number, b: number) => {
    lines.push(`low = min(v${a}, v${b}); v${b} = max(v${a}, v${b}); v${a} = low;`)
  }
  let places = Array.from({ length: Math.floor(count / 2) + 2 }, (_, i) => i)
  for (let next = places.length; places.length > 1; next++) {
    const last = places.length - 1
    for (let i = 0; i < last - i; i++) exchange(places[i]!, places[last - i]!)
    for (let i = 1; i <= last / 2; i++) exchange(places[0]!, places[i]!)
    for (let i = Math.ceil(last / 2); i < last; i++) exchange(places[i]!, places[last]!)
    places = places.slice(1, -1)
    if (next < count) places.push(next)
  }
  return `${lines.join('\n  ')}\n  let median = v${places[0]};`
}

/** The smaller of two changes of brightness: by a binomial, and by a median of the square of `radius`. */
function smoothWgsl(radius: 1 | 2): string {
  const side = 2 * radius + 1
  // A row of Pascal's triangle.
  const row = radius === 1 ? [1, 2, 1] : [1, 4, 6, 4, 1]
  const total = row.reduce((a, b) => a + b) ** 2
  const places = Array.from({ length: side * side }, (_, k) => [(k % side) - radius, Math.floor(k / side) - radius])
  return /* wgsl */ `
fn make(at: vec2i) -> vec4f {
  ${places.map(([x, y], k) => `var v${k} = luma(image_at(at + vec2i(${x}, ${y})).rgb);`).join('\n  ')}
  let here = v${(places.length - 1) / 2};
  let binomial = (${places.map(([x, y], k) => `${row[x! + radius]! * row[y! + radius]!}.0 * v${k}`).join(' + ')}) / ${total}.0;
  var low: f32;
  ${medianOf(places.length)}
  let change = vec2f(binomial, median) - here;
  if (change.x * change.y <= 0.0) { return vec4f(here); }
  return vec4f(here + select(change.y, change.x, abs(change.x) < abs(change.y)));
}`
}

export default defineNode({
  type: 'dering',
  title: 'Dering',
  category: 'look',
  cost: 'medium',
  summary:
    'Calms ripples and specks beside edges. Fine lines that run close to an edge fade with them; the edge itself stays.',
  keywords: [
    'ringing',
    'ripples',
    'mosquito noise',
    'mosquitoes',
    'gibbs',
    'echo',
    'ghost lines',
    'specks around text',
    'jpeg artifacts',
    'compression artifacts',
    'dirty edges',
  ],
  inputs: {
    image: port.image('Image'),
    mask: port.areaMask(),
  },
  outputs: { image: port.image('Image') },
  params: {
    edge: param.float('Edge', {
      default: 60,
      min: 0,
      max: 255,
      step: 1,
      unit: '/255',
      help: 'How strong an edge must be to have a ring: Prewitt’s measure, three times the height of a sharp step.',
    }),
    radius: param.int('Ring', {
      default: 1,
      min: 1,
      max: 8,
      unit: 'px',
      help: 'How far the ring reaches, at the size of this picture: twice as much after an upscale by 2.',
    }),
    smoothing: param.choice('Smoothing', ['light', 'strong'], {
      default: 'light',
      labels: { light: 'Light (3×3)', strong: 'Strong (5×5)' },
    }),
    darken: param.float('Darken', {
      default: 12,
      min: 0,
      max: 128,
      step: 0.5,
      unit: '/255',
      help: 'Changes up to this pass in full, and from twice as much on not at all: what is stronger is detail.',
    }),
    brighten: param.float('Brighten', {
      default: 3,
      min: 0,
      max: 128,
      step: 0.5,
      unit: '/255',
      help: 'The same for what gets brighter. Lower keeps dark lines.',
    }),
    contra: param.float('Sharpen back', {
      default: 1,
      min: 0,
      max: 1,
      step: 0.01,
      help: 'Contra-sharpening: never more than was taken away around.',
    }),
    spare: param.bool('Spare the edge', { default: true, help: 'Off, the edge is smoothed with its ring.' }),
  },
  onCard: ['darken'],
  infer: ({ image, mask }) => sizeMismatch('mask', mask, image) ?? { image },
  kernel: {
    kind: 'pass',
    scratch: () => ({ running: 16 }),
    needs: ({ radius, smoothing }) => ({
      image: { reach: Math.max(radius + 1, (smoothing === 'strong' ? 2 : 1) + 2) },
      mask: { reach: 0 },
    }),
    async prepare({ gpu, inputs, params: { smoothing } }) {
      const { image: whole } = inputs
      const masked = inputs.mask !== undefined
      const format = 'r32float'
      const [smooth, limit, edges, spread, lay] = await Promise.all([
        createStage(gpu, {
          label: `dering/smooth ${smoothing}`,
          reads: ['image'],
          format,
          wgsl: smoothWgsl(smoothing === 'strong' ? 2 : 1),
        }),
        createStage(gpu, {
          label: 'dering/limit',
          reads: ['image', 'calm'],
          format,
          uniforms: { contra: 'f32', limits: 'vec2f' },
          wgsl: /* wgsl */ `
fn make(at: vec2i) -> vec4f {
  let weights = array<f32, 2>(2.0, 1.0);
  var binomial = 0.0;
  var darkest = 1.0;
  var brightest = -1.0;
  for (var j = -1; j <= 1; j++) {
    for (var i = -1; i <= 1; i++) {
      let near = at + vec2i(i, j);
      let calm = calm_at(near).r;
      let taken = luma(image_at(near).rgb) - calm;
      binomial += weights[abs(i)] * weights[abs(j)] * calm / 16.0;
      darkest = min(darkest, taken);
      brightest = max(brightest, taken);
    }
  }
  let sharper = calm_at(at).r - binomial;
  let within = clamp(sharper, darkest, brightest);
  let back = select(sharper, within, abs(within) <= abs(sharper));
  let change = calm_at(at).r + u.contra * back - luma(image_at(at).rgb);
  let limit = select(u.limits.x, u.limits.y, change > 0.0);
  let passes = clamp((${elasticity}.0 * limit - abs(change)) / max(${elasticity - 1}.0 * limit, 1e-6), 0.0, 1.0);
  return vec4f(change * passes);
}`,
        }),
        createStage(gpu, {
          label: 'dering/edges',
          reads: ['image'],
          format,
          uniforms: { edge: 'f32' },
          wgsl: /* wgsl */ `
fn at_(at: vec2i, x: i32, y: i32) -> f32 { return luma(image_at(at + vec2i(x, y)).rgb); }
fn make(at: vec2i) -> vec4f {
  let a = at_(at, -1, -1); let b = at_(at, 0, -1); let c = at_(at, 1, -1);
  let d = at_(at, -1, 0); let f = at_(at, 1, 0);
  let g = at_(at, -1, 1); let h = at_(at, 0, 1); let i = at_(at, 1, 1);
  let slopes = abs(vec4f(a + b + c - g - h - i, a + d + g - c - f - i, a + b + d - f - h - i, b + c + f - d - g - h));
  let most = max(max(slopes.x, slopes.y), max(slopes.z, slopes.w));
  return vec4f(select(0.0, min(most, 1.0), most >= u.edge));
}`,
        }),
        createStage(gpu, {
          label: 'dering/spread',
          reads: ['edges'],
          format: 'rgba16float',
          uniforms: { radius: 'i32' },
          wgsl: /* wgsl */ `
fn make(at: vec2i) -> vec4f {
  var most = 0.0;
  for (var i = -u.radius; i <= u.radius; i++) { most = max(most, edges_at(at + vec2i(i, 0)).r); }
  let least = min(edges_at(at).r, min(edges_at(at - vec2i(1, 0)).r, edges_at(at + vec2i(1, 0)).r));
  return vec4f(most, least, 0.0, 0.0);
}`,
        }),
        createStage(gpu, {
          label: 'dering/lay over',
          reads: ['image', 'change', 'rows', ...(masked ? ['mask'] : [])],
          format: 'rgba16float',
          uniforms: { radius: 'i32', spare: 'f32' },
          wgsl: /* wgsl */ `
fn make(at: vec2i) -> vec4f {
  var most = 0.0;
  for (var i = -u.radius; i <= u.radius; i++) { most = max(most, rows_at(at + vec2i(0, i)).r); }
  let least = min(rows_at(at).g, min(rows_at(at - vec2i(0, 1)).g, rows_at(at + vec2i(0, 1)).g));
  let ring = max(0.0, most - u.spare * least);
  ${layOver('image_at(at).rgb + ring * change_at(at).r', masked)}
}`,
        }),
      ])
      return {
        record({ recorder, inputs: { image, mask }, outputs, params }) {
          if (!outputs.image) return
          const { part } = outputs.image
          const { radius, edge, darken, brighten, contra, spare } = params
          using change = borrowPicture(gpu, part, format, 'dering/change')
          {
            using calm = borrowPicture(gpu, widen(part, whole, 1, 1), format, 'dering/smooth')
            smooth.record(recorder, whole, { image }, calm)
            const limits = [darken / 255, brighten / 255]
            limit.record(recorder, whole, { image, calm }, change, { contra, limits })
          }
          const rowPart = widen(part, whole, 0, radius)
          using rows = borrowPicture(gpu, rowPart, 'rgba16float', 'dering/rows')
          {
            using edgePicture = borrowPicture(gpu, widen(rowPart, whole, radius, 0), format, 'dering/edges')
            edges.record(recorder, whole, { image }, edgePicture, { edge: edge / 255 })
            spread.record(recorder, whole, { edges: edgePicture }, rows, { radius })
          }
          lay.record(recorder, whole, { image, change, rows, ...(mask && { mask }) }, outputs.image, {
            radius,
            spare: spare ? 1 : 0,
          })
        },
      }
    },
  },
})
