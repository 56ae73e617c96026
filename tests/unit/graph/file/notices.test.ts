import { expect, it } from 'vitest'
import { unknownFields } from '../../../../src/graph/file/notices.ts'

const position = { x: 0, y: 0 }
const level = (nodes: object, more: object = {}) => ({ nodes, edges: {}, ...more })
const told = (file: object) =>
  unknownFields({ format: 'framewright-graph', versions: { document: 2, nodes: {} }, ...file } as never).map(
    ({ message, node, edge }) => [/field (\S+)/.exec(message)?.[1], node ?? edge],
  )

it('tell of what no shape has, wherever it stands, and of the node or wire of the first level', () => {
  const inputs = {
    type: 'subgraph-inputs',
    position,
    params: {},
    ports: [{ name: 'a', title: 'A', type: 'image', b: 1 }],
  }
  const body = level({ inputs }, { promoted: [{ name: 'a', title: 'A', node: 'grain', param: 'p', c: 1 }], d: 1 })
  const e = { from: { node: 'a', port: 'b', f: 1 }, to: { node: 'a', port: 'b' }, via: [{ x: 0, y: 0, g: 1 }] }
  expect(
    told(
      level(
        { look: { type: 'subgraph', position: { ...position, z: 1 }, params: { any: 1 }, body } },
        { edges: { e } },
      ),
    ),
  ).toEqual([
    ['nodes.look.position.z', 'look'],
    ['nodes.look.body.d', 'look'],
    ['nodes.look.body.nodes.inputs.ports.0.b', undefined],
    ['nodes.look.body.promoted.0.c', undefined],
    ['edges.e.from.f', 'e'],
    ['edges.e.via.0.g', 'e'],
  ])
})

it('tell of a field that only nodes of other types have, and of nothing in it', () => {
  const grain = { type: 'grain', position, params: {}, ports: [{ b: 1 }], body: { c: 1 } }
  expect(told(level({ grain }))).toEqual([
    ['nodes.grain.ports', 'grain'],
    ['nodes.grain.body', 'grain'],
  ])
  expect(told(level({ toString: { type: 'toString', position, params: {}, constructor: 1 } }))).toEqual([
    ['nodes.toString.constructor', 'toString'],
  ])
})
