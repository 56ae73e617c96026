/** How a row must differ from those around to be of another moment. */
interface CombedRow {
  /** Grey levels of 255 by which it is lighter, or darker, than both of those beside it. */
  readonly apart: number
  /** The same over five rows, six times. */
  readonly strength: number
  /** By how much rows of one moment may differ, of what they differ from those of the other. */
  readonly unlike: number
  /** It must go on over seven rows rather than five: fine texture seldom does, and what moves mostly is higher than that. */
  readonly sevenRows?: boolean
}

/**
 * WGSL of `standsOut(at: vec2i, across: vec2i) -> f32`: 1 where a row differs from those on both sides in the same direction, 0 elsewhere (see
 * `combing.node.ts`). In scope must be `tone(at: vec2i) -> f32`, luma from 0 to 255, beyond the edges too.
 */
export const combedRowWgsl = ({ apart, strength, unlike, sevenRows }: CombedRow): string => /* wgsl */ `
fn standsOut(at: vec2i, across: vec2i) -> f32 {
  let before = tone(at - across);
  let here = tone(at);
  let after = tone(at + across);
  let own = vec2f(tone(at - 2 * across), tone(at + 2 * across));
  let apart = vec2f(here - before, here - after);
  let oneWay = min(apart.x, apart.y) > f32(${apart}) || max(apart.x, apart.y) < -f32(${apart});
  let strength = abs(own.x + 4.0 * here + own.y - 3.0 * (before + after));
  ${sevenRows ? 'let farther = vec2f(tone(at - 3 * across), tone(at + 3 * across));' : ''}
  let others = ${sevenRows ? 'max(abs(before - after), max(abs(farther.x - before), abs(farther.y - after)))' : 'abs(before - after)'};
  let within = max(max(abs(own.x - here), abs(own.y - here)), others);
  let isComb = within < ${unlike} * min(abs(apart.x), abs(apart.y));
  return select(0.0, 1.0, oneWay && strength > f32(${strength}) && isComb);
}`
