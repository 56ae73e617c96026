import { describe, expect, it, test } from 'vitest'
import { inferAll } from '../../../../src/graph/analysis/infer.ts'
import { validate } from '../../../../src/graph/analysis/validate.ts'
import type { GraphDocument } from '../../../../src/graph/document/document.ts'
import { fold } from '../../../../src/graph/edits/fold.ts'
import { edit, newHistory } from '../../../../src/graph/edits/history.ts'
import { parseGraph } from '../../../../src/graph/file/read.ts'
import { serializeGraph } from '../../../../src/graph/file/write.ts'
import type { NodeSpec } from '../../../../src/graph/node/spec.ts'
import { facts, id, recipe, sketch, specs } from '../specs.ts'

const told = (document: GraphDocument) =>
  validate(document, specs, facts).map(({ code, severity, node, port, param }) =>
    [code, severity, node, port ?? param].filter((part) => part !== undefined).join(' '),
  )
const messages = (document: GraphDocument) => validate(document, specs, facts).map(({ message }) => message)
const sizes = (document: GraphDocument) =>
  Object.fromEntries(
    [...inferAll(document, specs, facts).descs].map(([key, desc]) => [
      key,
      desc.type === 'audio' ? desc.codec : `${desc.type} ${desc.width}×${desc.height}`,
    ]),
  )

const throwing = (): never => {
  throw new Error('out of luck.')
}

test('a node that fails when it is asked for its size, or says too little, is told alone; the others are described', () => {
  const failing = new Map([
    ...specs,
    ['throws', { ...specs.get('grain')!, type: 'throws', title: 'Throws', infer: throwing }],
    ['silent', { ...specs.get('grain')!, type: 'silent', title: 'Silent', infer: () => ({}) }],
  ])
  const wires = ['clip.image > throws.image', 'throws.image > luma.image', 'clip.image > silent.image']
  const document = sketch({ clip: {}, throws: {}, silent: {}, luma: {} }, wires)
  const folded = edit(newHistory(document), 'Fold', (draft) => fold(draft, failing, [id('throws'), id('luma')]))
  for (const [whole, path] of [
    [document, 'throws'],
    [folded.history.document, 'subgraph/throws'],
  ] as const) {
    const { problems, descs } = inferAll(whole, failing, facts)
    expect(Object.fromEntries(problems.map(({ node, message }) => [node, message]))).toEqual({
      silent: 'Silent failed: it does not describe its output “image”.',
      [path]: expect.stringMatching(/^Throws.* failed: out of luck\.$/),
    })
    expect(descs.has('clip.image')).toBe(true)
  }
})

test.each(['needs', 'scratch', 'clock'] as const)('a node whose %s fails is told alone', (what) => {
  const { kernel, ...grain } = specs.get('grain')!
  const failing = new Map([
    ...specs,
    ['throws', { ...grain, type: 'throws', title: 'Throws', kernel: { ...kernel, [what]: throwing } } as NodeSpec],
  ])
  const document = sketch({ clip: {}, throws: {}, luma: {} }, ['clip.image > throws.image', 'clip.image > luma.image'])
  const { problems, descs } = inferAll(document, failing, facts)
  expect(problems).toEqual([
    expect.objectContaining({ node: 'throws', message: 'Throws failed: out of luck.', severity: 'error' }),
  ])
  expect([...descs.keys()]).toEqual(['clip.image', 'clip.sound', 'luma.mask'])
})

