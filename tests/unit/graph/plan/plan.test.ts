import { describe, expect, it } from 'vitest'
import type { GraphDocument } from '../../../../src/graph/document/document.ts'
import type { ImageDesc } from '../../../../src/graph/node/ports.ts'
import type { NodeSpec } from '../../../../src/graph/node/spec.ts'
import type { ExecutionPlan } from '../../../../src/graph/plan/execution-plan.ts'
import { defaultLimits, type PlanRequest, plan } from '../../../../src/graph/plan/plan.ts'
import { at, facts, id, recipe, sketch, specs } from '../specs.ts'

const request = (document: GraphDocument, more: Partial<PlanRequest> = {}): PlanRequest => ({
  document,
  specs,
  facts,
  targets: 'sinks',
  limits: defaultLimits,
  ...more,
})

function planned(document: GraphDocument, more: Partial<PlanRequest> = {}): ExecutionPlan {
  const outcome = plan(request(document, more))
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.problems))
  return outcome.plan
}

function refused(document: GraphDocument, more: Partial<PlanRequest> = {}) {
  const outcome = plan(request(document, more))
  if (outcome.ok) throw new Error('planned')
  return outcome.problems
}

/** Two blends in a row, of three clips. */
const chain = sketch({ clip: {}, 'clip-2': {}, 'clip-3': {}, blend: {}, 'blend-2': {}, writer: {} }, [
  'clip.image > blend.base',
  'clip-2.image > blend.detail',
  'blend.image > blend-2.base',
  'clip-3.image > blend-2.detail',
  'blend-2.image > writer.image',
])

const units = (p: ExecutionPlan) => p.steps.map((step) => step.nodes.join('+'))
const produced = (p: ExecutionPlan, values: readonly number[]) =>
  values.map((value) => `${p.values[value]!.producer.node}.${p.values[value]!.producer.port}`)

