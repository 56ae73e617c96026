/**
 * What a check offers against each symptom, tried: a fault made on purpose stands out, and what is put in or set makes its number
 * fall. Parts of the sample and pictures drawn here are the clips.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Engine, Outcome } from '../../src/engine/door/api.ts'
import { createSession } from '../../src/engine/door/session.ts'
import { expand } from '../../src/graph/analysis/expand.ts'
import { inferAll, isPicture } from '../../src/graph/analysis/infer.ts'
import { sourceOf } from '../../src/graph/analysis/upstream.ts'
import { viewedOutput } from '../../src/graph/analysis/viewed-output.ts'
import {
  type EdgeId,
  emptyDocument,
  endpointKey,
  type FlatId,
  type GraphDocument,
  type OutermostId,
} from '../../src/graph/document/document.ts'
import type { JsonObject } from '../../src/graph/document/json.ts'
import { draftAt, placeOf } from '../../src/graph/document/levels.ts'
import { edit, newHistory } from '../../src/graph/edits/history.ts'
import { adjust, adjustmentFor } from '../../src/graph/measures/adjust.ts'
import { measuredGraph, readingKey, type Subject, subjectOf } from '../../src/graph/measures/measured-graph.ts'
import { canMend, mend, mendingPlace } from '../../src/graph/measures/mend.ts'
import { type SymptomId, symptoms } from '../../src/graph/measures/symptoms.ts'
import type { AssetFacts, MediaFacts, ModelFacts } from '../../src/graph/node/facts.ts'
import type { AssetRef } from '../../src/graph/node/params.ts'
import { specs } from '../../src/nodes/registry.ts'

let engine: Engine & AsyncDisposable
const media = new Map<string, MediaFacts>()
const models = new Map<string, ModelFacts>()
const facts: AssetFacts = { media: ({ id }) => media.get(id), model: ({ id }) => models.get(id) }

function value<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.problems))
  return outcome.value
}

async function pngOf(name: string, image: ImageData) {
  const canvas = new OffscreenCanvas(image.width, image.height)
  canvas.getContext('2d')!.putImageData(image, 0, 0)
  return new File([await canvas.convertToBlob({ type: 'image/png' })], `${name}.png`, { type: 'image/png' })
}

/** Grey codes to a PNG file. */
function png(name: string, width: number, height: number, codeAt: (x: number, y: number) => number) {
  const image = new ImageData(width, height)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) image.data.set([...Array<number>(3).fill(codeAt(x, y)), 255], 4 * (y * width + x))
  return pngOf(name, image)
}

async function add(id: string, files: readonly File[]): Promise<AssetRef> {
  const added = value(await engine.addAsset('media', id, files))
  media.set(id, added.facts)
  return added.ref
}

const sample = { id: 'samples/field-guide.mp4' }
/**
 * Where the sample shows what: frames, and the corner of a quarter of its 320×180 pixels, which is enough for every number here and
 * is measured in a quarter of the time.
 */
const shots = {
  face: { frame: 6, x: 80, y: 45 },
  texture: { frame: 30, x: 80, y: 45 },
  textures: { frame: 30, x: 80, y: 45, count: 3 },
  letters: { frame: 54, x: 80, y: 45 },
  edges: { frame: 78, x: 80, y: 45 },
} as const satisfies Readonly<Record<string, { frame: number; x: number; y: number; count?: number }>>
type Shot = keyof typeof shots
const parts = new Map<Shot, AssetRef>()

/** A shot as a clip of its own. */
async function partOf(shot: Shot): Promise<AssetRef> {
  const { frame, x, y, count = 1 }: { frame: number; x: number; y: number; count?: number } = shots[shot]
  const { node, port } = { node: 'n0' as FlatId, port: 'image' }
  const document = expand(chain({ type: 'decode', params: { media: sample } }), specs).document
  const files: File[] = []
  for (let i = 0; i < count; i++) {
    const { pixels, width, height } = value(await engine.snapshot({ document, view: { node, port }, frame: frame + i }))
    const whole = new OffscreenCanvas(width, height).getContext('2d')!
    whole.putImageData(new ImageData(new Uint8ClampedArray(pixels), width), 0, 0)
    files.push(await pngOf(`${shot}${i}`, whole.getImageData(x, y, 160, 90)))
  }
  return add(shot, files)
}

let gradient: AssetRef
let combed: AssetRef

