/** What the numbers of a clip come to. */
import type { NumberColumn, NumberRow, NumberStatistics } from './types.ts'

/**
 * Of the numbers in column `at`; those that are none (NaN, infinite) are left out. The 95th percentile is the nearest rank,
 * counted towards what is worse: all but 5 % of the frames are as good or better.
 */
export function numberStatistics(
  { title, unit, worst }: NumberColumn,
  rows: readonly NumberRow[],
  at: number,
): NumberStatistics {
  const towardsWorse = worst === 'lowest' ? -1 : 1
  const known = rows.flatMap(({ frame, time, values }) => {
    const value = values[at]
    return value !== undefined && Number.isFinite(value) ? [{ frame, time, value }] : []
  })
  known.sort((a, b) => (a.value - b.value) * towardsWorse || a.frame - b.frame)
  const last = known.at(-1)
  const named = { title, ...(unit ? { unit } : {}), frames: known.length }
  if (!last) return { ...named, mean: null, percentile95: null, worst: null }
  return {
    ...named,
    mean: known.reduce((sum, { value }) => sum + value, 0) / known.length,
    percentile95: known[Math.ceil(0.95 * known.length) - 1]!.value,
    // Of several frames that are as bad the first.
    worst: known.find(({ value }) => value === last.value) ?? last,
  }
}
