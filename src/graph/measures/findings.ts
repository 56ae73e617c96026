/** What stands out of numbers measured at some frames, worst first. */
import { type Reading, readingKey } from './measured-graph.ts'
import { leastFramesOf, type Symptom, type SymptomId } from './symptoms.ts'

/** One frame's numbers by `readingKey`; what could not be measured is not there. */
export interface MeasuredFrame {
  readonly frame: number
  readonly values: ReadonlyMap<string, number>
}

/** @param valueAt of a reading, by its place, in a frame; what is no number was not measured */
export const framesOf = (
  readings: readonly Reading[],
  frames: readonly number[],
  valueAt: (reading: number, frame: number) => number | undefined,
): readonly MeasuredFrame[] =>
  frames.map((frame) => ({
    frame,
    values: new Map(
      readings.flatMap((reading, i) => {
        const value = valueAt(i, frame)
        return value === undefined || !Number.isFinite(value) ? [] : [[readingKey(reading), value] as const]
      }),
    ),
  }))

export interface Finding {
  readonly symptom: Symptom
  /** The frame in which it is strongest. */
  readonly frame: number
  /** Its score there, and that of the plain upscale; `null` where there is none to compare with. */
  readonly worst: number
  readonly plain: number | null
  /** Over the frames. */
  readonly mean: number
  /** Frames in which it reaches the level, of those that could be measured. */
  readonly standing: number
  readonly frames: number
  /** How many times the level from which it stands out; of the frame that counts (see `Symptom.share`). */
  readonly times: number
  /** The file says so itself, which may be all there is: a scene without movement has nothing to measure. */
  readonly said: boolean
}

/** `count` frames of a range, in the middle of as many equal parts of it; all of them where there are no more. */
export function spreadFrames({ first, last }: { readonly first: number; readonly last: number }, count: number) {
  const length = last - first + 1
  const frameCount = Math.min(length, count)
  return Array.from({ length: frameCount }, (_, i) => first + Math.floor(((i + 0.5) * length) / frameCount))
}

function findingOf(symptom: Symptom, frames: readonly MeasuredFrame[], said: boolean): Finding | null {
  const { measure, of, counts, from } = symptom
  const scores = frames.flatMap(({ frame, values }) => {
    const read = (output: string, what: 'result' | 'plain' | 'source' = of) =>
      values.get(readingKey({ of: what, measure, output }))
    const score = read(symptom.score)
    if (score === undefined || !Number.isFinite(score)) return []
    const says = !counts || (read(counts.output) ?? 0) >= counts.from
    return says ? [{ frame, score, plain: of === 'result' ? (read(symptom.score, 'plain') ?? null) : null }] : []
  })
  const [first, ...others] = scores
  const leastFrames = leastFramesOf(symptom, said)
  if (!first || scores.length < leastFrames) return null
  const worst = others.reduce((highest, each) => (each.score > highest.score ? each : highest), first)
  const falling = scores.map(({ score }) => score).sort((a, b) => b - a)
  const level = falling[Math.max(leastFrames, Math.ceil(falling.length * (symptom.share ?? 0))) - 1] ?? worst.score
  return {
    symptom,
    frame: worst.frame,
    worst: worst.score,
    plain: worst.plain,
    mean: scores.reduce((sum, { score }) => sum + score, 0) / scores.length,
    standing: scores.filter(({ score }) => score >= from).length,
    frames: scores.length,
    times: level / from,
    said,
  }
}

/** All that could be measured, worst first. @param said symptoms of which the file itself says that it has them */
export const findingsOf = (
  symptoms: readonly Symptom[],
  frames: readonly MeasuredFrame[],
  said: ReadonlySet<SymptomId> = new Set(),
): readonly Finding[] =>
  symptoms
    .flatMap((symptom) => findingOf(symptom, frames, said.has(symptom.id)) ?? [])
    .sort((a, b) => b.times - a.times || symptoms.indexOf(a.symptom) - symptoms.indexOf(b.symptom))

export const standsOut = ({ times }: Pick<Finding, 'times'>): boolean => times >= 1

/** Whether it is listed among what to look at: it stands out, or the file says so. */
export const isTold = (finding: Pick<Finding, 'times' | 'said'>): boolean => finding.said || standsOut(finding)

/** A number of the symptom's measure in a frame that was measured. */
export const readIn = (
  { measure, of }: Symptom,
  output: string,
  measuredFrame: MeasuredFrame | undefined,
): number | undefined => measuredFrame?.values.get(readingKey({ of, measure, output }))