beforeAll(async () => {
  engine = createSession(`${location.origin}/`)
  const status = await engine.status()
  if (!status.adapter) throw new Error(status.reason ?? 'no adapter')
  media.set(sample.id, value(await engine.assetFacts('media', sample)))
  for (const model of await engine.models()) models.set(model.id, model)
  // A sky of few codes; and a striped wall that moves, its upper lines half a frame before its lower ones.
  gradient = await add('gradient', [await png('gradient', 160, 96, (x, y) => 100 + 2 * Math.floor((x + 0.4 * y) / 16))])
  const wall = (x: number, y: number, t: number) => 128 + 70 * Math.sin((x - 6 * t) / 5) + 20 * Math.sin(y / 7)
  const frames = [0, 1, 2, 3].map((t) => png(`f${t}`, 128, 96, (x, y) => wall(x, y, t + (y % 2) / 2)))
  combed = await add('combed', await Promise.all(frames))
  for (const shot of Object.keys(shots) as Shot[]) parts.set(shot, await partOf(shot))
})

afterAll(() => engine[Symbol.asyncDispose]())

interface Made {
  readonly type: string
  readonly params?: JsonObject
  /** Inputs by port: the place of a node in the chain; absent: its image is that before it. */
  readonly from?: Readonly<Record<string, number>>
}

/** Nodes in a row, each fed with the one before where nothing else is said, into an Encode. */
function chain(...nodes: readonly Made[]): GraphDocument {
  const id = (i: number) => `n${i}` as OutermostId
  const all = [...nodes, { type: 'encode' }]
  const wires = all.flatMap(({ from: given, type }: Made, i) =>
    type === 'decode' ? [] : Object.entries(given ?? { image: i - 1 }).map(([port, at]) => ({ i, port, at })),
  )
  return {
    ...emptyDocument,
    nodes: Object.fromEntries(
      all.map(({ type, params = {} }: Made, i) => [id(i), { id: id(i), type, params, position: { x: 300 * i, y: 0 } }]),
    ),
    edges: Object.fromEntries(
      wires.map(({ i, port, at }) => {
        const edge = `${i}.${port}` as EdgeId
        return [edge, { id: edge, from: { node: id(at), port: 'image' }, to: { node: id(i), port } }]
      }),
    ),
  }
}

function subjectIn(document: GraphDocument): Subject {
  const flat = expand(document, specs).document
  const view = viewedOutput(flat, specs, null)!
  const { descs } = inferAll(flat, specs, facts)
  return subjectOf(flat, specs, view, sourceOf(flat, specs, view), (output) => {
    const desc = descs.get(endpointKey(output))
    return isPicture(desc) ? desc : undefined
  })
}

const named = (id: SymptomId) => symptoms.find((symptom) => symptom.id === id)!

/** The symptom's numbers in a frame, by output. */
async function read(document: GraphDocument, id: SymptomId, frame: number): Promise<Readonly<Record<string, number>>> {
  const graph = measuredGraph(subjectIn(document), specs, [named(id)], 2, { withPlain: false })
  const outputs = graph.readings.map(({ at }) => at)
  const request = { document: graph.document, outputs }
  value(await engine.measure({ ...request, frames: [frame], name: 'remedies' }, () => undefined))
  const series = value(await engine.knownSeries(request))
  return Object.fromEntries(
    graph.readings.map(({ output, of, measure }, i) => {
      expect(readingKey({ of, measure, output })).toContain(measure)
      return [output, series[i]!.values[frame - series[i]!.first]!]
    }),
  )
}

function mended(document: GraphDocument, id: SymptomId, numbers: Readonly<Record<string, number>>): GraphDocument {
  const symptom = named(id)
  const remedy = symptom.remedy!
  const place = mendingPlace(document, expand(document, specs), specs, subjectIn(document), symptom)!
  expect(canMend(symptom, specs, place)).toBe(true)
  return edit(newHistory(document), 'fix', (draft) =>
    mend(draftAt(draft, place.path)!, specs, { ...symptom, remedy }, place, numbers, { width: 200, gap: 48 }),
  ).history.document
}

const bicubic: Made = { type: 'bicubic' }
const sharpened: Made = {
  type: 'sharpen',
  params: { method: 'unsharp', strength: 3, radius: 2, overshoot: 1, undershoot: 1 },
}
const clip = (params: JsonObject): Made => ({ type: 'decode', params })
const part = (shot: Shot): Made => clip({ media: { ...parts.get(shot)! } })

