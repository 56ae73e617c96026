/** What a check of the clip finds, and what is done about it. */
import type { SymptomId } from '../../../../graph/measures/symptoms.ts'
import { plurals } from '../../format.ts'

const plural = plurals('en')

/** What people call it, and where it is sought. */
const symptoms: Readonly<Record<SymptomId, { readonly name: string; readonly about: string }>> = {
  waxy: { name: 'Waxy texture', about: 'Smoother than plain upscaling where the source has fine texture' },
  smooth: {
    name: 'Little fine texture',
    about: 'Shading without texture: smoothed, compressed hard, or out of focus',
  },
  halo: { name: 'Halos along edges', about: 'Brighter or darker beside an edge than anything nearby in the source' },
  overload: { name: 'Texture out of nothing', about: 'Texture where the source is smooth' },
  text: { name: 'Bent letters', about: 'Strokes moved away from where the source has them' },
  edges: { name: 'Noise beside edges', about: 'Ringing or mosquito noise that the source does not have' },
  contradiction: {
    name: 'Contradicted by the source',
    about: 'Shrunk to the source’s size, the result differs from it; grain put on at the end does not count',
  },
  flicker: {
    name: 'Flickering detail',
    about: 'Predicted detail that changes while the source does not; grain put on at the end does not count',
  },
  banding: { name: 'Banding', about: 'Steps in what should be a smooth gradient' },
  blocks: { name: 'Compression blocks', about: 'The grid of a codec, in the clip itself' },
  combing: { name: 'Interlaced lines', about: 'Rows from two different moments, in the clip itself' },
}

