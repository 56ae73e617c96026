/**
 * What every registered node must hold, asked of each unasked: it compiles, its output is what `infer` said and
 * is written whole, finite and in range, the same every time; it gives back all that it borrowed; bypassed, it
 * passes its input on. A new node file is under this test as soon as it lies in `src/nodes`.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runExport } from '../../src/engine/export/run-export.ts'
import { type Assets, createAssets } from '../../src/engine/run/assets.ts'
import { type GpuErrorWatch, type Live, type Runner, startLive } from '../../src/engine/run/live.ts'
import { planDocument } from '../../src/engine/run/planning.ts'
import { createRecorder, type FrameRecorder } from '../../src/gpu/recorder.ts'
import { bypassInput } from '../../src/graph/analysis/wiring.ts'
import {
  type EdgeId,
  type Endpoint,
  emptyDocument,
  type GraphDocument,
  type NodeId,
} from '../../src/graph/document/document.ts'
import type { Json, JsonObject } from '../../src/graph/document/json.ts'
import type { ParamSpec } from '../../src/graph/node/params.ts'
import type { PictureDesc, PortSpec } from '../../src/graph/node/ports.ts'
import { inPixels, type RegionShare, regionsOf } from '../../src/graph/plan/region.ts'
import { createMedia } from '../../src/media/library.ts'
import { dropJob, openSegments } from '../../src/media/segment-store.ts'
import { steadyTimeline } from '../../src/media/timeline.ts'
import type { OutputFiles } from '../../src/media/types.ts'
import { createModelLibrary } from '../../src/models/models.ts'
import { defineNode, type NodeDefinition, param } from '../../src/nodes/define.ts'
import { definitions as registered } from '../../src/nodes/registry.ts'
import { download, type Numbers } from './harness.ts'

const size = { width: 64, height: 48 } as const
const frameCount = 6

/** Moving noise with flat ground in it, different for every seed. */
function source({ type, format }: Pick<PictureDesc, 'type' | 'format'>): NodeDefinition {
  const picture: PortSpec<'image' | 'mask'> = { type, label: 'Picture' }
  return defineNode({
    type: `test-${type}`,
    title: `Test ${type}`,
    category: 'io',
    summary: 'A picture for tests.',
    inputs: {},
    outputs: { picture },
    params: { seed: param.seed('Seed', { default: 1 }) },
    infer: () => ({ picture: { type, format, ...size, frameRate: 24 } as PictureDesc }),
    kernel: {
      kind: 'source',
      async prepare({ gpu }) {
        const fill = await gpu.compute({
          label: `test-${type}/fill`,
          writes: { picture: format },
          uniforms: { seed: 'u32', frame: 'u32' },
          wgsl: `fn main(at: vec2u) {
            let noise = uniform3(vec3u((at.x + u.frame) / 3u, at.y / 2u, u.seed));
            let ground = vec3f(0.2, 0.5, 0.8) * f32(at.y) / 47.0;
            textureStore(picture, at, vec4f(select(noise, ground, (at.y / 8u) % 2u == 0u), 1.0));
          }`,
        })
        return {
          timeline: steadyTimeline(frameCount, 24),
          range: { first: 0, last: frameCount - 1 },
          audio: null,
          async run({ recorder, outputs, params, time }) {
            const { picture } = outputs
            if (picture)
              fill.record(recorder, {
                writes: { picture: picture.texture },
                uniforms: { seed: params.seed, frame: time.index },
                size,
              })
          },
        }
      },
    },
  })
}

/** Passes on what it reads. Sources are made whole; what comes out of this may be a part. */
function copy(type: 'image' | 'mask'): NodeDefinition {
  const picture: PortSpec<'image' | 'mask'> = { type, label: 'Picture' }
  return defineNode({
    type: `test-${type}-copy`,
    title: `Test ${type} copy`,
    category: 'io',
    summary: 'A copy for tests.',
    inputs: { picture },
    outputs: { picture },
    params: {},
    infer: ({ picture }) => ({ picture }),
    kernel: { kind: 'pixel', wgsl: ' return picture; ' },
  })
}

const definitions: ReadonlyMap<string, NodeDefinition> = new Map([
  ...registered,
  ['test-image-copy', copy('image')],
  ['test-mask-copy', copy('mask')],
  ['test-image', source({ type: 'image', format: 'rgba16float' })],
  ['test-mask', source({ type: 'mask', format: 'r32float' })],
])

const subject = 'subject' as NodeId

/** Inputs for pictures; `required`: those that must be connected. */
const pictureInputs = ({ inputs }: NodeDefinition, which: 'all' | 'required') =>
  Object.entries(inputs).flatMap(([name, { type, fallback }]) =>
    type === 'audio' || (which === 'required' && fallback !== undefined) ? [] : [{ name, type }],
  )