/** By what each fault is made, the frame that is measured, and how much of the number may be left. */
const faults: Readonly<Record<SymptomId, () => readonly [GraphDocument, frame: number, left: number]>> = {
  waxy: () => [chain(part('texture'), bicubic, { type: 'blur', params: { radius: 3 } }), 0, 0.6],
  smooth: () => [chain(part('face'), { type: 'denoise', params: { luma: 24 } }, bicubic), ...([0, 0.8] as const)],
  halo: () => [chain(part('edges'), bicubic, sharpened), 0, 0.5],
  overload: () => [chain(part('face'), bicubic, { type: 'grain', params: { amount: 0.3 } }), ...([0, 0.6] as const)],
  text: () => [
    chain(part('letters'), bicubic, { type: 'crop', params: { left: 2, right: -2, fill: 'edge' } }),
    ...([0, 0.5] as const),
  ],
  edges: () => [
    chain(part('edges'), bicubic, { type: 'degrade', params: { by: 1, blur: 0, noise: 0, quality: 4 } }),
    ...([0, 0.8] as const),
  ],
  contradiction: () => [
    chain(part('texture'), bicubic, { type: 'blur', params: { radius: 4 } }),
    ...([0, 0.5] as const),
  ],
  flicker: () => [
    chain(part('textures'), bicubic, {
      type: 'degrade',
      params: { by: 1, blur: 0, noise: 12, quality: 100 },
    }),
    ...([1, 0.9] as const),
  ],
  banding: () => [chain(clip({ media: { ...gradient } }), bicubic), 0, 0.5],
  blocks: () => [
    chain(part('face'), { type: 'degrade', params: { by: 1, blur: 0, noise: 0, quality: 10 } }, bicubic),
    ...([0, 0.8] as const),
  ],
  combing: () => [chain(clip({ media: { ...combed } }), bicubic), 1, 0.5],
}

test.each(symptoms.map(({ id }) => [id]))(
  '%s stands out where it was made, and its remedy makes it fall',
  async (id) => {
    const [document, frame, left] = faults[id]()
    const { score, from: level } = named(id)
    const before = await read(document, id, frame)
    expect(before[score]).toBeGreaterThan(level)
    const after = await read(mended(document, id, before), id, frame)
    expect(after[score]).toBeLessThan(left * before[score]!)
  },
)

/** Moves the setting that is offered against it; what was moved, from where to where. */
async function adjusted(document: GraphDocument, id: SymptomId, frame: number) {
  const { score } = named(id)
  const moved = adjustmentFor(subjectIn(document), specs, facts, named(id))
  if (!moved) return null
  const { path } = placeOf(moved.node)
  const now = edit(newHistory(document), 'set', (draft) => adjust(draftAt(draft, path)!, moved)).history.document
  const [before, after] = [await read(document, id, frame), await read(now, id, frame)]
  return { ...moved, fell: after[score]! < before[score]! }
}

const model = (personality: number): Made => ({ type: 'sr-model', params: { personality } })

test('the dial of a crisp model goes back against what its source denies, and the strength of a blend against halos', async () => {
  const crisp = chain(part('texture'), model(2))
  expect(await adjusted(crisp, 'contradiction', 0)).toMatchObject({
    ...{ node: 'n1', param: 'personality', before: 2, after: 1, fell: true },
  })
  const blended = chain(part('edges'), bicubic, sharpened, {
    type: 'residual-blend',
    from: { base: 1, detail: 2 },
  })
  expect(await adjusted(blended, 'halo', 0)).toMatchObject({
    ...{ node: 'n3', param: 'strength', before: 1, after: 0.5, fell: true },
  })
})

test('a setting is not offered where it is at its end, where a mask stands in its place, or where nothing has it', () => {
  const offered = (document: GraphDocument, id: SymptomId) =>
    adjustmentFor(subjectIn(document), specs, facts, named(id))
  expect(offered(chain(part('face'), model(0)), 'halo')).toBeNull()
  expect(offered(chain(part('face'), bicubic), 'halo')).toBeNull()
  const masked = chain(part('face'), { type: 'detail-mask' }, { ...model(2), from: { image: 0, personalityMask: 1 } })
  expect(offered(masked, 'halo')).toBeNull()
  // A member that a dial does not begin with stays what it is.
  const textured = [...models.values()].find(({ id }) => id === 'framewright-s-coded-perceptual-x2')!
  const fixed = { type: 'sr-model', params: { model: { id: textured.id, sha256: textured.sha256 } } }
  expect(offered(chain(part('face'), fixed), 'waxy')).toBeNull()
  expect(offered(chain(part('face'), model(1)), 'waxy')).toMatchObject({ before: 1, after: 2 })
})
