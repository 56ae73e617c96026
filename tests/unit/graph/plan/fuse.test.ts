/** Which nodes share a dispatch: the limits to the node, to the texture and to the output, and no further. */
import { describe, expect, it } from 'vitest'
import { maxUnitNodes, type Schedulable, schedule } from '../../../../src/graph/plan/fuse.ts'
import { at, id } from '../specs.ts'

interface Sketched {
  /** Nodes that it reads, each as one texture; `>` before one that is read around each pixel. */
  readonly reads?: readonly string[]
  readonly kind?: Schedulable['kind']
  readonly size?: string
  /** Textures of its own, beside those of its inputs. */
  readonly fields?: readonly string[]
  readonly rate?: string
  readonly isTarget?: boolean
}

/** Each node has one output; those that nobody reads are targets. */
function units(
  nodes: Readonly<Record<string, Sketched>>,
  limits: Partial<Parameters<typeof schedule>[1]> = {},
): readonly string[] {
  const plain = (name: string) => name.replace('>', '')
  const readersOf = (name: string) =>
    Object.entries(nodes).flatMap(([reader, { reads = [] }]) => (reads.map(plain).includes(name) ? [id(reader)] : []))
  const rows = Object.entries(nodes).map(
    ([name, { reads = [], kind = 'pixel', size = '4x4', rate = '1/1', fields = [], isTarget }]): Schedulable => ({
      ...{ id: id(name), kind, size, rate, fields, after: reads.map(plain).map(id) },
      pictures: reads.map((each) => ({
        from: at(`${plain(each)}.image`),
        neighbour: each.startsWith('>'),
        textures: [plain(each)],
      })),
      outputs: [
        {
          key: `${name}.image`,
          readers: new Set(readersOf(name)),
          isTarget: isTarget ?? readersOf(name).length === 0,
        },
      ],
    }),
  )
  return schedule(rows, { sampledTextures: 16, storageTextures: 4, ...limits }).map((unit) => unit.join('+'))
}

const source = { kind: 'source' } as const

describe('a unit', () => {
  it('holds as many nodes as it may and not one more', () => {
    const row = (count: number) =>
      Object.fromEntries(
        Array.from({ length: count }, (_, n) => [`n${n}`, n === 0 ? source : { reads: [`n${n - 1}`] }]),
      )
    expect(units(row(maxUnitNodes + 1)).map((unit) => unit.split('+').length)).toEqual([1, maxUnitNodes])
    expect(units(row(maxUnitNodes + 2)).map((unit) => unit.split('+').length)).toEqual([1, maxUnitNodes, 1])
  })

  it('takes in what reads the same value, and nothing that has nothing to do with it', () => {
    const both = units({
      clip: source,
      other: source,
      a: { reads: ['clip'] },
      b: { reads: ['other'] },
      c: { reads: ['clip'] },
    })
    expect(both).toEqual(['clip', 'other', 'a+c', 'b'])
  })

  it('ends where one is read around each pixel, but not where that was made before it', () => {
    expect(units({ clip: source, a: { reads: ['clip'] }, b: { reads: ['>a'] } })).toEqual(['clip', 'a', 'b'])
    expect(units({ clip: source, a: { reads: ['>clip'] }, b: { reads: ['a', '>clip'] } })).toEqual(['clip', 'a+b'])
  })

  it('reads as many textures as it may, each counted once, and none of its own', () => {
    const nodes = { k: source, l: source, m: source, a: { reads: ['k', 'l'] }, b: { reads: ['a', 'l', 'm'] } }
    expect(units(nodes, { sampledTextures: 3 })).toEqual(['k', 'l', 'm', 'a+b'])
    expect(units(nodes, { sampledTextures: 2 })).toEqual(['k', 'l', 'm', 'a', 'b'])
    const grainy = { ...nodes, b: { ...nodes.b, fields: ['field'] } }
    expect(units(grainy, { sampledTextures: 4 })).toEqual(['k', 'l', 'm', 'a+b'])
    expect(units(grainy, { sampledTextures: 3 })).toEqual(['k', 'l', 'm', 'a', 'b'])
  })

  it('writes as many textures as it may: what leaves it, and what is asked for', () => {
    const nodes = { clip: source, a: { reads: ['clip'] }, b: { reads: ['a'] } }
    expect(units(nodes, { storageTextures: 1 })).toEqual(['clip', 'a+b'])
    const viewed = { ...nodes, a: { ...nodes.a, isTarget: true } }
    expect(units(viewed, { storageTextures: 2 })).toEqual(['clip', 'a+b'])
    expect(units(viewed, { storageTextures: 1 })).toEqual(['clip', 'a', 'b'])
    const readBeside = { ...nodes, wide: { reads: ['a'], kind: 'pass' } } as const
    expect(units(readBeside, { storageTextures: 2 })).toEqual(['clip', 'a+b', 'wide'])
    expect(units(readBeside, { storageTextures: 1 })).toEqual(['clip', 'a', 'wide', 'b'])
  })

  it('is of one size', () => {
    expect(units({ clip: source, a: { reads: ['clip'] }, b: { reads: ['a'], size: '8x4' } })).toEqual([
      'clip',
      'a',
      'b',
    ])
  })
})

it('whatever is no pixel node runs as soon as it can, and each in the order of the document', () => {
  expect(
    units({
      clip: source,
      a: { reads: ['clip'] },
      blur: { reads: ['clip'], kind: 'pass' },
      b: { reads: ['blur'] },
      wide: { reads: ['b'], kind: 'pass' },
      c: { reads: ['a', 'wide'] },
    }),
  ).toEqual(['clip', 'blur', 'a', 'b', 'wide', 'c'])
})
