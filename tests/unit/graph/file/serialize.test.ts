import { describe, expect, it } from 'vitest'
import type { GraphDocument } from '../../../../src/graph/document/document.ts'
import type { JsonObject } from '../../../../src/graph/document/json.ts'
import { fragmentOf } from '../../../../src/graph/edits/fragments.ts'
import { type FileMigration, migrateFile } from '../../../../src/graph/file/migrate.ts'
import { parseFragment, parseGraph } from '../../../../src/graph/file/read.ts'
import { fileShape, requiredShape } from '../../../../src/graph/file/shape.ts'
import { serializeFragment, serializeGraph } from '../../../../src/graph/file/write.ts'
import { z } from '../../../../src/graph/file/zod.ts'
import { id, recipe, sketch, specs } from '../specs.ts'

function read(text: string): GraphDocument {
  const parsed = parseGraph(text, specs)
  if (!parsed.ok) throw new Error(parsed.error.message)
  return parsed.document
}

/** A file of one grain with the given changes; `undefined` leaves a field out. */
const file = (changes: Record<string, unknown> = {}, node: Record<string, unknown> = {}) =>
  JSON.stringify({
    format: 'framewright-graph',
    versions: { document: 0, nodes: { grain: 2 } },
    title: 'T',
    description: '',
    nodes: { grain: { type: 'grain', position: { x: 1, y: 2 }, params: { amount: 0.1 }, ...node } },
    edges: {},
    ...changes,
  })

describe('serializeGraph', () => {
  it('writes a text that diffs well', () => {
    const document = sketch({ writer: { title: 'Out' }, clip: { bypass: true }, 'clip-10': {}, 'clip-2': {} }, [
      'clip.image > writer.image',
    ])
    expect(serializeGraph(document, specs)).toBe(`{
  "format": "framewright-graph",
  "versions": {
    "document": 2,
    "nodes": {
      "clip": 0,
      "writer": 0
    }
  },
  "title": "Test",
  "description": "",
  "nodes": {
    "clip": {
      "type": "clip",
      "bypass": true,
      "position": { "x": 10, "y": 0 },
      "params": {}
    },
    "clip-2": {
      "type": "clip",
      "position": { "x": 30, "y": 0 },
      "params": {}
    },
    "clip-10": {
      "type": "clip",
      "position": { "x": 20, "y": 0 },
      "params": {}
    },
    "writer": {
      "type": "writer",
      "title": "Out",
      "position": { "x": 0, "y": 0 },
      "params": {}
    }
  },
  "edges": {
    "e0": { "from": { "node": "clip", "port": "image" }, "to": { "node": "writer", "port": "image" } }
  }
}
`)
  })

  it('round trips', () => {
    expect(read(serializeGraph(recipe(), specs))).toEqual(recipe())
    const odd = sketch({
      grain: { params: { amount: -0, seed: 3, note: '\u2028"\ud800', extra: [{ a: [] }, null, {}] } },
    })
    expect(read(serializeGraph(odd, specs))).toEqual(odd)
  })

  it('keeps the data of unknown types as they were, their versions too', () => {
    const text = serializeGraph(
      sketch({
        mystery: { params: { z: 1, a: { y: [1, 2.5e-9], b: '' }, constructor: 'x' } as JsonObject },
        'mystery-2': { params: { b: 1 } },
      }),
      specs,
    )
    const versioned = text.replace('"mystery": 0', '"mystery": 7')
    expect(serializeGraph(read(versioned), specs)).toBe(versioned)
    expect(read(versioned).nodes[id('mystery-2')]!.version).toBe(7)
    // Pasted together from files of different versions.
    const mixed = read(versioned)
    const two = { ...mixed, nodes: { ...mixed.nodes, 'mystery-2': { ...mixed.nodes[id('mystery-2')]!, version: 9 } } }
    expect(read(serializeGraph(two, specs))).toEqual(two)
  })
})

/** A file that has each field there is, once at least. */
const everything = {
  format: 'framewright-graph',
  versions: { document: 2, nodes: { foreign: 2 } },
  title: 'All',
  description: 'Each field.',
  nodes: {
    a: { type: 'foreign', position: { x: 0, y: 0 }, params: { amount: 1 } },
    b: {
      type: 'foreign',
      version: 3,
      title: 'Other',
      bypass: true,
      mute: true,
      collapsed: true,
      onCard: ['amount'],
      position: { x: 10, y: 0 },
      params: {},
    },
    look: {
      type: 'subgraph',
      position: { x: 20, y: 0 },
      params: {},
      body: {
        nodes: {
          in: {
            type: 'subgraph-inputs',
            position: { x: 0, y: 0 },
            params: {},
            ports: [{ name: 'image', title: 'Image', type: 'image' }],
          },
          inner: { type: 'foreign', position: { x: 10, y: 0 }, params: {} },
        },
        edges: {},
        marks: {
          frame: { kind: 'frame', text: '', colour: 'blue', position: { x: 0, y: 0 }, size: { width: 9, height: 9 } },
        },
        promoted: [{ name: 'amount', title: 'Amount', node: 'inner', param: 'amount' }],
      },
    },
  },
  edges: { e: { from: { node: 'a', port: 'out' }, to: { node: 'b', port: 'in' }, via: [{ x: 5, y: 5 }] } },
  marks: { note: { kind: 'note', text: 'N', colour: 'blue', position: { x: 0, y: 0 }, size: { width: 9, height: 9 } } },
}

