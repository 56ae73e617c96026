/** From an ONNX file to passes, or to the operator that stands in the way. */
import type { OnnxModel } from '../../onnx/onnx-file.ts'
import { fuse, type Lowering } from './cut-passes.ts'
import type { Refusal } from './network.ts'
import { readNetwork } from './read-network.ts'

/** `channels`: of the picture that the model takes. */
export function lower(model: OnnxModel, channels: number): Lowering | { readonly refusal: Refusal } {
  const network = readNetwork(model, channels)
  return 'refusal' in network ? network : fuse(network)
}

/** As a clause: “the operator Conv with a stride”. */
export const refusalText = ({ operator, detail }: Refusal): string =>
  `the operator ${operator}${detail ? ` ${detail}` : ''}`
