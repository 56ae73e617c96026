/**
 * Models as chains of convolutions on WebAssembly made for them. Before the first picture of a model is believed, its test pictures are held
 * to onnxruntime's.
 */
import { messageOf } from '../../../graph/document/coded-error.ts'
import { largestDifference, onSession } from '../../gpu-proof.ts'
import { channelCount, type ModelForm } from '../../inspect.ts'
import { inColours, isColourable } from '../../luma-in-colour.ts'
import { readOnnx } from '../../onnx/onnx-file.ts'
import { type ModelSession, openSession, pickRuntime, type SessionRequest } from '../../sessions.ts'
import { readNetwork } from '../shaders/read-network.ts'
import { type Chain, chainOf } from './chain.ts'
import type { ChainThreads } from './chain-threads.ts'

/** How far off the worst number of a test picture may be: 32-bit sums in another order. */
const tolerance = 1e-3

/** The chain in a model's file; `undefined` where it is none, or takes other tensors than planes of float32. */
function chainInFile(name: string, bytes: Uint8Array<ArrayBuffer>, form: ModelForm): Chain | undefined {
  if (form.elementType !== 'float32' || form.layout !== 'nchw') return undefined
  const model = readOnnx(name, bytes)
  if (model.graph.output.length > 1) return undefined
  const network = readNetwork(model, channelCount(form.channels))
  return 'refusal' in network ? undefined : chainOf(network)
}

function openChainSession(threads: Pick<ChainThreads, 'open'>, chain: Chain, form: ModelForm): ModelSession {
  const { input, output } = form
  const open = threads.open(chain)
  const value = { elementType: 'float32', shape: [] }
  return {
    runtime: 'wasm',
    note: undefined,
    inputs: [{ ...value, name: input }],
    outputs: [{ ...value, name: output }],
    async runOnBytes({ dims, data }) {
      const [, channels, height, width] = dims as readonly [number, number, number, number]
      // A copy: the caller's numbers are looked at once more, beside the result's.
      const planes = new Float32Array(data, 0, channels * height * width).slice()
      const { result, milliseconds } = await open.run(planes, width, height)
      const { factor, results } = chain
      return {
        dims: [1, results, height * factor, width * factor],
        elementType: 'float32',
        bytes: new Uint8Array(result.buffer),
        milliseconds,
      }
    },
    ...(isColourable(form)
      ? { runOnColours: (colours, { width, height }) => open.runOnColours(colours, width, height) }
      : {}),
    runOnBuffers: () => Promise.reject(new Error('a chain of convolutions runs on the CPU alone')),
    async [Symbol.asyncDispose]() {
      open.close()
    },
  }
}

/** Opens a model as code made for it, where WebAssembly is to run it, it is a chain, and computes what onnxruntime does; else by onnxruntime. */
export async function openQuickest(
  threads: Pick<ChainThreads, 'open'>,
  request: SessionRequest,
): Promise<ModelSession> {
  const { name, bytes, enlarging, runtime, gpu } = request
  if (!enlarging || pickRuntime(runtime, gpu.software) !== 'wasm') return openSession(request)
  const { form, isMixed } = enlarging
  const onOrt = async () => {
    const session = await openSession(request)
    return isColourable(form) ? inColours(session, form) : session
  }
  const chain = chainInFile(name, bytes, form)
  if (!chain) return onOrt()
  const session = openChainSession(threads, chain, form)
  // What it lies between has been tried.
  if (isMixed) return session
  const reference = await onOrt()
  const complaint = await complaintOf(session, reference, form)
  const [winner, other] = complaint === undefined ? [session, reference] : [{ ...reference, note: complaint }, session]
  await other[Symbol.asyncDispose]()
  return winner
}

/** Why the session's pictures must not be believed, a sentence for people; `undefined` where they may. `reference`: onnxruntime. */
async function complaintOf(
  session: ModelSession,
  reference: ModelSession,
  form: ModelForm,
): Promise<string | undefined> {
  let why: string
  try {
    const difference = await largestDifference(onSession(session, form), onSession(reference, form), form)
    if (difference <= tolerance) return undefined
    why = Number.isFinite(difference) ? `it was off by ${difference.toPrecision(2)}` : 'it gave no picture'
  } catch (error) {
    why = `it failed (${messageOf(error)})`
  }
  return `Run by onnxruntime: code made for this model was tried on a test picture, and ${why}.`
}
