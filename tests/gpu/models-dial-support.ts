/** A family of fixture models behind a real catalog and store, and what the runtime holds while the dial turns. */
import * as ort from 'onnxruntime-web/webgpu'
import type { AssetRef } from '../../src/graph/node/params.ts'
import { CatalogStore, sha256Hex } from '../../src/models/model-store.ts'
import { createModels, type OwnedModels } from '../../src/models/models.ts'
import { readOnnx, writeOnnx } from '../../src/models/onnx/onnx-file.ts'
import { dimsOf, floatTensor, readFloats } from '../../src/models/onnx/tensor-data.ts'
import type { NodeDefinition } from '../../src/nodes/define.ts'
import { type Bench, download, type Numbers, openBench, prepareNode, upload } from './harness.ts'
import { modelBytes, modelFile } from './models-support.ts'
import { benchFor } from './support/test-bench.ts'

/** A member of a family for clean and compressed sources. */
export interface GridMember {
  readonly file: string
  readonly place: number
  readonly source: 'clean' | 'coded'
  /** What its weights are multiplied by; 1 where absent. */
  readonly times?: number
}

let wasmMemory: WebAssembly.Memory | undefined
const PlainMemory = WebAssembly.Memory
// The runtime makes its memory itself, when it is first loaded; an empty one is how it asks what the browser can do.
WebAssembly.Memory = class extends PlainMemory {
  constructor(descriptor: WebAssembly.MemoryDescriptor) {
    super(descriptor)
    if (descriptor.initial > 0) wasmMemory = this
  }
}

let sessions = 0
const createSession = ort.InferenceSession.create.bind(ort.InferenceSession) as (
  bytes: Uint8Array,
  options?: ort.InferenceSession.SessionOptions,
) => Promise<ort.InferenceSession>
async function createCounted(bytes: Uint8Array, options?: ort.InferenceSession.SessionOptions) {
  const session = await createSession(bytes, options)
  sessions += 1
  const release = session.release.bind(session)
  session.release = async () => {
    sessions -= 1
    await release()
  }
  return session
}
Object.assign(ort.InferenceSession, { create: createCounted })

const served = new Map<string, BodyInit>()
const plainFetch = globalThis.fetch.bind(globalThis)
globalThis.fetch = async (input, init) => {
  const body = served.get(String(input))
  return body === undefined ? plainFetch(input, init) : new Response(body)
}

/** From now on `url` gives `body`. */
export function serve(url: string, body: BodyInit): void {
  served.set(url, body)
}

type ParamChanges = Readonly<Record<string, unknown>>

export interface DialBench extends Bench {
  readonly models: OwnedModels
  /** The family's members, as they were given. */
  readonly refs: readonly AssetRef[]
  addFixture(name: string): Promise<AssetRef>
  /** Sessions of the runtime that are not released. */
  openSessions(): number
  /** Size of the runtime's memory. */
  wasmBytes(): number
  /** `node` on `picture`, and a mask where given, with the family's first as its model. */
  renderNode(node: NodeDefinition, picture: Numbers, params: ParamChanges, mask?: Numbers): Promise<Numbers>
  openNode(
    node: NodeDefinition,
    picture: Numbers,
  ): Promise<{ run(changed: ParamChanges): Promise<Numbers>; close(): Promise<void> }>
  closeAll(): Promise<void>
}

/** The fixture with every weight multiplied. */
async function fixtureBytes(name: string, times = 1): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await modelBytes(name)
  if (times === 1) return bytes
  const model = readOnnx(name, bytes)
  model.graph.initializer = model.graph.initializer.map((tensor) =>
    tensor.name.endsWith('.weight')
      ? floatTensor(
          tensor.name,
          'float32',
          dimsOf(tensor),
          readFloats(tensor).map((weight) => weight * times),
        )
      : tensor,
  )
  return writeOnnx(model)
}

/** Opens a bench with the fixtures of these names, or these members, as the family “test”. */
export async function openDialBench(members: readonly (string | GridMember)[]): Promise<DialBench> {
  const bench = await openBench()
  const grid = members.map((member, place) => (typeof member === 'string' ? { file: member, place } : member))
  const namesOf = grid.map((member) => ('source' in member ? `${member.source}-${member.place}` : member.file))
  const base = `${location.origin}/${namesOf.join('-')}/models/`
  const cards = []
  for (const [i, { file, place, ...more }] of grid.entries()) {
    const name = namesOf[i]!
    const source = 'source' in more ? more.source : null
    const bytes = await fixtureBytes(file, 'times' in more ? more.times : 1)
    served.set(`${base}${name}.onnx`, bytes)
    cards.push({
      ...{ id: name, name: name.toUpperCase(), file: `${name}.onnx`, family: 'test', place, source, scale: 2 },
      ...{ sha256: await sha256Hex(bytes), bytes: bytes.byteLength },
      ...{ licence: 'CC0-1.0', origin: 'A test.', goodFor: '', getsWrong: '' },
    })
  }
  served.set(`${base}catalog.json`, JSON.stringify({ models: cards }))
  const models = createModels({
    gpu: bench.gpu,
    library: { store: new CatalogStore(base, false), forms: new Map(), trials: new Map() },
  })
  const refs = cards.map(({ id, sha256 }) => ({ id, sha256 }))

  async function open(node: NodeDefinition, inputs: Readonly<Record<string, Numbers>>, params: ParamChanges) {
    const pictures = Object.fromEntries(Object.entries(inputs).map(([name, numbers]) => [name, upload(bench, numbers)]))
    const descs = Object.fromEntries(Object.entries(pictures).map(([name, { desc }]) => [name, desc]))
    const model = await models.facts(refs[0]!)
    const running = await prepareNode(bench, node, descs, {
      params: { model: refs[0], runtime: 'wasm', ...params },
      models,
      model,
    })
    return {
      run: async (changed: ParamChanges) => download(bench, (await running.run(pictures, 0, changed)).image!),
      async close() {
        await running.close()
        for (const { texture } of Object.values(pictures)) texture.destroy()
      },
    }
  }

  return {
    ...bench,
    models,
    refs,
    async addFixture(name) {
      const { id, sha256 } = await models.add(await modelFile(name))
      return { id, sha256 }
    },
    openSessions: () => sessions,
    wasmBytes: () => wasmMemory?.buffer.byteLength ?? 0,
    async renderNode(node, picture, params, mask) {
      const opened = await open(node, { image: picture, ...(mask ? { personalityMask: mask } : {}) }, params)
      const result = await opened.run({})
      await opened.close()
      return result
    },
    openNode: (node, picture) => open(node, { image: picture }, {}),
    async closeAll() {
      await models[Symbol.asyncDispose]()
      bench.close()
    },
  }
}

/** For the head of a file: a bench that its tests share. */
export const testDialBench = (members: readonly (string | GridMember)[]): DialBench =>
  benchFor(
    () => openDialBench(members),
    (bench) => bench.closeAll(),
  )