/** The node with a picture of its own at each of `inputs`; with `parts`, of which no more is made than the node says it reads. */
function graphAround(
  definition: NodeDefinition,
  inputs: ReturnType<typeof pictureInputs>,
  params: JsonObject = {},
  bypass = false,
  { parts = false } = {},
): GraphDocument {
  const position = { x: 0, y: 0 }
  const nodes: Record<NodeId, GraphDocument['nodes'][NodeId]> = {
    [subject]: { id: subject, type: definition.type, params, position, bypass },
  }
  const edges: Record<EdgeId, GraphDocument['edges'][EdgeId]> = {}
  inputs.forEach(({ name, type }, i) => {
    const id = `at-${name}` as NodeId
    nodes[id] = { id, type: `test-${type}`, params: { seed: i + 1 }, position }
    const through = `through-${name}` as NodeId
    const wire = (from: NodeId, to: NodeId, port: string) => {
      const edge = `${to}-${port}` as EdgeId
      edges[edge] = { id: edge, from: { node: from, port: 'picture' }, to: { node: to, port } }
    }
    if (parts) {
      nodes[through] = { id: through, type: `test-${type}-copy`, params: {}, position }
      wire(id, through, 'picture')
    }
    wire(parts ? through : id, subject, name)
  })
  return { ...emptyDocument, nodes, edges }
}

const pictureOutputs = ({ outputs }: NodeDefinition) =>
  Object.entries(outputs).flatMap(([name, { type }]) => (type === 'audio' ? [] : [{ name, type }]))

/** Every other value of a choice or switch, both ends of a range; one param changed at a time. */
function variations({ params }: NodeDefinition): JsonObject[] {
  const others = (spec: ParamSpec): Json[] => {
    switch (spec.kind) {
      case 'choice':
        return spec.options.filter((option) => option !== spec.default)
      case 'bool':
        return [!spec.default]
      case 'float':
      case 'int':
        return [spec.min, spec.max]
      case 'seed':
        return [0, 2 ** 32 - 1]
      default:
        return []
    }
  }
  return Object.entries(params).flatMap(([name, spec]) => others(spec).map((value) => ({ [name]: value })))
}

let live: Live
let gpuErrors: GpuErrorWatch
let recorder: FrameRecorder
let assets: Assets
beforeAll(async () => {
  const base = new URL('/', location.href).href
  const media = createMedia({ baseUrl: base })
  live = await startLive({
    media,
    definitions,
    modelLibrary: createModelLibrary(base),
    assetVersion: () => 0,
  })
  gpuErrors = live.watchGpuErrors()
  recorder = createRecorder(live.gpu.device)
  assets = createAssets(definitions, media, (ref) => live.models.facts(ref))
})
afterAll(async () => {
  recorder[Symbol.dispose]()
  await live.models[Symbol.asyncDispose]()
  live.gpu.device.destroy()
})

const plan = (document: GraphDocument, targets: readonly Endpoint[]) =>
  planDocument(document, targets, { specs: definitions, assets, device: live.gpu.device })

/** All inputs that the node takes with its default params; it may refuse an optional one (of a model that has no use for it). */
async function acceptedInputs(definition: NodeDefinition) {
  const targets = pictureOutputs(definition).map(({ name }) => ({ node: subject, port: name }))
  const optional = Object.entries(definition.inputs).filter(([, { fallback }]) => fallback !== undefined)
  const accepted = pictureInputs(definition, 'all')
  for (;;) {
    const planned = await plan(graphAround(definition, accepted), targets)
    const refused = planned.ok
      ? undefined
      : planned.problems.find(({ port }) => optional.some(([name]) => name === port))
    const at = accepted.findIndex(({ name }) => name === refused?.port)
    if (at < 0) return accepted
    accepted.splice(at, 1)
  }
}

/** A value outside every picture's range, left in the textures that come next out of the pool. */
const unwritten = 7
function soil(descs: readonly { width: number; height: number; format: 'rgba16float' | 'r32float' }[]) {
  using leases = new DisposableStack()
  for (const { width, height, format } of [...descs, ...descs]) {
    const texture = leases.use(live.gpu.pool.texture({ width, height, format }, 'test/soil')).value
    const count = width * height
    const [bytes, pixel] =
      format === 'r32float'
        ? [new Float32Array(count).fill(unwritten), 4]
        : [new Uint16Array(4 * count).fill(0x4700), 8]
    live.gpu.device.queue.writeTexture({ texture }, bytes, { bytesPerRow: pixel * width }, [width, height])
  }
}

