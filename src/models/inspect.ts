/**
 * What an ONNX file says that it takes and gives. What SR Model cannot feed is refused here, in words, before any
 * picture is lost; the rest a probe finds (probe-form.ts), so that nobody is asked to describe their model.
 */
import type { ModelFacts, ModelNumbers, Personality } from '../graph/node/facts.ts'
import { contextOf } from './onnx/context.ts'
import { readOnnx, summarise } from './onnx/onnx-file.ts'
import { ModelError } from './types.ts'

/** One input or output as the file declares it. A dimension is a number where fixed, a name where free. */
export interface ValueInfo {
  readonly name: string
  /** ONNX element type such as `float32`; `null` for what is not a tensor. */
  readonly elementType: string | null
  /** Empty where the file does not say. */
  readonly shape: readonly (number | string)[]
}

export interface Size {
  readonly width: number
  readonly height: number
}

export type Layout = ModelFacts['layout']
export type Channels = ModelFacts['channels']
export type ElementType = ModelFacts['elementType']

/** How to feed a model of one picture in, one picture out. */
export interface ModelForm {
  readonly input: string
  readonly output: string
  readonly layout: Layout
  readonly channels: Channels
  readonly elementType: ElementType
  readonly fixedSize: Size | null
  /** Output size ÷ input size. */
  readonly scale: number
  /** Both sides of the input must be multiples of this; 1 for most. */
  readonly sizeStep: number
}

/** An output of a file that is a picture. */
export interface OutputForm {
  readonly name: string
  /** Size of its pixels ÷ that of the input's. */
  readonly scale: number
  /** Input pixels that it lacks on each side. */
  readonly crop: number
  /** ONNX element type. */
  readonly elementType: string
}

/** What a file was found to take and give, as it stands. */
export interface FoundForm extends Pick<ModelForm, 'input' | 'layout' | 'channels' | 'elementType' | 'sizeStep'> {
  /** Of the file's own input. */
  readonly fixedSize: Size | null
  /** The largest scale first; at least one. */
  readonly outputs: readonly [OutputForm, ...OutputForm[]]
  /** How many outputs there are, those that are no pictures with them. */
  readonly outputCount: number
  readonly numbers: ModelNumbers
  /** Of the picture by which all this was found. */
  readonly probedSize: Size
}

export const channelCount = (channels: Channels): number => (channels === 'rgb' ? 3 : 1)

export const tensorDims = (layout: Layout, channels: Channels, size: Size): readonly number[] =>
  layout === 'nchw'
    ? [1, channelCount(channels), size.height, size.width]
    : [1, size.height, size.width, channelCount(channels)]

export type Candidate = Pick<ModelForm, 'layout' | 'channels' | 'fixedSize'>

export interface Signature {
  readonly input: string
  readonly outputs: readonly string[]
  readonly elementType: ElementType
  /** The ways in which the declared shape may be read, likeliest first; the probe decides. */
  readonly candidates: readonly Candidate[]
}

export const fittingModelHint = 'Choose a model that takes one RGB or luma picture and gives one larger picture.'

const shapeText = (shape: readonly (number | string)[]): string => (shape.length ? shape.join(' × ') : 'a scalar')

/**
 * Reads the declared inputs and outputs of the model called `name`. Throws `ModelError` where no reading makes
 * it a model of one picture in, one picture out.
 */
export function readSignature(name: string, inputs: readonly ValueInfo[], outputs: readonly ValueInfo[]): Signature {
  const [input, ...more] = inputs
  if (!input || outputs.length === 0)
    throw new ModelError(`The model “${name}” has no input or no output.`, fittingModelHint)
  if (more.length) {
    const names = inputs.map((each) => each.name).join(', ')
    throw new ModelError(
      `The model “${name}” wants ${inputs.length} inputs (${names}), not one picture.`,
      fittingModelHint,
    )
  }
  const { elementType, shape } = input
  if (elementType !== 'float32' && elementType !== 'float16') {
    const type = elementType ?? 'something that is not a tensor'
    throw new ModelError(
      `The model “${name}” takes ${type}, not float32 or float16 numbers.`,
      'Export the model again with floating-point input and output.',
    )
  }
  const unfit = () =>
    new ModelError(
      `The model “${name}” takes an input of the shape ${shapeText(shape)}, which is not a picture.`,
      fittingModelHint,
    )
  if (shape.length !== 0 && shape.length !== 4) throw unfit()
  if (typeof shape[0] === 'number' && shape[0] > 1) {
    throw new ModelError(
      `The model “${name}” takes ${shape[0]} pictures at once, not one.`,
      'Export the model again with a batch of 1.',
    )
  }
  const candidates: Candidate[] = []
  for (const layout of ['nchw', 'nhwc'] as const) {
    const [depth, height, width] = layout === 'nchw' ? [shape[1], shape[2], shape[3]] : [shape[3], shape[1], shape[2]]
    const channels = (['rgb', 'y'] as const).filter(
      (each) => typeof depth !== 'number' || depth <= 0 || depth === channelCount(each),
    )
    const fixedSides = [width, height].filter((each) => typeof each === 'number' && each > 0)
    if (fixedSides.length === 1) continue
    const fixedSize = fixedSides.length === 2 ? { width: Number(width), height: Number(height) } : null
    if (fixedSize && (fixedSize.width < 8 || fixedSize.height < 8)) continue
    candidates.push(...channels.map((each) => ({ layout, channels: each, fixedSize })))
  }
  if (!candidates.length) throw unfit()
  // A depth that the file states counts for more than one that merely could be.
  const statedCandidates = candidates.filter(({ layout }) => typeof shape[layout === 'nchw' ? 1 : 3] === 'number')
  const names = outputs.map(({ name }) => name)
  return {
    input: input.name,
    outputs: names,
    elementType,
    candidates: statedCandidates.length ? statedCandidates : candidates,
  }
}

const personalities = new Set<string>(['l1', 'perceptual', 'gan'] satisfies Personality[])

/** What a file says of itself, as far as people should know it. Throws `ModelError` where it is no ONNX file. */
export function readCard(fileName: string, bytes: Uint8Array<ArrayBuffer>): FileCard {
  const model = readOnnx(fileName, bytes)
  const { metadata, parameters, producer } = summarise(model)
  const says = (...keys: string[]) => keys.map((key) => metadata.get(key)?.trim()).find((value) => value)
  const personality = says('personality') ?? ''
  const author = says('author', 'origin')
  return {
    name: says('name') ?? fileName.replace(/\.onnx$/i, ''),
    parameters: parameters > 0 ? parameters : null,
    context: contextOf(model),
    personality: personalities.has(personality) ? (personality as Personality) : null,
    licence: says('licence', 'license') ?? 'unknown',
    origin: `A file of your own${author ? `, by ${author}` : producer ? `, written by ${producer}` : ''}.`,
  }
}

export type FileCard = Pick<ModelFacts, 'name' | 'parameters' | 'context' | 'personality' | 'licence' | 'origin'>
