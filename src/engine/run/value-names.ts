/**
 * Names every value of a frame by what it is made of, so that it can be found again (see `contentKey`). Also answers
 * what else follows from what a node declares of time: the moment a source shows, and what stays the same throughout.
 */
import type { FrameTime } from '../../gpu/types.ts'
import type { NodeId } from '../../graph/document/document.ts'
import type { ValueId } from '../../graph/plan/plan.ts'
import { isWhole, type Region, wholeOf } from '../../graph/plan/region.ts'
import type { NodeDefinition } from '../../nodes/define.ts'
import { contentKey } from './content-key.ts'
import { assetVersions, type PreparedGraph } from './prepare.ts'

/** What is made of a value: a part of its picture, or all of it. */
export const partOf = (prepared: Pick<PreparedGraph, 'parts' | 'plan'>, value: ValueId): Region =>
  prepared.parts.get(value) ?? wholeOf(prepared.plan.values[value]!.desc)

/** The moment source `node` shows at the clock's `time`: the clock's own, else the frame being shown then. */
export function sourceTime(prepared: PreparedGraph, node: NodeId, time: FrameTime): FrameTime {
  const { clock } = prepared
  if (node === clock.node) return time
  const { timeline, range } = prepared.sources.get(node)!
  const elapsed = time.timestamp - clock.time(clock.first).timestamp
  const shown = timeline.indexAt(timeline.timestamp(range.first) + elapsed)
  const index = Math.min(range.last, Math.max(range.first, shown))
  return { index, timestamp: timeline.timestamp(index), duration: timeline.duration(index) }
}

/**
 * The names of what is made of a value, given the name of its whole picture: that of the part, then the whole's,
 * since whoever wants a part can take it out of the whole.
 */
export function namesOf(
  prepared: Pick<PreparedGraph, 'parts' | 'plan'>,
  value: ValueId,
  key: string,
): readonly [string, ...string[]] {
  const part = partOf(prepared, value)
  if (isWhole(part, prepared.plan.values[value]!.desc)) return [key]
  return [`${key}[${part.x},${part.y} ${part.width}x${part.height}]`, key]
}

export interface ValueNames {
  /** Names of whole pictures at the clock's `time`. */
  keysAt(prepared: PreparedGraph, time: FrameTime): ReadonlyMap<ValueId, string>
  /** Values that are the same for every frame, since only stills go into them. */
  constants(prepared: PreparedGraph): ReadonlySet<ValueId>
}

/** @param assetVersion changes whenever the file behind an id changes */
export function createValueNames(
  definitions: ReadonlyMap<string, NodeDefinition>,
  assetVersion: (id: string) => number,
): ValueNames {
  /** Whether a node's result may differ between frames though its inputs do not. */
  function usesTime({ types, params }: PreparedGraph, node: NodeId): boolean {
    const { kernel } = definitions.get(types.get(node)!)!
    if (kernel.usesTime === true || kernel.memory?.(params.get(node) as never) !== undefined) return true
    return kernel.kind === 'pixel' && /\bpx\.frame\b/.test(kernel.wgsl)
  }

  return {
    keysAt(prepared, time) {
      const keys = new Map<ValueId, string>()
      for (const { kind, step } of prepared.steps) {
        const ofNode = new Map<NodeId, string>()
        for (const id of step.nodes) {
          const type = prepared.types.get(id)!
          const params = prepared.params.get(id)!
          const inputs = Object.entries(step.inputs[id] ?? {}).map(([port, source]) => {
            if (source.kind === 'value') return [port, keys.get(source.value)]
            if (source.kind === 'local') return [port, ofNode.get(source.from.node)]
            return [port, null]
          })
          const frame =
            kind === 'source' ? sourceTime(prepared, id, time).index : usesTime(prepared, id) ? time.index : null
          ofNode.set(id, contentKey([type, params, assetVersions(params, assetVersion), inputs, frame]))
        }
        for (const value of step.writes) {
          const { node, port } = prepared.plan.values[value]!.producer
          keys.set(value, `${ofNode.get(node)}/${port}`)
        }
      }
      return keys
    },
    constants(prepared) {
      const { steps, sources } = prepared
      const constant = new Set<ValueId>()
      for (const current of steps) {
        const { step } = current
        const still =
          current.kind === 'source'
            ? sources.get(current.node)?.timeline.count === 1
            : step.nodes.every((id) => !usesTime(prepared, id)) && step.reads.every((value) => constant.has(value))
        if (still) for (const value of step.writes) constant.add(value)
      }
      return constant
    },
  }
}
