/** Personalities by name, and all of them side by side. */
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import type { AnyNodeId, NodeRecord } from '../../../../src/graph/document/document.ts'
import type { DialPlace, ModelFacts } from '../../../../src/graph/node/facts.ts'
import { definitions } from '../../../../src/nodes/registry.ts'
import type { CommandContext, CommandRecord } from '../../../../src/ui/commands/command.ts'
import { viewerCommands } from '../../../../src/ui/commands/viewer-commands.ts'
import { namesWithPersonality, personalityOf } from '../../../../src/ui/kit/personality.ts'
import { personalitiesSeen } from '../../../../src/ui/store/personalities.ts'
import {
  compose,
  nothingKnown,
  plainNode,
  plainReturnedNode,
  returnedNode,
} from '../../../../src/ui/store/view-request.ts'
import { createViewerSettingsStore, plain } from '../../../../src/ui/store/viewer-settings.ts'
import { id, oneLevel, sketch } from '../../graph/specs.ts'
import { familyFacts } from '../../models/family-facts.ts'

const family = familyFacts(3)
const facts = (personality: ModelFacts['personality'], of: Partial<ModelFacts> = {}) =>
  ({ id: 'l1', name: 'S', personality, source: null, ...of }) as ModelFacts
const spec = definitions.get('sr-model')!
const node = (params: NodeRecord['params']): NodeRecord => ({
  ...{ id: id('sr-model'), type: 'sr-model', position: { x: 0, y: 0 } },
  params: { model: { id: 'l1' }, ...params },
})

describe('a node that runs a model', () => {
  test.each([
    [0, 'L1'],
    [1, 'Perceptual'],
    [2, 'GAN'],
    [1.4, 'Perceptual – GAN'],
  ])('is told by its dial at %d: %s', (personality, said) => {
    expect(personalityOf(spec, node({ personality }), () => facts('l1', { family }))).toBe(said)
  })

  test('is told by its own where the dial does not count, and not at all while nothing is known', () => {
    expect(personalityOf(spec, node({ personality: 2 }), () => facts('l1'))).toBe('L1')
    expect(
      personalityOf(spec, node({}), () => facts('gan', { family: familyFacts(3, 1, { personality: 2, source: 0 }) })),
    ).toBe('GAN')
    expect(personalityOf(spec, node({}), () => facts(null))).toBeNull()
    expect(personalityOf(spec, node({}), () => undefined)).toBeNull()
    const [bicubic] = [definitions.get('bicubic')!]
    expect(personalityOf(bicubic, { ...node({}), type: 'bicubic', params: {} }, () => facts('l1'))).toBeNull()
  })
})

describe('a model of a family for clean and compressed sources', () => {
  const both = (place?: DialPlace) => () => facts('l1', { family: familyFacts(3, 2, place), source: 'clean' })

  test.each([
    [{}, 'L1'],
    [{ source: 'hand', sourceDamage: 0 }, 'L1 · clean'],
    [{ source: 'hand', sourceDamage: 1, personality: 2 }, 'GAN · compressed'],
    [{ source: 'hand', sourceDamage: 0.4, personality: 0.5 }, 'L1 – Perceptual · clean – compressed'],
  ])('with %j is told by both dials, by the source only where it is set by hand: %s', (params, said) => {
    expect(personalityOf(spec, node(params), both())).toBe(said)
  })

  test('is told by its own place along a dial that it does not begin, and by its card where it stands alone', () => {
    const params = { source: 'hand', sourceDamage: 0, personality: 2 } as const
    expect(personalityOf(spec, node(params), both({ personality: 0, source: 1 }))).toBe('GAN · compressed')
    expect(personalityOf(spec, node({}), () => facts('l1', { source: 'clean' }))).toBe('L1 · clean')
  })
})

test('is called by its name and its kind wherever a node is to be chosen; others by their names alone', () => {
  const nodes = { sr: node({ personality: 2 }), grain: { ...node({}), type: 'grain', params: {} } }
  const called = namesWithPersonality({ nodes, edges: {} }, definitions, () => facts('l1', { family }))
  expect([called.node(id('sr')), called.node(id('grain'))]).toEqual(['SR Model · GAN', 'Grain'])
})

const nested = sketch(
  { clip: { type: 'decode' }, sr: { type: 'sr-model', params: { model: { id: 'l1' } } }, grain: {} },
  ['clip.image > sr.image', 'sr.image > grain.image'],
)
const chain = oneLevel(nested)
const view = { node: id('grain'), port: 'image' }
const viewerSettings = {
  mode: 'side',
  others: [plain],
  reference: null,
  variants: null,
  flicker: false,
  part: 'all',
  overlay: null,
} as const

