/** The kinds of node as people read them. */
import {
  Aperture,
  Blend,
  Boxes,
  BrainCircuit,
  FileInput,
  FileOutput,
  type LucideIcon,
  Ruler,
  Scaling,
  SquareDashed,
  SquareDashedMousePointer,
} from 'lucide-react'
import { isAssetOf } from '../../graph/node/params.ts'
import type { Category, NodeSpec } from '../../graph/node/spec.ts'
import { text } from '../text/text.ts'

export const categories: Readonly<Record<Category, string>> = text.common.categories

const icons: Readonly<Record<Category, LucideIcon>> = {
  io: FileInput,
  scale: Scaling,
  blend: Blend,
  look: Aperture,
  mask: SquareDashed,
  measure: Ruler,
  subgraph: Boxes,
}

/** A node's icon; a node of a type nobody knows has one of its own. */
export function iconOf(spec: NodeSpec | undefined): LucideIcon {
  if (!spec) return SquareDashedMousePointer
  if (spec.kernel.kind === 'sink') return FileOutput
  // What a model predicts looks different from what arithmetic computes, also in a row of bare icons.
  if (Object.values(spec.params).some((param) => isAssetOf(param, 'model'))) return BrainCircuit
  return icons[spec.category]
}
