/**
 * Every node that looks at other frames, or makes more or fewer than it reads, on clips that nobody wishes for: of a variable frame
 * rate, with a cut at each frame, and shorter than what the node looks at. A new one is under this test by itself.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Windows } from '../../src/engine/run/window-cache.ts'
import { expand } from '../../src/graph/analysis/expand.ts'
import type { GraphDocument } from '../../src/graph/document/document.ts'
import type { JsonObject } from '../../src/graph/document/json.ts'
import { needOf, offsetsOf } from '../../src/graph/node/needs.ts'
import type { ImageDesc, MaskDesc } from '../../src/graph/node/ports.ts'
import { oneForOne, type Rate } from '../../src/graph/node/rate.ts'
import { createTimeline } from '../../src/media/timeline.ts'
import type { Timeline } from '../../src/media/types.ts'
import { defineNode, type NodeDefinition } from '../../src/nodes/define.ts'
import { definitions as registered } from '../../src/nodes/registry.ts'
import {
  type ConformanceBench,
  frameInputs,
  frameOutputs,
  graphAround,
  openConformanceBench,
  subject,
} from './conformance-bench.ts'
import { download, largestDifference, type Numbers } from './harness.ts'

const size = { width: 64, height: 48 } as const

interface Clip {
  readonly timeline: Timeline
  /** WGSL of the frame whose picture is drawn at `u.frame`: alike where it moves on, another scene where it is cut. */
  readonly scene: string
}

const steady = (count: number) =>
  createTimeline(
    Float64Array.from({ length: count }, (_, i) => i / 24),
    1 / 24,
  )

const clips = {
  // Frames of a tenth of a second, of a thousandth, and a gap of two.
  variable: {
    timeline: createTimeline(Float64Array.of(0.5, 0.6, 0.601, 0.64, 0.68, 2.7, 2.74, 2.8), 0.3),
    scene: '0u',
  },
  cuts: { timeline: steady(7), scene: 'u.frame' },
  pair: { timeline: steady(2), scene: '0u' },
  single: { timeline: steady(1), scene: '0u' },
} as const satisfies Record<string, Clip>
type ClipName = keyof typeof clips

function source(name: ClipName, type: 'image' | 'mask'): NodeDefinition {
  const { timeline, scene } = clips[name]
  const format = type === 'image' ? 'rgba16float' : 'r32float'
  const desc = { type, format, ...size, frameRate: timeline.count > 1 ? 24 : 0 } as ImageDesc | MaskDesc
  return defineNode({
    type: `${name}-${type}`,
    title: `Clip ${name} ${type}`,
    category: 'io',
    summary: 'A clip for tests.',
    inputs: {},
    outputs: { picture: { type, label: 'Picture' } },
    params: {},
    infer: () => ({ picture: desc }),
    kernel: {
      kind: 'source',
      async prepare({ gpu }) {
        const fill = await gpu.compute({
          label: `${name}-${type}/fill`,
          writes: { picture: format },
          uniforms: { frame: 'u32' },
          wgsl: `fn main(at: vec2u) {
            let scene = ${scene};
            let place = vec2f(vec2u(at.x + 64u - u.frame, at.y));
            let cell = uniform3(vec3u(vec2u(place / 5.0), scene));
            let level = 0.2 + 0.3 * f32(scene % 3u);
            let wave = 0.1 * sin(place.x * (0.3 + 0.05 * f32(scene)) + place.y * 0.4);
            textureStore(picture, at, vec4f(level + wave + 0.1 * (cell - 0.5), 1.0));
          }`,
        })
        return {
          timeline,
          range: { first: 0, last: timeline.count - 1 },
          audio: null,
          async run({ recorder, outputs, time }) {
            if (!outputs.picture) return
            fill.record(recorder, {
              writes: { picture: outputs.picture.texture },
              uniforms: { frame: time.index },
              size,
            })
          },
        }
      },
    },
  })
}

