/** Every node there is: each `*.node.ts` beside this file, found by name, so that adding one touches nothing else. */
import type { NodeSpec, Specs } from '../graph/node/spec.ts'
import type { NodeDefinition } from './define.ts'

const modules = import.meta.glob<{ default: NodeDefinition }>('./*.node.ts', { eager: true })

function collect(): ReadonlyMap<string, NodeDefinition> {
  const definitionsByType = new Map<string, NodeDefinition>()
  for (const [path, module] of Object.entries(modules)) {
    const definition = module.default
    const name = path.slice('./'.length, -'.node.ts'.length)
    if (definition.type !== name)
      throw new Error(`${path} defines “${definition.type}”: a node's type is its file's name`)
    definitionsByType.set(definition.type, definition)
  }
  return definitionsByType
}

export const definitions: ReadonlyMap<string, NodeDefinition> = collect()

/** The declarative halves alone, for whoever only describes, checks and plans. */
export const specs: Specs = definitions as ReadonlyMap<string, NodeSpec>
