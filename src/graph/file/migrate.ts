/**
 * Old files made new. Versions are derived, never typed in: the file format's is the number of its migrations,
 * a node type's the number of its own (`NodeSpec.migrations`). Migration n turns version n into n + 1; there is no
 * way back, and none is ever taken out.
 */
import type { Json } from '../document/json.ts'
import type { NodeSpec } from '../node/spec.ts'

/** Changes a whole file, as parsed, in place. */
export type FileMigration = (file: Record<string, Json>) => void

/** One entry per past change of the file format. */
export const fileMigrations: readonly FileMigration[] = [
  // Marks, points of wires, muted and collapsed nodes came. Files from before have none, so there is nothing to
  // change; but programs from before must refuse files that may, since saving there would lose them.
  () => undefined,
  // Subgraphs came, and the same holds: a program that does not know them would lose what they fold.
  () => undefined,
]

export const nodeVersion = (spec: NodeSpec): number => spec.migrations?.length ?? 0

/** Brings a file of version `from` up to date, in place. A migration that cannot cope throws. */
export function migrateFile(file: Record<string, Json>, from: number, sequence = fileMigrations): void {
  for (const migration of sequence.slice(from)) migration(file)
}

/** Brings params written in version `from` up to date, in place. A migration that cannot cope throws. */
export function migrateParams(spec: NodeSpec, params: Record<string, Json>, from: number): void {
  for (const migration of (spec.migrations ?? []).slice(from)) migration(params)
}
