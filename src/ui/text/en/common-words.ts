/** Words that mean the same wherever they stand. */
import type { Personality, SourceKind } from '../../../graph/node/facts.ts'
import type { Category, CostClass } from '../../../graph/node/spec.ts'

export const common = {
  product: 'Framewright',
  close: 'Close',
  done: 'Done',
  remove: 'Remove',
  bringBack: 'Bring it back',
  /** What runs a model. */
  runtimes: { wasm: 'WASM', webgpu: 'WebGPU', shaders: 'Shaders' },
  /** Of models, in a word. */
  personalities: { l1: 'L1', perceptual: 'Perceptual', gan: 'GAN' } satisfies Readonly<Record<Personality, string>>,
  /** Of models: what sources they are for, in a word. */
  sources: { clean: 'clean', coded: 'compressed' } satisfies Readonly<Record<SourceKind, string>>,
  /** @param source one of these words */
  forSource: (personality: string, source: string) => `${personality} · ${source}`,
  between: (low: string, high: string) => `${low} – ${high}`,
  /** What nodes take of a frame. */
  costs: {
    light: 'Light: no more work than Bicubic',
    medium: 'Medium: several times the work of Bicubic',
    heavy: 'Heavy: ten times the work of Bicubic, or more',
  } satisfies Readonly<Record<CostClass, string>>,
  summaryWithCost: (summary: string, cost: string) => `${summary} ${cost}.`,
  /** The kinds of node, in palette and menus. */
  categories: {
    io: 'In and out',
    scale: 'Scale',
    blend: 'Blend',
    look: 'Look',
    mask: 'Mask',
    measure: 'Measure',
    subgraph: 'My pieces',
  } satisfies Readonly<Record<Category, string>>,
}
