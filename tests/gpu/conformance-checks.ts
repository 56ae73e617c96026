/**
 * What every node must hold, as questions asked of one node at a time. They stand apart from the tests that ask them
 * of the registered nodes, so that another can ask them of nodes that are wrong on purpose.
 */

import { expect } from 'vitest'
import { runExport } from '../../src/engine/export/run-export.ts'
import type { Runner } from '../../src/engine/run/live.ts'
import { expand } from '../../src/graph/analysis/expand.ts'
import { bypassInput } from '../../src/graph/analysis/wiring.ts'
import { CodedError } from '../../src/graph/document/coded-error.ts'
import { emptyDocument, type GraphDocument, type NodeId } from '../../src/graph/document/document.ts'
import type { Json, JsonObject } from '../../src/graph/document/json.ts'
import { NodeFailure } from '../../src/graph/document/node-failure.ts'
import type { ParamSpec } from '../../src/graph/node/params.ts'
import type { ValueDesc } from '../../src/graph/node/ports.ts'
import { inPixels, type Region, type RegionShare, regionsOf } from '../../src/graph/plan/region.ts'
import { dropJob, openSegments } from '../../src/media/segment-store.ts'
import type { OutputFiles } from '../../src/media/types.ts'
import type { NodeDefinition } from '../../src/nodes/define.ts'
import { type ConformanceBench, frameInputs, frameOutputs, graphAround, subject } from './conformance-bench.ts'
import { download, type Numbers } from './harness.ts'

/** A node and what it is tried with. */
export interface Trial {
  readonly definition: NodeDefinition
  /** Its outputs that are pictures or numbers. */
  readonly ports: readonly string[]
  /** Those that are pictures. */
  readonly pictures: readonly string[]
  /** Inputs that get a picture or a number: all that the node takes with these params. */
  readonly inputs: ReturnType<typeof frameInputs>
  /** Values of params in place of defaults that would cost much and show no more. */
  readonly params: JsonObject
}

const targetsOf = (ports: readonly string[]) => ports.map((name) => ({ node: subject, port: name }))

/** The trial with all inputs that the node takes; it may refuse an optional one (of a model that has no use for it). */
export async function trialOf(
  bench: ConformanceBench,
  definition: NodeDefinition,
  params: JsonObject = {},
): Promise<Trial> {
  const outputs = frameOutputs(definition)
  const ports = outputs.map(({ name }) => name)
  const pictures = outputs.flatMap(({ name, type }) => (type === 'number' ? [] : [name]))
  const optional = Object.entries(definition.inputs).filter(([, { fallback }]) => fallback !== undefined)
  const inputs = frameInputs(definition, 'all')
  for (;;) {
    const planning = await bench.plan(graphAround(definition, inputs, params), targetsOf(ports))
    const refused = planning.ok
      ? undefined
      : planning.problems.find(({ port }) => optional.some(([name]) => name === port))
    const at = inputs.findIndex(({ name }) => name === refused?.port)
    if (at < 0) return { definition, ports, pictures, inputs, params }
    inputs.splice(at, 1)
  }
}

/** Every other value of a choice or switch, both ends of a range; one param changed at a time. */
function variations({ definition: { params }, params: values }: Trial): JsonObject[] {
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
  return Object.entries(params).flatMap(([name, spec]) => {
    const present = values[name] ?? spec.default
    return others(spec).flatMap((value) => (value === present ? [] : [{ [name]: value }]))
  })
}

/** Whether the one param in `changed` is hidden at its new value, which says that it has no meaning there. */
function isHidden(bench: ConformanceBench, { definition, inputs, params }: Trial, changed: JsonObject): boolean {
  const defaults = Object.entries(definition.params).map(([name, spec]) => [name, spec.default] as const)
  const values = { ...Object.fromEntries(defaults), ...params, ...changed } as JsonObject
  const around = { facts: bench.assets.facts, connectedInputs: new Set(inputs.map(({ name }) => name)) }
  return Object.keys(changed).some((name) => definition.params[name]?.visible?.(values, around) === false)
}