describe('plan', () => {
  it('fuses the pixel nodes of the default recipe into one unit', () => {
    const p = planned(recipe())
    expect(units(p)).toEqual(['clip', 'scale', 'model', 'luma+blend+grain', 'writer'])
    const [clip, , , fused, writer] = p.steps
    expect(produced(p, clip!.writes)).toEqual(['clip.image'])
    expect(
      produced(
        p,
        fused!.reads.map(({ value }) => value),
      ),
    ).toEqual(['scale.image', 'model.image'])
    expect(produced(p, fused!.writes)).toEqual(['grain.image'])
    expect(fused!.inputs[id('grain')]).toEqual({
      image: { kind: 'local', from: at('blend.image') },
      protect: { kind: 'local', from: at('luma.mask') },
    })
    expect(writer!.inputs[id('writer')]).toEqual({
      image: { kind: 'value', value: 3 },
      sound: { kind: 'stream', from: at('clip.sound') },
    })
    expect(p.clock).toBe('clip')
    // Most is alive while the fused unit runs: scale, model and grain at 640 × 360, 8 bytes a pixel.
    expect(p.peakBytes).toBe(3 * 640 * 360 * 8)
  })

  it('leaves out what no target needs', () => {
    const p = planned(recipe(), { targets: [at('scale.image')] })
    expect(units(p)).toEqual(['clip', 'scale'])
    expect(produced(p, p.targets)).toEqual(['scale.image'])
    expect(p.steps[0]!.writes).toEqual([0])
  })

  it('does not write an output that nobody reads, and writes one that is a target', () => {
    const document = sketch({ clip: {}, split: {}, writer: {} }, [
      'clip.image > split.image',
      'split.high > writer.image',
    ])
    expect(produced(planned(document), planned(document).steps[1]!.writes)).toEqual(['split.high'])
    const viewed = planned(document, { targets: [at('split.mask'), at('split.low'), at('split.mask')] })
    expect(produced(viewed, viewed.targets)).toEqual(['split.mask', 'split.low'])
    expect(viewed.peakBytes).toBe(320 * 180 * (8 + 8 + 4))
  })

  it('materialises what is read around each pixel', () => {
    const document = sketch({ clip: {}, grain: {}, sharpen: {}, 'grain-2': {}, writer: {} }, [
      'clip.image > grain.image',
      'grain.image > sharpen.image',
      'sharpen.image > grain-2.image',
      'grain-2.image > writer.image',
    ])
    expect(units(planned(document))).toEqual(['clip', 'grain', 'sharpen+grain-2', 'writer'])
  })

  it('does not fuse across a dependency that leaves the unit and comes back', () => {
    const document = sketch({ clip: {}, grain: {}, split: {}, blend: {}, writer: {} }, [
      'clip.image > grain.image',
      'grain.image > split.image',
      'grain.image > blend.base',
      'split.low > blend.detail',
      'blend.image > writer.image',
    ])
    expect(units(planned(document))).toEqual(['clip', 'grain', 'split', 'blend', 'writer'])
  })

  it('does not fuse pixel nodes of different sizes', () => {
    const document = sketch(
      { clip: {}, grain: {}, scale: {}, 'grain-2': {}, 'grain-3': {}, writer: {}, 'writer-2': {} },
      [
        'clip.image > grain.image',
        'grain.image > writer.image',
        'clip.image > scale.image',
        'scale.image > grain-2.image',
        'grain-2.image > grain-3.image',
        'grain-3.image > writer-2.image',
      ],
    )
    expect(units(planned(document))).toEqual(['clip', 'scale', 'grain', 'writer', 'grain-2+grain-3', 'writer-2'])
  })

  it('splits a unit over the limits of the device', () => {
    expect(units(planned(chain)).slice(3)).toEqual(['blend+blend-2', 'writer'])
    const two = { ...defaultLimits, sampledTextures: 2 }
    expect(units(planned(chain, { limits: two })).slice(3)).toEqual(['blend', 'blend-2', 'writer'])
    const one = { ...defaultLimits, sampledTextures: 1 }
    expect(refused(chain, { limits: one })[0]).toMatchObject({ code: 'size-limit', node: 'blend' })

    const fan = sketch({ clip: {}, grain: {}, 'grain-2': {}, 'grain-3': {} }, [
      'clip.image > grain.image',
      'clip.image > grain-2.image',
      'clip.image > grain-3.image',
    ])
    const targets = [at('grain.image'), at('grain-2.image'), at('grain-3.image')]
    expect(units(planned(fan, { targets }))).toEqual(['clip', 'grain+grain-2+grain-3'])
    const narrow = { ...defaultLimits, storageTextures: 2 }
    expect(units(planned(fan, { targets, limits: narrow }))).toEqual(['clip', 'grain+grain-2', 'grain-3'])
  })

  it('sees through bypassed nodes, several in a row, and at a target', () => {
    const document = sketch({ clip: {}, scale: { bypass: true }, blend: { bypass: true }, grain: {}, writer: {} }, [
      'clip.image > scale.image',
      'scale.image > blend.base',
      'blend.image > grain.image',
      'grain.image > writer.image',
    ])
    expect(units(planned(document))).toEqual(['clip', 'grain', 'writer'])
    const viewed = planned(document, { targets: [at('blend.image')] })
    expect(produced(viewed, viewed.targets)).toEqual(['clip.image'])
    expect(viewed.values[0]!.desc).toMatchObject({ width: 320, height: 180 })
  })

  it('reads the fallback where a bypassed node has nothing to pass on', () => {
    const document = sketch({ clip: {}, luma: { bypass: true }, grain: {}, writer: {} }, [
      'clip.image > luma.image',
      'clip.image > grain.image',
      'luma.mask > grain.protect',
      'grain.image > writer.image',
    ])
    const p = planned(document)
    expect(units(p)).toEqual(['clip', 'grain', 'writer'])
    expect(p.steps[1]!.inputs[id('grain')]!.protect).toEqual({ kind: 'none' })
  })

  it('treats the sound of a silent clip as not connected', () => {
    const document = sketch({ clip: { params: { media: { id: 'silent' } } }, writer: {} }, [
      'clip.image > writer.image',
      'clip.sound > writer.sound',
    ])
    expect(planned(document).steps[1]!.inputs[id('writer')]!.sound).toEqual({ kind: 'none' })
  })

  it('sets the clock by the first moving source on the way back from the first target', () => {
    const still = { params: { media: { id: 'still' } } }
    const document = (first: object, second: object) =>
      sketch({ clip: first, 'clip-2': second, blend: {}, writer: {} }, [
        'clip-2.image > blend.detail',
        'clip.image > blend.base',
        'blend.image > writer.image',
      ])
    expect(planned(document({}, {})).clock).toBe('clip')
    expect(planned(document(still, {})).clock).toBe('clip-2')
    expect(planned(document(still, still)).clock).toBe('clip')
  })

  describe('with a node of a faster clock', () => {
    const doubled: NodeSpec = {
      ...specs.get('scale')!,
      type: 'doubled',
      title: 'Doubled',
      kernel: { kind: 'pass', clock: () => ({ frames: 2, of: 1 }) },
    }
    const known = new Map([...specs, ['doubled', doubled] as const])
    const still = { params: { media: { id: 'still' } } }

    it('brings every frame of the result to every sink, to one of the slower clock too', () => {
      const document = sketch({ clip: {}, doubled: {}, writer: {}, 'writer-2': {} }, [
        'clip.image > doubled.image',
        'doubled.image > writer.image',
        'clip.image > writer-2.image',
      ])
      const { steps } = planned(document, { specs: known })
      const rateOf = (name: string) => steps.find(({ nodes }) => nodes.includes(id(name)))!.rate
      expect(['clip', 'writer', 'writer-2'].map(rateOf)).toEqual([
        { frames: 1, of: 1 },
        { frames: 2, of: 1 },
        { frames: 2, of: 1 },
      ])
    })

    it('counts a node as moving by itself for its clock, for reading the frame, and for a file that moves', () => {
      const chain = (type: string, first: object) =>
        sketch({ clip: first, middle: { type }, writer: {} }, [
          'clip.image > middle.image',
          'middle.image > writer.image',
        ])
      const reading: NodeSpec = { ...doubled, type: 'reading', kernel: { kind: 'pass', readsFrame: true } }
      const all = new Map([...known, ['reading', reading] as const])
      const periods = (type: string, first: object) =>
        planned(chain(type, first), { specs: all }).steps.map(({ period }) => period)
      const always = Number.POSITIVE_INFINITY
      expect(periods('scale', still)).toEqual([always, always, 1])
      expect(periods('doubled', still)).toEqual([always, 1, 1])
      expect(periods('reading', still)).toEqual([always, 1, 1])
      expect(periods('scale', {})).toEqual([1, 1, 1])
    })
  })

  it('refuses a window that does not fit, by its node, its frames and its bytes', () => {
    const spread: NodeSpec = {
      ...specs.get('sharpen')!,
      type: 'spread',
      title: 'Spread',
      kernel: { kind: 'pass', needs: () => ({ image: { frames: { before: 2, after: 2 } } }) },
    }
    const document = sketch({ clip: {}, scale: {}, spread: {}, writer: {} }, [
      'clip.image > scale.image',
      'scale.image > spread.image',
      'spread.image > writer.image',
    ])
    const request = (textureBytes: number) =>
      plan({
        ...{ document, facts, targets: 'sinks', specs: new Map([...specs, ['spread', spread]]) },
        limits: { ...defaultLimits, textureBytes },
      })
    // Five frames of 640 × 360 at 8 bytes a pixel, and the one that is made of them.
    const bytes = 6 * 640 * 360 * 8
    const fits = request(bytes)
    expect(fits.ok && fits.plan.peakBytes).toBe(bytes)
    const outcome = request(bytes - 1)
    expect(!outcome.ok && outcome.problems).toMatchObject([
      {
        code: 'window-too-large',
        node: 'spread',
        message: expect.stringMatching(/^Spread looks at 5 frames of Scale/),
      },
    ])
    expect(request(defaultLimits.textureBytes).ok).toBe(true)
  })

  it('plans some sinks only, and says where there is none', () => {
    const document = sketch({ clip: {}, scale: {}, writer: {}, 'writer-2': {} }, [
      'clip.image > writer.image',
      'clip.image > scale.image',
      'scale.image > writer-2.image',
    ])
    expect(units(planned(document))).toEqual(['clip', 'writer', 'scale', 'writer-2'])
    expect(units(planned(document, { targets: { sinks: [id('writer-2')] } }))).toEqual(['clip', 'scale', 'writer-2'])
    expect(refused(document, { targets: { sinks: [id('scale')] } })[0]).toMatchObject({
      code: 'no-output',
      node: 'scale',
    })
    expect(refused(sketch({ clip: {} }))[0]).toMatchObject({ code: 'no-output' })
    expect(refused(document, { targets: [at('clip.sound')] })[0]!.message).toContain('sound')
    expect(refused(document, { targets: [at('nobody.image')] })[0]!.message).toContain('nobody')
    expect(refused(document, { targets: [] })[0]).toMatchObject({ code: 'no-output' })
  })

  it('refuses for errors on the nodes that would run, and for no others', () => {
    const document = sketch({ clip: {}, grain: { params: { amount: 9 } }, blend: {}, writer: {} }, [
      'clip.image > grain.image',
      'clip.image > writer.image',
    ])
    expect(units(planned(document))).toEqual(['clip', 'writer'])
    expect(refused(document, { targets: [at('grain.image')] })).toMatchObject([{ code: 'bad-param', node: 'grain' }])
    expect(refused(document, { targets: [at('blend.image')] }).map((p) => p.port)).toEqual(['base', 'detail'])
  })

  it('refuses a circle that it would run', () => {
    const document = sketch({ grain: {}, 'grain-2': {}, writer: {} }, [
      'grain.image > grain-2.image',
      'grain-2.image > grain.image',
      'grain.image > writer.image',
    ])
    expect(refused(document)).toMatchObject([{ code: 'cycle', severity: 'error' }])
  })

  it('names each node by what its prepare would see', () => {
    const keysOf = (document: GraphDocument) => {
      const outcome = plan(request(document))
      return outcome.ok ? outcome.nodeKeys : {}
    }
    const before = keysOf(recipe())
    const changed = recipe()
    const scale = { ...changed.nodes[id('scale')]!, params: { kernel: 'linear' } }
    const after = keysOf({ ...changed, nodes: { ...changed.nodes, [id('scale')]: scale } })
    expect(Object.keys(before).filter((node) => before[id(node)] !== after[id(node)])).toEqual(['scale'])
  })

  it('tells of each output asked for which value it comes down to', () => {
    const document = sketch({ clip: {}, scale: {}, grain: { bypass: true } }, [
      'clip.image > scale.image',
      'scale.image > grain.image',
    ])
    const outcome = plan(request(document, { targets: [at('grain.image'), at('clip.image'), at('scale.image')] }))
    if (!outcome.ok) throw new Error('refused')
    expect(produced(outcome.plan, outcome.plan.targets)).toEqual(['scale.image', 'clip.image'])
    expect(produced(outcome.plan, outcome.shownTargets)).toEqual(['scale.image', 'clip.image', 'scale.image'])
  })

  it('plans ten thousand nodes without deep recursion', { timeout: 60_000 }, () => {
    const nodes: Record<string, object> = { clip: {}, writer: {} }
    const wires = ['clip.image > grain-1.image', 'grain-9998.image > writer.image']
    for (let n = 1; n <= 9998; n += 1) {
      nodes[`grain-${n}`] = { type: 'grain' }
      if (n > 1) wires.push(`grain-${n - 1}.image > grain-${n}.image`)
    }
    const p = planned(sketch(nodes, wires))
    expect(p.steps.flatMap((step) => step.nodes)).toHaveLength(10_000)
    expect(p.peakBytes).toBe(2 * 320 * 180 * 8)
  })
})