/** The outputs of the node in `document` at frame `index`, by port; with `share` that part of each alone. */
async function render(
  runner: Runner,
  document: GraphDocument,
  ports: readonly string[],
  index: number,
  share?: RegionShare,
) {
  const planned = await plan(
    document,
    ports.map((name) => ({ node: subject, port: name })),
  )
  if (!planned.ok) throw new Error(JSON.stringify(planned.problems))
  const { signal } = new AbortController()
  const { plan: steps } = planned.value
  const { targets } = steps
  const wanted = new Map(share ? targets.map((target) => [target, inPixels(share, steps.values[target]!.desc)]) : [])
  const parts = regionsOf(steps, document, definitions, assets.facts, wanted)
  const prepared = await runner.preparer.prepare({ document, planned: planned.value, runtime: 'wasm', signal, parts })
  soil(steps.values.map(({ desc, id }) => ({ format: desc.format, ...sizeOf(parts.get(id) ?? desc) })))
  using result = await runner.executor.run(prepared, { index, targets, signal, timed: false })
  const pictures = new Map<string, Numbers>()
  for (const [i, target] of targets.entries())
    pictures.set(ports[i]!, await download({ gpu: live.gpu, recorder }, result.targets.get(target)!.picture))
  expect(gpuErrors.take()).toEqual([])
  return { pictures, descs: planned.value.descs, parts: targets.map((target) => parts.get(target)) }
}

const sizeOf = ({ width, height }: { width: number; height: number }) => ({ width, height })

/** How far `part`, which begins at (x, y) of `whole`, lies from it at most. */
function farthest(part: Numbers, whole: Numbers, { x, y }: { x: number; y: number }): number {
  let far = 0
  part.data.forEach((value, i) => {
    const pixel = Math.floor(i / part.channels)
    const column = x + (pixel % part.width)
    const row = y + Math.floor(pixel / part.width)
    const there = whole.data[(row * whole.width + column) * whole.channels + (i % part.channels)]
    const distance = Math.abs(value - (there ?? Number.NaN))
    far = Math.max(far, Number.isNaN(distance) ? Number.POSITIVE_INFINITY : distance)
  })
  return far
}

/** In the middle, at a corner, at the other, and a single pixel. */
const shares: readonly RegionShare[] = [
  { x: 0.36, y: 0.3, width: 0.25, height: 0.4 },
  { x: 0, y: 0, width: 0.2, height: 0.2 },
  { x: 0.83, y: 0.7, width: 0.17, height: 0.3 },
  { x: 0.5, y: 0.5, width: 0.001, height: 0.001 },
]

/** How many numbers of two pictures are not the same; all of them where a picture is missing or of another size. */
function differing(a: Numbers | undefined, b: Numbers | undefined): number {
  if (!a || !b || a.width !== b.width || a.height !== b.height || a.channels !== b.channels)
    return Number.POSITIVE_INFINITY
  return a.data.reduce((count, value, i) => count + (Object.is(value, b.data[i]) ? 0 : 1), 0)
}

function checkRange(picture: Numbers, what: string) {
  const wrong = picture.data.findIndex((value) => !(value >= 0 && value <= 1))
  expect(wrong === -1 ? null : picture.data[wrong], `${what}: number ${wrong} lies outside [0,1]`).toBe(null)
}

const withPictures = [...registered.values()].filter((definition) => pictureOutputs(definition).length > 0)
const sinks = [...registered.values()].filter(({ kernel }) => kernel.kind === 'sink')

it('has every node under test', () => {
  expect(new Set([...withPictures, ...sinks])).toEqual(new Set(registered.values()))
})