describe('a field of the shape', () => {
  it('is read, kept in the document and written, with no more than the shape said of it', () => {
    const found = new Map<z.core.$ZodObject, Set<string>>()
    const visit = (shape: z.core.$ZodType, value: object) => {
      if (shape instanceof z.core.$ZodObject) {
        const names = found.get(shape) ?? new Set<string>()
        found.set(shape, names)
        for (const [name, child] of Object.entries(value)) {
          names.add(name)
          visit(requiredShape(shape._zod.def.shape[name]!), child)
        }
      } else if (shape instanceof z.core.$ZodRecord)
        for (const child of Object.values(value)) visit(shape._zod.def.valueType, child)
      else if (shape instanceof z.core.$ZodArray)
        for (const child of Object.values(value)) visit(shape._zod.def.element, child)
    }
    visit(fileShape, everything)
    const lacking = [...found].flatMap(([shape, names]) =>
      Object.keys(shape._zod.def.shape).filter((name) => !names.has(name)),
    )
    expect(lacking, 'give `everything` these as well').toEqual([])
    expect(JSON.parse(serializeGraph(read(JSON.stringify(everything)), specs))).toEqual(everything)
  })
})

describe('migrations', () => {
  it('bring params of an older node type up to date, each step once', () => {
    const amount = (version: number, params: object) => {
      const document = read(file({ versions: { document: 0, nodes: { grain: version } } }, { params }))
      return document.nodes[id('grain')]!.params
    }
    expect(amount(0, { strength: 10, keep: 1 })).toEqual({ amount: 0.1, keep: 1 })
    expect(amount(1, { amount: 10 })).toEqual({ amount: 0.1 })
    expect(amount(2, { amount: 0.1 })).toEqual({ amount: 0.1 })
    expect(
      read(file({ versions: { document: 0, nodes: {} } }, { params: { strength: 50 } })).nodes[id('grain')]!.params,
    ).toEqual({ amount: 0.5 })
    expect(JSON.parse(serializeGraph(read(file()), specs)).versions.nodes).toEqual({ grain: 2 })
  })

  it('bring an older file up to date from its version on', () => {
    const calls: number[] = []
    const sequence: FileMigration[] = [0, 1, 2].map((n) => (raw) => {
      calls.push(n)
      raw.title = `${raw.title}${n}`
    })
    const raw = { title: '' }
    migrateFile(raw, 1, sequence)
    expect(raw.title).toBe('12')
    expect(calls).toEqual([1, 2])
  })

  it('say so where one cannot cope', () => {
    const broken = new Map(specs).set('grain', {
      ...specs.get('grain')!,
      migrations: [
        () => {
          throw new Error('no such film')
        },
      ],
    })
    const parsed = parseGraph(file({ versions: { document: 0, nodes: {} } }), broken)
    expect(parsed).toMatchObject({
      ok: false,
      error: { code: 'bad-file', message: expect.stringContaining('no such film') },
    })
  })
})

