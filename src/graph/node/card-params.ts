/** Which of a node's settings stand on its card: those that a person chose, else those that its type puts there. */
import type { NodeRecord } from '../document/document.ts'
import type { ParamSpec } from './params.ts'
import type { NodeSpec } from './spec.ts'

/** Params whose control is small enough for a card. */
export type CardParam = Extract<ParamSpec, { kind: 'float' | 'int' | 'choice' | 'bool' }>

export const fitsCard = (param: ParamSpec): param is CardParam =>
  param.kind === 'float' || param.kind === 'int' || param.kind === 'choice' || param.kind === 'bool'

/** Names of params in the order of the card. What a file names beside them, or twice, is passed over. */
export function cardParams(spec: NodeSpec, { onCard }: Pick<NodeRecord, 'onCard'>): readonly string[] {
  const names = new Set(onCard ?? spec.onCard ?? [])
  return [...names].filter((name) => Object.hasOwn(spec.params, name) && fitsCard(spec.params[name]!))
}
