/**
 * Resampling by a separable kernel: the plain, predictable way to another size, and the base that every
 * residual is measured against.
 *
 * Weights are worked out once per size in double precision, as Pillow does (libImaging/Resample.c): half-pixel
 * centres, the kernel widened when scaling down so that nothing aliases, the window cut at the picture's edge
 * and what remains of the weights brought back to a sum of 1.
 */
import { defineNode, param, port } from './define.ts'

interface ResampleKernel {
  /** Half the kernel's width, in samples of the coarser of the two grids. */
  readonly radius: number
  weight(distance: number): number
}

/**
 * The two-parameter family of cubics: D. Mitchell, A. Netravali, "Reconstruction Filters in Computer Graphics",
 * SIGGRAPH 1988. B = 0 gives R. Keys' cubic convolution (1981) with a = −C.
 */
function cubic(b: number, c: number): ResampleKernel {
  return {
    radius: 2,
    weight(distance) {
      const t = Math.abs(distance)
      if (t < 1) return ((12 - 9 * b - 6 * c) * t ** 3 + (-18 + 12 * b + 6 * c) * t ** 2 + (6 - 2 * b)) / 6
      if (t < 2)
        return ((-b - 6 * c) * t ** 3 + (6 * b + 30 * c) * t ** 2 + (-12 * b - 48 * c) * t + 8 * b + 24 * c) / 6
      return 0
    },
  }
}

const sinc = (t: number) => (t === 0 ? 1 : Math.sin(Math.PI * t) / (Math.PI * t))

const kernels = {
  'catmull-rom': cubic(0, 0.5),
  bicubic: cubic(0, 0.75),
  mitchell: cubic(1 / 3, 1 / 3),
  // C. Duchon, "Lanczos Filtering in One and Two Dimensions", 1979.
  'lanczos-3': { radius: 3, weight: (t) => (Math.abs(t) < 3 ? sinc(t) * sinc(t / 3) : 0) },
  bilinear: { radius: 1, weight: (t) => Math.max(0, 1 - Math.abs(t)) },
  nearest: undefined,
} as const satisfies Readonly<Record<string, ResampleKernel | undefined>>

interface AxisWeights {
  /** Weights every output sample has; where its window is shorter, the rest are 0. */
  readonly taps: number
  /** For each output sample the first input sample it reads; `first + taps` never passes the edge. */
  readonly first: Uint32Array<ArrayBuffer>
  /** `taps` weights per output sample, summing to 1. */
  readonly weights: Float32Array<ArrayBuffer>
}

function axisWeights(kernel: ResampleKernel | undefined, from: number, to: number): AxisWeights {
  const scale = from / to
  const first = new Uint32Array(to)
  if (!kernel) {
    for (let x = 0; x < to; x++) first[x] = Math.min(from - 1, Math.floor((x + 0.5) * scale))
    return { taps: 1, first, weights: new Float32Array(to).fill(1) }
  }
  const stretch = Math.max(scale, 1)
  const support = kernel.radius * stretch
  const windows = Array.from({ length: to }, (_, x) => {
    const centre = (x + 0.5) * scale
    const begin = Math.max(0, Math.trunc(centre - support + 0.5))
    const end = Math.min(from, Math.trunc(centre + support + 0.5))
    const weights = Array.from({ length: end - begin }, (_, i) => kernel.weight((begin + i + 0.5 - centre) / stretch))
    return { begin, weights, sum: weights.reduce((a, b) => a + b, 0) }
  })
  const taps = windows.reduce((most, { weights }) => Math.max(most, weights.length), 1)
  const weights = new Float32Array(to * taps)
  windows.forEach((window, x) => {
    first[x] = Math.min(window.begin, from - taps)
    const skipped = window.begin - first[x]
    window.weights.forEach((weight, i) => {
      weights[x * taps + skipped + i] = weight / window.sum
    })
  })
  return { taps, first, weights }
}

/** One axis of the resampling. In linear light the first pass decodes every sample it reads, the second encodes its sum. */
const axisPass = (axis: 'x' | 'y', taps: number, linear: boolean) => ({
  label: `bicubic/${axis === 'x' ? 'horizontal' : 'vertical'}`,
  reads: { source: 'float' as const },
  writes: { resampled: 'rgba16float' as const },
  buffers: {
    first: { type: 'array<u32>', access: 'read' as const },
    weights: { type: 'array<f32>', access: 'read' as const },
  },
  // \`out\`: of the picture's samples along the axis, the first that is made; \`corner\`: the texel to begin to read from.
  uniforms: { out: 'u32' as const, corner: 'vec2i' as const },
  wgsl: /* wgsl */ `
fn main(at: vec2u) {
  let place = at.${axis} + u.out;
  var tap = vec2i(at) - u.corner;
  tap.${axis} = i32(first[place]) - u.corner.${axis};
  let row = place * ${taps}u;
  var sum = vec4f(0.0);
  for (var k = 0u; k < ${taps}u; k++) {
    var sample = textureLoad(source, tap, 0);
    ${linear && axis === 'x' ? 'sample = vec4f(toLinear(sample.rgb), sample.a);' : ''}
    sum += weights[row + k] * sample;
    tap.${axis} += 1;
  }
  ${
    axis === 'y'
      ? `${linear ? 'sum = vec4f(fromLinear(sum.rgb), sum.a);' : ''}
  sum = clamp(sum, vec4f(0.0), vec4f(1.0));`
      : ''
  }
  textureStore(resampled, at, sum);
}`,
})

