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
  const measuredRows = rows.flatMap(({ frame, time, values }) => {
    const value = values[at]
    return value !== undefined && Number.isFinite(value) ? [{ frame, time, value }] : []
  })
  measuredRows.sort((a, b) => (a.value - b.value) * towardsWorse || a.frame - b.frame)
  const last = measuredRows.at(-1)
  const head = { title, ...(unit ? { unit } : {}), frames: measuredRows.length }
  if (!last) return { ...head, mean: null, percentile95: null, worst: null }
  return {
    ...head,
    mean: measuredRows.reduce((sum, { value }) => sum + value, 0) / measuredRows.length,
    percentile95: measuredRows[Math.ceil(0.95 * measuredRows.length) - 1]!.value,
    // Of several frames that are as bad the first.
    worst: measuredRows.find(({ value }) => value === last.value) ?? last,
  }
}
