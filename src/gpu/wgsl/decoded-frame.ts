/** WGSL of the passes that turn a decoded frame into a picture. */

/**
 * PQ, HLG, and SDR of other primaries to SDR of BT.709, gamma-encoded for a BT.1886 display.
 * PQ: SMPTE ST 2084. HLG: ITU-R BT.2100 inverse OETF and OOTF, 1000 cd/m², gamma 1.2. Roll-off: the EETF of
 * ITU-R BT.2390 §5.4 from a peak of 1000 cd/m² to 203 cd/m² (the reference white of BT.2408, here SDR's 1.0), on the
 * largest of R, G, B, which keeps hues; BT.2020 primaries to BT.709 by BT.2087, colours outside clipped.
 */
export const toBt709Wgsl = /* wgsl */ `
const pqM1 = 0.1593017578125; const pqM2 = 78.84375;
const pqC1 = 0.8359375; const pqC2 = 18.8515625; const pqC3 = 18.6875;
fn pqToNits(e: vec3f) -> vec3f {
  let p = pow(clamp(e, vec3f(0.0), vec3f(1.0)), vec3f(1.0 / pqM2));
  return 10000.0 * pow(max(p - pqC1, vec3f(0.0)) / (pqC2 - pqC3 * p), vec3f(1.0 / pqM1));
}
fn nitsToPq(nits: f32) -> f32 {
  let y = pow(clamp(nits / 10000.0, 0.0, 1.0), pqM1);
  return pow((pqC1 + pqC2 * y) / (1.0 + pqC3 * y), pqM2);
}
fn hlgToNits(e: vec3f) -> vec3f {
  let v = clamp(e, vec3f(0.0), vec3f(1.0));
  let scene = select((exp((v - 0.55991073) / 0.17883277) + 0.28466892) / 12.0, v * v / 3.0, v <= vec3f(0.5));
  let y = dot(scene, vec3f(0.2627, 0.6780, 0.0593));
  return 1000.0 * pow(max(y, 1e-6), 0.2) * scene;
}
fn rollOff(nits: f32) -> f32 {
  let peak = nitsToPq(1000.0);
  let top = nitsToPq(203.0) / peak;
  let knee = 1.5 * top - 0.5;
  let e = min(nitsToPq(nits) / peak, 1.0);
  let t = (e - knee) / (1.0 - knee);
  let spline = (2.0 * t * t * t - 3.0 * t * t + 1.0) * knee + (t * t * t - 2.0 * t * t + t) * (1.0 - knee)
    + (3.0 * t * t - 2.0 * t * t * t) * top;
  let out = select(spline, e, e < knee) * peak;
  return pqToNits(vec3f(out)).x;
}
// IEC 61966-2-1.
fn fromSrgb(e: vec3f) -> vec3f {
  return select(pow((e + 0.055) / 1.055, vec3f(2.4)), e / 12.92, e <= vec3f(0.04045));
}
fn toSrgb(l: vec3f) -> vec3f {
  return select(1.055 * pow(l, vec3f(1.0 / 2.4)) - 0.055, l * 12.92, l <= vec3f(0.0031308));
}
// transfer: 1 PQ, 2 HLG, 3 SDR, 4 sRGB, which stays sRGB. primaries: linear light of the stream's to BT.709's.
fn toBt709(rgb: vec3f, transfer: u32, primaries: mat3x3f) -> vec3f {
  var linear: vec3f;
  if (transfer == 3u) {
    linear = pow(clamp(rgb, vec3f(0.0), vec3f(1.0)), vec3f(2.4));
  } else if (transfer == 4u) {
    linear = fromSrgb(clamp(rgb, vec3f(0.0), vec3f(1.0)));
  } else {
    var nits = hlgToNits(rgb);
    if (transfer == 1u) { nits = pqToNits(rgb); }
    let brightest = max(max(nits.r, nits.g), max(nits.b, 1e-4));
    linear = nits * (rollOff(brightest) / brightest / 203.0);
  }
  linear = clamp(primaries * linear, vec3f(0.0), vec3f(1.0));
  if (transfer == 4u) { return toSrgb(linear); }
  return pow(linear, vec3f(1.0 / 2.4));
}`

