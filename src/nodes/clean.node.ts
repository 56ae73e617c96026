import {
  borrowPicture,
  chosenModel,
  createStage,
  defineNode,
  marginOf,
  param,
  partSlack,
  port,
  sizeMismatch,
} from './define.ts'

/** Longest side of a tile, and what neighbouring tiles share, in pixels: as SR Model has them where nothing is set. */
const tileSide = 512
const overlap = 32

export default defineNode({
  type: 'clean',
  title: 'Clean',
  category: 'look',
  cost: 'heavy',
  summary:
    'Removes what a codec left in the picture with a neural network, at the picture’s own size. What it cannot tell from damage, such as faint grain, goes too.',
  keywords: [
    ...['restore', 'restoration', 'compression artifacts', 'jpeg artifacts', 'compressed', 'web video', 'low bitrate'],
    ...['clean up', 'neural', 'onnx', 'ai', '1x', 'before upscaling'],
  ],
  inputs: {
    image: port.image('Image'),
    mask: port.optionalMask('Mask', 1, { help: 'Where it is 0 the picture stays as it is.' }),
  },
  outputs: { image: port.image('Image') },
  params: {
    model: param.asset('model', 'Model', {
      task: 'restoration',
      default: {
        id: 'framewright-clean-s-x1',
        sha256: 'b482b4c1e076b51fa2013b01593371026580852884bc877eedc362f75cdfc457',
      },
      help: 'An ONNX model of one picture in, one of the same size out: from the list, or a file of your own.',
    }),
    strength: param.float('Strength', {
      default: 1,
      min: 0,
      max: 1,
      step: 0.01,
      help: 'How much of what the model changes is changed: at 0 the picture stays as it is.',
    }),
    runtime: param.choice('Runtime', ['auto', 'webgpu', 'wasm', 'shaders'], {
      default: 'auto',
      labels: { auto: 'Automatic', webgpu: 'WebGPU', wasm: 'WASM', shaders: 'Shaders' },
      help: 'Where the model runs, as in SR Model.',
    }),
  },
  onCard: ['strength'],
  infer({ image, mask }, { model: ref }, facts) {
    const outcome = chosenModel('Clean', 'restoration', ref, facts)
    if ('problem' in outcome) return outcome
    return sizeMismatch('mask', mask, image) ?? { image }
  },
  kernel: {
    kind: 'async',
    scratch: () => ({ running: 8, resident: 36 }),
    needs({ model: ref }, { facts }) {
      const model = ref && facts.model?.(ref)
      const margin = model ? marginOf(model, overlap) : null
      const reach = margin !== null ? 2 * margin + partSlack : model?.fixedSize ? Number.POSITIVE_INFINITY : tileSide
      return { image: { reach }, mask: { reach: 0 } }
    },
    async prepare({ gpu, models, runtime, params, inputs }) {
      const { image: whole } = inputs
      const masked = inputs.mask !== undefined
      const [resolver, blend] = await Promise.all([
        // `infer` has refused a node without a model.
        models.open('restoration', params.model!, {
          runtime: params.runtime === 'auto' ? runtime : params.runtime,
          tile: 'auto',
          overlap,
        }),
        createStage(gpu, {
          label: 'clean/blend',
          reads: ['image', 'cleaned', ...(masked ? ['mask'] : [])],
          format: 'rgba16float',
          uniforms: { strength: 'f32' },
          wgsl: `fn make(at: vec2i) -> vec4f {
  let under = image_at(at);
  let share = u.strength${masked ? ' * clamp(mask_at(at).r, 0.0, 1.0)' : ''};
  return vec4f(mix(under.rgb, cleaned_at(at).rgb, share), under.a);
}`,
        }),
      ])
      return {
        overlaps: true,
        get report() {
          return resolver.report
        },
        async run({ recorder, inputs: { image, mask }, outputs: { image: result }, params: { strength }, signal }) {
          if (!result) return
          if (strength === 1 && !mask) {
            await resolver.run(recorder, image, result, signal)
            return
          }
          using cleanedPicture = borrowPicture(gpu, result.part, 'rgba16float', 'clean/cleaned')
          await resolver.run(recorder, image, { ...cleanedPicture, desc: result.desc }, signal)
          blend.record(recorder, whole, { image, cleaned: cleanedPicture, ...(mask && { mask }) }, result, { strength })
        },
        async dispose() {
          await resolver[Symbol.asyncDispose]()
        },
      }
    },
  },
})
