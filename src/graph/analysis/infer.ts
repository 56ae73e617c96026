/**
 * A description (size, format, rate) for every output before any pixel exists, and with it everything that can
 * be wrong with how nodes fit together. Goes on past problems, so that as many wires as possible show a size.
 */

import {
  type AnyDocument,
  endpointKey,
  type FlatDocument,
  type FlatEndpoint,
  type FlatId,
  type NodeRecord,
  nodeOf,
} from '../document/document.ts'
import { compareIds } from '../document/ids.ts'
import { type Names, names } from '../document/naming.ts'
import { failureOf } from '../document/node-failure.ts'
import { failedHint, inferProblem, isInferProblem, type Problem } from '../document/problems.ts'
import { specOf } from '../document/subgraph.ts'
import type { AssetFacts } from '../node/facts.ts'
import { declarationsOf } from '../node/needs.ts'
import {
  type Descs,
  type FrameDesc,
  isImageDesc,
  type PictureDesc,
  type Ports,
  type PortType,
  type ValueDesc,
} from '../node/ports.ts'
import { oneForOne } from '../node/rate.ts'
import type { NodeSpec, Specs } from '../node/spec.ts'
import { isPictureType, isStreamType, mainPort, valueTypes } from '../node/value-types.ts'
import { paramValues } from '../node/values.ts'
import { expand } from './expand.ts'
import { type Order, orderFrom } from './order.ts'
import { type Wiring, wire } from './wiring.ts'

/** What every WebGPU device allows: the longest side of a texture, in pixels. */
export const defaultTextureSize = 8192

export interface Inference {
  /**
   * By endpoint key of an output. Outputs of bypassed nodes have the description of what they pass on; outputs
   * that problems keep from being known, those that their node says are absent, and those of resting nodes have none.
   */
  readonly descs: ReadonlyMap<string, ValueDesc>
  readonly problems: readonly Problem[]
  readonly wiring: Wiring<FlatId>
  /** The output that an input reads, seen through bypassed nodes; `undefined` where nothing arrives. */
  source(node: FlatId, input: string): FlatEndpoint | undefined
}

export const sizeText = (desc: PictureDesc): string => `${desc.width}×${desc.height}`

export const isPicture = (desc: ValueDesc | null | undefined): desc is PictureDesc =>
  desc !== undefined && desc !== null && isPictureType(desc.type)

export const isPerFrame = (desc: ValueDesc | null | undefined): desc is FrameDesc =>
  desc !== undefined && desc !== null && !isStreamType(desc.type)

/**
 * What a node says of an output, as often as its `clock` makes of it, without what only a decoded picture tells, and with what
 * is known of the picture that it was made of.
 */
function madeBy(
  desc: ValueDesc | undefined,
  { kind, clock }: NodeSpec['kernel'],
  params: unknown,
  main: ValueDesc | undefined,
): ValueDesc | undefined {
  if (!isPicture(desc)) return desc
  const { frames, of } = clock?.(params as never) ?? oneForOne
  const retimedDesc = clock ? { ...desc, frameRate: (desc.frameRate * frames) / of } : desc
  if (kind === 'source' || !isImageDesc(retimedDesc)) return retimedDesc
  const compression = retimedDesc.compression ?? (isImageDesc(main) ? main.compression : undefined)
  if (retimedDesc.coding === undefined && retimedDesc.compression === compression) return retimedDesc
  const { coding: _, ...image } = retimedDesc
  return compression ? { ...image, compression } : image
}

/**
 * What a node says of its outputs. One that throws, here or when its kernel is asked what plans are made of, has a problem, as one that
 * refuses: whoever asks goes on with the others.
 */
export function askedOf(
  spec: NodeSpec,
  inputs: Readonly<Record<string, ValueDesc | undefined>>,
  params: ReturnType<typeof paramValues>,
  facts: AssetFacts,
  title: string,
): ReturnType<NodeSpec['infer']> {
  try {
    const outputs = spec.infer(inputs as Descs<Ports>, params, facts)
    if (!isInferProblem(outputs)) declarationsOf(spec, params, facts)
    return outputs
  } catch (error) {
    return inferProblem(failureOf(title, error))
  }
}

class Walk {
  readonly descs = new Map<string, ValueDesc>()
  /** Outputs that exist on the type, but have nothing here: the sound of a silent clip. */
  readonly absent = new Set<string>()
  /** Outputs beyond the size limit, and what was made of them: told once, at the first. */
  readonly oversizedOutputs = new Set<string>()
  readonly problems: Problem[] = []
  private readonly document: FlatDocument
  private readonly wiring: Wiring<FlatId>
  private readonly facts: AssetFacts
  private readonly nodeNames: Names<FlatId>
  private readonly textureSize: number

  constructor(
    document: FlatDocument,
    wiring: Wiring<FlatId>,
    facts: AssetFacts,
    nodeNames: Names<FlatId>,
    textureSize: number,
  ) {
    this.document = document
    this.wiring = wiring
    this.facts = facts
    this.nodeNames = nodeNames
    this.textureSize = textureSize
  }

