/** Inputs broken in ways of a seed: the same seed, the same breakage. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectFolder } from '../src/host/app-server.ts'
import { type OnnxModel, readOnnx, writeOnnx } from '../src/models/onnx/onnx-file.ts'
import { dimsOf, floatTensor, floatType, readFloats } from '../src/models/onnx/tensor-data.ts'
import { damageKinds } from './damage-kinds.ts'

export type Random = (below: number) => number

/** The linear congruential generator of Numerical Recipes, its upper bits. */
export function seededRandom(seed: number): Random {
  let state = Math.imul(seed, 2_654_435_761) >>> 0
  const next = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
  // Neighbouring seeds begin alike.
  for (let i = 0; i < 4; i++) next()
  return (below) => Math.floor(next() * below)
}

const pick = <T>(list: readonly T[], random: Random): T => list[random(list.length)]!

/** Files of a folder of fixtures, by name. */
function fixtures(folder: string, suffix: RegExp): readonly (readonly [string, Uint8Array<ArrayBuffer>])[] {
  const place = join(projectFolder, 'tests/fixtures', folder)
  return readdirSync(place)
    .filter((name) => suffix.test(name))
    .sort()
    .map((name) => [name, new Uint8Array(readFileSync(join(place, name)))])
}

export interface BrokenFile {
  readonly name: string
  /** What was done to it. */
  readonly how: string
  readonly bytes: Uint8Array
}

export function* brokenClips(count: number, seed: number): Generator<BrokenFile> {
  const clips = fixtures('media', /\.(mp4|mkv|webm|avi|flv|mpg|ts|wmv|mov)$/)
  for (let i = 0; i < count; i++) {
    const random = seededRandom(seed + i)
    const [clip, bytes] = pick(clips, random)
    const how = pick(Object.keys(damageKinds), random)
    yield { name: `${i}-${clip}`, how, bytes: damageKinds[how]!(bytes, random) }
  }
}

type Change = (model: OnnxModel, random: Random) => OnnxModel

const scaledWeights =
  (factor: number): Change =>
  (model, random) => {
    const tensors = model.graph.initializer.filter((tensor) => floatType(tensor))
    const name = tensors.length > 0 ? pick(tensors, random).name : ''
    const initializer = model.graph.initializer.map((tensor) => {
      const type = floatType(tensor)
      if (!type || tensor.name !== name) return tensor
      return floatTensor(
        tensor.name,
        type,
        dimsOf(tensor),
        readFloats(tensor).map((value) => value * factor),
      )
    })
    return { ...model, graph: { ...model.graph, initializer } }
  }

const changedNode =
  (change: (node: OnnxModel['graph']['node'][number], random: Random) => OnnxModel['graph']['node'][number]): Change =>
  (model, random) => {
    const at = random(model.graph.node.length)
    const node = model.graph.node.map((each, i) => (i === at ? change(each, random) : each))
    return { ...model, graph: { ...model.graph, node } }
  }

const operators = ['Relu', 'Sigmoid', 'Neg', 'Abs', 'Exp', 'Sqrt', 'Round', 'Identity', 'Transpose', 'Nonsense', 'Log']

const modelChanges: Readonly<Record<string, Change>> = {
  'weights × 0': scaledWeights(0),
  'weights × 255': scaledWeights(255),
  'weights × 1e30': scaledWeights(1e30),
  'weights NaN': scaledWeights(Number.NaN),
  'another operator': changedNode((node, random) => ({ ...node, opType: pick(operators, random) })),
  'an attribute': changedNode((node, random) => ({
    ...node,
    attribute: node.attribute.map((each) => ({
      ...each,
      i: BigInt(random(9)),
      ints: each.ints.map(() => BigInt(random(5))),
    })),
  })),
  'a node gone': (model, random) => {
    const at = random(model.graph.node.length)
    return { ...model, graph: { ...model.graph, node: model.graph.node.filter((_, i) => i !== at) } }
  },
  'every tensor an output': (model) => {
    const [first] = model.graph.output
    const names = model.graph.node.flatMap(({ output }) => output).slice(0, 6)
    const output = first ? names.map((name) => ({ ...first, name })) : []
    return { ...model, graph: { ...model.graph, output } }
  },
  'an older operator set': (model, random) => ({
    ...model,
    opsetImport: model.opsetImport.map((each) => ({ ...each, version: BigInt(1 + random(20)) })),
  }),
  nothing: (model) => model,
}

export function* brokenModels(count: number, seed: number): Generator<BrokenFile> {
  const models = [...fixtures('models', /\.onnx$/), ...fixtures('models/operators', /\.onnx$/)]
  for (let i = 0; i < count; i++) {
    const random = seededRandom(seed + i)
    const [file, bytes] = pick(models, random)
    const name = `${i}-${file}`
    if (random(4) > 0) {
      const how = pick(Object.keys(modelChanges), random)
      try {
        yield { name, how, bytes: writeOnnx(modelChanges[how]!(readOnnx(file, bytes), random)) }
        continue
      } catch {
        // Fixtures that are no models, too, are broken as bytes.
      }
    }
    const how = pick(Object.keys(damageKinds), random)
    yield { name, how, bytes: damageKinds[how]!(bytes, random) }
  }
}

const pieces = [
  '[',
  ']',
  '{',
  '}',
  '"',
  ',',
  ':',
  'null',
  '1e999',
  '-0',
  '\\u0000',
  '"__proto__":',
  '😀',
  '[[[[',
  'true',
]

/** `text` with some of its characters changed, cut, doubled, or nested for nothing. */
export function brokenText(text: string, random: Random): string {
  switch (random(6)) {
    case 0:
      return text.slice(0, random(text.length))
    case 1: {
      const at = random(text.length)
      return text.slice(0, at) + text.slice(at + random(200))
    }
    case 2: {
      const at = random(text.length)
      const part = text.slice(at, at + random(2000))
      return text.slice(0, at) + part.repeat(1 + random(20)) + text.slice(at)
    }
    case 3: {
      const depth = random(100_000)
      return '['.repeat(depth) + text + ']'.repeat(depth)
    }
    default: {
      let changed = text
      for (let i = 0; i <= random(8); i++) {
        const at = random(changed.length)
        changed = changed.slice(0, at) + pick(pieces, random) + changed.slice(at + random(4))
      }
      return changed
    }
  }
}

/** A graph's text of which numbers, names and wires were exchanged, so that it is still JSON. */
export function brokenGraph(text: string, random: Random): string {
  const values: readonly unknown[] = [null, -1, 1e308, '', 'x'.repeat(300), [], {}, true, 0.5, 'decode', '../..']
  return text.replace(/:\s*("(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?|true|false|null)/g, (whole) =>
    random(150) === 0 ? `: ${JSON.stringify(pick(values, random))}` : whole,
  )
}