export default defineNode({
  type: 'bicubic',
  title: 'Bicubic',
  category: 'scale',
  summary: 'Resizes the picture by a classic kernel: faithful, soft, and free of inventions.',
  keywords: [
    'resize',
    'resample',
    'scale',
    'upscale',
    'downscale',
    'lanczos',
    'mitchell',
    'bilinear',
    'nearest',
    'size',
  ],
  inputs: { image: port.image('Image') },
  outputs: { image: port.image('Image') },
  params: {
    mode: param.choice('Size by', ['factor', 'size'], {
      default: 'factor',
      labels: { factor: 'Factor', size: 'Width and height' },
    }),
    factor: param.float('Factor', {
      default: 2,
      min: 0.1,
      max: 8,
      step: 0.05,
      unit: '×',
      affects: 'plan',
      help: 'Both sides are multiplied by this and rounded to whole pixels.',
      visible: (values) => values.mode !== 'size',
    }),
    width: param.int('Width', {
      default: 1280,
      min: 1,
      max: 8192,
      unit: 'px',
      affects: 'plan',
      visible: (values) => values.mode === 'size',
    }),
    height: param.int('Height', {
      default: 720,
      min: 1,
      max: 8192,
      unit: 'px',
      affects: 'plan',
      visible: (values) => values.mode === 'size',
    }),
    kernel: param.choice('Kernel', ['catmull-rom', 'bicubic', 'mitchell', 'lanczos-3', 'bilinear', 'nearest'], {
      default: 'catmull-rom',
      labels: {
        'catmull-rom': 'Bicubic, a = −0.5 (Catmull-Rom)',
        bicubic: 'Bicubic, a = −0.75 (sharper)',
        mitchell: 'Mitchell (softer, no ringing)',
        'lanczos-3': 'Lanczos 3 (sharpest, may ring)',
        bilinear: 'Bilinear',
        nearest: 'Nearest (whole pixels)',
      },
    }),
    linear: param.bool('Linear light', {
      default: false,
      affects: 'plan',
      help: 'Mixes light instead of code values: keeps fine bright detail when scaling down, rings more when scaling up.',
      visible: (values) => values.kernel !== 'nearest',
    }),
  },
  infer({ image }, { mode, factor, width, height }) {
    const scaled = (side: number) => Math.max(1, Math.round(side * factor))
    const size = mode === 'size' ? { width, height } : { width: scaled(image.width), height: scaled(image.height) }
    return { image: { ...image, ...size } }
  },
  kernel: {
    kind: 'pass',
    reach: ({ kernel }, { ratio }) => Math.ceil((kernels[kernel]?.radius ?? 1) * Math.max(ratio, 1)) + 1,
    async prepare({ gpu, inputs, outputs, params }) {
      const from = inputs.image
      const to = outputs.image
      const across = axisWeights(kernels[params.kernel], from.width, to.width)
      const down = axisWeights(kernels[params.kernel], from.height, to.height)
      // Nearest copies pixels: a way through linear light and back would round them.
      const linear = params.linear && params.kernel !== 'nearest'
      const [horizontal, vertical] = await Promise.all([
        gpu.compute(axisPass('x', across.taps, linear)),
        gpu.compute(axisPass('y', down.taps, linear)),
      ])
      const leases = new DisposableStack()
      const store = (data: Uint32Array<ArrayBuffer> | Float32Array<ArrayBuffer>, label: string) => {
        const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST
        const buffer = leases.use(gpu.pool.buffer({ size: data.byteLength, usage }, label)).value
        gpu.device.queue.writeBuffer(buffer, 0, data)
        return buffer
      }
      const acrossBuffers = {
        first: store(across.first, 'bicubic/columns'),
        weights: store(across.weights, 'bicubic/column weights'),
      }
      const downBuffers = {
        first: store(down.first, 'bicubic/rows'),
        weights: store(down.weights, 'bicubic/row weights'),
      }
      return {
        record({ recorder, inputs: { image }, outputs }) {
          if (!outputs.image) return
          const { part } = outputs.image
          // The rows of the input that the part's rows are made of.
          const top = down.first[part.y]!
          const bottom = down.first[part.y + part.height - 1]! + down.taps
          const between = { width: part.width, height: bottom - top, format: 'rgba16float' as const }
          using intermediate = gpu.pool.texture(between, 'bicubic/intermediate')
          horizontal.record(recorder, {
            reads: { source: image.texture },
            writes: { resampled: intermediate.value },
            buffers: acrossBuffers,
            uniforms: { out: part.x, corner: [image.part.x, image.part.y - top] },
            size: between,
          })
          vertical.record(recorder, {
            reads: { source: intermediate.value },
            writes: { resampled: outputs.image.texture },
            buffers: downBuffers,
            uniforms: { out: part.y, corner: [0, top] },
            size: part,
          })
        },
        dispose: () => leases.dispose(),
      }
    },
  },
})
