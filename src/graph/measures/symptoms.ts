/**
 * What can stand out in a clip, how it is measured, and what is done about it: one row a symptom, read by the editor and by
 * the command line. Words for people stand elsewhere, by `id`. Levels come from faults laid on clean photographs (see the
 * measures' own files); none of them says that anybody would mind.
 */
import type { JsonObject } from '../document/json.ts'
import type { CodedDesc } from '../node/ports.ts'
import type { Specs } from '../node/spec.ts'

/** What the input of a node that is put in is wired to. */
export type Feed =
  /** The picture that is mended. */
  | 'picture'
  /** What it was made from. */
  | 'source'
  /** The plain upscale of that. */
  | 'plain'
  /** The measure's map. */
  | 'map'

/** A node that is put behind the picture, under the measure's map. */
export interface Remedy {
  readonly type: string
  readonly inputs: Readonly<Record<string, Feed>>
  readonly params: JsonObject
  /** Params that are set to what the measure reads: its number output by the param. */
  readonly measuredParams?: Readonly<Record<string, string>>
  /** The measure's “White from” for a map that is to be a mask: lower acts where less was found. */
  readonly full?: number
  /** How the map is widened and softened before it is a mask, in pixels; or that the node acts where the mask is 0. */
  readonly shape?: { readonly grow: number; readonly feather: number; readonly invert?: true }
}

/** A setting of a node on the way to the picture that is moved instead: less is predicted, or something else. */
export interface Adjustment {
  readonly type: string
  readonly param: string
  /** By how much, and between which values. */
  readonly by: number
  readonly within: readonly [least: number, most: number]
  /** An input that takes the setting’s place. */
  readonly unlessWired?: string
}

export type SymptomId =
  | 'waxy'
  | 'smooth'
  | 'halo'
  | 'overload'
  | 'text'
  | 'edges'
  | 'contradiction'
  | 'flicker'
  | 'banding'
  | 'blocks'
  | 'combing'

export interface Symptom {
  readonly id: SymptomId
  /** Type of the node that measures it, and its outputs. */
  readonly measure: string
  readonly score: string
  readonly map: string
  /** The score from which it stands out; more is worse. */
  readonly from: number
  /** Of the score, where it has one: steps of 8 bits, or pixels. */
  readonly unit?: '/255' | 'px'
  /** A number of the measure below which its score says nothing. */
  readonly counts?: { readonly output: string; readonly from: number }
  /**
   * In what it is sought: in the result, or in the last picture of the source's size, which still has what camera and codec
   * did. The node that mends it is put behind the same picture.
   */
  readonly of: 'result' | 'source'
  /**
   * Nodes that do on purpose what the measure looks for, such as grain that moves: where the way to the result ends in them, it is sought,
   * and mended, before them.
   */
  readonly before?: readonly string[]
  /** The share of the frames that must reach the level: a single one may be a pattern of the scene’s own. Absent: one frame. */
  readonly share?: number
  /** Frames that must be measured, and reach the level, before it is told at all. Absent: one. */
  readonly minFrames?: number
  /** Whether the file itself says that the picture is so, whatever the measure reads. */
  readonly saidBy?: (coding: CodedDesc) => boolean
  /** It is a change from frame to frame: a single frame has none. */
  readonly overTime?: true
  /** The shipped recipe that is made against it, by the name of its file. */
  readonly recipe: string
  readonly remedy?: Remedy
  /** Tried in this order. */
  readonly adjust?: readonly Adjustment[]
}

/** The model’s dial, from L1 (0) over perceptual (1) to GAN (2). */
const dial = (by: number): Adjustment => ({
  ...{ type: 'sr-model', param: 'personality', by, within: [0, 2], unlessWired: 'personalityMask' },
})

/** A more faithful model, or less of what it predicts. */
const lessPredicted: readonly Adjustment[] = [
  dial(-1),
  { type: 'residual-blend', param: 'strength', by: -0.5, within: [0, 2] },
]

/** The prediction is held back where it did harm: what remains there is the plain upscale. */
const heldBack = {
  type: 'residual-blend',
  inputs: { detail: 'picture', base: 'plain', mask: 'map' },
  params: {},
} as const satisfies Remedy

/** It moves, and no source has it: nobody who puts it on wants to be told, and no fix is to take it off again. */
const grainAtTheEnd = ['grain', 'match-grain']