/** A value outside every picture's range, left in the textures that come next out of the pool. */
const unwritten = 7
function soil(
  { live: { gpu } }: ConformanceBench,
  descs: readonly { width: number; height: number; format: 'rgba16float' | 'r32float' }[],
) {
  using leases = new DisposableStack()
  for (const { width, height, format } of [...descs, ...descs]) {
    const texture = leases.use(gpu.pool.texture({ width, height, format }, 'test/soil')).value
    const count = width * height
    const [bytes, pixel] =
      format === 'r32float'
        ? [new Float32Array(count).fill(unwritten), 4]
        : [new Uint16Array(4 * count).fill(0x4700), 8]
    gpu.device.queue.writeTexture({ texture }, bytes, { bytesPerRow: pixel * width }, [width, height])
  }
}

const sizeOf = ({ width, height }: { width: number; height: number }) => ({ width, height })

/** The outputs of the node in `document` at frame `index`, by port; with `share` that part of each alone. */
async function render(
  bench: ConformanceBench,
  runner: Runner,
  document: GraphDocument,
  ports: readonly string[],
  index: number,
  share?: RegionShare,
) {
  const { live, definitions, assets, recorder, gpuErrors } = bench
  const planning = await bench.plan(document, targetsOf(ports))
  if (!planning.ok) throw new Error(JSON.stringify(planning.problems))
  const { signal } = new AbortController()
  const { plan: steps } = planning.value
  const { targets } = steps
  const wanted = new Map(share ? targets.map((target) => [target, inPixels(share, steps.values[target]!.desc)]) : [])
  const { document: flat } = expand(document, definitions)
  const parts = regionsOf(steps, flat, definitions, assets.facts, wanted)
  const prepared = await runner.preparer.prepare({
    document: flat,
    outcome: planning.value,
    runtime: 'wasm',
    signal,
    parts,
  })
  soil(
    bench,
    steps.values.map(({ desc, id }) => ({ format: desc.format, ...sizeOf(parts.get(id) ?? desc) })),
  )
  using result = await runner.executor.run(prepared, { index, targets, signal, timed: false })
  const pictures = new Map<string, Numbers>()
  const numbers = await result.numbers()
  for (const [i, target] of targets.entries()) {
    const number = numbers.get(target)
    pictures.set(
      ports[i]!,
      number === undefined
        ? await download({ gpu: live.gpu, recorder }, result.targets.get(target)!.picture)
        : { width: 1, height: 1, channels: 1, data: new Float32Array([number]) },
    )
  }
  expect(gpuErrors.take(), 'what the GPU reported').toEqual([])
  const partOf = new Map<string, Region | undefined>(targets.map((target, i) => [ports[i]!, parts.get(target)]))
  return { pictures, descs: planning.value.descs, partOf }
}

/** How far `part`, which begins at (x, y) of `whole`, lies from it at most. */
function farthest(part: Numbers, whole: Numbers, { x, y }: { x: number; y: number }): number {
  const { width, height, channels } = part
  if (x + width > whole.width || y + height > whole.height) return Number.POSITIVE_INFINITY
  let far = 0
  for (let row = 0; row < height; row++) {
    const there = ((y + row) * whole.width + x) * channels
    const here = row * width * channels
    for (let i = 0; i < width * channels; i++) {
      const distance = Math.abs(part.data[here + i]! - whole.data[there + i]!)
      // A NaN must not slip through a comparison.
      if (!(distance <= far)) far = Number.isNaN(distance) ? Number.POSITIVE_INFINITY : distance
    }
  }
  return far
}

/**
 * In the middle, at a corner, at the other, and a single pixel. The first three are of sizes that a model is run on tiles
 * of one size for, since each further size takes its runtime as long to compile as all else.
 */
const shares: readonly RegionShare[] = [
  { x: 0.36, y: 0.3, width: 0.25, height: 0.4 },
  { x: 0, y: 0, width: 0.22, height: 0.32 },
  { x: 0.78, y: 0.68, width: 0.22, height: 0.32 },
  { x: 0.5, y: 0.5, width: 0.001, height: 0.001 },
]

