/** Params that a number may stand for: each `uniform` float is an input beside the node's own, connected or not. */
import type { Params } from './params.ts'
import type { PortSpec, Ports } from './ports.ts'

/** One optional port for each such param, by the param's name. */
export const drivenPorts = (params: Params): Ports =>
  Object.fromEntries(
    Object.entries(params).flatMap(([name, { kind, affects, label, help }]): [string, PortSpec][] =>
      kind === 'float' && affects === 'uniform'
        ? [[name, { type: 'number', label, ...(help ? { help } : {}), fallback: 0, drives: true }]]
        : [],
    ),
  )

/** The inputs that a node was declared with, without those that stand for params. */
export const ownInputs = ({ inputs }: { readonly inputs: Ports }): [name: string, port: PortSpec][] =>
  Object.entries(inputs).filter(([, port]) => !port.drives)
