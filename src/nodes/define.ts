/** The only module a node file imports: what an author needs, and nothing that touches the engine. */

import { drivenPorts } from '../graph/node/driven-params.ts'
import type { Params } from '../graph/node/params.ts'
import type { Ports } from '../graph/node/ports.ts'
import type { NodeSpec } from '../graph/node/spec.ts'
import type { Kernel } from './kernel.ts'

export type { ComputePass, Gpu, GpuPicture, Recorder } from '../gpu/types.ts'
export { inferProblem, sizeMismatch } from '../graph/document/problems.ts'
export { soundLeft } from '../graph/node/companions.ts'
export { compressionOf } from '../graph/node/compression.ts'
export { fits as drawingFits } from '../graph/node/drawing.ts'
export type { AssetFacts, DialPlace, MediaFacts, ModelFacts } from '../graph/node/facts.ts'
export { damageSentence, dialsOf, measuredDamage, replacementNotes } from '../graph/node/family-dials.ts'
export { hash3 } from '../graph/node/hash.ts'
export { inOrderOfFrames, type Keyframe, numberAt } from '../graph/node/keyframes.ts'
export { lumaWeights } from '../graph/node/luma-weights.ts'
export { param } from '../graph/node/params.ts'
export type { CodedDesc, PictureDesc } from '../graph/node/ports.ts'
export { numberDesc, port } from '../graph/node/ports.ts'
export type { Region } from '../graph/plan/region.ts'
export { sameRegion, union } from '../graph/plan/region.ts'
export { marginOf, partSlack } from '../graph/plan/tiling.ts'
export { maskOf } from './drawing-mask.ts'
export { createFineBands, fineBandNeeds, fineRadius } from './fine-bands.ts'
export { framesAround, motionsAround, onEachSide, range, zeroPixel } from './frames-around.ts'
export type { FramePicture, FrameSet, Prepare, Run } from './kernel.ts'
export * as measures from './measures/measures.ts'
export { type Motions, openMotions } from './motion/fields.ts'
export { cutShare } from './motion/search.ts'
export { blockReads } from './motion/shaders.ts'
export { catmullRom, farthestFollowed, warpReach } from './motion/warp.ts'
export { chosenModel } from './picture-model.ts'
export { axisWeights, chainedWeights, createResampler, inverseWeights } from './resample.ts'
export { resampleKernels } from './resample-kernels.ts'
export { throughQueue } from './sink-queue.ts'
export type { Stage, StagePicture } from './stage.ts'
export { borrowPicture, createBox, createGaussian, createStage, gaussianRadius, layOver, widen } from './stage.ts'
export { CadenceLog, cadencesOf, combedFrom, expectedOf, matchOf, orderOf, verdictOf } from './telecine/cadence.ts'
export { chromaRowsWgsl, createFieldChroma } from './telecine/chroma-rows.ts'
export { combedRowWgsl } from './telecine/combed-row.ts'
export { createFieldReader } from './telecine/field-reader.ts'
export type { Size, WeightMap } from './text-strokes.ts'
export { prepareStrokes } from './text-strokes.ts'

export interface NodeDefinition<I extends Ports = Ports, O extends Ports = Ports, P extends Params = Params>
  extends NodeSpec<I, O, P> {
  readonly kernel: Kernel<I, O, P>
}

/**
 * Ties a node's parts together so that `infer` and the kernel know the exact ports and params. The result is
 * the general form, in which the registry, the planner and the executor handle every node alike.
 */
export function defineNode<const I extends Ports, const O extends Ports, const P extends Params>(
  definition: NodeDefinition<I, O, P>,
): NodeDefinition {
  const { kind } = definition.kernel
  const numberInputs = kind === 'source' || kind === 'sink' ? {} : drivenPorts(definition.params)
  const twice = Object.keys(numberInputs).find((name) => Object.hasOwn(definition.inputs, name))
  if (twice !== undefined) throw new Error(`${definition.type}: "${twice}" is the name of an input and of a param`)
  // The general form takes any ports and params; only the executor calls it, with those the node declared.
  return { ...definition, inputs: { ...definition.inputs, ...numberInputs } } as unknown as NodeDefinition
}