/** Ints at their highest, so that windows are as wide as they get. */
const widest = ({ params }: NodeDefinition): JsonObject =>
  Object.fromEntries(Object.entries(params).flatMap(([name, spec]) => (spec.kind === 'int' ? [[name, spec.max]] : [])))

const valuesOf = (definition: NodeDefinition, params: JsonObject) => ({
  ...Object.fromEntries(Object.entries(definition.params).map(([name, spec]) => [name, spec.default])),
  ...params,
})

const clockOf = (definition: NodeDefinition, params: JsonObject): Rate =>
  definition.kernel.clock?.(valuesOf(definition, params) as never) ?? oneForOne

function isTemporal(definition: NodeDefinition): boolean {
  const values = valuesOf(definition, widest(definition))
  const context = { ratio: 1, facts: { media: () => undefined, model: () => undefined } }
  const looksAround = Object.keys(definition.inputs).some((port) => {
    const { frames } = needOf(definition, port, values, context)
    return 'every' in frames || offsetsOf(frames).length > 1
  })
  return looksAround || definition.kernel.clock !== undefined
}

const temporal = [...registered.values()].filter((one) => one.kernel.kind !== 'source' && isTemporal(one))

let bench: ConformanceBench
beforeAll(async () => {
  const names = Object.keys(clips) as ClipName[]
  bench = await openConformanceBench(names.flatMap((name) => [source(name, 'image'), source(name, 'mask')]))
})
afterAll(() => bench[Symbol.asyncDispose]())

/** The node with the clip at all of its pictures. */
function graphOf(definition: NodeDefinition, clip: ClipName, params: JsonObject): GraphDocument {
  const document = graphAround(definition, frameInputs(definition, 'required'), params)
  const nodes = Object.values(document.nodes).map((node) => [
    node.id,
    {
      ...node,
      type: node.type.replace(/^test-(image|mask)$/, `${clip}-$1`),
      ...(node.id !== subject && { params: {} }),
    },
  ])
  return { ...document, nodes: Object.fromEntries(nodes) as GraphDocument['nodes'] }
}

interface Made {
  readonly timestamp: number
  readonly duration: number
  readonly pictures: Readonly<Record<string, Numbers>>
}

/** Every frame of the result, in order as an export makes them and each alone as a preview does. */
async function everyFrame(definition: NodeDefinition, clip: ClipName, params: JsonObject): Promise<readonly Made[]> {
  const { live, definitions, recorder, gpuErrors } = bench
  const ports = frameOutputs(definition).map(({ name }) => name)
  const document = graphOf(definition, clip, params)
  const planning = await bench.plan(
    document,
    ports.map((name) => ({ node: subject, port: name })),
  )
  if (!planning.ok) throw new Error(JSON.stringify(planning.problems))
  const { signal } = new AbortController()
  const before = live.gpu.pool.stats.leases
  const made: Made[] = []
  {
    await using runner = live.createRunner()
    const flat = expand(document, definitions).document
    const prepared = await runner.preparer.prepare({ document: flat, outcome: planning.value, runtime: 'wasm', signal })
    using windows = new Windows(prepared)
    const { targets } = planning.value.plan
    const at = async (index: number, inOrder: boolean) => {
      using result = await runner.executor.run(prepared, {
        index,
        targets,
        signal,
        timed: false,
        ...(inOrder && { windows }),
      })
      const numbers = await result.numbers()
      const entries: [string, Numbers][] = []
      for (const [i, target] of targets.entries()) {
        const number = numbers.get(target)
        const picture =
          number === undefined
            ? await download({ gpu: live.gpu, recorder }, result.targets.get(target)!.picture)
            : ({ width: 1, height: 1, channels: 1, data: new Float32Array([number]) } as const)
        entries.push([ports[i]!, picture])
      }
      return Object.fromEntries(entries)
    }
    const { first, last } = prepared.clock
    for (let index = first; index <= last; index++) {
      const { timestamp, duration } = prepared.clock.time(index)
      made.push({ timestamp, duration, pictures: await at(index, true) })
    }
    for (const index of new Set([last, first, (first + last) >> 1])) {
      const alone = await at(index, false)
      for (const name of ports)
        expect(largestDifference(alone[name]!, made[index - first]!.pictures[name]!), `${name} of ${index}`).toBe(0)
    }
  }
  expect(gpuErrors.take()).toEqual([])
  expect(live.gpu.pool.stats.leases, 'leases after all is let go').toBe(before)
  for (const { pictures } of made)
    for (const [name, { data }] of Object.entries(pictures))
      expect(
        data.findIndex((value) => !Number.isFinite(value)),
        `${name} is finite`,
      ).toBe(-1)
  return made
}

