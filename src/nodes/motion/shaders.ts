/**
 * The shaders of the motion search. Planes hold luma in grey levels, 0 to 255; a block's vector says where it is found in the
 * other frame. Blocks are 8×8 pixels and begin every 4, from −4 on, so that each pixel lies in four.
 */

export const blockSide = 8
export const blockStep = 4

/** Blocks along a side of so many pixels. */
export const blocksAlong = (side: number): number => Math.floor((side - 1) / blockStep) + 2

/** What a node must know that reads the vectors of blocks. */
export const blockReads = {
  side: blockSide,
  step: blockStep,
  /** WGSL of the pixel where the block at `at`, a `vec2u`, begins. */
  corner: (at: string): string => `(vec2i(${at}) * ${blockStep} - ${blockStep})`,
  grid: ({ width, height }: { readonly width: number; readonly height: number }) => ({
    width: blocksAlong(width),
    height: blocksAlong(height),
  }),
}

/** What a plane is halved with, and how far around the coarsest one is looked. */
export const halving = { sigma: 0.7, radius: 2 }
export const coarsestReach = 4

/** A vector is worth so many grey levels more where the neighbourhood or the level above speaks for it. */
const favour = 0.2

/** With squared slopes of so much in all in a block's plainer direction, its motion is told by half. */
const plain = 200

/**
 * A strong edge that is all but straight has squared slopes along it, too, and yet tells no motion that way: so much of those across it
 * counts against them.
 */
const straight = 0.3

/**
 * Motion is taken to change evenly over a neighbourhood, as where a picture turns or grows: those that tell may all lie on one side. So
 * much is added to the variance of their places, in blocks, that few of them say little of it.
 */
const slopeDamping = 3

const area = blockSide * blockSide

/** `ours(at)` and `theirs(at)`, the planes clamped to their edges, and where the block `at` begins. */
const planes = /* wgsl */ `
fn ours(at: vec2i) -> f32 { return textureLoad(current, clamp(at, vec2i(0), u.whole - 1), 0).r; }
fn theirs(at: vec2i) -> f32 { return textureLoad(other, clamp(at, vec2i(0), u.whole - 1), 0).r; }
fn cornerOf(block: vec2u) -> vec2i { return ${blockReads.corner('block')}; }`

/** Mean difference of a block and the place it is moved to; given up as soon as it is more than `limit`. */
const mismatch = /* wgsl */ `
fn mismatch(corner: vec2i, v: vec2f, limit: f32) -> f32 {
  let whole = floor(v);
  let share = v - whole;
  let start = corner + vec2i(whole);
  var above: array<f32, ${blockSide}>;
  var sum = 0.0;
  for (var y = 0; y <= ${blockSide}; y++) {
    var left = theirs(start + vec2i(0, y));
    for (var x = 0; x < ${blockSide}; x++) {
      let right = theirs(start + vec2i(x + 1, y));
      let here = mix(left, right, share.x);
      if (y > 0) { sum += abs(ours(corner + vec2i(x, y - 1)) - mix(above[x], here, share.y)); }
      above[x] = here;
      left = right;
    }
    if (sum > limit * ${area}.0) { break; }
  }
  return sum / ${area}.0;
}`

/**
 * One inverse-compositional step of B. Lucas and T. Kanade (S. Baker, I. Matthews, "Lucas-Kanade 20 Years On", IJCV 2004),
 * the difference taken without its mean, so that a change of light does not count as motion.
 */
const lucasKanade = /* wgsl */ `
fn slope(at: vec2i) -> vec2f { return textureLoad(slopes, clamp(at, vec2i(0), u.whole - 1), 0).xy; }
// The mean difference at v, and by how much v lies off.
fn step(corner: vec2i, v: vec2f, t: vec3f) -> vec3f {
  let whole = floor(v);
  let share = v - whole;
  let start = corner + vec2i(whole);
  var above: array<f32, ${blockSide}>;
  var sum = 0.0;
  var mean = 0.0;
  var slopeSum = vec2f(0.0);
  var moment = vec2f(0.0);
  for (var y = 0; y <= ${blockSide}; y++) {
    var left = theirs(start + vec2i(0, y));
    for (var x = 0; x < ${blockSide}; x++) {
      let right = theirs(start + vec2i(x + 1, y));
      let here = mix(left, right, share.x);
      if (y > 0) {
        let at = corner + vec2i(x, y - 1);
        let d = mix(above[x], here, share.y) - ours(at);
        let g = slope(at);
        sum += abs(d);
        mean += d;
        slopeSum += g;
        moment += g * d;
      }
      above[x] = here;
      left = right;
    }
  }
  let b = moment - slopeSum * mean / ${area}.0;
  let damping = 4.0 + 0.01 * (t.x + t.z);
  let xx = t.x + damping;
  let yy = t.z + damping;
  let off = vec2f(yy * b.x - t.y * b.y, xx * b.y - t.y * b.x) / (xx * yy - t.y * t.y);
  return vec3f(sum / ${area}.0, off);
}
// The vector after at most so many steps that each bring the blocks nearer, and its mean difference.
fn refine(corner: vec2i, v: vec2f, t: vec3f, steps: i32) -> vec3f {
  var best = v;
  var now = step(corner, v, t);
  for (var i = 0; i < steps; i++) {
    let next = clamp(best - now.yz, v - 2.0, v + 2.0);
    let there = step(corner, next, t);
    if (there.x >= now.x) { break; }
    best = next;
    now = there;
  }
  return vec3f(best, now.x);
}`

