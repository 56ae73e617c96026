/** What the README and CONTRIBUTING say of the tree, and the limits that keep it readable, held against the tree and its import rules. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { portTypes } from '../../src/graph/node/value-types.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const read = (path: string) => readFileSync(join(root, path), 'utf8')

/** Files below `folder`, from the root, with slashes. */
function filesBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true }).flatMap((entry) =>
    entry.isFile() ? [join(entry.parentPath, entry.name).slice(root.length).replaceAll('\\', '/')] : [],
  )
}

function groupBy<Item, Key>(items: readonly Item[], keyOf: (item: Item) => Key): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>()
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item])
  return groups
}

const sources = ['src', 'bench', 'scripts'].flatMap(filesBelow).filter((path) => /\.tsx?$/.test(path))
const written = sources.filter((path) => !path.endsWith('_pb.ts') && !path.endsWith('.d.ts'))
const parse = (path: string) => ts.createSourceFile(path, read(path), ts.ScriptTarget.Latest)

function visit(node: ts.Node, see: (node: ts.Node) => void): void {
  see(node)
  ts.forEachChild(node, (child) => visit(child, see))
}

describe('the limits of a file', () => {
  it('no function has more than 150 lines', () => {
    const long: string[] = []
    // A file that has no more lines has no such function.
    for (const path of written.filter((candidate) => read(candidate).split('\n').length > 150)) {
      const file = parse(path)
      const lineOf = (at: number) => file.getLineAndCharacterOfPosition(at).line + 1
      visit(file, (node) => {
        if (!ts.isFunctionLike(node) || !('body' in node) || !node.body) return
        // Text of a shader is a table of its own.
        if (ts.isTemplateExpression(node.body as ts.Node)) return
        const [from, to] = [lineOf(node.getStart(file)), lineOf(node.end)]
        if (to - from + 1 > 150) long.push(`${path}:${from}: ${to - from + 1} lines`)
      })
    }
    expect(long).toEqual([])
  })

  it('no two files have one name, but for the joints of the layers', () => {
    const places = groupBy(written, (path) => basename(path).replace(/\.tsx?$/, ''))
    const doubles = [...places].filter(([name, paths]) => name !== 'types' && paths.length > 1)
    expect(doubles.map(([, paths]) => paths.join(' and '))).toEqual([])
  })
})

it('no place but the table of types compares with the name of one', () => {
  const types = portTypes.join('|')
  const compared = new RegExp(`\\btype\\??\\)? [=!]== '(${types})'`)
  const places = written.filter((path) => path !== 'src/graph/node/value-types.ts' && compared.test(read(path)))
  expect(places).toEqual([])
})

it('no file asks which kind a file is of but those of the kind: what differs stands in its record', () => {
  const kinds = filesBelow('src/assets').flatMap((path) => path.match(/([^/]+)\.asset\.ts$/)?.[1] ?? [])
  expect(kinds).toContain('lut')
  const compared = new RegExp(`\\b(kind|asset)\\)? [=!]== '(${kinds.join('|')})'|case '(${kinds.join('|')})':`)
  const places = written.filter((path) => !path.startsWith('src/assets/') && compared.test(read(path)))
  expect(places).toEqual([])
})

