/**
 * Makes shaders of a model, in the way that is quickest on this adapter and gives the right numbers, or says why there
 * are none.
 */

import type { Gpu } from '../../../gpu/types.ts'
import { messageOf } from '../../../graph/document/coded-error.ts'
import { largestDifference, type RunNumbers } from '../../gpu-proof.ts'
import { channelCount, type ModelForm } from '../../inspect.ts'
import type { OnnxModel } from '../../onnx/onnx-file.ts'
import { timeTrial } from '../trial.ts'
import type { Lowering } from './cut-passes.ts'
import { lower, refusalText } from './lower.ts'
import { compileNetwork, type ShaderNetwork } from './shader-network.ts'
import { runOnNumbers } from './shader-session.ts'
import type { Variant } from './tensor-layout.ts'

/** How far off the worst number of a test picture may be: 32-bit sums in another order, or numbers kept in 16 bits. */
const tolerances = { single: 1e-3, half: 2 / 255 } as const

/**
 * Ways worth trying, the likeliest first. Software graphics pay for every load and barrier, and nothing for a longer
 * text; a GPU the other way round. Without float16 in its shaders a GPU is old, and gains nothing by halves.
 */
export function variantsFor(software: boolean, halves: boolean): readonly Variant[] {
  if (software) return [{ weights: 'literal', shared: false, pixels: 2, order: 'pixels', half: false }]
  return [
    { weights: 'memory', shared: true, pixels: 2, order: 'planes', half: halves },
    { weights: 'memory', shared: true, pixels: 4, order: 'planes', half: halves },
    { weights: 'memory', shared: false, pixels: 4, order: 'planes', half: halves },
    ...(halves ? [{ weights: 'memory', shared: true, pixels: 2, order: 'planes', half: false } as const] : []),
  ]
}

/** For models whose numbers the dial mixes: they must lie in memory, on whatever adapter. */
export const mixable = (variant: Variant): Variant =>
  variant.weights === 'memory' ? variant : { ...variant, weights: 'memory', pixels: 4 }

export interface OpenedShaders {
  readonly network: ShaderNetwork
  readonly lowering: Lowering
  readonly variant: Variant
  /** Of a picture of the trial; `undefined` where there was nothing to choose. */
  readonly milliseconds: number | undefined
}

export interface ShadersRequest {
  readonly gpu: Gpu
  readonly name: string
  readonly model: OnnxModel
  readonly form: ModelForm
  /** onnxruntime on WASM, on the same model. */
  readonly onCpu: RunNumbers
  /** Tried in this order; the quickest of those that give the right numbers is taken. */
  readonly variants: readonly Variant[]
}

/** The complaint is a sentence for people. */
export async function openShaders(request: ShadersRequest): Promise<OpenedShaders | { readonly complaint: string }> {
  const { gpu, name, model, form, variants } = request
  const lowering = lower(model, channelCount(form.channels))
  if ('refusal' in lowering) {
    return { complaint: `Run by onnxruntime: no shaders are known for ${refusalText(lowering.refusal)}.` }
  }
  let complaint = 'Run by onnxruntime: no way is known to write shaders of this model.'
  let best: OpenedShaders | undefined
  for (const variant of variants) {
    let network: ShaderNetwork
    try {
      network = await compileNetwork(gpu, name, lowering, variant, form.layout)
    } catch (error) {
      complaint = `Run by onnxruntime: shaders of this model could not be made (${sentence(error)}).`
      continue
    }
    try {
      const shaderFault = await proveShaders(request, network)
      if (shaderFault !== undefined) complaint = shaderFault
      else {
        const milliseconds = variants.length > 1 ? await timeNetwork(gpu, network, form) : undefined
        if (!best || (milliseconds ?? 0) < (best.milliseconds ?? 0)) {
          best?.network[Symbol.dispose]()
          best = { network, lowering, variant, milliseconds }
          continue
        }
      }
    } catch (error) {
      complaint = `Run by onnxruntime: shaders of this model could not be tried (${sentence(error)}).`
    }
    network[Symbol.dispose]()
  }
  return best ?? { complaint }
}

const sentence = (error: unknown): string => messageOf(error).split('\n')[0]!.replace(/\.$/, '').slice(0, 200)

/** Why what it computes must not be believed; `undefined` where it may. */
export async function proveShaders(
  { gpu, form, onCpu }: Pick<ShadersRequest, 'gpu' | 'form' | 'onCpu'>,
  network: ShaderNetwork,
): Promise<string | undefined> {
  const { layout, scale, elementType } = form
  const onGpu: RunNumbers = (dims, data) => runOnNumbers(gpu, { network, layout, scale, elementType, dims, data })
  const rounded = network.variant.half || elementType === 'float16'
  const difference = await largestDifference(onGpu, onCpu, form)
  if (difference <= tolerances[rounded ? 'half' : 'single']) return undefined
  const off = Number.isFinite(difference) ? ` by ${difference.toPrecision(2)}` : ''
  return `Run by onnxruntime: on a test picture shaders of this model were off${off}.`
}

/** Pictures recorded at once in a trial. */
const repeats = 4

const timeNetwork = (gpu: Gpu, network: ShaderNetwork, form: ModelForm): Promise<number> =>
  timeTrial(gpu, form, async (input, output, size) => {
    const encoder = gpu.device.createCommandEncoder({ label: 'models/trial' })
    for (let i = 0; i < repeats; i++) network.record({ encoder }, network.ownWeights, input, output, size)
    gpu.device.queue.submit([encoder.finish()])
    return repeats
  })