/** Luma in grey levels. */
export const tonesWgsl = /* wgsl */ `
fn main(at: vec2u) { textureStore(plane, at, vec4f(255.0 * luma(textureLoad(image, at, 0).rgb))); }`

/**
 * Luma to search in, a little softened (1, 2, 1 each way): between pixels noise would else be averaged away, and whatever lies
 * half a pixel off would fit better than what is right; interpolated edges fit better, too.
 */
export const planeWgsl = /* wgsl */ `
fn main(here: vec2u) {
  let last = vec2i(textureDimensions(image)) - 1;
  var sum = 0.0;
  for (var y = -1; y <= 1; y++) {
    for (var x = -1; x <= 1; x++) {
      let tone = luma(textureLoad(image, clamp(vec2i(here) + vec2i(x, y), vec2i(0), last), 0).rgb);
      sum += f32((2 - abs(x)) * (2 - abs(y))) * tone;
    }
  }
  textureStore(plane, here, vec4f(255.0 / 16.0 * sum));
}`

export const halveWgsl = /* wgsl */ `
fn main(at: vec2u) {
  let middle = vec2i(at) * 2;
  var sum = 0.0;
  var total = 0.0;
  for (var y = -${halving.radius}; y <= ${halving.radius}; y++) {
    for (var x = -${halving.radius}; x <= ${halving.radius}; x++) {
      let weight = exp(-f32(x * x + y * y) / ${2 * halving.sigma * halving.sigma});
      sum += weight * textureLoad(plane, clamp(middle + vec2i(x, y), vec2i(0), u.whole - 1), 0).r;
      total += weight;
    }
  }
  textureStore(half, at, vec4f(sum / total));
}`

/** Sobel's operator, in grey levels a pixel. */
export const slopesWgsl = /* wgsl */ `
fn tone(at: vec2i) -> f32 { return textureLoad(plane, clamp(at, vec2i(0), u.whole - 1), 0).r; }
fn main(here: vec2u) {
  let at = vec2i(here);
  let nw = tone(at + vec2i(-1, -1));
  let ne = tone(at + vec2i(1, -1));
  let sw = tone(at + vec2i(-1, 1));
  let se = tone(at + vec2i(1, 1));
  let across = ne + se - nw - sw + 2.0 * (tone(at + vec2i(1, 0)) - tone(at - vec2i(1, 0)));
  let down = sw + se - nw - ne + 2.0 * (tone(at + vec2i(0, 1)) - tone(at - vec2i(0, 1)));
  textureStore(slopes, here, vec4f(across / 8.0, down / 8.0, 0.0, 0.0));
}`

/**
 * Of each block the sums of gx², gx gy and gy², and how much there is to tell motion by: 0 where there is nothing, or nothing but a
 * straight edge; higher the more there is in both directions.
 */
export const tensorsWgsl = /* wgsl */ `
fn main(at: vec2u) {
  let corner = ${blockReads.corner('at')};
  var sum = vec3f(0.0);
  for (var y = 0; y < ${blockSide}; y++) {
    for (var x = 0; x < ${blockSide}; x++) {
      let g = textureLoad(slopes, clamp(corner + vec2i(x, y), vec2i(0), u.whole - 1), 0).xy;
      sum += vec3f(g.x * g.x, g.x * g.y, g.y * g.y);
    }
  }
  let smaller = max(0.0, 0.5 * (sum.x + sum.z) - sqrt(0.25 * (sum.x - sum.z) * (sum.x - sum.z) + sum.y * sum.y));
  let larger = sum.x + sum.z - smaller;
  textureStore(tensors, at, vec4f(sum, smaller / (smaller + ${plain}.0 + ${straight} * larger)));
}`

