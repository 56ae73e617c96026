/**
 * The compile-unit rule: which nodes run together as one dispatch, and in which order the units run.
 *
 * After Blender's compositor (`COM_evaluator.hh`): pixel nodes gather in a unit until another kind of node,
 * another size or a limit stops it. Everything that is ready and not a pixel node runs first, so that pixel
 * nodes come in runs as long as dependencies allow. A node joins only once all it reads has run or is in the
 * unit, so no dependency ever leaves a unit and comes back.
 */
import { endpointKey, type FlatEndpoint, type FlatId } from '../document/document.ts'
import type { KernelKind } from '../node/spec.ts'

/** Of the device: how many textures one dispatch may read and write. */
interface UnitLimits {
  readonly sampledTextures: number
  readonly storageTextures: number
}

/** A node as scheduling sees it. Pictures only; sound needs no texture, but orders the nodes all the same. */
export interface Schedulable {
  readonly id: FlatId
  readonly kind: KernelKind
  /** Nodes that must have run before. */
  readonly after: readonly FlatId[]
  /** What it reads, by input; `neighbour`: around each pixel or at other frames, so it must be a texture. */
  readonly pictures: readonly {
    readonly from: FlatEndpoint
    readonly neighbour: boolean
    /** Names of the textures that this takes, one for each frame. */
    readonly textures: readonly string[]
  }[]
  /** Names of textures of its own that it reads. */
  readonly fields: readonly string[]
  /** Its picture outputs that somebody reads or asked for. */
  readonly outputs: readonly WantedOutput[]
  /** `640x360`: of a pixel node; only nodes of one size share a unit. */
  readonly size: string
  /** Of the clock by which it runs; only nodes of one clock share a unit. */
  readonly rate: string
}

export interface WantedOutput {
  readonly key: string
  readonly readers: ReadonlySet<FlatId>
  readonly isTarget: boolean
}

/** Bounds the text of one shader and its uniforms (64 KB at the least on any device), whatever the graph. */
export const maxUnitNodes = 24

class Unit {
  readonly members = new Set<FlatId>()
  private readonly size: string
  private readonly rate: string
  private readonly limits: UnitLimits
  /** Textures that the unit reads. */
  private readonly external = new Set<string>()
  /** Outputs that they are of. */
  private readonly sources = new Set<string>()
  private readonly outputs = new Map<string, WantedOutput>()

  constructor(first: Schedulable, limits: UnitLimits) {
    this.size = first.size
    this.rate = first.rate
    this.limits = limits
    this.add(first)
  }

  add(node: Schedulable): void {
    this.members.add(node.id)
    for (const texture of this.texturesFor(node)) this.external.add(texture)
    for (const { from } of node.pictures) if (!this.members.has(from.node)) this.sources.add(endpointKey(from))
    for (const output of node.outputs) this.outputs.set(output.key, output)
  }

  /** Reads a value that the unit makes or reads. An unrelated node would only keep textures alive for longer. */
  private touches(node: Schedulable): boolean {
    return node.pictures.some(({ from }) => this.members.has(from.node) || this.sources.has(endpointKey(from)))
  }

  private texturesFor(node: Schedulable): readonly string[] {
    return [
      ...node.fields,
      ...node.pictures.flatMap(({ from, textures }) => (this.members.has(from.node) ? [] : textures)),
    ]
  }

  admits(node: Schedulable): boolean {
    if (node.kind !== 'pixel' || node.size !== this.size || this.members.size >= maxUnitNodes) return false
    if (node.rate !== this.rate || !this.touches(node)) return false
    if (node.pictures.some(({ from, neighbour }) => neighbour && this.members.has(from.node))) return false
    const external = new Set([...this.external, ...this.texturesFor(node)])
    if (external.size > this.limits.sampledTextures) return false
    const leaves = ({ readers, isTarget }: WantedOutput) =>
      isTarget || [...readers].some((reader) => reader !== node.id && !this.members.has(reader))
    const storedOutputs = [...this.outputs.values(), ...node.outputs].filter(leaves).length
    return storedOutputs <= this.limits.storageTextures
  }
}

/** Ready nodes, kept in the order of the topological order. */
class Ready {
  private readonly positions: number[] = []

  add(position: number): void {
    let low = 0
    let high = this.positions.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.positions[middle]! < position) low = middle + 1
      else high = middle
    }
    this.positions.splice(low, 0, position)
  }

  take(fits: (position: number) => boolean = () => true): number | undefined {
    const index = this.positions.findIndex(fits)
    return index < 0 ? undefined : this.positions.splice(index, 1)[0]
  }
}

/**
 * Splits `nodes` (in topological order, without cycles) into units in the order they run. A node that exceeds
 * the limits by itself still gets a unit of its own; the planner refuses it beforehand.
 * @param begins a node that joins no unit, so that what it reads is there when it runs alone
 */
export function schedule(nodes: readonly Schedulable[], limits: UnitLimits, begins?: FlatId): FlatId[][] {
  const positions = new Map(nodes.map((node, position) => [node.id, position]))
  const waitsFor = nodes.map((node) => new Set(node.after).size)
  const followers = nodes.map((): number[] => [])
  nodes.forEach((node, position) => {
    for (const before of new Set(node.after)) followers[positions.get(before)!]!.push(position)
  })
  const pixels = new Ready()
  const otherUnits = new Ready()
  const offer = (position: number) => (nodes[position]!.kind === 'pixel' ? pixels : otherUnits).add(position)
  const ran = (position: number) => {
    for (const follower of followers[position]!) {
      waitsFor[follower]! -= 1
      if (waitsFor[follower] === 0) offer(follower)
    }
  }
  waitsFor.forEach((count, position) => {
    if (count === 0) offer(position)
  })

  const units: FlatId[][] = []
  for (;;) {
    const other = otherUnits.take()
    if (other !== undefined) {
      units.push([nodes[other]!.id])
      ran(other)
      continue
    }
    const first = pixels.take()
    if (first === undefined) return units
    const unit = new Unit(nodes[first]!, limits)
    ran(first)
    for (;;) {
      const next = pixels.take((position) => nodes[position]!.id !== begins && unit.admits(nodes[position]!))
      if (next === undefined) break
      unit.add(nodes[next]!)
      ran(next)
    }
    units.push([...unit.members])
  }
}
