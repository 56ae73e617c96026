/**
 * Instances of nodes, kept between preparations. One whose key is as before stays, also under another name, as when
 * its node was folded into a subgraph.
 */
import type { FlatId } from '../../graph/document/document.ts'
import type { NodeInstance } from '../../nodes/kernel.ts'

/** A node's instance, and what it was made for. */
export interface Slot<T extends NodeInstance = NodeInstance> {
  readonly key: string
  readonly type: string
  readonly instance: T
}

export class Instances {
  readonly #slots = new Map<FlatId, Slot>()
  /** Of nodes that are gone, while those are prepared that may be the same by another name. */
  readonly #orphans = new Set<Slot>()

  has(node: FlatId): boolean {
    return this.#slots.has(node)
  }

  /**
   * Lets go of the instances of nodes that are gone, or have become of another type.
   * @param typeOf the type that a node has now
   * @param newNames keys of nodes that have no instance: one of theirs is held back for `get` until `endAdoption`
   */
  async retain(typeOf: (node: FlatId) => string | undefined, newNames: ReadonlySet<string>): Promise<void> {
    for (const [node, slot] of this.#slots) {
      if (typeOf(node) === slot.type) continue
      this.#slots.delete(node)
      if (newNames.has(slot.key)) this.#orphans.add(slot)
      else await slot.instance.dispose?.()
    }
  }

  /** The node's instance of this key, opened where there is none. The key holds the type, and a type has one kind of instance. */
  async get<T extends NodeInstance>(node: FlatId, key: string, type: string, open: () => Promise<T>): Promise<Slot<T>> {
    const existing = this.#slots.get(node) ?? this.#adopt(node, key)
    if (existing?.key === key) return existing as Slot<T>
    // The old one goes first: two models at once may not fit into memory.
    this.#slots.delete(node)
    await existing?.instance.dispose?.()
    const slot: Slot<T> = { key, type, instance: await open() }
    this.#slots.set(node, slot)
    return slot
  }

  /** Nobody took these over. */
  async endAdoption(): Promise<void> {
    for (const slot of this.#orphans) await slot.instance.dispose?.()
    this.#orphans.clear()
  }

  async dispose(): Promise<void> {
    const all = [...this.#slots.values()]
    this.#slots.clear()
    for (const slot of all) await slot.instance.dispose?.()
  }

  #adopt(node: FlatId, key: string): Slot | undefined {
    const orphan = [...this.#orphans].find((slot) => slot.key === key)
    if (!orphan) return undefined
    this.#orphans.delete(orphan)
    this.#slots.set(node, orphan)
    return orphan
  }
}
