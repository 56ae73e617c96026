/**
 * Finds what a model takes and gives by running it on small pictures: its scale, which of its outputs are pictures, the
 * sizes that it wants, and which numbers are black and white to it.
 */
import type { ModelNumbers, NumberRange } from '../graph/node/facts.ts'
import {
  type Candidate,
  channelCount,
  type FoundForm,
  fittingModelHint,
  type ModelForm,
  type OutputForm,
  type Signature,
  type Size,
  tensorDims,
} from './inspect.ts'
import { findNumbers, isTestPicture, testPicture } from './number-range.ts'
import { type Adaptation, adaptedEnds } from './onnx/adapt-model.ts'
import { bytesOf, numbersOf } from './onnx/tensor-data.ts'
import type { ModelSession } from './sessions.ts'
import { ModelError } from './types.ts'

/** What the model gave for an input. */
export interface ProbeResult {
  readonly dims: readonly number[]
  /** ONNX element type. */
  readonly elementType: string
  /** Row by row; empty where they are no floats and no bytes. */
  readonly numbers: Float32Array
}

/** Runs the model on a made-up picture of these dimensions; resolves with what one of its outputs gives. */
export type Probe = (
  dims: readonly number[],
  numbers: Float32Array<ArrayBuffer>,
  output: string,
) => Promise<ProbeResult>

/** Probes by a session of the file. */
export const probeOf =
  (session: ModelSession, { input, elementType }: Signature): Probe =>
  async (dims, numbers, output) => {
    const data = bytesOf(numbers, elementType)
    const result = await session.runOnBytes({ name: input, elementType, dims, data }, output, true)
    return { dims: result.dims, elementType: result.elementType, numbers: numbersOf(result.elementType, result.bytes) }
  }

/** An odd multiple of the step, so that no larger power of two divides it. */
const probeSide = (step: number, minimum: number): number => step * (Math.ceil(minimum / step) | 1)

const steps = [1, 2, 4, 8, 16, 32, 64]

const stepSize = (step: number): Size => ({ width: probeSide(step, 20), height: probeSide(step, 16) })

/** For models that take more off their picture's sides than the first sizes have. */
const roomy: Size = { width: 101, height: 85 }

/** A small picture that the model takes. */
export const probeSize = ({ fixedSize, sizeStep }: ModelForm): Size => fixedSize ?? stepSize(sizeStep)

/** Outputs that are looked at. */
const maxOutputs = 16

/**
 * Finds scale, layout, size step, the outputs that are pictures and the range of the numbers by running `probe`. Rejects
 * with `ModelError` where no picture comes out.
 */
export async function probeForm(name: string, signature: Signature, probe: Probe): Promise<FoundForm> {
  const { input, outputs, elementType } = signature
  let failure: unknown
  let misfit: string | undefined
  for (const candidate of signature.candidates) {
    const { layout, channels, fixedSize } = candidate
    const sizes = fixedSize
      ? [{ step: 1, size: fixedSize }]
      : [...steps.map((step) => ({ step, size: stepSize(step) })), { step: 1, size: roomy }]
    for (const { step, size } of sizes) {
      const picture = { layout, depth: channelCount(channels), ...size }
      const dims = tensorDims(layout, channels, size)
      const run = (range: NumberRange, output: string) => probe(dims, testPicture(picture, range), output)
      const fittingForms: { readonly form: OutputForm; readonly numbers: Float32Array }[] = []
      let pictures = 0
      for (const output of outputs.slice(0, maxOutputs)) {
        let result: ProbeResult
        try {
          result = await run('unit', output)
        } catch (cause) {
          failure = cause
          // What one output cannot be had from, no other can.
          break
        }
        if (result.dims.length === 4) pictures += 1
        const fit = scaleOf(candidate, size, result.dims)
        if (fit) {
          fittingForms.push({
            form: { name: output, ...fit, elementType: result.elementType },
            numbers: result.numbers,
          })
        } else misfit ??= misfitText(candidate, size, result.dims)
      }
      const [largest, ...others] = fittingForms.toSorted((a, b) => b.form.scale - a.form.scale)
      if (largest) {
        const { form } = largest
        let first: Float32Array | undefined = largest.numbers
        const numbers = await findNumbers(picture, async (range) => {
          const answer =
            first ??
            (await run(range, form.name).then(
              (result) => result.numbers,
              () => undefined,
            ))
          first = undefined
          return answer && { numbers: answer, scale: form.scale, crop: form.crop }
        })
        return {
          ...{ input, elementType, layout, channels, fixedSize, numbers },
          sizeStep: step,
          probedSize: size,
          outputs: [form, ...others.map((each) => each.form)],
          outputCount: outputs.length,
        }
      }
      // A picture of another size may be this step's fault; no picture at all is not.
      if (misfit && pictures === 0) break
    }
  }
  if (misfit) throw new ModelError(`The model “${name}” gives ${misfit}.`, fittingModelHint)
  throw new ModelError(`The model “${name}” could not be run on a small test picture.`, fittingModelHint, {
    cause: failure,
  })
}

