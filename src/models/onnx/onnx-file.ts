/**
 * ONNX files read and written: what weights are mixed in, what foreign networks are converted into, and what tells
 * of a person's own model more than a runtime would (how many parameters, what its maker wrote into it).
 *
 * Format: https://github.com/onnx/onnx/blob/main/docs/IR.md; the messages are generated from `onnx.proto`.
 */
import { fromBinary, toBinary } from '@bufbuild/protobuf'
import { ModelError } from '../types.ts'
import { type GraphProto, type ModelProto, ModelProtoSchema, type NodeProto, type TensorProto } from './onnx_pb.ts'
import { complaintOf, floatType, isExternal, lengthOf } from './tensor-data.ts'

/** A model of which a graph is certain to be there. */
export interface OnnxModel extends ModelProto {
  readonly graph: GraphProto
}

const damagedFileError = (name: string, options?: ErrorOptions): ModelError =>
  new ModelError(
    `The file “${name}” is not an ONNX model, or it is damaged.`,
    'Choose a file that was exported as ONNX, and download it again if it was cut off.',
    options,
  )

/**
 * Reads the file called `name`. Its tensors point into `bytes`, which must not change afterwards. Throws
 * `ModelError` where it is no ONNX file, is cut off, holds too few numbers, or keeps its weights elsewhere.
 */
export function readOnnx(name: string, bytes: Uint8Array<ArrayBuffer>): OnnxModel {
  let model: ModelProto
  try {
    model = fromBinary(ModelProtoSchema, bytes)
  } catch (cause) {
    throw damagedFileError(name, { cause })
  }
  const { graph } = model
  if (!graph || graph.node.length === 0 || graph.output.length === 0) throw damagedFileError(name)
  const wholeModel: OnnxModel = Object.assign(model, { graph })
  for (const tensor of tensorsOf(wholeModel)) {
    if (isExternal(tensor)) {
      throw new ModelError(
        `The model “${name}” keeps its weights in another file.`,
        'Export it again with all weights inside the .onnx file.',
      )
    }
    const complaint = complaintOf(tensor)
    if (complaint) throw damagedFileError(name, { cause: new Error(`the tensor ${tensor.name} ${complaint}`) })
  }
  return wholeModel
}

export const writeOnnx = (model: OnnxModel): Uint8Array<ArrayBuffer> => toBinary(ModelProtoSchema, model)

/** The tensor of a node that does nothing but give a constant. */
export const constantOf = (node: NodeProto): TensorProto | undefined =>
  node.opType === 'Constant' ? node.attribute.find((each) => each.name === 'value')?.t : undefined

/** All tensors that a file holds at its top level: initializers, then constants. */
export function* tensorsOf({ graph }: OnnxModel): Generator<TensorProto> {
  yield* graph.initializer
  for (const node of graph.node) {
    const tensor = constantOf(node)
    if (tensor) yield tensor
  }
}

/** What a file says of itself. */
export interface OnnxSummary {
  /** Numbers in float tensors of two and more, which leaves out scales and clamps. */
  readonly parameters: number
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  /** Of the standard operators; 0 where the file does not say. */
  readonly opset: number
  readonly producer: string
  /** What its maker wrote into it, by key. */
  readonly metadata: ReadonlyMap<string, string>
  /** How often each kind of node occurs. */
  readonly operators: ReadonlyMap<string, number>
}

export function summarise(model: OnnxModel): OnnxSummary {
  const { graph } = model
  const operators = new Map<string, number>()
  for (const { opType } of graph.node) operators.set(opType, (operators.get(opType) ?? 0) + 1)
  const resizes = new Set(graph.node.filter(({ opType }) => opType === 'Resize').flatMap(({ input }) => input.slice(1)))
  const weights = [...tensorsOf(model)].filter(
    (tensor) => floatType(tensor) && lengthOf(tensor) > 1 && !resizes.has(tensor.name),
  )
  const weightNames = new Set(graph.initializer.map(({ name }) => name))
  return {
    parameters: weights.reduce((sum, tensor) => sum + lengthOf(tensor), 0),
    // Old files list their initializers among the inputs.
    inputs: graph.input.map(({ name }) => name).filter((name) => !weightNames.has(name)),
    outputs: graph.output.map(({ name }) => name),
    opset: Number(model.opsetImport.find(({ domain }) => domain === '' || domain === 'ai.onnx')?.version ?? 0),
    producer: model.producerName,
    metadata: new Map(model.metadataProps.map(({ key, value }) => [key, value])),
    operators,
  }
}