/**
 * Where a pixel of the picture lies in the coded frame: rotated back, and resampled along each side whose length
 * differs (pixels that are not square) with Catmull-Rom, widened when shrinking. `decoded(at)` gives a coded pixel.
 * Uniforms: coded and origin (vec2i: size and place of what of the coded frame is shown), square (vec2i: the picture's size before
 * rotation), rotation (quarter turns clockwise), mirrored (left for right after that).
 */
export const geometryWgsl = /* wgsl */ `
fn turned(shown: vec2i) -> vec2i {
  var at = shown;
  if (u.mirrored == 1u) { at.x = select(u.square.y, u.square.x, (u.rotation & 1u) == 0u) - 1 - at.x; }
  switch (u.rotation) {
    case 1u: { return vec2i(at.y, u.square.y - 1 - at.x); }
    case 2u: { return u.square - 1 - at; }
    case 3u: { return vec2i(u.square.x - 1 - at.y, at.x); }
    default: { return at; }
  }
}
fn catmullRom(x: f32) -> f32 {
  let a = abs(x);
  if (a < 1.0) { return (1.5 * a - 2.5) * a * a + 1.0; }
  if (a < 2.0) { return ((-0.5 * a + 2.5) * a - 4.0) * a + 2.0; }
  return 0.0;
}
fn resampled(at: vec2i) -> vec4f {
  if (all(u.square == u.coded)) { return decoded(u.origin + at); }
  let ratio = vec2f(u.coded) / vec2f(u.square);
  let centre = (vec2f(at) + 0.5) * ratio - 0.5;
  let widen = max(ratio, vec2f(1.0));
  let same = u.square == u.coded;
  let first = select(vec2i(ceil(centre - 2.0 * widen)), at, same);
  let last = select(vec2i(floor(centre + 2.0 * widen)), at, same);
  var sum = vec4f(0.0);
  var total = 0.0;
  for (var y = first.y; y <= last.y; y++) {
    let wy = select(catmullRom((f32(y) - centre.y) / widen.y), 1.0, same.y);
    for (var x = first.x; x <= last.x; x++) {
      let w = wy * select(catmullRom((f32(x) - centre.x) / widen.x), 1.0, same.x);
      sum += w * decoded(u.origin + clamp(vec2i(x, y), vec2i(0), u.coded - 1));
      total += w;
    }
  }
  return sum / total;
}
`

/** What each pixel is written as: as it is, or (with `toBt709Wgsl`, uniforms transfer and primaries) brought to BT.709. */
export const plainMainWgsl = /* wgsl */ `
fn main(at: vec2u) {
  textureStore(picture, at, clamp(resampled(turned(vec2i(at))), vec4f(0.0), vec4f(1.0)));
}`
export const mappedMainWgsl = /* wgsl */ `
fn main(at: vec2u) {
  let pixel = resampled(turned(vec2i(at)));
  textureStore(picture, at, clamp(vec4f(toBt709(pixel.rgb, u.transfer, u.primaries), pixel.a), vec4f(0.0), vec4f(1.0)));
}`

/** One code, or a pair of colour differences, out of the buffer. */
export const codesWgsl = /* wgsl */ `
fn code(component: vec2u, step: u32, at: vec2i) -> f32 {
  let i = component.x + u32(at.y) * component.y + u32(at.x) * step;
  let word = samples[i >> 2u];
  if (u.wideSamples == 1u) { return f32((word >> ((i & 2u) * 8u)) & 0xffffu); }
  return f32((word >> ((i & 3u) * 8u)) & 0xffu);
}
fn pair(at: vec2i) -> vec2f {
  return vec2f(code(u.second, u.steps.y, at), code(u.third, u.steps.y, at));
}
`

/**
 * Codes in a buffer to R'G'B'. Chroma is interpolated bilinearly, from where its samples lie (`chromaScale`,
 * `chromaOffset`: see `chromaPlaces`), up to the edges of the coded frame (`whole`), beyond what is shown of it.
 */