/**
 * Whether the picture that the model gives as `output` is the one that it was given, where `numbers` are taken for black and white. A model
 * that fails on them does not.
 */
export async function givesBack(form: FoundForm, output: OutputForm, numbers: ModelNumbers, probe: Probe) {
  const { layout, channels, probedSize } = form
  const picture = { layout, depth: channelCount(channels), ...probedSize }
  try {
    const dims = tensorDims(layout, channels, probedSize)
    const { numbers: given } = await probe(dims, testPicture(picture, numbers.in), output.name)
    return isTestPicture(picture, { numbers: given, scale: output.scale, crop: output.crop }, numbers.out)
  } catch {
    return false
  }
}

/** The most that a model may lack of its picture, in input pixels a side. */
const maxCrop = 64

function scaleOf(
  { layout, channels }: Candidate,
  size: Size,
  dims: readonly number[],
): Pick<OutputForm, 'scale' | 'crop'> | undefined {
  if (dims.length !== 4 || dims[0] !== 1) return undefined
  const [depth, height = 0, width = 0] = layout === 'nchw' ? [dims[1], dims[2], dims[3]] : [dims[3], dims[1], dims[2]]
  if (depth !== channelCount(channels)) return undefined
  const whole = (scale: number) => Number.isInteger(scale) && scale >= 1 && scale <= 16
  if (whole(width / size.width) && width / size.width === height / size.height) {
    return { scale: width / size.width, crop: 0 }
  }
  // What is lost at the edge is the same on all sides: the rest grows with the picture.
  if (size.width === size.height) return undefined
  const scale = (width - height) / (size.width - size.height)
  const crop = (size.width - width / scale) / 2
  return whole(scale) && Number.isInteger(crop) && crop > 0 && crop <= maxCrop && width > 0 && height > 0
    ? { scale, crop }
    : undefined
}

/** What comes out instead of a larger picture, in words that hold for any picture's size. */
function misfitText({ layout, channels }: Candidate, size: Size, dims: readonly number[]): string {
  if (dims.length !== 4) {
    return dims.length === 0 ? 'a single number, not a picture' : `numbers in ${dims.length} dimensions, not a picture`
  }
  if (dims[0] !== 1) return `${dims[0]} pictures for one`
  const [depth, height = 0, width = 0] = layout === 'nchw' ? [dims[1], dims[2], dims[3]] : [dims[3], dims[1], dims[2]]
  const channelsExpected = channelCount(channels)
  if (depth !== channelsExpected) {
    return `a picture of ${depth} ${depth === 1 ? 'channel' : 'channels'} for one of ${channelsExpected}`
  }
  const factor = (large: number, small: number) => `×${Number((large / small).toPrecision(3))}`
  const [across, down] = [factor(width, size.width), factor(height, size.height)]
  return `a picture of about ${across === down ? across : `${across} the width and ${down} the height`}, which is no enlargement by a whole factor from 1 to 16`
}

/** How a model is to be used, where not as it was found to be. */
export interface ModelUse {
  readonly numbersIn?: NumberRange | undefined
  readonly numbersOut?: NumberRange | undefined
  readonly bgr?: boolean | undefined
  /** Name of an output; without it the picture of the largest scale. */
  readonly output?: string | undefined
}

/**
 * The form of the file once `adaptModel` has made it a usual one, and what that takes. Throws `ModelError` where the
 * model called `name` has no such output.
 */
export function usualForm(name: string, form: FoundForm, use: ModelUse): { form: ModelForm; adaptation: Adaptation } {
  const { input, layout, channels, elementType, sizeStep, fixedSize, outputCount, numbers } = form
  const output = outputOf(name, form, use)
  const { scale, crop } = output
  const adaptation: Adaptation = {
    ...{ input, output: output.name, layout, depth: channelCount(channels), elementType, crop },
    numbers: { in: use.numbersIn ?? numbers.in, out: use.numbersOut ?? numbers.out },
    bgr: use.bgr ?? false,
    cast: output.elementType !== elementType,
    several: outputCount > 1,
  }
  const size = fixedSize && { width: fixedSize.width - 2 * crop, height: fixedSize.height - 2 * crop }
  return {
    form: { ...adaptedEnds(adaptation), layout, channels, elementType, sizeStep, scale, fixedSize: size },
    adaptation,
  }
}

/** Of the pictures that the model called `name` gives, that which is meant. Throws `ModelError` where there is no such. */
export function outputOf(name: string, { outputs }: FoundForm, use: ModelUse): OutputForm {
  const output = use.output ? outputs.find((each) => each.name === use.output) : outputs[0]
  if (output) return output
  throw new ModelError(
    `The model “${name}” has no picture “${use.output}”.`,
    `Choose one of these outputs: ${outputs.map((each) => each.name).join(', ')}.`,
  )
}
