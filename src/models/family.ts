/**
 * The dials: models of one family differ in their weights alone, each trained on from another of them or from a common start, so
 * that a weight half way between two of them makes a model half way between what they are.
 *
 * Linear interpolation of the weights of networks fine-tuned from one another: X. Wang, K. Yu, C. Dong, X. Tang,
 * C. C. Loy, "Deep Network Interpolation for Continuous Imagery Effect Transition", CVPR 2019.
 */
import { clone, equals } from '@bufbuild/protobuf'
import type { MemberShare } from '../graph/node/family-dials.ts'
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
  /**
   * The ONNX file of the members mixed by these shares, whose sum is 1: of one alone its very bytes, of several a new file
   * with every float tensor mixed. Throws `RangeError` for a member that there is not.
   */
  mix(shares: readonly MemberShare[]): Uint8Array<ArrayBuffer>
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
 * Opens the family of these members. Throws `ModelError` where a file is no ONNX model, or
 * where two differ in more than the numbers of their weights.
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
      'Dials need models of one structure: choose them one by one, or a family that was trained as such.',
    )
  }
  return {
    mix(shares) {
      const unknown = shares.find(({ member }) => !members[member])
      if (unknown || shares.length === 0)
        throw new RangeError(`the family has ${members.length} members, no ${unknown?.member}`)
      const [first] = shares
      if (shares.length === 1) return members[first!.member]!.bytes
      return mixed(shares.map(({ member, share }) => ({ model: openMembers[member]!, share })))
    },
  }
}

/**
 * The sum of `parts`, each times its share, computed in double precision. Counted from the first, so that numbers that are equal
 * in all stay as they are.
 */
export function weigh(
  parts: readonly { readonly values: Float32Array; readonly share: number }[],
): Float32Array<ArrayBuffer> {
  const [first, ...others] = parts
  const sum = new Float32Array(first!.values.length)
  for (let i = 0; i < sum.length; i++) {
    const from = first!.values[i]!
    let value = from
    for (const { values, share } of others) value += (values[i]! - from) * share
    sum[i] = value
  }
  return sum
}

function mixed(parts: readonly { readonly model: Opened; readonly share: number }[]): Uint8Array<ArrayBuffer> {
  const { model } = parts[0]!.model
  const mixTensor = (key: string, tensor: TensorProto): TensorProto => {
    const type = floatType(tensor)
    if (!type) return tensor
    const values = weigh(parts.map(({ model: each, share }) => ({ values: readFloats(each.tensors.get(key)!), share })))
    return floatTensor(tensor.name, type, dimsOf(tensor), values)
  }
  const { graph } = model
  return writeOnnx({
    ...model,
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
  for (const [key, ownTensor] of a.tensors) {
    const otherTensor = b.tensors.get(key)
    if (!otherTensor) return `the tensor “${key}” is in the first alone`
    if (ownTensor.dims.join() !== otherTensor.dims.join()) {
      return `the tensor “${key}” is ${shape(ownTensor)} in the first and ${shape(otherTensor)} in the second`
    }
    if (ownTensor.dataType !== otherTensor.dataType) return `the tensor “${key}” holds numbers of another type in each`
    if (!floatType(ownTensor) && !sameNumbers(ownTensor, otherTensor))
      return `the tensor “${key}” holds other numbers in each`
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
  const { name: _a, docString: _docA, ...ownFields } = a
  const { name: _b, docString: _docB, ...otherFields } = b
  return JSON.stringify(ownFields, plain) === JSON.stringify(otherFields, plain)
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
