/** What a report says beside the numbers: what the file says of itself, what was left out of a number, and what could not be measured. */
import type { MeasuredGraph, Subject } from '../graph/measures/measured-graph.ts'
import { leastFramesOf, type SymptomId, symptoms, titleOfScore } from '../graph/measures/symptoms.ts'
import type { Specs } from '../graph/node/spec.ts'

export interface ToMeasure {
  readonly subject: Subject
  /** Symptoms of which the file itself says that it has them. */
  readonly said: ReadonlySet<SymptomId>
}

/** A sentence each. @param frames that are measured */
export function measureNotes(
  specs: Specs,
  { subject: { view }, said }: ToMeasure,
  { omissions, pictureOf }: MeasuredGraph,
  frames: number,
): readonly string[] {
  const titleOf = (symptom: (typeof symptoms)[number]) => titleOfScore(specs, symptom)
  const saidTitles = symptoms.filter(({ id }) => said.has(id)).map(titleOf)
  const grainless = symptoms.filter((symptom) => symptom.of === 'result' && pictureOf(symptom).node !== view.node)
  const tooFew = symptoms.filter(
    (symptom) =>
      frames < leastFramesOf(symptom, said.has(symptom.id)) && !omissions.some((one) => one.symptom === symptom),
  )
  return [
    ...saidTitles.map((title) => `${title}: the file itself says that it is interlaced.`),
    ...(grainless.length === 0
      ? []
      : [`Measured without the grain that is put on at the end: ${grainless.map(titleOf).join(', ')}.`]),
    ...omissions.map(({ symptom, why }) =>
      why === 'one-frame'
        ? `${titleOf(symptom)} is not measured: it needs more than one frame.`
        : `${titleOf(symptom)} is not measured: the result is not made from a source that it could be compared with.`,
    ),
    ...tooFew.map(
      (symptom) =>
        `${titleOf(symptom)} is not reported for fewer than ${leastFramesOf(symptom, false)} frames: ask for more with --frames.`,
    ),
  ]
}
