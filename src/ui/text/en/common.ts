/** Words that mean the same wherever they stand. */
import type { Category } from '../../../graph/node/spec.ts'

export const common = {
  product: 'Framewright',
  close: 'Close',
  done: 'Done',
  remove: 'Remove',
  bringBack: 'Bring it back',
  /** What runs a model. */
  runtimes: { wasm: 'WASM', webgpu: 'WebGPU', shaders: 'Shaders' },
  /** The kinds of node, in palette and menus. */
  categories: {
    io: 'In and out',
    scale: 'Scale',
    blend: 'Blend',
    look: 'Look',
    mask: 'Mask',
    subgraph: 'My pieces',
  } satisfies Readonly<Record<Category, string>>,
}