describe('validate', () => {
  it('finds nothing wrong with the recipe', () => {
    expect(validate(recipe(), specs, facts)).toEqual([])
  })

  it.each<[string, Parameters<typeof sketch>, string[]]>([
    ['a missing input', [{ grain: {} }], ['missing-input error grain image']],
    ['an unknown type', [{ mystery: {}, grain: {} }, ['mystery.out > grain.image']], ['unknown-node error mystery']],
    [
      'a wrong type',
      [{ clip: {}, luma: {}, writer: {} }, ['clip.image > luma.image', 'luma.mask > writer.image']],
      ['wrong-type error writer image'],
    ],
    [
      'an unknown input',
      [{ clip: {}, luma: {} }, ['clip.image > luma.image', 'clip.image > luma.other']],
      ['unknown-port error luma other'],
    ],
    ['an unknown output', [{ clip: {}, luma: {} }, ['clip.other > luma.image']], ['unknown-port error luma image']],
    [
      'an output called toString',
      [{ clip: {}, luma: {} }, ['clip.toString > luma.image']],
      ['unknown-port error luma image'],
    ],
    ['a wire from nowhere', [{ luma: {} }, ['nobody.image > luma.image']], ['dangling-edge error luma image']],
    ['a wire to nowhere', [{ clip: {} }, ['clip.image > toString.image']], ['dangling-edge warning']],
    [
      'two wires on an input',
      [{ clip: {}, 'clip-2': {}, luma: {} }, ['clip.image > luma.image', 'clip-2.image > luma.image']],
      ['two-wires error luma image'],
    ],
    [
      'a circle',
      [
        { clip: {}, blend: {}, grain: {} },
        ['clip.image > blend.base', 'grain.image > blend.detail', 'blend.image > grain.image'],
      ],
      ['cycle error grain image'],
    ],
    ['a node wired to itself', [{ grain: {} }, ['grain.image > grain.image']], ['cycle error grain image']],
    ['missing media', [{ clip: { params: { media: { id: 'gone' } } } }], ['missing-asset error clip media']],
    [
      'a missing model',
      [{ clip: {}, model: { params: { model: null } } }, ['clip.image > model.image']],
      ['missing-asset error model model'],
    ],
    ['an unknown param', [{ clip: { params: { colour: 1 } } }], ['unknown-param warning clip colour']],
    [
      'a bad param of a bypassed node',
      [{ clip: {}, grain: { bypass: true, params: { amount: 9 } } }, ['clip.image > grain.image']],
      ['bad-param warning grain amount'],
    ],
    [
      'an output of a bypassed node that passes nothing on',
      [
        { clip: {}, luma: { bypass: true }, 'luma-2': {}, blend: {} },
        ['clip.image > luma.image', 'clip.image > blend.base', 'clip.image > blend.detail', 'luma.mask > blend.mask'],
      ],
      ['missing-input error luma-2 image'],
    ],
    [
      'a picture beyond the limit, told once',
      [
        { clip: { params: { media: { id: 'wide' } } }, scale: {}, grain: {}, writer: {} },
        ['clip.image > scale.image', 'scale.image > grain.image', 'grain.image > writer.image'],
      ],
      ['size-limit error scale'],
    ],
    [
      'a picture of no pixels',
      [
        { clip: {}, scale: { params: { factor: 0.001 } }, grain: {} },
        ['clip.image > scale.image', 'scale.image > grain.image'],
      ],
      ['size-limit error scale'],
    ],
  ])('finds %s', (_, [nodes, wires], expected) => {
    const document = sketch(nodes, wires)
    expect(told(document)).toEqual(expected)
    for (const problem of validate(document, specs, facts)) {
      expect(problem.message).toMatch(/^\S.*\.$/)
      expect(problem.hint).toMatch(/^[A-Z].*\.$/)
    }
  })

  it.each<[string, unknown]>([
    ['amount', 'much'],
    ['amount', Number.NaN],
    ['amount', Number.POSITIVE_INFINITY],
    ['amount', 0.6],
    ['amount', -0.1],
    ['amount', null],
    ['seed', -1],
    ['seed', 2 ** 32],
    ['seed', 0.5],
    ['colour', 1],
    ['note', 'longer than ten'],
    ['note', 3],
    ['size', 1.5],
    ['size', 9],
  ])('finds that %s cannot be %s', (param, value) => {
    const document = sketch({ clip: {}, grain: { params: { [param]: value as number } } }, ['clip.image > grain.image'])
    expect(told(document)).toEqual([`bad-param error grain ${param}`])
    expect(messages(document)[0]).toMatch(/^Grain: \w+ must .*\.$/)
    // The rest of the graph is described as if the param had its default.
    expect(sizes(document)['grain.image']).toBe('image 320×180')
  })

  it.each<[unknown]>([
    ['movie'],
    [{}],
    [{ id: '' }],
    [{ id: 'movie', sha256: 'abc' }],
    [{ id: 'movie', size: -1 }],
    [[]],
  ])('finds that a file cannot be %j', (media) => {
    expect(told(sketch({ clip: { params: { media: media as null } } }))).toContain('bad-param error clip media')
  })

  it('finds a choice that is none', () => {
    const document = sketch({ clip: {}, scale: { params: { kernel: 'sinc' } } }, ['clip.image > scale.image'])
    expect(messages(document)).toEqual(['Scale: Kernel must be one of cubic, linear, but is "sinc".'])
  })

  it('finds the odd picture of a pixel node, and goes on describing', () => {
    const wires = [
      'clip.image > scale.image',
      'clip.image > luma.image',
      'clip.image > blend.base',
      'scale.image > blend.detail',
      'luma.mask > blend.mask',
    ]
    const document = sketch({ clip: {}, scale: {}, luma: {}, blend: {} }, wires)
    expect(told(document)).toEqual(['size-mismatch error blend detail'])
    expect(messages(document)).toEqual(['Detail of Blend is 640×360 pixels, but Base is 320×180.'])
    expect(sizes(document)['blend.image']).toBe('image 320×180')
    // Two against one: the first is the odd one.
    const outvoted = wires.map((text) => text.replace('clip.image > luma', 'scale.image > luma'))
    expect(told(sketch({ clip: {}, scale: {}, luma: {}, blend: {} }, outvoted))).toEqual([
      'size-mismatch error blend base',
    ])
  })

  it('names nodes as people see them', () => {
    const document = sketch({ grain: {}, 'grain-2': { title: 'Film' }, 'grain-3': {} })
    expect(messages(document)).toEqual([
      'Image of Grain (grain) is not connected.',
      'Image of Film is not connected.',
      'Image of Grain (grain-3) is not connected.',
    ])
  })

  it('says which bypassed node gives nothing, and what a silent clip lacks', () => {
    const document = sketch({ clip: { bypass: true }, grain: {} }, ['clip.image > grain.image'])
    expect(messages(document)).toEqual(['Image of Grain gets nothing: Clip is bypassed and has nothing to pass on.'])
  })

  it('survives a circle of bypassed nodes', () => {
    const document = sketch({ grain: { bypass: true }, 'grain-2': { bypass: true }, writer: {} }, [
      'grain.image > grain-2.image',
      'grain-2.image > grain.image',
      'grain.image > writer.image',
    ])
    expect(told(document)).toEqual(['missing-input error writer image'])
  })
})