/** Vectors of a level from those of the coarser one, or from all around where there is none. */
export const matchWgsl = (coarsest: boolean) => /* wgsl */ `
${planes}
${mismatch}
${lucasKanade}
var<private> best: vec2f;
var<private> cost: f32;
fn consider(corner: vec2i, v: vec2f, more: f32) {
  let there = mismatch(corner, v, cost - more) + more;
  if (there < cost) { best = v; cost = there; }
}
${
  coarsest
    ? /* wgsl */ `
fn search(corner: vec2i, block: vec2i) {
  consider(corner, vec2f(0.0), -${favour});
  for (var y = -${coarsestReach}; y <= ${coarsestReach}; y++) {
    for (var x = -${coarsestReach}; x <= ${coarsestReach}; x++) {
      if (x != 0 || y != 0) { consider(corner, vec2f(f32(x), f32(y)), 0.02 * f32(abs(x) + abs(y))); }
    }
  }
}`
    : /* wgsl */ `
fn above(block: vec2i) -> vec2f {
  return 2.0 * textureLoad(coarser, clamp(block, vec2i(0), vec2i(textureDimensions(coarser)) - 1), 0).xy;
}
fn search(corner: vec2i, block: vec2i) {
  // Every second block has one of the coarser level in its place, those between lie between two.
  let low = block / 2;
  let high = (block + 1) / 2;
  let parent = 0.25 * (above(low) + above(high) + above(vec2i(low.x, high.y)) + above(vec2i(high.x, low.y)));
  consider(corner, parent, -${favour});
  for (var far = 1; far <= 2; far++) {
    consider(corner, above(low + vec2i(far, 0)), 0.0);
    consider(corner, above(low - vec2i(far, 0)), 0.0);
    consider(corner, above(low + vec2i(0, far)), 0.0);
    consider(corner, above(low - vec2i(0, far)), 0.0);
  }
  consider(corner, above(low), 0.0);
  consider(corner, vec2f(0.0), 0.0);
  consider(corner, parent + vec2f(1.0, 0.0), 0.0);
  consider(corner, parent - vec2f(1.0, 0.0), 0.0);
  consider(corner, parent + vec2f(0.0, 1.0), 0.0);
  consider(corner, parent - vec2f(0.0, 1.0), 0.0);
}`
}
fn main(at: vec2u) {
  let corner = cornerOf(at);
  best = vec2f(0.0);
  cost = 1e6;
  search(corner, vec2i(at));
  let t = textureLoad(tensors, at, 0);
  textureStore(blocks, at, vec4f(refine(corner, best, t.xyz, 3), t.w));
}`

/**
 * A block takes over what those around it say together, each by how well it fits and how much it has to tell motion by, of a motion
 * that changes evenly over them, unless it fits worse by that: without this the error is three to seven times as large. With `steps` it is then refined.
 */
