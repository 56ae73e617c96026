/**
 * Chroma of interlaced 4:2:0. A frame is decoded as if it were whole, each line's chroma interpolated between two rows of it; but in a
 * frame of two fields these rows belong to the fields in turn. Both lines between two rows lie on the same slope, so that the rows are
 * got back from them, and can be put together as the lines demand.
 */
import type { Gpu, Recorder } from '../../gpu/types.ts'
import type { CodedDesc, ImageDesc } from '../../graph/node/ports.ts'
import type { FramePicture } from '../kernel.ts'
import { borrowPicture, createStage, type StagePicture } from '../stage.ts'

const vector = (values: readonly number[]): string => `vec3f(${values.map((value) => value.toFixed(6)).join(', ')})`

/**
 * WGSL of `chromaRow_<name>(x: i32, row: i32) -> vec3f`: a row of chroma as it was coded, as what is left of a colour without its luma; and of
 * `ownLuma(rgb: vec3f) -> f32`, `chromaRows() -> i32`. In scope must be `<name>_at(at: vec2i) -> vec4f` and `u.whole`.
 */
export const chromaRowsWgsl = (names: readonly string[], { luma, chromaRows }: CodedDesc): string => /* wgsl */ `
fn ownLuma(rgb: vec3f) -> f32 { return dot(rgb, ${vector(luma)}); }
fn tint(pixel: vec4f) -> vec3f { return pixel.rgb - ownLuma(pixel.rgb); }
fn chromaRows() -> i32 { return (u.whole.y + 1) / 2; }
${names
  .map((name) =>
    chromaRows === 'on'
      ? `fn chromaRow_${name}(x: i32, row: i32) -> vec3f { return tint(${name}_at(vec2i(x, 2 * row))); }`
      : `fn chromaRow_${name}(x: i32, row: i32) -> vec3f {
  let upper = min(2 * row + 1, u.whole.y - 1);
  let first = tint(${name}_at(vec2i(x, upper)));
  if (upper + 1 > u.whole.y - 1) { return first; }
  return 1.5 * first - 0.5 * tint(${name}_at(vec2i(x, upper + 1)));
}`,
  )
  .join('\n')}
// The rows between which line y of a whole frame lies, and the share of the second.
fn rowsOfWhole(y: i32) -> vec3f {
  let row = y / 2;
  ${
    chromaRows === 'on'
      ? 'return vec3f(f32(row), f32(min(row + 1, chromaRows() - 1)), 0.5 * f32(y & 1));'
      : 'return vec3f(f32(row), f32(clamp(row - 1 + 2 * (y & 1), 0, chromaRows() - 1)), 0.25);'
  }
}
// The same of a line of a field, whose rows are every second.
fn rowsOfField(y: i32) -> vec3f {
  let row = 2 * (y / 4) + (y & 1);
  let isLower = (y & 2) != 0;
  ${
    chromaRows === 'on'
      ? 'let other = row + 2; let share = select(0.0, 0.5, isLower);'
      : 'let other = select(row - 2, row + 2, isLower); let share = select(0.125, 0.375, isLower == ((y & 1) == 0));'
  }
  if (row > chromaRows() - 1) { return vec3f(f32(chromaRows() - 1), f32(chromaRows() - 1), 0.0); }
  return vec3f(f32(row), f32(select(other, row, other < 0 || other > chromaRows() - 1)), share);
}`

const fieldChromaWgsl = (coding: CodedDesc): string => /* wgsl */ `
${chromaRowsWgsl(['image'], coding)}
fn make(at: vec2i) -> vec4f {
  let under = image_at(at);
  let rows = rowsOfField(at.y);
  let chroma = mix(chromaRow_image(at.x, i32(rows.x)), chromaRow_image(at.x, i32(rows.y)), rows.z);
  return vec4f(clamp(ownLuma(under.rgb) + chroma, vec3f(0.0), vec3f(1.0)), under.a);
}`

export interface FieldChroma extends Disposable {
  /** The same pictures with the chroma of each line from rows of its own field; valid until the next call. */
  record<Name extends string>(
    recorder: Recorder,
    pictures: Readonly<Record<Name, FramePicture>>,
  ): Readonly<Record<Name, StagePicture>>
}

/** `undefined` where each line has chroma of its own, or nobody knows how that was coded. */
export async function createFieldChroma(
  gpu: Gpu,
  { width, height, coding }: Pick<ImageDesc, 'width' | 'height' | 'coding'>,
): Promise<FieldChroma | undefined> {
  if (!coding?.chromaRows) return undefined
  const stage = await createStage(gpu, {
    label: 'deinterlace/chroma',
    reads: ['image'],
    format: 'rgba16float',
    wgsl: fieldChromaWgsl(coding),
  })
  const whole = { x: 0, y: 0, width, height }
  const picturesByName = new Map<string, StagePicture & Disposable>()
  function rowsOf(recorder: Recorder, image: FramePicture): StagePicture {
    const result = picturesByName.get(image.content) ?? borrowPicture(gpu, whole, 'rgba16float', 'deinterlace/chroma')
    if (!picturesByName.has(image.content)) stage.record(recorder, whole, { image }, result)
    picturesByName.set(image.content, result)
    return result
  }
  function forget(keep: ReadonlySet<string>): void {
    for (const [content, picture] of picturesByName) {
      if (keep.has(content)) continue
      picture[Symbol.dispose]()
      picturesByName.delete(content)
    }
  }
  return {
    record<Name extends string>(recorder: Recorder, pictures: Readonly<Record<Name, FramePicture>>) {
      const entries = Object.entries<FramePicture>(pictures)
      forget(new Set(entries.map(([, { content }]) => content)))
      return Object.fromEntries(entries.map(([name, picture]) => [name, rowsOf(recorder, picture)])) as Record<
        Name,
        StagePicture
      >
    },
    [Symbol.dispose]: () => forget(new Set()),
  }
}
