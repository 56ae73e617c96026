/** What the controls of parameters are given. */
import type { NodeId } from '../../graph/document/document.ts'
import type { Json } from '../../graph/document/json.ts'
import type { DriveState } from '../open-level.ts'

/** Params that are set together, by name. */
export type Chosen = Readonly<Record<string, Json>>

export interface ControlProps<P> {
  /** Id of the element that names the control. */
  readonly labelId: string
  readonly name: string
  /** The node on the open level that has it. */
  readonly node: NodeId
  readonly param: P
  readonly value: Json
  /** Of all params of the node. */
  readonly values: Readonly<Record<string, Json>>
  /** Where a number drives the param: what it is at the frame on view. */
  readonly drive?: DriveState | undefined
  /** One finished change: one history entry. `beside`: other params that change with it. */
  readonly set: (value: Json, beside?: Readonly<Record<string, Json>>) => void
  /** One of many changes of a drag; `drop` ends it, and the whole drag is one history entry. */
  readonly drag: (value: Json) => void
  readonly drop: () => void
}

export interface Option {
  readonly value: string
  readonly label: string
}

export interface ChoiceProps {
  readonly labelId: string
  readonly value: string
  /** What the closed list reads. */
  readonly valueText: string
  readonly options: () => readonly Option[]
  readonly onChange: (value: string) => void
}
