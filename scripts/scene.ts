/** A shipped recipe with some params changed, and the picture of it to look at. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Endpoint, GraphDocument, NodeRecord } from '../src/graph/document/document.ts'
import type { JsonObject } from '../src/graph/document/json.ts'
import { parseGraph } from '../src/graph/file/read.ts'
import { projectFolder } from '../src/host/app-server.ts'
import { loadSpecs } from '../src/host/node-specs.ts'

export interface Scene {
  readonly document: GraphDocument
  readonly view: Endpoint
}

const specs = await loadSpecs()

/** @param params by node id; the view is what goes into Encode. */
export function loadScene(name: string, params: Readonly<Record<string, JsonObject>> = {}): Scene {
  const parsed = parseGraph(readFileSync(join(projectFolder, `public/graphs/${name}.json`), 'utf8'), specs)
  if (!parsed.ok) throw new Error(`${name}: ${parsed.error.message}`)
  const nodes = Object.fromEntries(
    Object.entries<NodeRecord>(parsed.document.nodes).map(([id, node]) => [
      id,
      { ...node, params: { ...node.params, ...params[id] } },
    ]),
  )
  const document: GraphDocument = { ...parsed.document, nodes }
  const last = Object.values(document.edges).find(
    ({ to }) => to.port === 'image' && document.nodes[to.node]?.type === 'encode',
  )
  if (!last) throw new Error(`${name} has nothing before Encode`)
  return { document, view: last.from }
}
