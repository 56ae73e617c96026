/**
 * Puts what the first paint needs, and nothing else, into one script: split by who else uses it, it would become dozens of
 * small ones, which compress worse and are fetched one by one.
 */
import { fileURLToPath } from 'node:url'

interface ModuleGraph {
  getModuleInfo(id: string): { readonly importedIds: readonly string[] } | null
}

const fileOf = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url))

function reachedFrom(entry: string, graph: ModuleGraph): ReadonlySet<string> {
  const modules = new Set<string>()
  const waiting = [entry]
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (modules.has(id)) continue
    modules.add(id)
    waiting.push(...(graph.getModuleInfo(id)?.importedIds ?? []))
  }
  return modules
}

/**
 * Groups of modules, for the bundler's `codeSplitting`: what the page's script imports at once, and what of that other pages
 * import, too. That must be a chunk of its own, and be named before the rest, which would else take it along.
 * @param page the script of the page that is painted
 * @param others scripts of other pages, which must not run what they share with it as a part of it
 */
export function firstChunks(page: string, others: readonly string[]) {
  let chunkModules: { readonly first: ReadonlySet<string>; readonly sharedModules: ReadonlySet<string> } | undefined
  const look = (graph: ModuleGraph) => {
    chunkModules ??= {
      first: reachedFrom(fileOf(page), graph),
      sharedModules: new Set(others.flatMap((other) => [...reachedFrom(fileOf(other), graph)])),
    }
    return chunkModules
  }
  return [
    {
      debugName: 'shared',
      priority: 2,
      name(id: string, graph: ModuleGraph): string | null {
        const { first, sharedModules } = look(graph)
        return first.has(id) && sharedModules.has(id) ? 'shared' : null
      },
    },
    {
      debugName: 'first',
      priority: 1,
      name(id: string, graph: ModuleGraph): string | null {
        const { first, sharedModules } = look(graph)
        return first.has(id) && !sharedModules.has(id) ? 'first' : null
      },
    },
  ]
}