describe('parseGraph', () => {
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
  it.each<[string, string, string, RegExp]>([
    ['nothing', '', 'bad-file', /not JSON/],
    ['not JSON', 'hello', 'bad-file', /not JSON/],
    ['NaN', file().replace('0.1', 'NaN'), 'bad-file', /not JSON/],
    ['cut off', file().slice(0, -5), 'bad-file', /not JSON/],
    ['a list', '[]', 'bad-file', /a list/],
    ['a number', '3', 'bad-file', /not a graph: it is 3/],
    ['null', 'null', 'bad-file', /null/],
    ['not ours', '{"nodes":{}}', 'bad-file', /"format" is missing/],
    ['another format', file({ format: 'comfy' }), 'bad-file', /"comfy"/],
    ['a fragment', serializeFragment(recipe(), specs), 'bad-file', /copied part/],
    ['newer', file({ versions: { document: 99, nodes: {} } }), 'newer-version', /newer Framewright.*99/],
    [
      'a newer node',
      file({ versions: { document: 0, nodes: { grain: 3 } } }),
      'newer-version',
      /"grain" is Grain of version 3/,
    ],
    ['no versions', file({ versions: undefined }), 'bad-file', /versions is missing/],
    ['odd versions', file({ versions: { document: -1, nodes: {} } }), 'bad-file', /versions\.document/],
    ['nodes in a list', file({ nodes: [] }), 'bad-file', /nodes should be an object, but is a list/],
    ['no nodes', file({ nodes: undefined }), 'bad-file', /nodes is missing/],
    ['no edges', file({ edges: undefined }), 'bad-file', /edges is missing/],
    [
      'a position in words',
      file({}, { position: { x: 'left', y: 0 } }),
      'bad-file',
      /nodes\.grain\.position\.x should be a number, but is a text/,
    ],
    ['no type', file({}, { type: undefined }), 'bad-file', /nodes\.grain\.type is missing/],
    ['an odd type', file({}, { type: 'constructor' }), 'bad-file', /nodes\.grain\.type/],
    ['params in a list', file({}, { params: [] }), 'bad-file', /nodes\.grain\.params/],
    ['bypass in words', file({}, { bypass: 'yes' }), 'bad-file', /bypass should be true or false/],
    ['infinity', file().replace('0.1', '1e999'), 'bad-file', /nodes\.grain\.params\.amount is too large/],
    ['__proto__', file().replace('"amount"', '"__proto__"'), 'bad-file', /__proto__/],
    ['__proto__ as a node', file().replace('"grain":{', '"__proto__":{'), 'bad-file', /__proto__/],
    ['an id with a dot', file().replace('"grain":{', '"a.b":{'), 'bad-file', /a node is called "a\.b"/],
    ['constructor as a node', file().replace('"grain":{', '"constructor":{'), 'bad-file', /"constructor"/],
    [
      'a wire without end',
      file({ edges: { e: { from: { node: 'a', port: 'b' } } } }),
      'bad-file',
      /edges\.e\.to is missing/,
    ],
    [
      'a wire to an odd node',
      file({ edges: { e: { from: { node: 'a', port: 'b' }, to: { node: 'a.c', port: 'b' } } } }),
      'bad-file',
      /edges\.e\.to/,
    ],
    ['very deep', deep, 'bad-file', /a list/],
    ['very deep params', file().replace('0.1', deep), 'bad-file', /levels deep/],
    ['very long', ' '.repeat(8_000_001), 'bad-file', /9 million characters/],
    [
      'very many nodes',
      file({ nodes: Object.fromEntries(Array.from({ length: 50_001 }, (_, n) => [`n${n}`, {}])) }),
      'bad-file',
      /50001 nodes/,
    ],
  ])('refuses %s with a sentence', (_, text, code, message) => {
    const parsed = parseGraph(text, specs)
    if (parsed.ok) throw new Error('it was read')
    expect(parsed.error).toMatchObject({ code, severity: 'error' })
    expect(parsed.error.message).toMatch(message)
    expect(parsed.error.message).toMatch(/\.$/)
    expect(parsed.error.message.length).toBeLessThan(400)
    expect(parsed.error.hint).toMatch(/^[A-Z].*\.$/)
    expect(({} as Record<string, unknown>).amount).toBeUndefined()
  })

  it('tells of unknown fields and keeps unknown params', () => {
    const text = file(
      { colour: 1, versions: { document: 0, nodes: { grain: 2 }, x: 1 } },
      { params: { extra: { a: 1 } }, size: 3 },
    )
    const parsed = parseGraph(text, specs)
    if (!parsed.ok) throw new Error(parsed.error.message)
    expect(
      parsed.notices.map(({ code, severity, node, message }) => [
        code,
        severity,
        node,
        /field (\S+)/.exec(message)?.[1],
      ]),
    ).toEqual([
      ['unknown-field', 'warning', undefined, 'colour'],
      ['unknown-field', 'warning', undefined, 'versions.x'],
      ['unknown-field', 'warning', 'grain', 'nodes.grain.size'],
    ])
    expect(parsed.document.nodes[id('grain')]!.params).toEqual({ extra: { a: 1 } })
    const many = parseGraph(file(Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`f${n}`, 0]))), specs)
    expect(many.ok && many.notices.at(-1)!.message).toContain('400 more')
  })

  it('takes a byte order mark', () => {
    expect(read(`\uFEFF${file()}`).title).toBe('T')
  })
})

describe('fragments', () => {
  it('round trip, and a whole graph reads as one', () => {
    const fragment = fragmentOf(recipe(), [id('blend'), id('grain'), id('luma')])
    const parsed = parseFragment(serializeFragment(fragment, specs), specs)
    expect(parsed).toEqual({ ok: true, fragment, notices: [] })
    const { nodes, edges } = recipe()
    expect(parseFragment(serializeGraph(recipe(), specs), specs)).toEqual({
      ok: true,
      fragment: { nodes, edges },
      notices: [],
    })
    expect(parseFragment('{}', specs).ok).toBe(false)
  })
})
