/**
 * The only door to onnxruntime-web. Two overlapping runs crash the page, whatever their sessions, so everything
 * goes through one queue; and which runtime a model really took is part of every session.
 *
 * The whole build of the runtime serves both ways: on WebGPU with our own device (which works only through the session
 * option), and on WASM with SIMD, and with threads where the page is isolated. The plain build, of half the size and
 * ready in half the time, has WASM alone: it is for machines without a GPU.
 */

import type { InferenceSession, Tensor } from 'onnxruntime-web'
import wholeMjs from '../../node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.asyncify.mjs?url'
import wholeWasm from '../../node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.asyncify.wasm?url'
import plainMjs from '../../node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.mjs?url'
import plainWasm from '../../node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.wasm?url'
import { messageOf } from '../graph/document/coded-error.ts'
import type { ElementType, ModelForm, Size, ValueInfo } from './inspect.ts'
import { ModelError, type RuntimeChoice } from './types.ts'

export type Runtime = 'webgpu' | 'wasm'
type Ort = typeof import('onnxruntime-web')

/**
 * Threads that WASM computes with: up to 8 on an isolated page, else one. A core is left to whoever makes the other frames
 * under way: of two, the second gave a run a third more speed, took as long for itself, and kept software graphics waiting.
 */
export const wasmThreads = (): number =>
  globalThis.crossOriginIsolated ? Math.min(8, Math.max(1, navigator.hardwareConcurrency - 1)) : 1

/** By address, not by name: dev server, build and worker each put these files somewhere else. */
const address = (url: string): string => new URL(url, import.meta.url).href

async function loadWhole(): Promise<Ort> {
  const ort = await import('onnxruntime-web/webgpu')
  ort.env.wasm.wasmPaths = { mjs: address(wholeMjs), wasm: address(wholeWasm) }
  return ort
}

async function loadPlain(): Promise<Ort> {
  const [ort, response] = await Promise.all([import('onnxruntime-web/wasm'), fetch(address(plainWasm))])
  if (!response.ok) throw new Error(`${plainWasm}: ${response.status}`)
  ort.env.wasm.wasmPaths = { mjs: address(plainMjs) }
  ort.env.wasm.wasmBinary = await response.arrayBuffer()
  return ort
}

/** Loads once what `load` loads; a failed download may succeed when asked again. */
function once(load: () => Promise<Ort>) {
  let loading: Promise<Ort> | undefined
  return {
    get begun() {
      return loading !== undefined
    },
    get(): Promise<Ort> {
      loading ??= load().then((ort) => {
        ort.env.wasm.numThreads = wasmThreads()
        ort.env.logLevel = 'error'
        return ort
      })
      loading.catch(() => {
        loading = undefined
      })
      return loading
    },
  }
}

const whole = once(loadWhole)
const plain = once(loadPlain)

/** Without a network the plain build may be wanting, since only the whole one is stored on a first visit. */
const loadOrt = (runtime: Runtime): Promise<Ort> =>
  (runtime === 'webgpu' || whole.begun ? whole.get() : plain.get().catch(() => whole.get())).catch((cause: unknown) => {
    throw new ModelError(
      'The program that runs models (onnxruntime-web) could not be loaded.',
      'Check the connection and reload the page.',
      { cause },
    )
  })

let tail: Promise<unknown> = Promise.resolve()

/** Runs `work` when all that was queued before it is done. Never queue from inside queued work: it would wait for itself. */
export function queued<T>(work: () => Promise<T>): Promise<T> {
  const result = tail.then(work)
  tail = result.catch(() => undefined)
  return result
}

export interface TensorDesc {
  readonly elementType: ElementType
  readonly dims: readonly number[]
}

export const tensorLength = (dims: readonly number[]): number => dims.reduce((product, side) => product * side, 1)
export const tensorBytes = ({ elementType, dims }: TensorDesc): number =>
  tensorLength(dims) * (elementType === 'float16' ? 2 : 4)

export interface ColouredResult {
  readonly result: Float32Array<ArrayBuffer>
  /** What the model itself was given and gave, which tells more of it than colours do. */
  readonly luma: { readonly input: Float32Array<ArrayBuffer>; readonly output: Float32Array<ArrayBuffer> }
  /** That it ran, without the wait for others. */
  readonly milliseconds: number
}

export interface ModelSession extends AsyncDisposable {
  readonly runtime: Runtime
  /** Set where the runtime is not the one asked for. */
  readonly note: string | undefined
  readonly inputs: readonly ValueInfo[]
  readonly outputs: readonly ValueInfo[]
  /** On the CPU: `data` holds the input's numbers; resolves with the dimensions and bytes of `output`. */
  runOnBytes(
    input: TensorDesc & { readonly name: string; readonly data: ArrayBuffer },
    output: string,
    quiet?: boolean,
  ): Promise<{
    readonly dims: readonly number[]
    readonly elementType: string
    readonly bytes: Uint8Array<ArrayBuffer>
    /** That it ran, without the wait for others. */
    readonly milliseconds: number
  }>
  /**
   * Of a model of luma, on a picture in colour: pixels of red, green and blue, row by row, of which chroma is enlarged plainly. Present where
   * the numbers pass through the CPU. `colours` is gone afterwards.
   */
  runOnColours?(colours: Float32Array<ArrayBuffer>, size: Size): Promise<ColouredResult>
  /** On the GPU, without a copy: reads the one buffer, writes the other. Their commands must have been submitted. */
  runOnBuffers(
    input: TensorDesc & { readonly name: string; readonly buffer: GPUBuffer },
    output: TensorDesc & { readonly name: string; readonly buffer: GPUBuffer },
  ): Promise<void>
}

