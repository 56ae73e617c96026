/**
 * Finds the grid of a codec's blocks, also after the picture was enlarged: differences from one pixel to the next, summed along columns
 * and rows, that stand out at every 8th, 12th or 16th place, from whichever it begins. Each difference is cut off and medians
 * are taken, so that a real edge fakes no grid. (After G. Muijs and I. Kirenko, "A No-Reference Blocking Artifact Measure for Adaptive
 * Video Processing", 2005; medians in place of means.)
 */
import { defineNode, measures, numberDesc, param, port } from './define.ts'

/** Side of a block times 1, 1½ and 2, and how many neighbouring differences are summed for it. */
const periods = [
  { period: 8, span: 2 },
  { period: 12, span: 2 },
  { period: 16, span: 4 },
] as const
const longest = 16
/** Differences above this are edges, and count as this. */
const cap = 0.03
/** Rows that are added up in one step. */
const strip = 64

/** Steps that find the strongest grid along one axis: `grid_x` is score, period and phase in one pixel. */
function gridSteps(
  axis: 'x' | 'y',
  { width, height }: { readonly width: number; readonly height: number },
): measures.Step[] {
  const [length, across] = axis === 'x' ? [width, height] : [height, width]
  const label = `blocks/${axis}`
  const count = Math.max(1, length - 1)
  const strips = Math.ceil(across / strip)
  const place = (along: string, over: string) =>
    axis === 'x' ? `vec2i(${along}, ${over})` : `vec2i(${over}, ${along})`
  const choose = (values: readonly number[]) => `array<i32, 3>(${values.join(', ')})`
  const gridCode = /* wgsl */ `
const periods = ${choose(periods.map(({ period }) => period))};
const spans = ${choose(periods.map(({ span }) => span))};`
  return [
    {
      label: `${label}/strips`,
      reads: ['image'],
      writes: { [`strips_${axis}`]: 'r32float' },
      size: { width: count, height: strips },
      wgsl: /* wgsl */ `
  var sum = 0.0;
  let end = min((at.y + 1) * ${strip}, image_size().${axis === 'x' ? 'y' : 'x'});
  for (var i = at.y * ${strip}; i < end; i++) {
    let change = luma(image_at(${place('at.x', 'i')}).rgb) - luma(image_at(${place('at.x + 1', 'i')}).rgb);
    sum += min(abs(change), ${cap});
  }
  strips_${axis}_is(vec4f(sum));`,
    },
    {
      label: `${label}/profile`,
      reads: [`strips_${axis}`],
      writes: { [`profile_${axis}`]: 'r32float' },
      size: { width: count, height: 1 },
      wgsl: /* wgsl */ `
  var sum = 0.0;
  for (var i = 0; i < strips_${axis}_size().y; i++) { sum += strips_${axis}_at(vec2i(at.x, i)).r; }
  profile_${axis}_is(vec4f(sum / ${across}.0));`,
    },
    // A row for each period: by how much each place stands out from the median around it.
    {
      label: `${label}/excess`,
      reads: [`profile_${axis}`],
      writes: { [`excess_${axis}`]: 'r32float' },
      size: { width: count, height: periods.length },
      functions: /* wgsl */ `${gridCode}
fn sum_at(place: i32, span: i32) -> f32 {
  let first = clamp(place, 0, profile_${axis}_size().x - span);
  var sum = 0.0;
  for (var i = 0; i < span; i++) { sum += profile_${axis}_at(vec2i(first + i, 0)).r; }
  return sum;
}`,
      wgsl: /* wgsl */ `
  let half = periods[at.y] / 2;
  let span = spans[at.y];
  var near = array<f32, ${longest + 1}>();
  for (var i = -half; i <= half; i++) { near[i + half] = sum_at(at.x + i, span); }
  var median = 0.0;
  for (var i = 0; i <= 2 * half; i++) {
    var less = 0;
    var same = 0;
    for (var j = 0; j <= 2 * half; j++) {
      less += select(0, 1, near[j] < near[i]);
      same += select(0, 1, near[j] == near[i]);
    }
    if (less <= half && less + same > half) { median = near[i]; }
  }
  excess_${axis}_is(vec4f(near[half] / (median + 0.25 / 255.0) - 1.0));`,
    },
    // A pixel for each period and phase: the median on the grid less that off it, both by halving the range they lie in.
    {
      label: `${label}/phases`,
      reads: [`excess_${axis}`],
      writes: { [`phases_${axis}`]: 'r32float' },
      size: { width: longest, height: periods.length },
      functions: gridCode,
      wgsl: /* wgsl */ `
  let period = periods[at.y];
  let length = excess_${axis}_size().x - spans[at.y] + 1;
  if (at.x >= period || excess_${axis}_size().x < 3 * period) { phases_${axis}_is(vec4f(-1.0)); return; }
  let on = (length - at.x + period - 1) / period;
  let half = vec2i((on + 1) / 2, (length - on + 1) / 2);
  var low = vec2f(-1.0);
  var high = vec2f(127.0);
  for (var round = 0; round < 20; round++) {
    let middle = (low + high) / 2.0;
    var below = vec2i(0);
    for (var i = 0; i < length; i++) {
      let here = excess_${axis}_at(vec2i(i, at.y)).r;
      let grid = i % period == at.x;
      below += vec2i(select(0, 1, grid && here <= middle.x), select(0, 1, !grid && here <= middle.y));
    }
    let beneath = below >= half;
    high = select(high, middle, beneath);
    low = select(middle, low, beneath);
  }
  phases_${axis}_is(vec4f(high.x - high.y));`,
    },
    {
      label: `${label}/grid`,
      reads: [`phases_${axis}`],
      writes: { [`grid_${axis}`]: 'rgba32float' },
      size: { width: 1, height: 1 },
      functions: gridCode,
      wgsl: /* wgsl */ `
  var best = vec4f(0.0, f32(periods[0]), 0.0, f32(spans[0]));
  for (var row = 0; row < 3; row++) {
    for (var phase = 0; phase < periods[row]; phase++) {
      let score = phases_${axis}_at(vec2i(phase, row)).r;
      if (score > best.r + 1e-3) { best = vec4f(score, f32(periods[row]), f32(phase), f32(spans[row])); }
    }
  }
  grid_${axis}_is(best);`,
    },
    // Of the differences that were summed, the one at which the grid's own is: the next pixel is the first of a block.
    {
      label: `${label}/line`,
      reads: [`grid_${axis}`, `profile_${axis}`],
      writes: { [`line_${axis}`]: 'r32float' },
      size: { width: 1, height: 1 },
      wgsl: /* wgsl */ `
  let grid = vec4i(grid_${axis}_at(vec2i(0)));
  var highest = -1.0;
  var place = 0;
  for (var k = 0; k < grid.a; k++) {
    var sum = 0.0;
    var count = 0.0;
    for (var i = grid.b + k; i < profile_${axis}_size().x; i += grid.g) {
      sum += profile_${axis}_at(vec2i(i, 0)).r;
      count += 1.0;
    }
    if (sum > highest * count) { highest = sum / max(count, 1.0); place = k; }
  }
  line_${axis}_is(vec4f(f32((grid.b + place + 1) % grid.g)));`,
    },
  ]
}

