/**
 * Makes whole frames of fields, after BWDIF of FFmpeg (T. Mundt; filters of the BBC's PH-2071 by J. Easterbrook, with the temporal
 * check of M. Niedermayer's YADIF). Which field comes first is told by the stream, or found as FFmpeg's `idet` does, over the places
 * that move: lines belong together in time where they comb least. By the same sums places of the frame that comb less by
 * themselves than with either neighbour are taken for whole, and stay as they are.
 *
 * At the ends of a clip and beside a cut the field on one side is missing. What moves is then told by the neighbour that there is, and a
 * frame without any by whether it combs.
 */
import {
  borrowPicture,
  combedRowWgsl,
  createFieldChroma,
  createStage,
  defineNode,
  type FramePicture,
  param,
  port,
  type Recorder,
  type StagePicture,
} from './define.ts'

/** Sides of the squares of which each is judged for itself. */
const square = 32
/** Grey levels of 255 by which a place must change to tell anything of time. */
const still = 4
/** A frame whose lines comb so many times more with its neighbours' is whole; below the first it is made of fields. */
const whole = { from: 1.6, to: 2.2 }
/** A frame that combs so many times more with the one neighbour than with the other, by as many grey levels a pixel, lies beside a cut. */
const cut = { times: 3, levels: 24 }
/** By how much even and odd lines may differ in how they comb with a single neighbour, from where the frame may be whole to where it is not. */
const slant = { from: 1.3, to: 1.6 }
/**
 * What stands out in a frame without neighbours: less than Combing asks for, since what comes of it is only told where much does. Shares
 * of pixels: up to the first the frame stays as it is, from the last nothing of its other field does.
 */
const combs = { apart: 3, strength: 18, unlike: 0.5, sevenRows: true }
const combed = { little: 0.005, some: 0.009, much: 0.018 }

/** Whether a frame has a neighbour in time. Either has shaders of its own, since software graphics run both sides of every branch. */
type Place = 'beside' | 'alone'

async function eachPlace<T>(make: (place: Place) => Promise<T>): Promise<Readonly<Record<Place, T>>> {
  const [beside, alone] = await Promise.all([make('beside'), make('alone')])
  return { beside, alone }
}

/** What a pixel at `here` adds to its strip. */
const pixelWgsl: Readonly<Record<Place, string>> = {
  alone: 'sums.w += standsOut(here, vec2i(0, 1)) - standsOut(here, vec2i(1, 0));',
  beside: /* wgsl */ `
      let own = tone(here);
      let earlier = 255.0 * luma(textureLoad(before, here, 0).rgb);
      let later = 255.0 * luma(textureLoad(after, here, 0).rgb);
      if (max(abs(own - earlier), abs(own - later)) <= ${still}.0) { continue; }
      let around = tone(here - vec2i(0, 1)) + tone(here + vec2i(0, 1));
      let combs = abs(vec2f(around) - 2.0 * vec2f(earlier, later));
      sums += vec4f(select(combs.yx, combs, (y & 1) == 0), abs(around - 2.0 * own), 0.0);
      sides += select(vec4f(0.0, combs.x, 0.0, combs.y), vec4f(combs.x, 0.0, combs.y, 0.0), (y & 1) == 0);`,
}

/**
 * Of a strip of a line, in the left half: how much it combs with the frame before where lines are even, where odd and the like, and by
 * itself; then how many pixels stand out as by Combing, which is asked only of a frame without neighbours. In the right half: how much it combs
 * with the frame before and with that after, even lines and odd ones apart.
 */
const stripWgsl = (place: Place) => /* wgsl */ `
${place === 'alone' ? combedRowWgsl(combs) : ''}
fn tone(at: vec2i) -> f32 {
  return 255.0 * luma(textureLoad(image, clamp(at, vec2i(0), vec2i(u.whole) - 1), 0).rgb);
}
fn main(at: vec2u) {
  let y = i32(at.y);
  var sums = vec4f(0.0);
  var sides = vec4f(0.0);
  if (y > 0 && y < i32(u.whole.y) - 1) {
    let first = i32(at.x) * ${square};
    for (var x = first; x < min(first + ${square}, i32(u.whole.x)); x++) {
      let here = vec2i(x, y);
      ${pixelWgsl[place]}
    }
  }
  textureStore(strips, at, sums);
  textureStore(strips, vec2u(at.x + textureDimensions(strips).x / 2u, at.y), sides);
}`