describe('inferAll', () => {
  it('describes every output, wanted or not', () => {
    expect(sizes(recipe())).toEqual({
      'clip.image': 'image 320×180',
      'clip.sound': 'aac',
      'scale.image': 'image 640×360',
      'model.image': 'image 640×360',
      'luma.mask': 'mask 640×360',
      'blend.image': 'image 640×360',
      'grain.image': 'image 640×360',
    })
  })

  it('sees through bypass, by the named input where the type names one', () => {
    const document = sketch({ clip: {}, scale: {}, blend: { bypass: true }, luma: { bypass: true } }, [
      'clip.image > scale.image',
      'clip.image > blend.detail',
      'scale.image > blend.base',
      'clip.image > luma.image',
    ])
    expect(sizes(document)['blend.image']).toBe('image 640×360')
    expect(sizes(document)['luma.mask']).toBeUndefined()
  })
})

describe('size of graphs', { timeout: 60_000 }, () => {
  const large = () => {
    const nodes: Record<string, object> = { clip: {} }
    const wires: string[] = []
    for (let n = 1; n < 10_000; n += 1) {
      nodes[`grain-${n}`] = { type: 'grain', params: { amount: 0.1, seed: n }, bypass: n % 7 === 0 }
      wires.push(`${n === 1 ? 'clip' : `grain-${n - 1}`}.image > grain-${n}.image`)
    }
    return sketch(nodes, wires)
  }

  it('reads and validates ten thousand nodes', () => {
    const parsed = parseGraph(serializeGraph(large(), specs), specs)
    expect(parsed.ok && validate(parsed.document, specs, facts)).toEqual([])
  })

  it('survives a circle of ten thousand nodes, and ten thousand circles', () => {
    const document = large()
    const closed = {
      ...document,
      edges: { ...document.edges, ...sketch({}, ['grain-9999.image > grain-1.image']).edges },
    }
    const straight = Object.fromEntries(
      Object.entries(closed.nodes).map(([id, node]) => [id, { ...node, bypass: false }]),
    )
    const [problem, ...others] = validate({ ...closed, nodes: straight }, specs, facts)
    expect(others).toEqual([])
    expect(problem).toMatchObject({ code: 'cycle' })
    expect(problem!.message).toContain('9995 more')

    const nodes: Record<string, object> = {}
    const wires: string[] = []
    for (let n = 0; n < 10_000; n += 1) {
      nodes[`blend-${n}`] = { type: 'blend' }
      wires.push(
        `blend-${(n + 1) % 10_000}.image > blend-${n}.base`,
        `blend-${(n * 7919) % 10_000}.image > blend-${n}.detail`,
      )
    }
    expect(told(sketch(nodes, wires)).every((text) => text.startsWith('cycle error'))).toBe(true)
  })
})
