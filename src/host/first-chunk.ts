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
  const reached = new Set<string>()
  const waiting = [entry]
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (reached.has(id)) continue
    reached.add(id)
    waiting.push(...(graph.getModuleInfo(id)?.importedIds ?? []))
  }
  return reached
}

/**
 * Names the chunk of a module.
 * @param page the script of the page that is painted
 * @param others scripts of other pages, which must not run what they share with it as a part of it
 */
export function firstChunk(page: string, others: readonly string[]) {
  let first: ReadonlySet<string> | undefined
  return (id: string, graph: ModuleGraph): string | null => {
    if (!first) {
      const shared = new Set(others.flatMap((other) => [...reachedFrom(fileOf(other), graph)]))
      first = new Set([...reachedFrom(fileOf(page), graph)].filter((each) => !shared.has(each)))
    }
    return first.has(id) ? 'first' : null
  }
}
