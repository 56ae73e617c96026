/** What every parameter control is given. */
import type { Json } from '../../graph/document/json.ts'

export interface ControlProps<P> {
  /** Id of the element that names the control. */
  readonly labelId: string
  readonly param: P
  readonly value: Json
  /** Of all params of the node. */
  readonly values: Readonly<Record<string, Json>>
  /** One finished change: one history entry. `beside`: other params that change with it. */
  readonly set: (value: Json, beside?: Readonly<Record<string, Json>>) => void
  /** One of many changes of a drag; `drop` ends it, and the whole drag is one history entry. */
  readonly drag: (value: Json) => void
  readonly drop: () => void
}