export const samplesWgsl = /* wgsl */ `
fn chroma(at: vec2i) -> vec2f {
  if (u.subsampling.x + u.subsampling.y == 0u) {
    return vec2f(code(u.second, u.steps.y, at), code(u.third, u.steps.y, at));
  }
  let last = ((u.whole + (vec2i(1) << u.subsampling) - 1) >> u.subsampling) - 1;
  let place = vec2f(at) * u.chromaScale + u.chromaOffset;
  let low = vec2i(floor(place));
  let share = place - vec2f(low);
  let a = clamp(low, vec2i(0), last);
  let b = clamp(low + 1, vec2i(0), last);
  let top = mix(pair(a), pair(vec2i(b.x, a.y)), share.x);
  let bottom = mix(pair(vec2i(a.x, b.y)), pair(b), share.x);
  return mix(top, bottom, share.y);
}
fn decoded(at: vec2i) -> vec4f {
  let first = (code(u.first, u.steps.x, at) - u.levels.y) * u.levels.x;
  if (u.arrangement == 3u) { return vec4f(vec3f(first), 1.0); }
  let rest = (chroma(at) - u.levels.w) * u.levels.z;
  var alpha = 1.0;
  if (u.hasAlpha == 1u) { alpha = code(u.alpha, u.steps.x, at) * u.alphaScale; }
  switch (u.arrangement) {
    case 1u: { return vec4f(rest.y, first, rest.x, alpha); }
    case 2u: { return vec4f(first, rest, alpha); }
    default: {
      return vec4f(
        first + u.toRgb.x * rest.y,
        first + u.toRgb.y * rest.x + u.toRgb.z * rest.y,
        first + u.toRgb.w * rest.x,
        alpha);
    }
  }
}`

/**
 * The usual frame, 4:2:0 with chroma at the left in square pixels and of BT.709's or an older transfer, two by two pixels a call: what the
 * general way does, with a third of the reading. Uniforms as there; the picture is turned where it is written.
 */
export const quadsWgsl = /* wgsl */ `
fn placed(at: vec2i) -> vec2i {
  switch (u.rotation) {
    case 1u: { return vec2i(u.coded.y - 1 - at.y, at.x); }
    case 2u: { return u.coded - 1 - at; }
    case 3u: { return vec2i(at.y, u.coded.x - 1 - at.x); }
    default: { return at; }
  }
}
fn put(at: vec2i, difference: vec2f) {
  if (any(at >= u.coded)) { return; }
  let luma = (code(u.first, u.steps.x, at) - u.levels.y) * u.levels.x;
  let c = (difference - u.levels.w) * u.levels.z;
  let rgb = luma + vec3f(u.toRgb.x * c.y, u.toRgb.y * c.x + u.toRgb.z * c.y, u.toRgb.w * c.x);
  textureStore(picture, placed(at), vec4f(clamp(rgb, vec3f(0.0), vec3f(1.0)), 1.0));
}
fn main(at: vec2u) {
  let q = vec2i(at);
  let last = ((u.coded + 1) >> vec2u(1u)) - 1;
  let right = min(q.x + 1, last.x);
  let above = max(q.y - 1, 0);
  let below = min(q.y + 1, last.y);
  let left = pair(q);
  let middle = (left + pair(vec2i(right, q.y))) * 0.5;
  let upLeft = pair(vec2i(q.x, above));
  let upMiddle = (upLeft + pair(vec2i(right, above))) * 0.5;
  let downLeft = pair(vec2i(q.x, below));
  let downMiddle = (downLeft + pair(vec2i(right, below))) * 0.5;
  let to = q * 2;
  put(to, mix(left, upLeft, 0.25));
  put(to + vec2i(1, 0), mix(middle, upMiddle, 0.25));
  put(to + vec2i(0, 1), mix(left, downLeft, 0.25));
  put(to + vec2i(1, 1), mix(middle, downMiddle, 0.25));
}`