export interface SessionRequest {
  /** As people know it, for messages. */
  readonly name: string
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly runtime: RuntimeChoice
  readonly gpu: { readonly device: GPUDevice; readonly software: boolean }
  /** Set where it is known; float16 needs a GPU that computes with it. */
  readonly elementType?: ElementType
  /** Set where the model is known to enlarge a picture: then code made for it may compute it. */
  readonly enlarging?: {
    readonly form: ModelForm
    /** Its weights lie between those of two models of its structure. */
    readonly isMixed: boolean
  }
}

/** Of onnxruntime's two, what is meant on this machine by another choice: a CPU pretending to be a GPU is a hundred times slower than WASM. */
export const pickRuntime = (choice: RuntimeChoice, software: boolean): Runtime =>
  choice === 'auto' || choice === 'shaders' ? (software ? 'wasm' : 'webgpu') : choice

const firstSentence = (error: unknown): string => {
  const text = messageOf(error)
  return (text.split('ERROR_MESSAGE: ').at(-1) ?? text).split('\n')[0]!.trim().replace(/\.$/, '').slice(0, 200)
}

/**
 * Opens a model. Where WebGPU refuses it, WASM takes it and `note` says so. Rejects with `ModelError` where the
 * bytes are no ONNX model that the runtime can read.
 */
export async function openSession(request: SessionRequest): Promise<ModelSession> {
  const { device } = request.gpu
  let note: string | undefined
  if (pickRuntime(request.runtime, request.gpu.software) === 'webgpu') {
    if (request.elementType === 'float16' && !device.features.has('shader-f16')) {
      note = 'Runs on WASM: this GPU does not compute in float16, which the model needs.'
    } else {
      const ort = await loadOrt('webgpu')
      try {
        const session = await create(ort, request.bytes, { name: 'webgpu', device })
        return wrap(ort, session, 'webgpu', undefined)
      } catch (error) {
        note = `Runs on WASM: WebGPU refused the model (${firstSentence(error)}).`
      }
    }
  }
  const ort = await loadOrt('wasm')
  try {
    return wrap(ort, await create(ort, request.bytes, { name: 'wasm' }), 'wasm', note)
  } catch (cause) {
    throw refusal(request.name, cause)
  }
}

const create = (
  ort: Ort,
  bytes: Uint8Array<ArrayBuffer>,
  provider: InferenceSession.ExecutionProviderConfig,
): Promise<InferenceSession> =>
  queued(() => ort.InferenceSession.create(bytes, { executionProviders: [provider], logSeverityLevel: 4 }))

function refusal(name: string, cause: unknown): ModelError {
  const reason = firstSentence(cause)
  if (/protobuf|parsing|invalid model/i.test(reason)) {
    return new ModelError(
      `The file “${name}” is not an ONNX model, or it is damaged.`,
      'Choose a file that was exported as ONNX, and download it again if it was cut off.',
      { cause },
    )
  }
  if (isMemoryError(cause)) {
    return new ModelError(
      `There is not enough memory to load the model “${name}”.`,
      'Close other tabs, or choose a smaller model.',
      { cause },
    )
  }
  return new ModelError(
    `The model “${name}” cannot be run here: ${reason}.`,
    'Export it again with a common operator set (opset 11 to 20) and all weights inside the file.',
    { cause },
  )
}

/** Whether the runtime failed for want of memory, as far as its words tell: onnxruntime and browsers give no code for it. */
export const isMemoryError = (error: unknown): boolean =>
  error instanceof Error &&
  /out of memory|bad_alloc|failed to allocate|could not allocate memory|maximum memory size|allocation failed|memory access out of bounds|SafeIntOnOverflow|OOM|exceeds? the (max|limit)|larger than the max/i.test(
    error.message,
  )

const describe = (metadata: readonly InferenceSession.ValueMetadata[]): readonly ValueInfo[] =>
  metadata.map((value) =>
    value.isTensor
      ? { name: value.name, elementType: value.type, shape: value.shape }
      : { name: value.name, elementType: null, shape: [] },
  )

function wrap(ort: Ort, session: InferenceSession, runtime: Runtime, note: string | undefined): ModelSession {
  const onBuffer = ({ buffer, elementType, dims }: TensorDesc & { readonly buffer: GPUBuffer }): Tensor =>
    ort.Tensor.fromGpuBuffer(buffer, { dataType: elementType, dims })
  let released = false
  return {
    runtime,
    note,
    inputs: describe(session.inputMetadata),
    outputs: describe(session.outputMetadata),
    runOnBytes(input, output, quiet = false) {
      return queued(async () => {
        const length = tensorLength(input.dims)
        // A Uint16Array holds float16 bits; the runtime takes it as such.
        const tensor =
          input.elementType === 'float16'
            ? new ort.Tensor('float16', new Uint16Array(input.data, 0, length), input.dims)
            : new ort.Tensor('float32', new Float32Array(input.data, 0, length), input.dims)
        const began = performance.now()
        const results = await session.run({ [input.name]: tensor }, [output], quiet ? { logSeverityLevel: 4 } : {})
        const milliseconds = performance.now() - began
        const result = results[output]!
        const data = await result.getData()
        if (!ArrayBuffer.isView(data)) throw new Error(`the output ${output} holds ${result.type}, not numbers`)
        const bytes = new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength)
        return { dims: result.dims, elementType: result.type, bytes, milliseconds }
      })
    },
    runOnBuffers(input, output) {
      return queued(async () => {
        await session.run({ [input.name]: onBuffer(input) }, { [output.name]: onBuffer(output) })
      })
    },
    async [Symbol.asyncDispose]() {
      if (released) throw new Error('a model session was released twice')
      released = true
      await queued(() => session.release())
    },
  }
}