/** All of them at first; with one param changed that in the middle, all around which is read, and the others in turn. */
const sharesIn = (round: number): readonly RegionShare[] =>
  round === 0 ? shares : [shares[0]!, shares[1 + (round % (shares.length - 1))]!]

/** How many numbers of two pictures are not the same; all of them where a picture is missing or of another size. */
function differing(a: Numbers | undefined, b: Numbers | undefined): number {
  if (!a || !b || a.width !== b.width || a.height !== b.height || a.channels !== b.channels)
    return Number.POSITIVE_INFINITY
  let count = 0
  for (let i = 0; i < a.data.length; i++) if (!Object.is(a.data[i], b.data[i])) count++
  return count
}

/** A picture lies in [0,1], vectors within the picture, a number where its description says; all of them are finite. */
function checkRange({ data, width, height }: Numbers, desc: ValueDesc | undefined, what: string) {
  const { min = -Number.MAX_VALUE, max = Number.MAX_VALUE } = desc?.type === 'number' ? desc : { min: 0, max: 1 }
  const isMotion = desc?.type === 'motion'
  const low = isMotion ? [-width, -height, 0, 0] : [min, min, min, min]
  const high = isMotion ? [width, height, 1, 0] : [max, max, max, max]
  const wrong = data.findIndex((value, i) => !(value >= low[i % 4]! && value <= high[i % 4]!))
  const allowed = `[${low[wrong % 4]},${high[wrong % 4]}]`
  expect(wrong === -1 ? null : data[wrong], `${what}: number ${wrong} lies outside ${allowed}`).toBe(null)
}

const describedAs = (descs: ReadonlyMap<string, ValueDesc>, name: string) => descs.get(`${subject}.${name}`)

/** Its outputs are what `infer` said, written whole, finite, in range, the same every time; nothing stays borrowed. */
export async function wholeAndRepeatable(bench: ConformanceBench, { definition, inputs, ports, params }: Trial) {
  const { pool } = bench.live.gpu
  const before = pool.stats.leases
  const document = graphAround(definition, inputs, params)
  const results: ReadonlyMap<string, Numbers>[] = []
  for (let round = 0; round < 2; round++) {
    await using runner = bench.live.createRunner()
    const { pictures, descs } = await render(bench, runner, document, ports, 2)
    for (const [name, picture] of pictures) {
      const inferred = describedAs(descs, name)
      expect(inferred, name).toMatchObject({ width: picture.width, height: picture.height })
      checkRange(picture, inferred, name)
    }
    const { leases } = pool.stats
    results.push(pictures, (await render(bench, runner, document, ports, 2)).pictures)
    expect(pool.stats.leases, 'leases after one frame more').toBe(leases)
  }
  for (const name of ports)
    for (const again of results.slice(1))
      expect(differing(again.get(name), results[0]?.get(name)), `${name}: numbers unlike those of another time`).toBe(0)
  expect(pool.stats.leases, 'leases after all is let go').toBe(before)
}

/** An output that alone is asked for is what it is among all. */
export async function oneOutputAlone(bench: ConformanceBench, { definition, inputs, ports, params }: Trial) {
  await using runner = bench.live.createRunner()
  const document = graphAround(definition, inputs, params)
  const { pictures: all } = await render(bench, runner, document, ports, 1)
  for (const name of ports) {
    const { pictures } = await render(bench, runner, document, [name], 1)
    expect(differing(pictures.get(name), all.get(name)), `${name}: numbers unlike those among all`).toBe(0)
  }
}

/** Whether the node under test refuses a frame because of one of `changed`, which its advice calls by its label. */
function refusesFor({ params }: NodeDefinition, changed: JsonObject, error: unknown): boolean {
  if (!(error instanceof NodeFailure && error.node === subject && error.cause instanceof CodedError)) return false
  const { hint } = error.cause
  return Object.keys(changed).some((name) => hint.includes(params[name]!.label))
}

/**
 * Whatever its params, it stays in range, and a part is as in the whole; or it says which param it cannot follow. A param
 * that is hidden changes nothing, so that no part need be looked at.
 */
