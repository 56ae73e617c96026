/**
 * Gives back the 24 frames a second of a film that was spread over 30 (3:2 pulldown). Each frame's upper lines are kept and completed by
 * those lower ones, of its own frame or of a neighbour, that comb least with them; then of every five frames the one is left out whose
 * upper lines are those of the frame before. What decides is in `telecine/cadence.ts`; here it is carried out.
 */
import {
  CadenceLog,
  type CodedDesc,
  cadencesOf,
  chromaRowsWgsl,
  combedFrom,
  createFieldReader,
  createStage,
  defineNode,
  expectedOf,
  type FrameSet,
  matchOf,
  numberDesc,
  orderOf,
  param,
  port,
  verdictOf,
} from './define.ts'

/** Frames of a group, and those that are kept of it. */
const [group, filmFrames] = [5, 4]

/** Upper lines of the one, lower lines of the other; with `mended` what of these combs is made of the upper ones (the BBC's PH-2071). */
const weaveWgsl = (mended: boolean) => /* wgsl */ `
fn woven(at: vec2i) -> vec4f {
  if ((at.y & 1) == 0) { return image_at(at); }
  return other_at(at);
}
${
  mended
    ? /* wgsl */ `
// Lines beyond the edge are mirrored, so that each stays one of its field.
fn row(y: i32) -> i32 {
  let last = u.whole.y - 1;
  return clamp(last - abs(last - abs(y)), 0, last);
}
fn tone(at: vec2i, dy: i32) -> f32 { return 255.0 * luma(woven(vec2i(at.x, row(at.y + dy))).rgb); }
fn stands(at: vec2i) -> bool {
  let here = tone(at, 0);
  let above = tone(at, -1);
  let below = tone(at, 1);
  let outside = max(min(here - above, here - below), min(above - here, below - here));
  return outside > 6.0 && abs(tone(at, -2) + 4.0 * here + tone(at, 2) - 3.0 * (above + below)) > 36.0;
}
fn make(at: vec2i) -> vec4f {
  let under = woven(at);
  if ((at.y & 1) == 0) { return under; }
  var combs = false;
  for (var y = -2; y <= 2; y += 2) { for (var x = -2; x <= 2; x++) { combs = combs || stands(at + vec2i(x, y)); } }
  if (!combs) { return under; }
  let near = woven(vec2i(at.x, row(at.y - 1))).rgb + woven(vec2i(at.x, row(at.y + 1))).rgb;
  let far = woven(vec2i(at.x, row(at.y - 3))).rgb + woven(vec2i(at.x, row(at.y + 3))).rgb;
  return vec4f(clamp((5077.0 * near - 981.0 * far) / 8192.0, vec3f(0.0), vec3f(1.0)), under.a);
}`
    : 'fn make(at: vec2i) -> vec4f { return woven(at); }'
}`

/** The same where two rows of luma share one of chroma: these rows, too, are of the one and of the other in turn. */
const weaveChromaWgsl = (coding: CodedDesc) => /* wgsl */ `
${chromaRowsWgsl(['image', 'other'], coding)}
fn chromaOf(x: i32, row: i32) -> vec3f {
  if ((row & 1) == 0) { return chromaRow_image(x, row); }
  return chromaRow_other(x, row);
}
fn make(at: vec2i) -> vec4f {
  var under = image_at(at);
  if ((at.y & 1) == 1) { under = other_at(at); }
  let rows = rowsOfWhole(at.y);
  let chroma = mix(chromaOf(at.x, i32(rows.x)), chromaOf(at.x, i32(rows.y)), rows.z);
  return vec4f(clamp(ownLuma(under.rgb) + chroma, vec3f(0.0), vec3f(1.0)), under.a);
}`

const weaveStage = (label: string, wgsl: string) => ({
  label: `inverse-telecine/${label}`,
  reads: ['image', 'other'],
  format: 'rgba16float' as const,
  wgsl,
})

/**
 * How far a frame lies from the one before it, where that can be asked: the clip may not have the frame, since another stands in
 * (`gone`), or may begin with it (`first`).
 */
function standing(image: FrameSet, offset: number): 'there' | 'first' | 'gone' {
  const content = image.at(offset).content
  const is = (other: number) => image.at(other).content === content
  const [from, to] = [image.offsets[0]!, image.offsets.at(-1)!]
  if ((is(offset + 1) && is(from)) || (is(offset - 1) && is(to))) return 'gone'
  return is(offset - 1) ? 'first' : 'there'
}