describe('every personality at once', () => {
  test('is the dial of the model behind the picture, at each member of its family', () => {
    const variants = personalitiesSeen(chain, definitions, view, { model: () => facts('l1', { family }) })
    expect(variants).toEqual({ node: 'sr', param: 'personality', values: [0, 1, 2] })
    const known = {
      ...nothingKnown,
      personalityOf: (one: NodeRecord<AnyNodeId>) => `at ${one.params.personality ?? 0}`,
    }
    const composed = compose(chain, definitions, view, { ...viewerSettings, variants }, undefined, known)
    expect(composed.labels).toEqual(['at 0', 'at 1', 'at 2'])
    expect(composed.others).toHaveLength(2)
  })

  test('is one picture a personality, however many members the family has for other sources', () => {
    const variants = personalitiesSeen(chain, definitions, view, {
      model: () => facts('l1', { family: familyFacts(3, 2) }),
    })
    expect(variants?.values).toEqual([0, 1, 2])
    const lone = { model: () => facts('l1', { family: familyFacts(1, 2) }) }
    expect(personalitiesSeen(chain, definitions, view, lone)).toBeNull()
  })

  test('is not offered where the model stands alone, is off, or lies behind nothing that is seen', () => {
    const alone = { model: () => facts('l1') }
    expect(personalitiesSeen(chain, definitions, view, alone)).toBeNull()
    const at = { node: id('clip'), port: 'image' }
    expect(personalitiesSeen(chain, definitions, at, { model: () => facts('l1', { family }) })).toBeNull()
  })

  test('comes and goes by one command, which needs a dial to come and none to go', () => {
    vi.stubGlobal('localStorage', { getItem: () => null, setItem: () => undefined })
    onTestFinished(() => void vi.unstubAllGlobals())
    const settings = createViewerSettingsStore()
    const zooms: number[] = []
    const context = (of: Partial<ModelFacts>) => {
      const model = { state: 'known', facts: facts('l1', of) }
      const parts = {
        specs: definitions,
        document: { getState: () => ({ document: nested }) },
        preview: { getState: () => ({ view }) },
        facts: { getState: () => ({ assets: { model: new Map([['l1', model]]), media: new Map() } }) },
        viewerSettings: settings,
        panels: { viewer: { zoomToAtLeast: (scale: number) => void zooms.push(scale) } },
      }
      return parts as unknown as CommandContext
    }
    const command: CommandRecord = viewerCommands['viewer.personalities']
    const possible = (around: CommandContext) => command.possible!(around)
    const run = (around: CommandContext) => command.run(around)
    const [withDial, alone] = [context({ family }), context({})]
    const seen = () => [settings.getState().variants?.values, settings.getState().mode]
    expect([possible(withDial), possible(alone)]).toEqual([true, false])
    run(alone)
    expect(seen()).toEqual([undefined, 'single'])
    run(withDial)
    expect([seen(), zooms]).toEqual([[[0, 1, 2], 'side'], [1]])
    expect([possible(withDial), possible(alone)]).toEqual([true, true])
    run(alone)
    expect(seen()).toEqual([undefined, 'single'])
  })
})

describe('B', () => {
  const sizes = { clip: 320, sr: 640, grain: 640 }
  const known = {
    personalityOf: () => null,
    sizeOf: ({ node: at }: { node: string }) => ({
      width: sizes[at as keyof typeof sizes],
      height: sizes[at as keyof typeof sizes] / 2,
    }),
  }

  test('is the plain upscale, as large as A, by a node of the request’s own', () => {
    const composed = compose(chain, definitions, view, { ...viewerSettings, mode: 'wipe' }, undefined, known)
    expect(composed.labels).toEqual(['Grain', 'Bicubic'])
    expect(composed.others).toEqual([{ node: plainNode, port: 'image' }])
    expect(composed.document.nodes[plainNode]).toMatchObject({ type: 'bicubic', params: { factor: 2 } })
    expect(Object.values(composed.document.edges).find(({ to }) => to.node === plainNode)?.from.node).toBe('clip')
    expect(chain.nodes[plainNode]).toBeUndefined()
  })

  test('has the view as the source could tell it beside it where a part of what is predicted is shown', () => {
    const part = { ...viewerSettings, mode: 'difference', part: 'contradiction' } as const
    const composed = compose(chain, definitions, view, part, undefined, known)
    expect(composed.others.map(({ node: at }) => at)).toEqual([plainNode, returnedNode, plainReturnedNode])
    const { nodes, edges } = composed.document
    const into = (node: string) => Object.values(edges).find(({ to }) => to.node === node)?.from.node
    const shrunk = into(returnedNode)
    expect([shrunk && into(shrunk), nodes[returnedNode]?.params, shrunk && nodes[shrunk]?.params]).toEqual([
      ...['grain', { mode: 'size', width: 640, height: 320 }, { mode: 'size', width: 320, height: 160 }],
    ])
    // The plain upscale likewise: what the source denies is told beyond what it would deny of that.
    const plainShrunk = into(plainReturnedNode)
    expect([plainShrunk && into(plainShrunk), nodes[plainReturnedNode]?.params]).toEqual([
      ...[plainNode, { mode: 'size', width: 640, height: 320 }],
    ])
    const unchecked = compose(chain, definitions, view, { ...part, part: 'invention' }, undefined, known)
    expect(unchecked.others.map(({ node: at }) => at)).toEqual([plainNode, returnedNode])
    // All of it is the difference to the plain upscale, and of variants there is none.
    expect(compose(chain, definitions, view, { ...part, part: 'all' }, undefined, known).others).toHaveLength(1)
    const source = [{ kind: 'source' }] as const
    expect(compose(chain, definitions, view, { ...part, others: source }, undefined, known).others).toHaveLength(1)
    // What is no larger than its source has nothing that the source cannot tell.
    const at = { node: id('clip'), port: 'image' }
    expect(compose(chain, definitions, at, part, undefined, known).others).toEqual([at, at, at])
  })

  test('is the source itself where that is as large, or its size is not known', () => {
    const at = { node: id('clip'), port: 'image' }
    expect(compose(chain, definitions, at, { ...viewerSettings, mode: 'wipe' }, undefined, known).labels[1]).toBe(
      'Source',
    )
    expect(compose(chain, definitions, view, { ...viewerSettings, mode: 'wipe' }).labels[1]).toBe('Source')
  })

  test('costs nothing while A is seen alone, and is there while a key is held', () => {
    const alone = { ...viewerSettings, mode: 'single' } as const
    expect(compose(chain, definitions, view, alone, undefined, known).others).toEqual([])
    expect(compose(chain, definitions, view, { ...alone, flicker: true }, undefined, known).others).toHaveLength(1)
  })
})
