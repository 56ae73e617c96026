/**
 * The registry of nodes for plain Node, where Vite's `import.meta.glob` does not exist: the same files, found the
 * same way, read for their declarative halves alone.
 */
import { readdir } from 'node:fs/promises'
import type { NodeSpec, Specs } from '../graph/node/spec.ts'

const folder = new URL('../nodes/', import.meta.url)
const suffix = '.node.ts'

/** Every node there is, by type. */
export async function loadSpecs(): Promise<Specs> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(suffix)).sort()
  const modules = await Promise.all(
    names.map(async (name) => (await import(new URL(name, folder).href)) as { readonly default: NodeSpec }),
  )
  return new Map(modules.map((module) => [module.default.type, module.default]))
}
