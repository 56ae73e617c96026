/** Attributes of ONNX nodes, with the defaults that the operators have. */
import type { NodeProto } from './onnx_pb.ts'

export const attribute = (node: NodeProto, name: string) => node.attribute.find((each) => each.name === name)

export const whole = (node: NodeProto, name: string, otherwise: number): number => {
  const value = attribute(node, name)
  return value ? Number(value.i) : otherwise
}

export const wholes = (node: NodeProto, name: string, otherwise: readonly number[]): readonly number[] =>
  attribute(node, name)?.ints.map(Number) ?? otherwise

export const real = (node: NodeProto, name: string, otherwise: number): number => attribute(node, name)?.f ?? otherwise

export const text = (node: NodeProto, name: string, otherwise: string): string => {
  const value = attribute(node, name)
  return value ? new TextDecoder().decode(value.s) : otherwise
}
