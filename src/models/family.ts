/**
 * The dial: models of one family differ in their weights alone, each later one trained on from the one before, so
 * that a weight half way between two of them makes a model half way between their personalities.
 *
 * Linear interpolation of the weights of networks fine-tuned from one another: X. Wang, K. Yu, C. Dong, X. Tang,
 * C. C. Loy, "Deep Network Interpolation for Continuous Imagery Effect Transition", CVPR 2019.
 */
import { clone, equals } from '@bufbuild/protobuf'
import { type ModelProto, ModelProtoSchema, NodeProtoSchema, type TensorProto } from './onnx/onnx_pb.ts'
import { constantOf, type OnnxModel, readOnnx, writeOnnx } from './onnx/onnx-file.ts'
import { dimsOf, floatTensor, floatType, readFloats } from './onnx/tensor-data.ts'
import { ModelError } from './types.ts'

export interface FamilyMember {
  /** As people know it, for messages. */
  readonly name: string
  /** The file. Must not change afterwards. */
  readonly bytes: Uint8Array<ArrayBuffer>
}

export interface ModelFamily {
  /** The dial's end: the number of members less one. */
  readonly last: number
  /**
   * The ONNX file of the model at `position` in [0, `last`]: at whole numbers the member's very bytes, between them
   * a new file with every float tensor mixed from its two neighbours. Throws `RangeError` outside.
   */
  at(position: number): Uint8Array<ArrayBuffer>
}

interface Opened {
  readonly name: string
  readonly model: OnnxModel
  /** Initializers by their names, constants by those of their node's output. */
  readonly tensors: ReadonlyMap<string, TensorProto>
}

function open({ name, bytes }: FamilyMember): Opened {
  const model = readOnnx(name, bytes)
  const constants = model.graph.node.flatMap((node) => {
    const tensor = constantOf(node)
    return tensor ? [[node.output[0] ?? '', tensor] as const] : []
  })
  return { name, model, tensors: new Map([...model.graph.initializer.map((t) => [t.name, t] as const), ...constants]) }
}

/**
 * Opens the family of these members, in the order of the dial. Throws `ModelError` where a file is no ONNX model, or
 * where two neighbours differ in more than the numbers of their weights.
 */
export function openFamily(members: readonly FamilyMember[]): ModelFamily {
  if (members.length < 2) throw new Error('a family has at least two members')
  const openMembers = members.map(open)
  for (const [i, member] of openMembers.entries()) {
    const before = openMembers[i - 1]
    const how = before && difference(before, member)
    if (!how) continue
    throw new ModelError(
      `The models “${before.name}” and “${member.name}” cannot be mixed: ${how}.`,
      'A dial needs models of one structure: choose them one by one, or a family that was trained as such.',
    )
  }
  const last = members.length - 1
  return {
    last,
    at(position) {
      if (!(position >= 0 && position <= last)) throw new RangeError(`the dial goes from 0 to ${last}, not ${position}`)
      const low = Math.floor(position)
      if (low === position) return members[low]!.bytes
      return mix(openMembers[low]!, openMembers[low + 1]!, position - low)
    },
  }
}

/** `a` at share 0, `b` at share 1, computed in double precision; equal numbers stay as they are. */
export function lerp(a: Float32Array, b: Float32Array, share: number): Float32Array<ArrayBuffer> {
  const mixed = new Float32Array(a.length)
  for (let i = 0; i < a.length; i++) mixed[i] = a[i]! + (b[i]! - a[i]!) * share
  return mixed
}

function mix(low: Opened, high: Opened, share: number): Uint8Array<ArrayBuffer> {
  const mixTensor = (key: string, tensor: TensorProto): TensorProto => {
    const type = floatType(tensor)
    if (!type) return tensor
    const values = lerp(readFloats(tensor), readFloats(high.tensors.get(key)!), share)
    return floatTensor(tensor.name, type, dimsOf(tensor), values)
  }
  const { graph } = low.model
  return writeOnnx({
    ...low.model,
    graph: {
      ...graph,
      initializer: graph.initializer.map((tensor) => mixTensor(tensor.name, tensor)),
      node: graph.node.map((node) =>
        constantOf(node)
          ? {
              ...node,
              attribute: node.attribute.map((each) =>
                each.t ? { ...each, t: mixTensor(node.output[0] ?? '', each.t) } : each,
              ),
            }
          : node,
      ),
    },
  })
}

const shape = (tensor: TensorProto): string => dimsOf(tensor).join(' × ') || 'one number'

/** The first tensor in which two members differ by more than its numbers, as a clause; `undefined` where they fit. */
function difference(a: Opened, b: Opened): string | undefined {
  for (const [key, ours] of a.tensors) {
    const theirs = b.tensors.get(key)
    if (!theirs) return `the tensor “${key}” is in the first alone`
    if (ours.dims.join() !== theirs.dims.join()) {
      return `the tensor “${key}” is ${shape(ours)} in the first and ${shape(theirs)} in the second`
    }
    if (ours.dataType !== theirs.dataType) return `the tensor “${key}” holds numbers of another type in each`
    if (!floatType(ours) && !sameNumbers(ours, theirs)) return `the tensor “${key}” holds other numbers in each`
  }
  for (const key of b.tensors.keys()) if (!a.tensors.has(key)) return `the tensor “${key}” is in the second alone`
  const [left, right] = [skeleton(a.model), skeleton(b.model)]
  const nodes = Math.max(left.graph.node.length, right.graph.node.length)
  for (let i = 0; i < nodes; i++) {
    const [one, other] = [left.graph.node[i], right.graph.node[i]]
    if (one && other && equals(NodeProtoSchema, one, other)) continue
    return `they compute the tensor “${(one ?? other)?.output[0]}” in different ways`
  }
  return equals(ModelProtoSchema, left, right)
    ? undefined
    : 'they take or give different pictures, or are of different versions of ONNX'
}

const sameNumbers = (a: TensorProto, b: TensorProto): boolean => {
  const { name: _a, docString: _docA, ...ours } = a
  const { name: _b, docString: _docB, ...theirs } = b
  return JSON.stringify(ours, plain) === JSON.stringify(theirs, plain)
}

const plain = (_key: string, value: unknown): unknown =>
  typeof value === 'bigint' ? String(value) : value instanceof Uint8Array ? Array.from(value).join() : value

/** What must be the same in all members: everything but names, descriptions and the numbers of tensors. */
function skeleton(model: OnnxModel): ModelProto & { readonly graph: OnnxModel['graph'] } {
  const bare = clone(ModelProtoSchema, {
    ...model,
    docString: '',
    producerName: '',
    producerVersion: '',
    domain: '',
    modelVersion: 0n,
    metadataProps: [],
    graph: { ...model.graph, name: '', docString: '', initializer: [], valueInfo: [] },
  })
  const { graph } = bare
  if (!graph) throw new Error('a model lost its graph')
  for (const node of graph.node) {
    node.name = ''
    node.docString = ''
    for (const attribute of node.attribute) if (constantOf(node) === attribute.t) delete attribute.t
    node.attribute.sort((x, y) => (x.name < y.name ? -1 : 1))
  }
  for (const value of [...graph.input, ...graph.output]) value.docString = ''
  return Object.assign(bare, { graph })
}