describe.each(withPictures.map((definition) => [definition.type, definition] as const))('%s', (_, definition) => {
  const ports = pictureOutputs(definition).map(({ name }) => name)
  let inputs: ReturnType<typeof pictureInputs>
  beforeAll(async () => {
    inputs = await acceptedInputs(definition)
  })

  it('gives what it inferred: whole, finite, in range, the same every time, and nothing stays borrowed', async () => {
    const before = live.gpu.pool.stats.leases
    const document = graphAround(definition, inputs)
    const results: ReadonlyMap<string, Numbers>[] = []
    for (let round = 0; round < 2; round++) {
      await using runner = live.createRunner()
      const { pictures, descs } = await render(runner, document, ports, 2)
      for (const [name, picture] of pictures) {
        const inferred = descs.get(`${subject}.${name}`)
        expect(inferred, name).toMatchObject({ width: picture.width, height: picture.height })
        checkRange(picture, name)
      }
      const leases = live.gpu.pool.stats.leases
      results.push(pictures, (await render(runner, document, ports, 2)).pictures)
      expect(live.gpu.pool.stats.leases, 'leases after one frame more').toBe(leases)
    }
    for (const name of ports)
      for (const again of results.slice(1)) expect(differing(again.get(name), results[0]?.get(name)), name).toBe(0)
    expect(live.gpu.pool.stats.leases).toBe(before)
  })

  it('gives one output alone as it gives it among all', async () => {
    await using runner = live.createRunner()
    const document = graphAround(definition, inputs)
    const { pictures: all } = await render(runner, document, ports, 1)
    for (const name of ports) {
      const { pictures } = await render(runner, document, [name], 1)
      expect(differing(pictures.get(name), all.get(name)), name).toBe(0)
    }
  })

  it('stays in range whatever its params, or says which one it cannot follow', async () => {
    await using runner = live.createRunner()
    const targets = ports.map((name) => ({ node: subject, port: name }))
    for (const params of variations(definition)) {
      const document = graphAround(definition, inputs, params)
      const planned = await plan(document, targets)
      if (!planned.ok) {
        expect(planned.problems[0], JSON.stringify(params)).toMatchObject({ node: subject, hint: expect.any(String) })
        expect(Object.keys(params)).toContain(planned.problems[0]?.param)
        continue
      }
      const { pictures } = await render(runner, document, ports, 0)
      for (const [name, picture] of pictures) checkRange(picture, `${name} with ${JSON.stringify(params)}`)
    }
  })

  it('gives a part of its outputs as it gives it in the whole, whatever its params', async () => {
    await using runner = live.createRunner()
    for (const params of [{}, ...variations(definition)]) {
      const document = graphAround(definition, inputs, params, false, { parts: true })
      const targets = ports.map((name) => ({ node: subject, port: name }))
      if (!(await plan(document, targets)).ok) continue
      const whole = await render(runner, document, ports, 2)
      for (const share of shares) {
        const { pictures, parts } = await render(runner, document, ports, 2, share)
        for (const [i, name] of ports.entries()) {
          const [picture, among, part] = [pictures.get(name), whole.pictures.get(name), parts[i]]
          if (!picture || !among || !part) throw new Error(`no part of ${name}`)
          const what = `${name} at ${JSON.stringify(part)} with ${JSON.stringify(params)}`
          expect(sizeOf(picture), what).toEqual(sizeOf(part))
          // Two runs of a model on tiles of other sizes differ by rounding.
          expect(farthest(picture, among, part), what).toBeLessThan(0.002)
        }
      }
    }
  })

  it('runs with nothing at its optional inputs', async () => {
    await using runner = live.createRunner()
    const document = graphAround(definition, pictureInputs(definition, 'required'))
    for (const [name, picture] of (await render(runner, document, ports, 0)).pictures) checkRange(picture, name)
  })

  for (const name of ports) {
    const passedOn = bypassInput(definition, name)
    it(passedOn ? `passes ${passedOn} on as ${name} when bypassed` : `cannot bypass ${name}, and says so`, async () => {
      const document = graphAround(definition, inputs, {}, true)
      if (!passedOn) {
        const planned = await plan(document, [{ node: subject, port: name }])
        expect(planned.ok).toBe(false)
        if (!planned.ok) expect(planned.problems[0]).toMatchObject({ severity: 'error' })
        return
      }
      await using runner = live.createRunner()
      const { pictures } = await render(runner, document, [name], 3)
      const { [`at-${passedOn}` as NodeId]: feeding } = document.nodes
      const input = { ...emptyDocument, nodes: { [subject]: { ...feeding!, id: subject } } }
      const expected = await render(runner, input, ['picture'], 3)
      expect(differing(pictures.get(name), expected.pictures.get('picture'))).toBe(0)
    })
  }
})

describe.each(sinks.map((definition) => [definition.type, definition] as const))('%s', (_, definition) => {
  it('writes the frames it is given, under their name only once whole, and nothing stays borrowed', async () => {
    const before = live.gpu.pool.stats.leases
    const files = new Map<string, { bytes: number; state: 'open' | 'whole' | 'gone' }>()
    const output: OutputFiles = {
      async open(fileName) {
        const file = { bytes: 0, state: 'open' as 'open' | 'whole' | 'gone' }
        files.set(fileName, file)
        return {
          async write(position, bytes) {
            file.bytes = Math.max(file.bytes, position + bytes.byteLength)
          },
          close: async () => undefined,
          async commit() {
            file.state = 'whole'
          },
          async discard() {
            file.state = 'gone'
          },
        }
      },
    }
    const outcome = await runExport(
      live,
      { specs: definitions, assets, openFiles: async () => output, openSegments, dropJob },
      {
        document: graphAround(definition, pictureInputs(definition, 'all')),
        outputs: { [subject]: { fileName: 'conformance.mp4', target: { kind: 'store' } } },
        frames: 3,
      },
      () => undefined,
      { cancel: new AbortController().signal, pause: new AbortController().signal },
    )
    expect(outcome).toMatchObject({ ok: true, value: { state: 'done', frames: 3 } })
    const written = files.get('conformance.mp4')
    expect(written?.state).toBe('whole')
    expect(written?.bytes).toBeGreaterThan(200)
    expect(live.gpu.pool.stats.leases).toBe(before)
    expect(gpuErrors.take()).toEqual([])
  })
})