  source(node: FlatId, input: string): FlatEndpoint | undefined {
    const from = this.wiring.source(node, input)
    return from && this.absent.has(endpointKey(from)) ? undefined : from
  }

  visit(record: NodeRecord<FlatId>, spec: NodeSpec): void {
    const { id } = record
    const inputs: Record<string, ValueDesc | undefined> = {}
    let complete = true
    let oversized = false
    for (const [name, port] of Object.entries(spec.inputs)) {
      const from = this.source(id, name)
      const key = from && endpointKey(from)
      const desc = key === undefined ? undefined : this.descs.get(key)
      inputs[name] = desc
      if (key !== undefined && this.oversizedOutputs.has(key)) oversized = true
      if (desc) continue
      if (from || this.wiring.brokenInputs.has(`${id}.${name}`)) complete = false
      else if (port.fallback === undefined) {
        this.problems.push(this.missingInput(id, name, port.type))
        complete = false
      }
    }
    if (!complete) return
    const odd = spec.kernel.kind === 'pixel' ? this.oddSizes(id, inputs) : []
    this.problems.push(...odd)

    // Complete: an input without a description is one whose port may stay unconnected.
    const params = paramValues(spec, record)
    const title = this.nodeNames.node(id)
    const result = askedOf(spec, inputs, params, this.facts, title)
    if (isInferProblem(result)) {
      const problem = result.problem
      // The general rule has told the same already, on the port.
      if (odd.length > 0 && problem.code === 'size-mismatch') return
      const message = problem.message.includes(title) ? problem.message : `${title}: ${problem.message}`
      this.problems.push({ ...problem, severity: 'error', node: id, message })
      return
    }
    const main = inputs[mainPort(spec.inputs) ?? '']
    for (const [name, port] of Object.entries(spec.outputs)) {
      const desc = madeBy(result[name], spec.kernel, params, main)
      const key = endpointKey({ node: id, port: name })
      if (desc) this.describe(id, key, desc, oversized)
      else if (port.fallback !== undefined) this.absent.add(key)
      else
        this.problems.push({
          ...{ code: 'render-failed', severity: 'error', node: id, hint: failedHint },
          message: `${title} failed: it does not describe its output “${name}”.`,
        })
    }
  }

  private describe(id: FlatId, key: string, desc: ValueDesc, inherited: boolean): void {
    if (!isPicture(desc)) {
      this.descs.set(key, desc)
      return
    }
    const sides = [desc.width, desc.height]
    const at = { code: 'size-limit', severity: 'error', node: id } as const
    if (!sides.every((side) => Number.isInteger(side) && side >= 1)) {
      this.problems.push({
        ...at,
        message: `${this.nodeNames.node(id)} would make a picture of ${sizeText(desc)} pixels, which is impossible.`,
        hint: 'Choose a size or a factor that leaves at least one pixel.',
      })
      return
    }
    this.descs.set(key, desc)
    if (Math.max(...sides) <= this.textureSize) return
    this.oversizedOutputs.add(key)
    if (inherited) return
    this.problems.push({
      ...at,
      message: `${this.nodeNames.node(id)} would make a picture of ${sizeText(desc)} pixels; no side may be longer than ${this.textureSize}.`,
      hint: 'Choose a smaller size or factor, or scale the picture down before it.',
    })
  }

  private missingInput(id: FlatId, name: string, type: PortType): Problem {
    const input = `${this.nodeNames.input(id, name)} of ${this.nodeNames.node(id)}`
    const at = { code: 'missing-input', severity: 'error', node: id, port: name } as const
    const edge = this.wiring.wires.get(`${id}.${name}`)
    if (!edge) return { ...at, message: `${input} is not connected.`, hint: `Connect ${valueTypes[type].noun} to it.` }
    const writer = this.nodeNames.node(edge.from.node)
    return nodeOf(this.document, edge.from.node)?.bypass
      ? {
          ...at,
          edge: edge.id,
          message: `${input} gets nothing: ${writer} is bypassed and has nothing to pass on.`,
          hint: `Turn off the bypass of ${writer}, or connect another node.`,
        }
      : {
          ...at,
          edge: edge.id,
          message: `${input} gets nothing: ${writer} has no ${this.nodeNames.output(edge.from.node, edge.from.port)} here.`,
          hint: `Connect ${valueTypes[type].noun} from another node.`,
        }
  }