const gatherWgsl = /* wgsl */ `
fn main(at: vec2u) {
  var sums = vec4f(0.0);
  let lines = textureDimensions(strips).y;
  for (var y = at.y * ${square}u; y < min((at.y + 1u) * ${square}u, lines); y++) {
    sums += textureLoad(strips, vec2u(at.x, y), 0);
  }
  textureStore(squares, at, sums);
}`

const totalWgsl = /* wgsl */ `
fn main(at: vec2u) {
  var sums = vec4f(0.0);
  let size = textureDimensions(squares) / vec2u(2, 1);
  for (var y = 0u; y < size.y; y++) { for (var x = at.x * size.x; x < (at.x + 1u) * size.x; x++) { sums += textureLoad(squares, vec2u(x, y), 0); } }
  textureStore(total, at, sums);
}`

const wholenessIn: Readonly<Record<Place, string>> = {
  alone: /* wgsl */ `
fn combedShare(at: vec2i) -> f32 {
  return sumsAround(at, vec4f(0.0), 0).w / ${square * square}.0 + 6.0 * sumsOfOwn().w / f32(u.whole.x * u.whole.y);
}
fn wholeness(at: vec2i) -> f32 { return 1.0 - smoothstep(${combed.little}, ${combed.some}, combedShare(at)); }`,
  beside: /* wgsl */ `
fn wholeness(at: vec2i) -> f32 {
  let there = neighbours();
  let all = totals();
  let sums = sumsAround(at, select(sumsOfOwn(), all, there == 3), 0);
  if (there != 3) {
    // Of the one neighbour's fields one is near and the other far, if they are two.
    let ownSides = sidesOfOwn();
    let sides = sumsAround(at, ownSides, 1);
    let near = select(sides.zw, sides.xy, there == 1);
    let most = max(lean(near), lean(select(ownSides.zw, ownSides.xy, there == 1)));
    return smoothstep(${whole.from}, ${whole.to}, (near.x + near.y) / max(sums.z, 1e-3))
      * (1.0 - smoothstep(${slant.from}, ${slant.to}, most));
  }
  // Lines that go with one neighbour better than with the other are fields, however much they comb.
  return smoothstep(${whole.from}, ${whole.to}, min(sums.x, sums.y) / max(sums.z, 1e-3))
    * (1.0 - smoothstep(1.06, 1.14, lean(all.xy))) * (1.0 - smoothstep(1.25, 1.5, lean(sums.xy)));
}`,
}

/** How far the place is whole, by the four squares around it and, for a little, by the frame. */
const wholenessWgsl = (place: Place) => /* wgsl */ `
fn lean(sums: vec2f) -> f32 { return max(sums.x, sums.y) / max(min(sums.x, sums.y), 1e-3); }
fn sumsAround(at: vec2i, all: vec4f, half: i32) -> vec4f {
  let count = vec2i(textureDimensions(squares)) / vec2i(2, 1);
  let place = (vec2f(at) + 0.5) / ${square}.0 - 0.5;
  let first = vec2i(floor(place));
  let share = place - floor(place);
  var sums = 0.02 * all;
  for (var i = 0; i < 4; i++) {
    let corner = vec2i(i & 1, i >> 1);
    let weights = select(1.0 - share, share, corner == vec2i(1));
    let here = clamp(first + corner, vec2i(0), count - 1) + vec2i(half * count.x, 0);
    sums += weights.x * weights.y * textureLoad(squares, here, 0);
  }
  return sums;
}
${wholenessIn[place]}`

const ownSumsWgsl = (total: string) => /* wgsl */ `
fn sumsOfOwn() -> vec4f { return textureLoad(${total}, vec2i(0), 0); }
fn sidesOfOwn() -> vec4f { return textureLoad(${total}, vec2i(1, 0), 0); }`

/** Which neighbours belong to the frame: 1 the one before, 2 the one after. Without sums cuts are not seen. */
const neighboursWgsl = (hasSums: boolean) => /* wgsl */ `
fn neighbours() -> i32 {
  ${
    hasSums
      ? `if (u.around != 3) { return u.around; }
  let sides = sidesOfOwn();
  let before = sides.x + sides.y;
  let after = sides.z + sides.w;
  let levels = ${cut.levels}.0 * f32(u.whole.x * u.whole.y);
  let isCutBefore = before > max(levels, ${cut.times}.0 * after);
  let isCutAfter = after > max(levels, ${cut.times}.0 * before);
  return select(1, 0, isCutBefore) | select(2, 0, isCutAfter);`
      : 'return u.around;'
  }
}`

const aroundWgsl = /* wgsl */ `
fn earlier(at: vec2i, dy: i32) -> vec3f { return toYcc(before_at(vec2i(at.x, row(at.y + dy))).rgb); }
fn later(at: vec2i, dy: i32) -> vec3f { return toYcc(after_at(vec2i(at.x, row(at.y + dy))).rgb); }`