export default defineNode({
  type: 'inverse-telecine',
  title: 'Inverse Telecine',
  category: 'look',
  reframes: true,
  cost: 'medium',
  summary:
    'Gives back the 24 frames a second of a film that was spread over 30: fields are matched, and the repeated one of every five frames goes. Put it right after Decode.',
  keywords: [
    ...['telecine', 'ivtc', 'pulldown', '3:2', 'film', 'cadence', 'detelecine', 'decimate', 'duplicate frames'],
    ...['field match', 'combing', 'ntsc', 'dvd', '29.97', '23.976', 'vivtc', 'tivtc', 'judder', 'stutter'],
  ],
  inputs: {
    image: port.image('Image', {
      help: 'As it was decoded, of 30 frames a second: of another height its lines are mixed.',
    }),
  },
  outputs: {
    image: port.image('Image'),
    dropped: port.number('Dropped', {
      help: 'How far the frame left out of five lies from the one before it, in grey levels of 255. Near 0: a repeat. High: a frame was lost.',
    }),
    combed: port.number('Combed', {
      help: 'The share of combed pixels in the worst square: from 0.3 on, the lines match those of neither neighbour.',
    }),
  },
  params: {
    order: param.choice('Field order', ['auto', 'top', 'bottom'], {
      default: 'auto',
      labels: { auto: 'As the stream says, or found', top: 'Top field first', bottom: 'Bottom field first' },
      affects: 'plan',
    }),
    mend: param.bool('Mend what stays combed', {
      default: true,
      affects: 'plan',
      help: 'Where the lines match those of neither neighbour, as at an edit, they are rebuilt.',
    }),
  },
  readsLines: true,
  infer: ({ image }) => ({ image, dropped: numberDesc({ min: 0, max: 255 }), combed: numberDesc({ min: 0, max: 1 }) }),
  kernel: {
    kind: 'async',
    // Of the five frames each with the one before it, and of the one that is shown the one after it.
    needs: () => ({ image: { reach: Number.POSITIVE_INFINITY, frames: { before: filmFrames, after: group } } }),
    scratch: () => ({ running: 2 }),
    clock: () => ({ frames: filmFrames, of: group }),
    async prepare({ gpu, inputs: { image: size }, params: { order, mend } }) {
      const { coding } = size
      const [reader, whole, weave, mendStage, number] = await Promise.all([
        createFieldReader(gpu, size, 3 * group),
        createStage(gpu, weaveStage('whole', weaveWgsl(false))),
        createStage(gpu, weaveStage('weave', coding?.chromaRows ? weaveChromaWgsl(coding) : weaveWgsl(false))),
        createStage(gpu, weaveStage('mend', weaveWgsl(true))),
        gpu.compute({
          label: 'inverse-telecine/number',
          writes: { number: 'r32float' },
          uniforms: { value: 'f32' },
          wgsl: 'fn main(at: vec2u) { textureStore(number, at, vec4f(u.value)); }',
        }),
      ])
      const said = order === 'auto' ? coding?.fieldOrder : (`${order} first` as const)
      const fieldOrder = said === 'interlaced' ? undefined : said
      const log = new CadenceLog()
      return {
        overlaps: true,
        async run({ recorder, time, inputs: { image }, outputs }) {
          /** Of the group, the frame that is nearest in time, from which offsets count, and which of the kept ones is shown. */
          const placeInGroup = time.index % filmFrames
          const offsetOf = (place: number) => place - placeInGroup
          const read = (place: number) => {
            const at = offsetOf(place)
            return reader.read(recorder, image.at(at - 1), image.at(at), image.at(at + 1))
          }
          const places = Array.from({ length: group }, (_, place) => place)
          const stand = places.map((place) => standing(image, offsetOf(place)))
          // All are asked for before the first is waited for, so that they come back together.
          const pending = places.map((place) => (stand[place] === 'there' ? read(place) : undefined))
          const readings = await Promise.all(pending)
          const knownReadings = readings.flatMap((reading) => reading ?? [])
          const firstField = fieldOrder ?? orderOf(knownReadings)
          const verdict = verdictOf(
            readings.map((reading, i) => (stand[i] === 'first' ? Number.POSITIVE_INFINITY : reading?.change)),
            cadencesOf(readings, firstField),
          )
          log.group(Math.floor(time.index / filmFrames), time.timestamp, verdict)
          const place = placeInGroup < verdict.drop ? placeInGroup : placeInGroup + 1
          const at = offsetOf(place)
          const reading = readings[place] ?? (await read(place))
          const first = fieldOrder ?? orderOf([reading, ...knownReadings])
          const match = matchOf(reading, first, expectedOf(place, verdict, first))
          const share = reading.combedShare[match]
          if (share >= combedFrom) log.combed(time.index, time.timestamp)
          if (outputs.image) {
            const other = image.at(match === 'own' ? at : match === 'before' ? at - 1 : at + 1)
            const stage = mend && share >= combedFrom ? mendStage : match === 'own' ? whole : weave
            stage.record(recorder, size, { image: image.at(at), other }, outputs.image)
          }
          const values = [
            [outputs.dropped, verdict.change],
            [outputs.combed, share],
          ] as const
          for (const [output, value] of values)
            if (output)
              number.record(recorder, {
                writes: { number: output.texture },
                uniforms: { value },
                size: { width: 1, height: 1 },
              })
        },
        notes: () => log.notes(mend),
      }
    },
  },
})