  /** The rule of `pixel` nodes: all connected pictures of one size. The odd ones are those that the most do not share. */
  private oddSizes(id: FlatId, inputs: Readonly<Record<string, ValueDesc | undefined>>): Problem[] {
    const pictures = Object.entries(inputs).flatMap(([name, desc]) => (isPicture(desc) ? [{ name, desc }] : []))
    const votes = new Map<string, number>()
    for (const { desc } of pictures) votes.set(sizeText(desc), (votes.get(sizeText(desc)) ?? 0) + 1)
    if (votes.size < 2) return []
    const maxVotes = Math.max(...votes.values())
    // Where as many say one as the other, the first input counts.
    const usual = pictures.find(({ desc }) => votes.get(sizeText(desc)) === maxVotes)
    if (!usual) return []
    return pictures
      .filter(({ desc }) => sizeText(desc) !== sizeText(usual.desc))
      .map(({ name, desc }) => ({
        code: 'size-mismatch',
        severity: 'error',
        node: id,
        port: name,
        message: `${this.nodeNames.input(id, name)} of ${this.nodeNames.node(id)} is ${sizeText(desc)} pixels, but ${this.nodeNames.input(id, usual.name)} is ${sizeText(usual.desc)}.`,
        hint: 'Scale one of them so that both have the same size.',
      }))
  }
}

function cycleProblem(
  cycle: Order<FlatId>['cycles'][number],
  wiring: Wiring<FlatId>,
  nodeNames: Names<FlatId>,
  specs: Specs,
  document: FlatDocument,
): Problem {
  const [reader, writer] = [cycle.at(-1)!, cycle[0]!]
  const record = nodeOf(document, reader)
  const spec = specOf(specs, record)
  const port = Object.keys(spec?.inputs ?? {}).find((name) => wiring.source(reader, name)?.node === writer)
  const edge = port === undefined ? undefined : wiring.wires.get(`${reader}.${port}`)
  const firstNodes = cycle.slice(0, 4).map((id) => nodeNames.node(id))
  const moreNodes = cycle.length - firstNodes.length
  const list = moreNodes > 0 ? [...firstNodes, `${moreNodes} more`] : firstNodes
  const last = list.pop()
  return {
    code: 'cycle',
    severity: 'error',
    node: reader,
    ...(port === undefined ? {} : { port }),
    ...(edge ? { edge: edge.id } : {}),
    message:
      list.length === 0
        ? `${last} is wired to itself, so it would wait for its own result.`
        : `${list.join(', ')} and ${last} are wired in a circle, so each would wait for its own result.`,
    hint: 'Remove one of the wires between them.',
  }
}

/**
 * Describes every output of the document, wanted or not, those inside subgraphs by their names from outside. Problems: unknown node types, everything about
 * wires, missing inputs, sizes, and what the nodes' own `infer` refuses. Values of params are taken where
 * valid, else the defaults are; `validate` tells of the invalid ones.
 */
export function inferAll(
  whole: AnyDocument,
  specs: Specs,
  facts: AssetFacts,
  limits: { readonly textureSize: number } = { textureSize: defaultTextureSize },
): Inference {
  const expansion = expand(whole, specs)
  const { document } = expansion
  const nodeNames = names(document, specs)
  const sound = wire(document, specs, nodeNames)
  const wiring =
    expansion.brokenInputs.size === 0
      ? sound
      : { ...sound, brokenInputs: new Set([...sound.brokenInputs, ...expansion.brokenInputs]) }
  const walk = new Walk(document, wiring, facts, nodeNames, limits.textureSize)
  const ids = (Object.keys(document.nodes) as FlatId[]).sort(compareIds)
  const specAt = (id: FlatId) => specOf(specs, document.nodes[id])

  const { order, cycles } = orderFrom(ids, (id) => {
    const spec = document.nodes[id]!.bypass ? undefined : specAt(id)
    if (!spec) return []
    return Object.keys(spec.inputs).flatMap((name) => wiring.source(id, name)?.node ?? [])
  })
  walk.problems.push(...expansion.problems, ...wiring.problems)
  for (const id of ids) {
    const { type } = document.nodes[id]!
    if (specAt(id) || wiring.restingNodes.has(id)) continue
    walk.problems.push({
      code: 'unknown-node',
      severity: 'error',
      node: id,
      message: `${nodeNames.node(id)} is of the type "${type}", which this version does not know; its settings are kept.`,
      hint: 'Open the graph with a version that has it, or replace or remove the node.',
    })
  }
  for (const cycle of cycles) walk.problems.push(cycleProblem(cycle, wiring, nodeNames, specs, document))
  for (const id of order) {
    const record = document.nodes[id]!
    const spec = specAt(id)
    if (spec && !record.bypass && !wiring.restingNodes.has(id)) walk.visit(record, spec)
  }
  for (const id of ids) {
    const spec = document.nodes[id]!.bypass ? specAt(id) : undefined
    for (const name of Object.keys(spec?.outputs ?? {})) {
      const from = wiring.resolve({ node: id, port: name })
      const desc = from && walk.descs.get(endpointKey(from))
      if (desc) walk.descs.set(`${id}.${name}`, desc)
    }
  }
  return {
    descs: walk.descs,
    problems: walk.problems,
    wiring,
    source: (node, input) => walk.source(node, input),
  }
}