export const smoothWgsl = (radius: number, sigma: number, steps: number) => /* wgsl */ `
${planes}
${mismatch}
${steps > 0 ? lucasKanade : ''}
fn blockAt(at: vec2i) -> vec4f {
  return textureLoad(rough, clamp(at, vec2i(0), vec2i(textureDimensions(rough)) - 1), 0);
}
// Of each component, of the nine around: by J. L. Smith's network ("Implementing Median Filters in XC4000E FPGAs", 1996).
fn median(at: vec2i) -> vec2f {
  var rows: array<array<vec2f, 3>, 3>;
  for (var y = 0; y < 3; y++) {
    let a = blockAt(at + vec2i(-1, y - 1)).xy;
    let b = blockAt(at + vec2i(0, y - 1)).xy;
    let c = blockAt(at + vec2i(1, y - 1)).xy;
    let low = min(min(a, b), c);
    let high = max(max(a, b), c);
    rows[y] = array<vec2f, 3>(low, a + b + c - low - high, high);
  }
  let low = max(max(rows[0][0], rows[1][0]), rows[2][0]);
  let high = min(min(rows[0][2], rows[1][2]), rows[2][2]);
  let middle = max(min(rows[0][1], rows[1][1]), min(max(rows[0][1], rows[1][1]), rows[2][1]));
  return max(min(low, middle), min(max(low, middle), high));
}
fn main(here: vec2u) {
  let at = vec2i(here);
  let corner = cornerOf(here);
  var now = blockAt(at);
  var sum = vec2f(0.0);
  var total = 0.0;
  // Where those lie that tell, and how what they tell changes over that.
  var places = vec2f(0.0);
  var squares = vec3f(0.0);
  var alongX = vec2f(0.0);
  var alongY = vec2f(0.0);
  for (var y = -${radius}; y <= ${radius}; y++) {
    for (var x = -${radius}; x <= ${radius}; x++) {
      let near = blockAt(at + vec2i(x, y));
      let weight = (near.w + 0.001) * exp(-near.z / 8.0 - f32(x * x + y * y) / ${(2 * sigma * sigma).toFixed(3)});
      let place = vec2f(f32(x), f32(y));
      sum += weight * near.xy;
      total += weight;
      places += weight * place;
      squares += weight * vec3f(place.x * place.x, place.x * place.y, place.y * place.y);
      alongX += weight * place.x * near.xy;
      alongY += weight * place.y * near.xy;
    }
  }
  let scale = 1.0 / max(total, 1e-12);
  let mean = scale * sum;
  let middle = scale * places;
  let xx = scale * squares.x - middle.x * middle.x + ${slopeDamping}.0;
  let xy = scale * squares.y - middle.x * middle.y;
  let yy = scale * squares.z - middle.y * middle.y + ${slopeDamping}.0;
  let cx = scale * alongX - middle.x * mean;
  let cy = scale * alongY - middle.y * mean;
  let slopeX = (yy * cx - xy * cy) / (xx * yy - xy * xy);
  let slopeY = (xx * cy - xy * cx) / (xx * yy - xy * xy);
  let told = array<vec2f, 2>(median(at), mean - middle.x * slopeX - middle.y * slopeY);
  for (var i = 0; i < 2; i++) {
    let limit = 1.05 * now.z + 0.5 * (1.0 - now.w);
    let there = mismatch(corner, told[i], limit);
    if (there <= limit) { now = vec4f(told[i], there, now.w); }
  }${
    steps > 0
      ? `
  now = vec4f(refine(corner, now.xy, textureLoad(tensors, here, 0).xyz, ${steps}), now.w);`
      : ''
  }
  textureStore(blocks, here, now);
}`

/** `theirsBetween(place: vec2f)`: the other plane between its pixels. */
const between = /* wgsl */ `
fn theirsBetween(place: vec2f) -> f32 {
  let corner = floor(place);
  let share = place - corner;
  let at = vec2i(corner);
  return mix(
    mix(theirs(at), theirs(at + vec2i(1, 0)), share.x),
    mix(theirs(at + vec2i(0, 1)), theirs(at + vec2i(1, 1)), share.x),
    share.y,
  );
}`

/** The mean of a block, that of where it is found again, the product of both, and the square of the latter: counted from grey. */
export const lightWgsl = /* wgsl */ `
${planes}
${between}
fn main(at: vec2u) {
  let corner = cornerOf(at);
  let v = textureLoad(vectors, at, 0).xy;
  var sums = vec2f(0.0);
  for (var i = 0; i < ${area}; i++) {
    let pixel = corner + vec2i(i % ${blockSide}, i / ${blockSide});
    sums += vec2f(ours(pixel), theirsBetween(vec2f(pixel) + v));
  }
  let means = sums / ${area}.0 - 128.0;
  textureStore(light, at, vec4f(means, means.x * means.y, means.y * means.y));
}`

/** Of a block and what stands in its place: the product of their means, and the square of the latter's. */
export const restWgsl = /* wgsl */ `
${planes}
fn main(at: vec2u) {
  let corner = cornerOf(at);
  var sums = vec2f(0.0);
  for (var i = 0; i < ${area}; i++) {
    let pixel = corner + vec2i(i % ${blockSide}, i / ${blockSide});
    sums += vec2f(ours(pixel), theirs(pixel));
  }
  let means = sums / ${area}.0;
  textureStore(rest, at, vec4f(means.x * means.y, means.y * means.y, 0.0, 0.0));
}`

/**
 * 1 for a block that is nowhere found again, told by how much goes on in it. Where the whole picture grows lighter or darker, as in a fade,
 * that is no other shot: light that changes for all blocks alike, by the line that fits what `lightWgsl` says of them best, counts for nothing.
 * Light that changes at once by much leads the search astray, so that the line fits nothing: what is found in its own place, by as much darker
 * or lighter as the whole is by `restWgsl`, is no other shot either. A factor alone: a line would make of any picture one as grey as another.
 */