it('no file of the engine names a type of node', () => {
  const types = filesBelow('src/nodes').flatMap((path) => path.match(/([^/]+)\.node\.ts$/)?.[1] ?? [])
  expect(types.length).toBeGreaterThan(40)
  // Of words of the field, those alone count that stand where a type would.
  const named = new RegExp(`\\btype\\)?(:| [=!]==) '(${types.join('|')})'`)
  const engine = written.filter((path) => /^src\/(engine|gpu|graph\/(plan|analysis|edits|document|node))\//.test(path))
  expect(engine.filter((path) => named.test(read(path)))).toEqual(
    // What a value is, not what makes it.
    ['src/graph/node/ports.ts'],
  )
})

describe('the table of CONTRIBUTING', () => {
  const rows = read('CONTRIBUTING.md')
    .split('## Where things are')[1]!
    .split('\n')
    .filter((line) => line.startsWith('| `'))
  const listed = rows.flatMap((row) => [...row.split('|')[1]!.matchAll(/`([^`]+)`/g)].map(([, path]) => path!))

  it('names folders that exist', () => {
    expect(listed.filter((path) => !statSync(join(root, path), { throwIfNoEntry: false })?.isDirectory())).toEqual([])
  })

  it('names every folder of src, and those of its largest parts one by one', () => {
    const folders = (path: string) =>
      readdirSync(join(root, path), { withFileTypes: true }).flatMap((entry) =>
        entry.isDirectory() ? [`${path}/${entry.name}`] : [],
      )
    const expected = [
      ...folders('src').filter((path) => path !== 'src/graph' && path !== 'src/engine'),
      ...folders('src/graph'),
      ...folders('src/engine'),
    ]
    expect(expected.filter((path) => !listed.includes(path))).toEqual([])
  })
})

/**
 * The diagram as lines `from → to`, where rooms are paths below `src`; a word on an arrow names the only files that may be
 * imported there.
 */
function arrowsOf(diagram: string): Map<string, string> {
  const arrows = new Map<string, string>()
  const paths = new Map<string, string>()
  const members = new Map<string, string[]>()
  const open: string[] = []
  const statements: string[] = []
  for (const line of diagram.split('\n').map((text) => text.trim())) {
    const group = /^subgraph (\w+)\["([^":]+)/.exec(line)
    if (group) {
      open.push(group[1]!)
      paths.set(group[1]!, group[2]!)
      members.set(group[1]!, [])
    } else if (line === 'end') open.pop()
    else if (line !== '' && !line.startsWith('flowchart')) {
      for (const [, id, path] of line.matchAll(/(\w+)\["([^":]+)[^"]*"\]/g)) {
        paths.set(id!, path!)
        if (open.length > 0) members.get(open.at(-1)!)!.push(id!)
      }
      statements.push(line.replaceAll(/\["[^"]*"\]/g, ''))
    }
  }
  const roomsOf = (id: string): string[] => members.get(id)?.flatMap(roomsOf) ?? [paths.get(id)!]
  for (const statement of statements) {
    const [, from, label, to] = /^(.+?)\s*-->(?:\|([^|]+)\|)?\s*(.+)$/.exec(statement) ?? []
    if (!from || !to) continue
    for (const a of from.split('&').flatMap((id) => roomsOf(id.trim())))
      for (const b of to.split('&').flatMap((id) => roomsOf(id.trim())))
        if (a !== b) arrows.set(`${a} → ${b}`, label ?? 'all')
  }
  return arrows
}

interface Rule {
  readonly from: { readonly path?: string; readonly pathNot?: string }
  readonly to: {
    readonly path?: string | readonly string[]
    readonly pathNot?: string | readonly string[]
    readonly circular?: boolean
  }
}

describe('the diagram of the README', () => {
  const diagram = read('README.md').split('## How it is built')[1]!.split('```mermaid\n')[1]!.split('```')[0]!
  const { forbidden } = createRequire(import.meta.url)(join(root, '.dependency-cruiser.cjs')) as { forbidden: Rule[] }
  const rules = forbidden.filter(({ to }) => to.circular === undefined)
  // Every pattern meets every file many times.
  const known = new Map<string, Map<string, boolean>>()
  const matchesOne = (pattern: string, path: string): boolean => {
    const paths = known.get(pattern) ?? new Map<string, boolean>()
    known.set(pattern, paths)
    const matched = paths.get(path) ?? new RegExp(pattern).test(path)
    paths.set(path, matched)
    return matched
  }
  const matches = (patterns: string | readonly string[], path: string): boolean =>
    typeof patterns === 'string' ? matchesOne(patterns, path) : patterns.some((pattern) => matchesOne(pattern, path))
  const isForbidden = (from: string, to: string) =>
    rules.some(
      (rule) =>
        matches(rule.from.path ?? '', from) &&
        !(rule.from.pathNot && matches(rule.from.pathNot, from)) &&
        matches(rule.to.path ?? '', to) &&
        !(rule.to.pathNot && matches(rule.to.pathNot, to)),
    )

  // Of more than one that holds a file the first is its room.
  const rooms: readonly (readonly [string, (path: string) => boolean])[] = [
    ['engine/door/session.ts', (path) => path === 'src/engine/door/session.ts'],
    ['nodes/*.node.ts', (path) => path.endsWith('.node.ts')],
    ['assets/*.asset.ts', (path) => /^src\/assets\/(assets|asset|[a-z]+\.asset)\.ts$/.test(path)],
    ...[...new Set([...arrowsOf(diagram).keys()].flatMap((arrow) => arrow.split(' → ')))]
      .filter((room) => room.endsWith('/'))
      .map((room) => [room, (path: string) => path.startsWith(`src/${room}`)] as const),
  ]
  const byRoom = groupBy(
    written.filter((path) => path.startsWith('src/') && path !== 'src/main.tsx' && !path.startsWith('src/cli/')),
    (path) => rooms.find(([, holds]) => holds(path))?.[0],
  )

  it('has a place for every file that is not a composition root', () => {
    expect(byRoom.get(undefined) ?? []).toEqual([])
  })

  it('says what the import rules hold, neither more nor less', () => {
    const held = new Map<string, string>()
    for (const [from, importers] of byRoom)
      for (const [to, files] of byRoom) {
        if (from === to) continue
        const open = files.filter((file) => importers.some((importer) => !isForbidden(importer, file)))
        if (open.length > 0)
          held.set(
            `${from} → ${to}`,
            open.length === files.length ? 'all' : open.map((file) => basename(file)).join(', '),
          )
      }
    const drawn = [...arrowsOf(diagram)].filter(([arrow]) => !arrow.startsWith('main.tsx'))
    expect([...held].map(([arrow, what]) => `${arrow}: ${what}`).sort()).toEqual(
      drawn.map(([arrow, what]) => `${arrow}: ${what}`).sort(),
    )
  })
})