export const symptoms: readonly Symptom[] = [
  {
    id: 'waxy',
    measure: 'texture-loss',
    recipe: 'plastic-skin',
    score: 'score',
    map: 'map',
    from: 0.05,
    counts: { output: 'textured', from: 0.05 },
    of: 'result',
    adjust: [dial(1)],
    remedy: {
      type: 'detail-return',
      inputs: { image: 'picture', base: 'plain', mask: 'map' },
      params: { loss: 10, radius: 3 },
      full: 0.05,
      shape: { grow: 6, feather: 4 },
    },
  },
  {
    id: 'smooth',
    measure: 'smoothness',
    recipe: 'plastic-skin',
    score: 'score',
    map: 'map',
    from: 0.45,
    counts: { output: 'textured', from: 0.05 },
    of: 'result',
    // A single shot may be out of focus on purpose.
    share: 0.5,
    adjust: [dial(1), { type: 'grain', param: 'amount', by: 0.04, within: [0, 0.5] }],
    // Nothing knows what the texture was: grain says no more than that there was some.
    remedy: {
      type: 'grain',
      inputs: { image: 'picture', protect: 'map' },
      params: { amount: 0.08 },
      full: 0.5,
      shape: { grow: 4, feather: 6, invert: true },
    },
  },
  {
    id: 'halo',
    measure: 'halo',
    recipe: 'halo',
    score: 'score',
    map: 'map',
    from: 0.01,
    of: 'result',
    adjust: lessPredicted,
    remedy: {
      ...heldBack,
      full: 0.05,
      shape: { grow: 1, feather: 1, invert: true },
    },
  },
  {
    id: 'overload',
    measure: 'texture-overload',
    recipe: 'texture-overload',
    score: 'score',
    map: 'map',
    from: 0.05,
    of: 'result',
    adjust: lessPredicted,
    remedy: {
      type: 'energy-cap',
      inputs: { image: 'picture', base: 'plain', mask: 'map' },
      params: { limit: 1.5 },
      full: 0.5,
    },
  },
  {
    id: 'text',
    measure: 'text-drift',
    recipe: 'text-warping',
    score: 'score',
    map: 'map',
    from: 0.1,
    unit: 'px',
    of: 'result',
    adjust: lessPredicted,
    remedy: {
      ...heldBack,
      full: 0.3,
      shape: { grow: 2, feather: 2, invert: true },
    },
  },
  {
    id: 'edges',
    measure: 'edge-disturbance',
    recipe: 'web-video',
    score: 'score',
    map: 'map',
    from: 0.5,
    unit: '/255',
    of: 'result',
    adjust: lessPredicted,
    remedy: {
      ...heldBack,
      full: 1,
      shape: { grow: 2, feather: 1, invert: true },
    },
  },
  {
    id: 'contradiction',
    measure: 'invention',
    recipe: 'auto-personality',
    score: 'contradictionScore',
    map: 'contradiction',
    from: 2.5,
    unit: '/255',
    of: 'result',
    before: grainAtTheEnd,
    adjust: lessPredicted,
    remedy: {
      type: 'consistency',
      inputs: { image: 'picture', source: 'source', mask: 'map' },
      params: {},
      full: 4,
      shape: { grow: 2, feather: 2 },
    },
  },
  {
    id: 'flicker',
    measure: 'flicker',
    recipe: 'steady-inventive',
    score: 'score',
    map: 'map',
    from: 3,
    unit: '/255',
    of: 'result',
    overTime: true,
    before: grainAtTheEnd,
    adjust: lessPredicted,
    remedy: {
      type: 'steady-detail',
      inputs: { detail: 'picture', base: 'plain', source: 'source', mask: 'map' },
      params: {},
      full: 3,
      shape: { grow: 2, feather: 2 },
    },
  },
  {
    id: 'banding',
    measure: 'banding',
    recipe: 'web-video',
    score: 'score',
    map: 'map',
    from: 0.05,
    of: 'result',
    remedy: {
      type: 'deband',
      inputs: { image: 'picture', mask: 'map' },
      params: {},
      full: 0.2,
      shape: { grow: 4, feather: 4 },
    },
  },
  {
    id: 'blocks',
    measure: 'blocks',
    recipe: 'web-video',
    score: 'score',
    map: 'map',
    from: 0.1,
    of: 'source',
    // Letters have grids of their own; a codec’s runs through most of the clip.
    share: 0.5,
    // Without the map: it shows the lines of the grid, beside which the filter alone acts anyway.
    remedy: { type: 'deblock', inputs: { image: 'picture' }, params: {}, measuredParams: { period: 'period' } },
  },
  {
    id: 'combing',
    measure: 'combing',
    recipe: 'tape',
    score: 'score',
    map: 'map',
    from: 0.2,
    of: 'source',
    // Of five frames of a film on tape, two are combed.
    share: 0.35,
    // One frame of stripes, or of a scanned photograph, is no tape.
    minFrames: 2,
    saidBy: ({ fieldOrder }) => fieldOrder !== undefined,
    // Without the map: the node finds for itself which places are made of fields.
    remedy: { type: 'deinterlace', inputs: { image: 'picture' }, params: {} },
  },
]

/** Frames that must be measured before it is told at all. @param said the file itself says that it is so */
export const leastFramesOf = ({ minFrames }: Symptom, said: boolean): number => (said ? 1 : (minFrames ?? 1))

/** What the score is called: the measure’s title, or of a measure with several scores that one’s. */
export function titleOfScore(specs: Specs, { measure, score }: Pick<Symptom, 'measure' | 'score'>): string {
  const spec = specs.get(measure)
  return (score === 'score' ? undefined : spec?.outputs[score]?.label) ?? spec?.title ?? measure
}
