/**
 * Parts of pictures. To show a box of a result, only a part of every picture above it must be there: how large a
 * part follows from what each node reads around a pixel (`needs`), from the end of the plan back to its sources.
 */

import type { FlatDocument } from '../document/document.ts'
import { onBehalfOf } from '../document/node-failure.ts'
import type { AssetFacts } from '../node/facts.ts'
import { widestNeed } from '../node/needs.ts'
import { isNumberDesc } from '../node/ports.ts'
import type { Specs } from '../node/spec.ts'
import { paramValues } from '../node/values.ts'
import type { ExecutionPlan, PlanStep, ValueId } from './execution-plan.ts'

interface Size {
  readonly width: number
  readonly height: number
}

/** A rectangle of a picture, in its pixels; whole numbers, inside the picture, at least one pixel. */
export interface Region extends Size {
  readonly x: number
  readonly y: number
}

/** A rectangle in shares of a picture's sides, each in [0,1]: the same place in pictures of every size. */
export type RegionShare = Region

export const wholeOf = ({ width, height }: Size): Region => ({ x: 0, y: 0, width, height })

export const isWhole = (region: Region, { width, height }: Size): boolean =>
  sameRegion(region, wholeOf({ width, height }))

export const sameRegion = (a: Region, b: Region): boolean =>
  a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height

/** The smallest rectangle that holds both. */
export function union(a: Region, b: Region): Region {
  const x = Math.min(a.x, b.x)
  const y = Math.min(a.y, b.y)
  return {
    x,
    y,
    width: Math.max(a.x + a.width, b.x + b.width) - x,
    height: Math.max(a.y + a.height, b.y + b.height) - y,
  }
}

/** One axis of a region: from, inclusive, and length. */
type Span = readonly [start: number, length: number]

const boundedSpan = (from: number, to: number, side: number): Span => {
  const start = Math.min(side - 1, Math.max(0, from))
  return [start, Math.min(side, Math.max(start + 1, to)) - start]
}

const rectangle = ([x, width]: Span, [y, height]: Span): Region => ({ x, y, width, height })

/** The whole pixels nearest to `share` of a picture of this size; at least one. */
export const inPixels = (share: RegionShare, { width, height }: Size): Region =>
  rectangle(
    boundedSpan(Math.round(share.x * width), Math.round((share.x + share.width) * width), width),
    boundedSpan(Math.round(share.y * height), Math.round((share.y + share.height) * height), height),
  )

/** What of an input of the size `from` is read for `region` of a result of the size `to`. @param reach input pixels */
export function readFor(region: Region, to: Size, from: Size, reach: number): Region {
  if (reach === Number.POSITIVE_INFINITY) return wholeOf(from)
  const axis = (start: number, length: number, result: number, side: number): Span =>
    boundedSpan(
      Math.floor((start * side) / result) - reach,
      Math.ceil(((start + length) * side) / result) + reach,
      side,
    )
  return rectangle(
    axis(region.x, region.width, to.width, from.width),
    axis(region.y, region.height, to.height, from.height),
  )
}

/**
 * For every value of `plan` the part that must be made so that `wanted` can be. Sources give whole pictures, since
 * a frame is decoded whole; what one step writes in one dispatch has one part.
 * @param document the one that was planned
 * @param targetRegions for the plan's targets
 */
export function regionsOf(
  plan: Pick<ExecutionPlan, 'steps' | 'values'>,
  document: FlatDocument,
  specs: Specs,
  facts: AssetFacts,
  targetRegions: ReadonlyMap<ValueId, Region>,
): ReadonlyMap<ValueId, Region> {
  const regions = new Map(targetRegions)
  const want = (value: ValueId, region: Region) => {
    const otherRegion = regions.get(value)
    regions.set(value, otherRegion ? union(otherRegion, region) : region)
  }
  const visit = (step: PlanStep) => {
    const writtenRegions = step.writes.flatMap((value) => regions.get(value) ?? [])
    const [first, ...others] = writtenRegions
    if (!first) return
    const all = others.reduce(union, first)
    for (const value of step.writes) {
      const { desc } = plan.values[value]!
      // A number is of the whole picture, whatever part of that is seen.
      if (step.kind === 'source' || isNumberDesc(desc)) regions.set(value, wholeOf(desc))
      else if (step.kind === 'pixel' || !regions.has(value)) regions.set(value, all)
    }
    for (const node of step.nodes) {
      const record = document.nodes[node]!
      const spec = specs.get(record.type)!
      const sources = Object.entries(step.inputs[node] ?? {})
      const drivenParams = sources.flatMap(([port, { kind }]) =>
        kind === 'value' && spec.inputs[port]?.drives ? [port] : [],
      )
      for (const [port, source] of sources) {
        if (source.kind !== 'value') continue
        const from = plan.values[source.value]!.desc
        for (const value of step.writes) {
          const to = plan.values[value]!.desc
          const ratio = Math.max(from.width / to.width, from.height / to.height)
          const { reach } = onBehalfOf(node, () =>
            widestNeed(spec, port, paramValues(spec, record), { ratio, facts }, drivenParams),
          )
          want(source.value, readFor(regions.get(value)!, to, from, reach))
        }
      }
    }
  }
  for (const step of plan.steps.toReversed()) visit(step)
  return regions
}