export default defineNode({
  type: 'blocks',
  title: 'Blocks',
  category: 'measure',
  cost: 'medium',
  summary:
    'Finds the grid that a codec leaves, even in an enlarged picture, and shows its lines. H.264 and later smooth theirs away: nothing is found then.',
  keywords: [
    'blocky',
    'blocking',
    'block artifacts',
    'macroblocks',
    'pixelated',
    'squares',
    'grid',
    'jpeg',
    'mpeg',
    'compression',
    'deblock',
  ],
  inputs: { image: port.image('Image') },
  outputs: {
    map: port.mask('Map', { help: 'The lines of the strongest grid along each axis, as bright as it is strong.' }),
    score: port.number('Score', {
      help: 'The stronger of the two axes. Stands out from 0.1; drawings and screens have grids of their own.',
    }),
    across: port.number('Shift across', {
      help: 'How far right of the picture’s edge the first line stands. Wire it to Deblock; it says nothing where the score is low.',
    }),
    down: port.number('Shift down', { help: 'How far below the picture’s edge the first line lies.' }),
    period: port.number('Period', { help: 'Pixels from line to line, along the axis where the grid is stronger.' }),
  },
  params: {
    full: param.float('White from', {
      default: 0.5,
      min: 0.05,
      max: 2,
      step: 0.05,
      help: 'A grid this strong is white in the map; nothing else changes.',
    }),
  },
  infer: ({ image }) => ({
    map: measures.maskLike(image),
    score: numberDesc({ min: 0 }),
    across: numberDesc({ unit: 'px', min: 0, max: 15 }),
    down: numberDesc({ unit: 'px', min: 0, max: 15 }),
    period: numberDesc({ unit: 'px', min: 8, max: 16 }),
  }),
  kernel: {
    kind: 'pass',
    scratch: () => ({ running: 1 }),
    async prepare({ gpu, inputs: { image } }) {
      const measure = await measures.createMeasure(gpu, {
        label: 'blocks',
        inputSizes: { image },
        steps: [...gridSteps('x', image), ...gridSteps('y', image)],
        maps: {
          map: {
            reads: ['grid_x', 'grid_y'],
            // A line is drawn at the middle of the pixels whose differences were summed.
            functions: /* wgsl */ `
fn line(at: i32, grid: vec4f) -> f32 {
  let period = i32(grid.g);
  return select(0.0, grid.r, (at - i32(grid.b) - i32(grid.a) / 2 + period) % period == 0);
}`,
            value: 'max(line(at.x, grid_x_at(vec2i(0))), line(at.y, grid_y_at(vec2i(0))))',
          },
        },
        scores: {
          score: { reads: ['grid_x', 'grid_y'], value: 'max(grid_x_at(at).r, grid_y_at(at).r)' },
          across: { reads: ['line_x'], value: 'line_x_at(at).r' },
          down: { reads: ['line_y'], value: 'line_y_at(at).r' },
          period: {
            reads: ['grid_x', 'grid_y'],
            value: 'select(grid_x_at(at).g, grid_y_at(at).g, grid_y_at(at).r > grid_x_at(at).r)',
          },
        },
      })
      return {
        record: ({ recorder, inputs, outputs, params: { full } }) =>
          measure.record(recorder, inputs, outputs, { full }),
        dispose: () => measure[Symbol.dispose](),
      }
    },
  },
})