export const check = {
  title: 'Check this clip',
  begin: 'Check this clip',
  again: 'Check again',
  cancel: 'Cancel',
  intro:
    'Measures frames spread over the clip and lists what stands out, worst first. A number says how far something stands out here, not that it is bad.',
  nothingShown: 'There is no picture to check yet. Open a clip, or connect a Decode.',
  notPicture: 'What is shown is a mask or a map. Show a picture to check it.',
  preparing: 'Preparing the measures',
  /** @param done of how many frames */
  progress: (done: number, frames: number) => `Measuring: ${done} of ${frames} frames`,
  finding: 'Looking for the worst places',
  cancelled: (done: number, frames: number) => `Cancelled after ${done} of ${frames} frames.`,
  failed: (why: string) => `The check ended: ${why}`,
  /** @param view what was checked @param frames that were measured */
  checked: (view: string, frames: number) =>
    `${view}: ${frames} ${plural(frames, { one: 'frame', other: 'frames' })} measured`,
  outdated: 'The graph has changed since.',
  standsOut: (count: number) =>
    `${count} ${plural(count, { one: 'thing stands', other: 'things stand' })} out, worst first`,
  nothing: 'Nothing stands out in these frames.',
  /** @param symptoms listed */
  covered: (symptoms: string) => `In the clip itself, but not in this result: ${symptoms}.`,
  coveredHint: 'A plain Bicubic of the clip stands out in this; what the graph adds makes up for it.',
  recipe: (recipe: string) => `Open the recipe “${recipe}”`,
  recipeHint: 'A chain made against this, laid over your clip; one step to undo',
  /** @param id of the symptom */
  inherited: (id: SymptomId) =>
    id === 'smooth'
      ? 'The clip has it already. What was lost stays lost: grain or a bolder model stands in for it.'
      : 'The clip has it already: plain Bicubic stands out as well.',
  fileSays: 'The file says so',
  /** Of what the file says and no frame shows. */
  saidOnly:
    'The file says that it is interlaced. Little of that was measured in these frames: rows of two moments differ only where something moves.',
  saidToo: 'The file says so itself: it is marked as interlaced.',
  /** Of a fix for what the file says and no frame showed. */
  saidFixed:
    'Made whole frames of the fields, as the file says. These frames had too little movement for a number to fall: look where something moves.',
  /** @param medium its name; empty: there is no other @param note a sentence about it */
  note: (medium: string, note: string) => (medium === '' ? note : `${medium}: ${note}`),
  others: 'Does not stand out',
  left: 'Not measured',
  why: {
    'no-source': 'There is no source to compare the picture with: show an output that comes after an upscale.',
    'one-frame': 'A single frame cannot show this: it takes a clip.',
  },
  /** Of a measure that gave NaN. */
  notNumber: 'The picture has values that are not numbers (NaN), so it could not be measured.',
  alpha: 'Transparent parts are measured by the colours beneath.',
  symptoms,
  /** @param times how many times the level from which it stands out */
  times: (times: string) => `${times}×`,
  timesHint: (level: string) => `As a multiple of ${level}, from where it stands out`,
  /** What the same measure reads of the plain upscale. */
  plain: 'In plain Bicubic',
  worstFrame: 'Worst',
  againstHint: 'The same measure of a plain Bicubic of this source, of the same size',
  inClip: 'in the clip itself',
  /** @param standing of how many frames */
  where: (frame: number, standing: number, frames: number) =>
    frames === 1 ? `frame ${frame}` : `frame ${frame}; stands out in ${standing} of ${frames}`,
  show: (symptom: string) => `Show where: ${symptom}`,
  worstPlace: (symptom: string) => `The worst place of: ${symptom}`,
  fix: (node: string) => `Fix with ${node}`,
  fixHint: (node: string) => `Adds ${node} after this picture, masked by the measure’s map; one step to undo`,
  /** @param setting and its node @param to as it is read */
  adjust: (setting: string, to: string) => `Set ${setting} to ${to}`,
  adjustHint: 'Changes an existing setting instead of adding a node; one step to undo',
  adjusted: (setting: string, to: string) => `Set ${setting} to ${to}`,
  /** @param done what was done */
  notFallen: (done: string) => `${done}, but the number did not fall here. Consider undoing it.`,
  noFix: 'No node for this yet; the map shows where it is.',
  cannotFix:
    'It cannot be put in here: the picture is made inside a subgraph that the source does not reach. Unfold it first.',
  /** Name of the step in the history. */
  step: (symptom: string, node: string) => `fix “${symptom}” with ${node}`,
  /** A number before and after what was done about it. */
  changed: (before: string, after: string) => `${before} → ${after}`,
  before: 'Before',
  after: 'After',
  fixed: (node: string) => `Fixed with ${node}`,
  undo: 'Undo',
  comparison: {
    shown: 'What is measured',
    result: 'This result',
    resultHint: 'What stands out in the picture shown',
    sideBySide: 'Side by side',
    sideBySideHint: 'How A and what stands beside it compare, by every measure',
    begin: 'Compare over the clip',
    again: 'Compare again',
    intro:
      'Measures A and what stands beside it in frames spread over the clip, and tells where each is better or worse than A. Choose what stands beside it above the picture: another output, another graph, or several values of a setting.',
    alone:
      'Nothing stands beside A. Choose a picture, another graph, or several values of a setting to compare it with above the picture.',
    shots: (done: number, frames: number) => `Looking for shots: ${done} of ${frames} frames`,
    failed: (why: string) => `The comparison ended: ${why}`,
    frames: (frames: number) => `${frames} ${plural(frames, { one: 'frame', other: 'frames' })} of each`,
    outdated: 'What stands side by side has changed since.',
    table: 'Every measure of each picture; less is better',
    measure: 'Measure',
    changes: { better: 'better than A', worse: 'worse than A', same: 'same as A' },
    /** @param letter of the picture @param of how many measures */
    summary: (letter: string, better: number, worse: number, of: number) =>
      better + worse === 0
        ? `${letter} reads the same as A in all ${of} measures.`
        : `${letter} is better than A in ${better} and worse in ${worse} of ${of} measures.`,
    standsOut: 'stands out',
    worst: (letter: string, score: string, frame: number) => `${letter}: at worst ${score}, frame ${frame}`,
    show: (letter: string, symptom: string, frame: number) =>
      `Show frame ${frame}, where ${letter} is worst: ${symptom}`,
    place: (letter: string, symptom: string) => `${letter} at the worst place of: ${symptom}`,
    chart: (symptom: string) => `${symptom} of each picture over the clip`,
    level: 'stands out from here',
    shot: (first: number, last: number) => (first === last ? `Frame ${first}` : `Frames ${first}–${last}`),
    shotTable: 'Shot by shot',
    /** @param better and @param worse symptoms, listed; empty: none */
    shotSays: (letter: string, better: string, worse: string) =>
      [
        ...(better ? [`${letter} is better in ${better}.`] : []),
        ...(worse ? [`${letter} is worse in ${worse}.`] : []),
        ...(better || worse ? [] : [`${letter} reads the same as A.`]),
      ].join(' '),
    unread: (letters: string, symptoms: string) => `${letters}: ${symptoms}`,
  },
}