/** Sets `made`, the line of the other field, between `c` and `e` of the own one and their mean `spatial`. */
const otherLineWgsl = (place: Place, keepsWhole: boolean) =>
  place === 'alone'
    ? keepsWhole
      ? /* wgsl */ `
  // As far from the line that there is as the lines comb.
  let pair = own(at, 0);
  let range = lineRange(at, pair, c, e) + smoothstep(${combed.some}, ${combed.much}, combedShare(at));
  made = clamp(spatial, pair - range, pair + range);`
      : ''
    : /* wgsl */ `
  let there = neighbours();
  let hasEarlier = (there & 1) != 0;
  let hasLater = (there & 2) != 0;
  // The lines of the other field before and after this one; at the ends of the clip and beside a cut there is only one of them.
  if (select(hasLater, hasEarlier, u.second == 0)) {
    var sums = array<vec3f, 5>();
    var pair = vec3f(0.0);
    var change = vec3f(0.0);
    for (var i = 0; i < 5; i++) {
      let dy = 2 * i - 4;
      var first = own(at, dy);
      var next = own(at, dy);
      if (u.second == 0) { first = earlier(at, dy); } else { next = later(at, dy); }
      sums[i] = first + next;
      if (i == 2) { change = abs(first - next); }
    }
    pair = sums[2] / 2.0;
    let was = select(vec3f(0.0), abs(earlier(at, -1) - c) + abs(earlier(at, 1) - e), hasEarlier);
    let becomes = select(vec3f(0.0), abs(later(at, -1) - c) + abs(later(at, 1) - e), hasLater);
    var range = max(change, max(was, becomes)) / 2.0;
    let b = sums[1] / 2.0 - c;
    let f = sums[3] / 2.0 - e;
    let most = max(max(pair - e, pair - c), min(b, f));
    let least = min(min(pair - e, pair - c), max(b, f));
    let isStill = range == vec3f(0.0);
    range = max(range, max(least, -most));
    let temporal = ((5570.0 * sums[2] - 3801.0 * (sums[1] + sums[3]) + 1016.0 * (sums[0] + sums[4])) / 4.0
      + 4309.0 * (c + e) - 213.0 * far) / 8192.0;
    made = clamp(select(spatial, temporal, abs(c - e) > change), pair - range, pair + range);
    made = select(made, pair, isStill);
  } else {
    // As far from the field that there is as places change.
    let pair = own(at, 0);
    var range = vec3f(0.0);
    if (there == 1) { range = max(abs(earlier(at, 0) - pair), abs(earlier(at, -1) - c) + abs(earlier(at, 1) - e)) / 2.0; }
    if (there == 2) { range = max(abs(later(at, 0) - pair), abs(later(at, -1) - c) + abs(later(at, 1) - e)) / 2.0; }
    let isStill = all(range == vec3f(0.0));
    range = max(range, lineRange(at, pair, c, e));
    made = select(clamp(spatial, pair - range, pair + range), pair, isStill);
  }`

const fieldWgsl = (
  place: Place,
  measured: boolean,
  keepsWhole: boolean,
  hasFieldChroma: boolean,
  totals: readonly string[],
  ownTotal: string | undefined,
) => /* wgsl */ `
fn totals() -> vec4f { return ${totals.map((total) => `textureLoad(${total}, vec2i(0), 0)`).join(' + ') || 'vec4f(0.0)'}; }
// Beyond the edge lines are mirrored, so that each stays one of its field.
fn row(y: i32) -> i32 {
  let last = u.whole.y - 1;
  return clamp(last - abs(last - abs(y)), 0, last);
}
fn own(at: vec2i, dy: i32) -> vec3f { return toYcc(image_at(vec2i(at.x, row(at.y + dy))).rgb); }
// How far the line may lie from the one that is there, by how the lines around go on.
fn lineRange(at: vec2i, pair: vec3f, c: vec3f, e: vec3f) -> vec3f {
  let b = own(at, -2) - c;
  let f = own(at, 2) - e;
  let most = max(max(pair - e, pair - c), min(b, f));
  let least = min(min(pair - e, pair - c), max(b, f));
  return max(vec3f(0.0), max(least, -most));
}
${place === 'alone' ? '' : aroundWgsl}
${ownTotal ? ownSumsWgsl(ownTotal) : ''}
${place === 'alone' ? '' : neighboursWgsl(ownTotal !== undefined)}
${keepsWhole ? wholenessWgsl(place) : ''}
fn bottomFirst() -> i32 {
  ${measured ? 'let sums = totals(); return select(0, 1, sums.y > 1.04 * sums.x);' : 'return u.bottom;'}
}
fn make(at: vec2i) -> vec4f {
  let under = image_at(at);
  ${hasFieldChroma && keepsWhole ? 'let decoded = decoded_at(at);' : 'let decoded = under;'}
  if ((at.y & 1) == (bottomFirst() ^ u.second)) {
    ${hasFieldChroma && keepsWhole ? 'return mix(under, decoded, wholeness(at));' : 'return under;'}
  }
  let c = own(at, -1);
  let e = own(at, 1);
  let far = own(at, -3) + own(at, 3);
  let spatial = (5077.0 * (c + e) - 981.0 * far) / 8192.0;
  var made = spatial;
  ${otherLineWgsl(place, keepsWhole)}
  let result = clamp(fromYcc(made), vec3f(0.0), vec3f(1.0));
  return vec4f(${keepsWhole ? 'mix(result, decoded.rgb, wholeness(at))' : 'result'}, under.a);
}`

