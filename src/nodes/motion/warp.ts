/** WGSL that follows motion into another frame. */

/** Vectors longer than this, in pixels of the picture that is moved, are not followed: so much of it is read around a pixel. */
export const farthestFollowed = 128

/** Pixels around a place that `catmullRom` reads. */
export const warpReach = farthestFollowed + 2

/**
 * `<name>_warped(place: vec2f) -> vec4f`: a picture between its pixels by cubic convolution (E. Catmull, R. Rom, 1974), which
 * keeps fine detail where bilinear sampling would soften it. In scope must be `<name>_at(at: vec2i) -> vec4f`.
 */
export const catmullRom = (names: readonly string[]): string => /* wgsl */ `
fn cubicWeights(t: f32) -> vec4f {
  let square = t * t;
  let cube = square * t;
  return 0.5 * vec4f(2.0 * square - cube - t, 3.0 * cube - 5.0 * square + 2.0, 4.0 * square - 3.0 * cube + t, cube - square);
}
${names
  .map(
    (name) => /* wgsl */ `
fn ${name}_warped(place: vec2f) -> vec4f {
  let corner = floor(place);
  let across = cubicWeights(place.x - corner.x);
  let down = cubicWeights(place.y - corner.y);
  let first = vec2i(corner) - 1;
  var sum = vec4f(0.0);
  for (var j = 0; j < 4; j++) {
    var row = vec4f(0.0);
    for (var i = 0; i < 4; i++) { row += across[i] * ${name}_at(first + vec2i(i, j)); }
    sum += down[j] * row;
  }
  return sum;
}`,
  )
  .join('')}`