export const lostWgsl = /* wgsl */ `
${planes}
${between}
fn main(at: vec2u) {
  let corner = cornerOf(at);
  let block = textureLoad(vectors, at, 0);
  let all = textureLoad(light, vec2u(0u), 0);
  let gain = (all.z - all.x * all.y + 1.0) / (all.w - all.y * all.y + 1.0);
  let offset = all.x + 128.0 - gain * (all.y + 128.0);
  let still = textureLoad(rest, vec2u(0u), 0);
  let factor = (still.x + 1.0) / (still.y + 1.0);
  var mean = 0.0;
  var off = 0.0;
  var offAtRest = 0.0;
  for (var i = 0; i < ${area}; i++) {
    let pixel = corner + vec2i(i % ${blockSide}, i / ${blockSide});
    let tone = ours(pixel);
    mean += tone;
    off += abs(tone - gain * theirsBetween(vec2f(pixel) + block.xy) - offset);
    offAtRest += abs(tone - factor * theirs(pixel));
  }
  mean /= ${area}.0;
  var spread = 0.0;
  for (var i = 0; i < ${area}; i++) { spread += abs(ours(corner + vec2i(i % ${blockSide}, i / ${blockSide})) - mean); }
  let least = min(block.z, min(off, offAtRest) / ${area}.0);
  textureStore(lost, at, vec4f(select(0.0, 1.0, least > max(4.0, 0.8 * spread / ${area}.0))));
}`

/** The mean of each column, or with one column alone of that. */
export const meanWgsl = (axis: 'x' | 'y') => /* wgsl */ `
fn main(at: vec2u) {
  let count = textureDimensions(values).${axis};
  var sum = vec4f(0.0);
  for (var i = 0u; i < count; i++) {
    sum += textureLoad(values, ${axis === 'x' ? 'vec2u(i, at.y)' : 'vec2u(at.x, i)'}, 0);
  }
  textureStore(mean, at, sum / f32(count));
}`

/** A pixel's vector: the mean of its four blocks' by how well each fits about the pixel; then how far off it is there. */
export const denseWgsl = /* wgsl */ `
${planes}
${between}
// Mean difference over 3×3.
fn about(at: vec2i, v: vec2f) -> f32 {
  let whole = floor(v);
  let share = v - whole;
  let start = at + vec2i(whole) - 1;
  var above: array<f32, 3>;
  var sum = 0.0;
  for (var y = 0; y <= 3; y++) {
    var left = theirs(start + vec2i(0, y));
    for (var x = 0; x < 3; x++) {
      let right = theirs(start + vec2i(x + 1, y));
      let here = mix(left, right, share.x);
      if (y > 0) { sum += abs(ours(at + vec2i(x - 1, y - 2)) - mix(above[x], here, share.y)); }
      above[x] = here;
      left = right;
    }
  }
  return sum / 9.0;
}
fn main(here: vec2u) {
  let at = vec2i(here);
  let first = here / ${blockStep}u;
  var sum = vec2f(0.0);
  var total = 0.0;
  for (var i = 0u; i < 4u; i++) {
    let v = textureLoad(blocks, first + vec2u(i & 1u, i >> 1u), 0).xy;
    let off = max(1.0, about(at, v));
    sum += v / (off * off);
    total += 1.0 / (off * off);
  }
  let v = sum / total;
  textureStore(vectors, here, vec4f(v, abs(ours(at) - theirsBetween(vec2f(at) + v)), 0.0));
}`

/**
 * How far a vector is to be believed: an error detector, not a probability. The difference over 5×5 counts beyond what
 * `noise`, its deviation in grey levels, and the texture there account for. Past a cut nothing is believed, nor beyond one
 * that lies nearer.
 */
export const confidenceWgsl = /* wgsl */ `
fn main(here: vec2u) {
  let at = vec2i(here);
  var off = 0.0;
  var sum = 0.0;
  var squares = 0.0;
  for (var y = -2; y <= 2; y++) {
    for (var x = -2; x <= 2; x++) {
      let p = clamp(at + vec2i(x, y), vec2i(0), u.whole - 1);
      off += textureLoad(vectors, p, 0).z;
      let tone = textureLoad(current, p, 0).r;
      sum += tone;
      squares += tone * tone;
    }
  }
  let deviation = sqrt(max(0.0, squares / 25.0 - sum * sum / 625.0));
  let more = max(0.0, off / 25.0 - 1.5 - 1.1 * u.noise - 0.15 * deviation);
  let share = max(textureLoad(lost, vec2u(0u), 0).r, textureLoad(nearer, vec2u(0u), 0).r);
  let whole = select(exp(-more / 3.0), 0.0, share > u.cut);
  textureStore(motion, here, vec4f(textureLoad(vectors, here, 0).xy, whole, 0.0));
}`
