import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { nodesOfKind } from '../src/cli/edit-document.ts'
import { parseGraph } from '../src/graph/file/read.ts'
import { projectFolder, startAppServer } from '../src/host/app-server.ts'
import { openSession } from '../src/host/headless-session.ts'
import { loadSpecs } from '../src/host/node-specs.ts'
import { measureRecipes, recipeRows, stepRows } from './bench-recipes.ts'
const specs = await loadSpecs()
const load = async (name: string) => { const p = parseGraph(await readFile(join(projectFolder, 'public/graphs', name), 'utf8'), specs); if (!p.ok) throw new Error(p.error.message); return p.document as any }
const without = (d: any, ...ids: string[]) => ({ ...d, nodes: Object.fromEntries(Object.entries(d.nodes).filter(([k]) => !ids.includes(k))), edges: Object.fromEntries(Object.entries(d.edges).filter(([, e]: any) => !ids.includes(e.from.node) && !ids.includes(e.to.node))) })
const bypass = (d: any, ...ids: string[]) => ({ ...d, nodes: Object.fromEntries(Object.entries(d.nodes).map(([k, n]: any) => [k, ids.includes(k) ? { ...n, bypass: true } : n])) })
const bicubic = await load('bicubic.json'), fast = await load('fast-x2.json'), def = await load('default.json')
const all: any = { bicubic, fast, default: def, 'no text': without(def, 'text-protect'), 'no grain': bypass(def, 'grain'), 'no text, grain': bypass(without(def, 'text-protect'), 'grain'), 'plain': bypass(bicubic, 'bicubic') }
const want = process.argv[2]?.split(';')
const recipes = Object.fromEntries(Object.entries(all).filter(([k]) => !want || want.includes(k)))
const server = await startAppServer({ folder: join(projectFolder, '.cache/bench') })
try {
  await using session = await openSession({ origin: server.origin, page: 'bench.html', say: () => undefined })
  const r = await measureRecipes(session, recipes as any, (d) => nodesOfKind(d, specs, 'sink')[0], { frames: Number(process.argv[3] ?? 16), rounds: Number(process.argv[4] ?? 3) })
  for (const row of recipeRows(r)) console.log(row.join(' | '))
  if (process.argv[5]) for (const each of r) for (const row of stepRows(each)) console.log(row.join(' | '))
} finally { await server.close() }