export async function anyParams(bench: ConformanceBench, trial: Trial) {
  const { definition, inputs, ports, pictures: seen, params } = trial
  await using runner = bench.live.createRunner()
  let unchanged: ReadonlyMap<string, Numbers> | undefined
  for (const [round, changed] of [{}, ...variations(trial)].entries()) {
    const document = graphAround(definition, inputs, { ...params, ...changed }, { parts: true })
    const planning = await bench.plan(document, targetsOf(ports))
    if (!planning.ok) {
      expect(planning.problems[0], JSON.stringify(changed)).toMatchObject({ node: subject, hint: expect.any(String) })
      expect(Object.keys(changed)).toContain(planning.problems[0]?.param)
      continue
    }
    const whole = await render(bench, runner, document, ports, 2).catch((error: unknown) => {
      if (refusesFor(definition, changed, error)) return undefined
      throw error
    })
    if (!whole) continue
    for (const [name, picture] of whole.pictures)
      checkRange(picture, describedAs(whole.descs, name), `${name} with ${JSON.stringify(changed)}`)
    unchanged ??= whole.pictures
    if (isHidden(bench, trial, changed)) {
      for (const name of ports) {
        const what = `${name} with ${JSON.stringify(changed)}, which is hidden: numbers unlike those without`
        expect(differing(whole.pictures.get(name), unchanged.get(name)), what).toBe(0)
      }
      continue
    }
    // A number is of the whole picture always.
    for (const share of seen.length > 0 ? sharesIn(round) : []) {
      const { pictures, partOf } = await render(bench, runner, document, seen, 2, share)
      for (const name of seen) {
        const [picture, among, part] = [pictures.get(name), whole.pictures.get(name), partOf.get(name)]
        if (!picture || !among || !part) throw new Error(`no part of ${name}`)
        const what = `${name} at ${JSON.stringify(part)} with ${JSON.stringify(changed)}`
        expect(sizeOf(picture), what).toEqual(sizeOf(part))
        // Two runs of a model on tiles of other sizes differ by rounding.
        expect(farthest(picture, among, part), `${what}: distance from the whole`).toBeLessThan(0.002)
      }
    }
  }
}

/** Nothing at its optional inputs leaves it in range. */
export async function requiredInputsAlone(bench: ConformanceBench, { definition, ports, params }: Trial) {
  await using runner = bench.live.createRunner()
  const document = graphAround(definition, frameInputs(definition, 'required'), params)
  const { pictures, descs } = await render(bench, runner, document, ports, 0)
  for (const [name, picture] of pictures) checkRange(picture, describedAs(descs, name), name)
}

/** Bypassed, it passes on what it reads, or is refused. */
export async function bypassed(bench: ConformanceBench, { definition, inputs, params }: Trial, name: string) {
  const document = graphAround(definition, inputs, params, { bypass: true })
  const passedOn = bypassInput(definition, name)
  if (!passedOn) {
    const planning = await bench.plan(document, targetsOf([name]))
    expect(planning.ok).toBe(false)
    if (!planning.ok) expect(planning.problems[0]).toMatchObject({ severity: 'error' })
    return
  }
  await using runner = bench.live.createRunner()
  const { pictures } = await render(bench, runner, document, [name], 3)
  const { [`at-${passedOn}` as NodeId]: feeding } = document.nodes
  const input = { ...emptyDocument, nodes: { [subject]: { ...feeding!, id: subject } } }
  const expected = await render(bench, runner, input, ['picture'], 3)
  expect(differing(pictures.get(name), expected.pictures.get('picture'))).toBe(0)
}

/** A sink writes the frames it is given, under their name only once whole; nothing stays borrowed. */
export async function writesFrames(bench: ConformanceBench, definition: NodeDefinition) {
  const { live, definitions, assets, gpuErrors } = bench
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
      document: graphAround(definition, frameInputs(definition, 'all')),
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
  expect(gpuErrors.take(), 'what the GPU reported').toEqual([])
}
