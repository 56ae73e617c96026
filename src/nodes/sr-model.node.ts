import { defineNode, inferProblem, param, port } from './define.ts'

export default defineNode({
  type: 'sr-model',
  title: 'SR Model',
  category: 'scale',
  summary: 'Enlarges the image with a neural network, which predicts detail that the source does not hold.',
  keywords: ['super resolution', 'upscale', 'enlarge', 'neural', 'onnx', 'ai', 'detail', 'sharpen'],
  inputs: { image: port.image('Image') },
  outputs: { image: port.image('Image') },
  params: {
    model: param.model('Model', {
      default: {
        id: 'framewright-s-l1-x2',
        sha256: 'e8c03a6ba2d42d5ccadbf454f0e4e87d3eef55a2f37e78bb2470d3344c6995f6',
      },
      help: 'An ONNX model of one picture in, one larger picture out: from the list, or a file of your own.',
    }),
    runtime: param.choice('Runtime', ['auto', 'webgpu', 'wasm'], {
      default: 'auto',
      labels: { auto: 'Automatic', webgpu: 'WebGPU', wasm: 'WASM' },
      help: 'Automatic takes WebGPU, or WASM where the graphics adapter is only emulated.',
    }),
    tile: param.choice('Tile', ['auto', 'off', '128', '256', '512'], {
      default: 'auto',
      labels: { auto: 'Automatic', off: 'Whole picture' },
      help: 'Longest side of a tile in input pixels. Automatic begins at 512 and shrinks when the memory runs out.',
    }),
    overlap: param.int('Overlap', {
      default: 32,
      min: 0,
      max: 64,
      unit: 'px',
      affects: 'plan',
      help: 'Input pixels that neighbouring tiles share. Raise it where seams show.',
      visible: (values) => values.tile !== 'off',
    }),
  },
  infer({ image }, { model: ref }, facts) {
    if (!ref) {
      return inferProblem({
        code: 'missing-model',
        param: 'model',
        message: 'SR Model has no model.',
        hint: 'Choose a model in the inspector.',
      })
    }
    const model = facts.model(ref)
    if (!model) {
      return inferProblem({
        code: 'missing-model',
        param: 'model',
        message: `The model “${ref.id}” of SR Model is not here, or not in the version that the graph names.`,
        hint: 'Choose another model in the inspector, or add its .onnx file.',
      })
    }
    if (model.task !== 'super-resolution') {
      return inferProblem({
        code: 'unfit-model',
        param: 'model',
        message: `The model “${model.name}” of SR Model does not enlarge pictures.`,
        hint: 'Choose a super-resolution model in the inspector.',
      })
    }
    return { image: { ...image, width: image.width * model.scale, height: image.height * model.scale } }
  },
  kernel: {
    kind: 'async',
    // A tile reads its neighbourhood as far as the overlap lets it; one tile, or a network that looks farther, reads more.
    reach: ({ overlap, tile }) => (tile === 'off' ? Number.POSITIVE_INFINITY : overlap),
    async prepare({ models, runtime, params }) {
      // `infer` has refused a node without a model.
      const resolver = await models.superResolver(params.model!, {
        runtime: params.runtime === 'auto' ? runtime : params.runtime,
        tile: params.tile === 'auto' || params.tile === 'off' ? params.tile : Number(params.tile),
        overlap: params.overlap,
      })
      return {
        get report() {
          return resolver.report
        },
        run: ({ recorder, inputs, outputs, signal }) =>
          outputs.image ? resolver.run(recorder, inputs.image, outputs.image, signal) : Promise.resolve(),
        async dispose() {
          await resolver[Symbol.asyncDispose]()
        },
      }
    },
  },
})