describe('a node that fails when it is asked what it needs', () => {
  const grain = specs.get('grain')!
  const failing = (kernel: Partial<NodeSpec['kernel']>, more: Partial<NodeSpec> = {}) => ({
    specs: new Map([
      ...specs,
      ['throws', { ...grain, ...more, type: 'throws', title: 'Throws', kernel: { ...grain.kernel, ...kernel } }],
    ]),
  })
  const throwing = (): never => {
    throw new Error('out of luck.')
  }
  const document = sketch({ clip: {}, throws: {}, scale: {} }, [
    'clip.image > throws.image',
    'clip.image > scale.image',
  ])

  it.each(['needs', 'scratch', 'clock'])('is named by the plan for %s, and others are planned without it', (what) => {
    const broken = failing({ [what]: throwing })
    const [problem, ...others] = refused(document, { ...broken, targets: [at('throws.image')] })
    expect(problem).toMatchObject({ node: 'throws', message: 'Throws failed: out of luck.' })
    expect(others).toEqual([])
    expect(units(planned(document, { ...broken, targets: [at('scale.image')] }))).toEqual(['clip', 'scale'])
  })

  it('is named where it is the size of its pictures that it fails for', () => {
    const needs: NodeSpec['kernel']['needs'] = (_, { ratio }) => (ratio === 1 ? {} : throwing())
    const enlarging: NodeSpec['infer'] = (inputs, ...rest) => {
      const { image } = grain.infer(inputs, ...rest) as { image: ImageDesc }
      return { image: { ...image, width: 2 * image.width, height: 2 * image.height } }
    }
    const broken = failing({ kind: 'pass', needs }, { infer: enlarging })
    expect(refused(document, { ...broken, targets: [at('throws.image')] })).toMatchObject([
      { node: 'throws', message: 'Throws failed: out of luck.', severity: 'error' },
    ])
  })
})
