/**
 * The end of a chain from luma to luma on a picture in colour, as code: what the chain adds to the plainly enlarged luma, and the plainly
 * enlarged chroma, become pixels in one go. `withChroma` says the same in more steps.
 *
 * A pixel of the source is one vector: what its red, green and blue are above its luma, and its luma.
 */
import { chromaTaps } from '../../luma-in-colour.ts'
import type { Tap } from '../shaders/network.ts'
import { FunctionCode, type Local } from './assembler.ts'
import type { Chain } from './chain.ts'
import { vectorBytes } from './winograd.ts'

export const isLumaChain = ({ channels, results }: Chain): boolean => channels === 1 && results === 1

/** What a sample counts in a result of a phase, by its offset from the source pixel. */
interface Sample {
  readonly offset: number
  readonly chroma: number
  readonly luma: number
}

const weightAt = (taps: readonly Tap[], offset: number): number =>
  taps.reduce((sum, tap) => (tap.offset === offset ? sum + tap.weight : sum), 0)

/** Of each phase along an axis. */
export function samplesOf({ factor, base }: Pick<Chain, 'factor' | 'base'>): readonly (readonly Sample[])[] {
  return chromaTaps(factor).map((chroma, phase) => {
    const luma = base?.[phase] ?? []
    const offsets = [...chroma, ...luma].filter(({ weight }) => weight !== 0).map(({ offset }) => offset)
    return [...new Set(offsets)]
      .sort((a, b) => a - b)
      .map((offset) => ({ offset, chroma: weightAt(chroma, offset), luma: weightAt(luma, offset) }))
  })
}

/** Pixels that a row is repeated by at its ends. */
export const reachOf = (phases: readonly (readonly Sample[])[]): number =>
  Math.max(...phases.flat().map(({ offset }) => Math.abs(offset)))

/** Puts the sum of vectors by their weights on the stack. */
function sum(code: FunctionCode, samples: readonly Sample[], take: (sample: Sample, i: number) => void): void {
  for (const [i, sample] of samples.entries()) {
    const { chroma, luma } = sample
    take(sample, i)
    code.vector(chroma, chroma, chroma, luma).multiply()
    if (i > 0) code.add()
  }
}

/** (a row of the source for each sample, target, pixels): the rows of a phase as one. */
export function blendRows(samples: readonly Sample[]): FunctionCode {
  const code = new FunctionCode(...samples.map(() => 'i32' as const), 'i32', 'i32')
  const [target, pixels] = [samples.length, samples.length + 1]
  code.countDown(pixels, 1, () => {
    code.store(target, 0, () => sum(code, samples, (_, i) => code.load(i, 0)))
    for (let row = 0; row <= target; row++) code.advance(row, vectorBytes)
  })
  return code
}

/**
 * (row, chain, colours, luma, scratch, pixels): the results of a row that was blended, from the first of its repeated pixels on.
 * `chain`: of the first pixel's results in this row, of `vectors` a pixel. `colours`: three floats a result, and a fourth is
 * written beyond the last. `scratch`: a vector's room.
 */
export function finishRow(phases: readonly (readonly Sample[])[], vectors: number): FunctionCode {
  const code = new FunctionCode('i32', 'i32', 'i32', 'i32', 'i32', 'i32')
  const [row, chain, colours, luma, scratch, pixels] = [0, 1, 2, 3, 4, 5]
  const reach = reachOf(phases)
  const around = code.locals('v128', 2 * reach + 1)
  const [plain, enlargedVector] = code.locals('v128', 2) as [Local, Local]
  code.countDown(pixels, 1, () => {
    for (const [i, local] of around.entries()) code.load(row, i * vectorBytes).set(local)
    for (const [phase, samples] of phases.entries()) {
      sum(code, samples, ({ offset }) => code.get(around[reach + offset]!))
      code.set(plain)
      code.store(scratch, 0, () => code.get(plain))
      code
        .loadRepeated(chain, phase * 4)
        .loadRepeated(scratch, 12)
        .add()
        .set(enlargedVector)
      code.storeFirst(luma, phase * 4, () => code.get(enlargedVector))
      code.store(colours, phase * 12, () => code.get(plain, enlargedVector).add())
    }
    code.advance(row, vectorBytes).advance(chain, vectors * vectorBytes)
    code.advance(colours, phases.length * 12).advance(luma, phases.length * 4)
  })
  return code
}