it('is asked of nodes of every kind', () => {
  const types = temporal.map(({ type }) => type)
  expect(types).toEqual(expect.arrayContaining(['deinterlace', 'inverse-telecine', 'motion', 'scene-cut', 'deflicker']))
  expect(types).toEqual(expect.arrayContaining(['steady-detail', 'temporal-denoise', 'previous-frame', 'flicker']))
  expect(types).not.toContain('grain')
})

/** Which frames a node must hand on as it got them where every frame is of another scene. */
const untouchedByCuts: Readonly<Record<string, string>> = { 'temporal-denoise': 'image', 'steady-detail': 'image' }

describe.each(temporal.map((definition) => [definition.type, definition] as const))('%s', (type, definition) => {
  const variants: readonly JsonObject[] =
    type === 'deinterlace' ? [{ frames: 'frame' }, { frames: 'field' }] : [widest(definition)]

  it.each(variants)('on a clip of a variable frame rate shows each frame when it is time, %o', async (params) => {
    const { timeline } = clips.variable
    const made = await everyFrame(definition, 'variable', params)
    const { frames, of } = clockOf(definition, params)
    expect(made).toHaveLength(Math.ceil((timeline.count * frames) / of))
    expect(made[0]!.timestamp).toBe(timeline.timestamp(0))
    for (const [i, { timestamp, duration }] of made.entries()) {
      const next =
        made[i + 1]?.timestamp ?? timeline.timestamp(timeline.count - 1) + timeline.duration(timeline.count - 1)
      expect(duration, `frame ${i}`).toBeGreaterThan(0)
      expect(timestamp + duration, `frame ${i}`).toBeCloseTo(next, 6)
    }
  })

  it.each(variants)('on a clip with a cut at each frame takes nothing over from another, %o', async (params) => {
    const made = await everyFrame(definition, 'cuts', params)
    const port = untouchedByCuts[type]
    if (!port) return
    const plain = await everyFrame(registered.get('flip-rotate')!, 'cuts', {})
    for (const [i, { pictures }] of made.entries())
      expect(largestDifference(pictures[port]!, plain[i]!.pictures.image!), `frame ${i}`).toBeLessThan(0.002)
  })

  it.each(variants)('makes all frames of a clip shorter than what it looks at, %o', async (params) => {
    const { frames, of } = clockOf(definition, params)
    for (const clip of ['pair', 'single'] as const)
      expect(await everyFrame(definition, clip, params)).toHaveLength(
        Math.ceil((clips[clip].timeline.count * frames) / of),
      )
  })
})

it('scene-cut and motion say of a clip with a cut at each frame that there is one', async () => {
  const cuts = await everyFrame(registered.get('scene-cut')!, 'cuts', {})
  expect(cuts.map(({ pictures }) => pictures.cut!.data[0])).toEqual([0, 1, 1, 1, 1, 1, 1])
  const motion = await everyFrame(registered.get('motion')!, 'cuts', {})
  for (const { pictures } of motion.slice(1)) expect(Math.max(...pictures.confidence!.data)).toBe(0)
})