interface Judged {
  readonly squares: StagePicture & Disposable
  readonly total: StagePicture & Disposable
}

export default defineNode({
  type: 'deinterlace',
  title: 'Deinterlace',
  category: 'look',
  reframes: true,
  cost: 'medium',
  summary:
    'Makes whole frames of interlaced ones, whose even and odd lines belong to two moments. It must see the lines as they were recorded: put it right after Decode.',
  keywords: [
    'interlaced',
    'interlacing',
    'combing',
    'comb',
    'jaggies',
    'jagged lines',
    'scan lines',
    'fields',
    'field order',
    'bob',
    'bwdif',
    'yadif',
    'dv',
    'vhs',
    'tape',
    'camcorder',
    'tv',
    '50i',
    '60i',
    '1080i',
  ],
  inputs: { image: port.image('Image', { help: 'As it was decoded: of another height its lines are mixed.' }) },
  outputs: { image: port.image('Image') },
  params: {
    frames: param.choice('Frames', ['frame', 'field'], {
      default: 'frame',
      labels: { frame: 'One for each', field: 'Two for each, one a field' },
      affects: 'plan',
      help: 'Two for each keep all of the movement, at twice the frame rate: everything after it runs twice as often.',
    }),
    order: param.choice('Field order', ['auto', 'top', 'bottom'], {
      default: 'auto',
      labels: { auto: 'As the stream says, or found', top: 'Top field first', bottom: 'Bottom field first' },
      affects: 'plan',
      help: 'If two frames for each jerk back and forth, it is the other one.',
    }),
    keepWhole: param.bool('Keep what is whole', {
      default: true,
      affects: 'plan',
      help: 'Leaves places as they are whose lines belong to one moment: films, and clips of which only a part is interlaced.',
    }),
  },
  readsLines: true,
  infer: ({ image }) => ({ image }),
  kernel: {
    kind: 'pass',
    // Which field comes first is told of three frames, each with the two beside it: one alone may be a cut or a flash.
    needs: ({ order }) => {
      const around = order === 'auto' ? 2 : 1
      return { image: { reach: Number.POSITIVE_INFINITY, frames: { before: around, after: around } } }
    },
    scratch: () => ({ running: 2.5, resident: 24.5 }),
    clock: ({ frames }) => (frames === 'field' ? { frames: 2, of: 1 } : { frames: 1, of: 1 }),
    async prepare({ gpu, inputs: { image: size }, params: { frames, order, keepWhole } }) {
      const fieldOrder = order === 'auto' ? size.coding?.fieldOrder : `${order} first`
      const measured = fieldOrder !== 'top first' && fieldOrder !== 'bottom first'
      const framesJudged = measured ? [-1, 0, 1] : keepWhole ? [0] : []
      const totals = framesJudged.map((_, i) => `total${i}`)
      const chromaOf = await createFieldChroma(gpu, size)
      const showsWhole = keepWhole && chromaOf !== undefined
      const [strip, gather, sum, field] = await Promise.all([
        eachPlace((place) =>
          gpu.compute({
            label: `deinterlace/strip ${place}`,
            reads: { image: 'float', ...(place === 'beside' && { before: 'float', after: 'float' }) },
            writes: { strips: 'rgba32float' },
            uniforms: { whole: 'vec2u' },
            wgsl: stripWgsl(place),
          }),
        ),
        gpu.compute({
          label: 'deinterlace/gather',
          reads: { strips: 'float' },
          writes: { squares: 'rgba32float' },
          wgsl: gatherWgsl,
        }),
        gpu.compute({
          label: 'deinterlace/sum',
          reads: { squares: 'float' },
          writes: { total: 'rgba32float' },
          wgsl: totalWgsl,
        }),
        eachPlace((place) =>
          createStage(gpu, {
            label: `deinterlace/field ${place}`,
            reads: [
              'image',
              ...(showsWhole ? ['decoded'] : []),
              ...(place === 'beside' ? ['before', 'after'] : []),
              ...(keepWhole ? ['squares'] : []),
              ...totals,
            ],
            format: 'rgba16float',
            uniforms: { bottom: 'i32', second: 'i32', around: 'i32' },
            wgsl: fieldWgsl(
              ...([place, measured, keepWhole, chromaOf !== undefined, totals] as const),
              totals[framesJudged.indexOf(0)],
            ),
          }),
        ),
      ])
      const across = Math.ceil(size.width / square)
      const part = (width: number, height: number) => ({ x: 0, y: 0, width, height })
      // Each beside another of its kind, as `stripWgsl` says.
      const [strips, grid, pair] = [
        part(2 * across, size.height),
        part(2 * across, Math.ceil(size.height / square)),
        part(2, 1),
      ]
      const neighboursOf = (before: FramePicture, { content }: FramePicture, after: FramePicture) =>
        (before.content === content ? 0 : 1) | (after.content === content ? 0 : 2)

      const placeOf = (around: number): Place => (around === 0 ? 'alone' : 'beside')

      const verdicts = new Map<string, Judged>()

      /** Sums over the squares of a frame, and over all of it; at the ends of a clip the one neighbour does for both. */
      function judge(recorder: Recorder, [before, frame, after]: readonly [FramePicture, FramePicture, FramePicture]) {
        const name = [before, frame, after].map(({ content }) => content).join()
        const knownVerdict = verdicts.get(name)
        if (knownVerdict) return knownVerdict
        const around = neighboursOf(before, frame, after)
        const squares = borrowPicture(gpu, grid, 'rgba32float', 'deinterlace/squares')
        const total = borrowPicture(gpu, pair, 'rgba32float', 'deinterlace/total')
        using rows = borrowPicture(gpu, strips, 'rgba32float', 'deinterlace/strips')
        strip[placeOf(around)].record(recorder, {
          reads: {
            image: frame.texture,
            ...(around !== 0 && {
              before: (around & 1 ? before : after).texture,
              after: (around & 2 ? after : before).texture,
            }),
          },
          writes: { strips: rows.texture },
          uniforms: { whole: [size.width, size.height] },
          size: part(across, size.height),
        })
        gather.record(recorder, { reads: { strips: rows.texture }, writes: { squares: squares.texture }, size: grid })
        sum.record(recorder, { reads: { squares: squares.texture }, writes: { total: total.texture }, size: pair })
        const judgement = { squares, total }
        verdicts.set(name, judgement)
        return judgement
      }

      /** Keeps what the next frame may ask for again. */
      function forgetOld(): void {
        for (const [name, { squares, total }] of verdicts) {
          if (verdicts.size <= framesJudged.length) break
          squares[Symbol.dispose]()
          total[Symbol.dispose]()
          verdicts.delete(name)
        }
      }

      return {
        record({ recorder, time, inputs: { image }, outputs }) {
          if (!outputs.image) return
          const [before, after] = [image.at(-1), image.at(1)]
          const second = frames === 'field' ? time.index & 1 : 0
          const ownVerdicts = framesJudged.map((k) =>
            judge(recorder, [image.at(k - 1), k === 0 ? image : image.at(k), image.at(k + 1)]),
          )
          const squares = ownVerdicts[framesJudged.indexOf(0)]?.squares
          const around = neighboursOf(before, image, after)
          field[placeOf(around)].record(
            recorder,
            size,
            {
              ...(chromaOf ? chromaOf.record(recorder, { image, before, after }) : { image, before, after }),
              ...(showsWhole && { decoded: image }),
              ...(squares && keepWhole && { squares }),
              ...Object.fromEntries(ownVerdicts.map(({ total }, i) => [totals[i]!, total])),
            },
            outputs.image,
            {
              bottom: fieldOrder === 'bottom first' ? 1 : 0,
              second,
              around,
            },
          )
          forgetOld()
        },
        dispose() {
          for (const { squares, total } of verdicts.values()) {
            squares[Symbol.dispose]()
            total[Symbol.dispose]()
          }
          verdicts.clear()
          chromaOf?.[Symbol.dispose]()
        },
      }
    },
  },
})
