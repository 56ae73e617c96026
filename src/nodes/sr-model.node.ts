import {
  type AssetFacts,
  chosenModel,
  type DialPlace,
  damageSentence,
  defineNode,
  dialsOf,
  type GpuPicture,
  inferProblem,
  type ModelFacts,
  marginOf,
  measuredDamage,
  type PictureDesc,
  param,
  partSlack,
  port,
  replacementNotes,
} from './define.ts'

/** Places of the dials that the params ask for. */
interface DialParams {
  readonly personality: number
  readonly from: number
  readonly to: number
  readonly source: 'auto' | 'hand'
  readonly sourceDamage: number
}

const modelOf = (values: Readonly<Record<string, unknown>>, facts: AssetFacts): ModelFacts | undefined => {
  const { model } = values
  return typeof model === 'object' && model !== null && 'id' in model
    ? facts.model?.(model as { id: string })
    : undefined
}

/** Settings of a file that no catalog vouches for are shown, and those that stand otherwise than usual. */
const ofOwnFile =
  (name: string, usual: string) =>
  (values: Readonly<Record<string, unknown>>, { facts }: { readonly facts: AssetFacts }) =>
    values[name] !== usual || modelOf(values, facts)?.ownFile === true

const numbers = ['auto', 'unit', 'byte', 'signed'] as const
const numberLabels = { auto: 'As found', unit: '0 to 1', byte: '0 to 255', signed: '−1 to 1' }

/** Why Personality cannot stand as the params say; `undefined` where it can. */
function personalityProblem(model: ModelFacts, params: DialParams, mask: PictureDesc | undefined) {
  const dialNames = mask ? (['from', 'to'] as const) : (['personality'] as const)
  const turned = mask !== undefined || params.personality !== 0
  if (!turned) return undefined
  const at = mask ? { port: 'personalityMask' } : { param: 'personality' }
  const undo = mask ? 'Disconnect the personality mask' : 'Set Personality to 0'
  const { family } = model
  // What a graph asks of a model that ships no more is held within its successor's dial.
  if (model.standsFor !== undefined) return undefined
  if (!family) {
    return inferProblem({
      ...at,
      code: 'unfit-model',
      message: `The model “${model.name}” of SR Model stands alone, so there is no dial between personalities to turn.`,
      hint: `${undo}, or choose a model that belongs to a family.`,
    })
  }
  const first = family.members.find(
    ({ place }) => place.personality === 0 && place.source === Math.min(family.place.source, family.ends.source),
  )
  if (family.place.personality !== 0) {
    return inferProblem({
      ...at,
      code: 'unfit-model',
      message: `The dial of SR Model starts at “${first!.name}”, but “${model.name}” is chosen.`,
      hint: `Choose “${first!.name}”, or ${undo[0]!.toLowerCase()}${undo.slice(1)}.`,
    })
  }
  const last = family.ends.personality
  const beyond = [...dialNames].find((name) => params[name] > last)
  if (beyond === undefined) return undefined
  return inferProblem({
    code: 'unfit-model',
    param: beyond,
    message: `SR Model’s dial is set to ${params[beyond]}, but the family of “${model.name}” ends at ${last} (“${family.members.find(({ place }) => place.personality === last)!.name}”).`,
    hint: last > 0 ? `Set it between 0 and ${last}.` : 'Set it to 0, or choose a model whose family goes on.',
  })
}

/** Whether a number is wired to Source damage, which then stands as that says. */
const isDriven = (inputs: object): boolean => 'sourceDamage' in inputs && inputs.sourceDamage !== undefined

/** Why Source damage cannot stand as the params say, or a wire; `undefined` where it can. */
function sourceProblem(model: ModelFacts, { source, sourceDamage }: DialParams, driven: boolean) {
  if (dialsOf(model).source || (!driven && (source === 'auto' || sourceDamage === 0))) return undefined
  return inferProblem({
    ...(driven ? { port: 'sourceDamage' } : { param: 'sourceDamage' }),
    code: 'unfit-model',
    message: `The model “${model.name}” of SR Model is for one kind of source, so Source damage cannot be set.`,
    hint: `${driven ? 'Disconnect the number from Source damage' : 'Set Source to “Measured”'}, or choose a model of a family for clean and compressed sources.`,
  })
}

/** A mask may have the size of the image that comes in or of the one that goes out. */
const fits = (mask: PictureDesc, { width, height }: { readonly width: number; readonly height: number }) =>
  mask.width === width && mask.height === height

/** The largest side of a tile where it is chosen automatically. */
const automaticTile = 512

/** Two renders by a mask of their size, or of the image's: then bilinear, half-pixel centres, edges repeated. */
const blendByMask = {
  label: 'sr-model/blend',
  reads: { low: 'float', high: 'float', mask: 'float' },
  writes: { result: 'rgba16float' },
  // Sizes of the whole pictures, and where the parts that are there begin.
  uniforms: { whole: 'vec2f', corner: 'vec2f', maskSize: 'vec2i', maskCorner: 'vec2i' },
  wgsl: /* wgsl */ `
fn share(at: vec2i) -> f32 {
  return textureLoad(mask, clamp(at, vec2i(0), u.maskSize - 1) - u.maskCorner, 0).r;
}

fn main(at: vec2u) {
  let point = (vec2f(at) + u.corner + 0.5) * vec2f(u.maskSize) / u.whole - 0.5;
  let base = vec2i(floor(point));
  let f = point - floor(point);
  let above = mix(share(base), share(base + vec2i(1, 0)), f.x);
  let below = mix(share(base + vec2i(0, 1)), share(base + vec2i(1, 1)), f.x);
  let weight = clamp(mix(above, below, f.y), 0.0, 1.0);
  let a = textureLoad(low, at, 0);
  let b = textureLoad(high, at, 0);
  textureStore(result, at, a * (1.0 - weight) + b * weight);
}`,
} as const

const dialHelp =
  '0: L1, faithful and soft. 1: perceptual, textured. 2: GAN, crisp and inventive. Between them the weights of the models are mixed. Families of another kind go from their first model to their last.'

export default defineNode({
  type: 'sr-model',
  title: 'SR Model',
  category: 'scale',
  cost: 'heavy',
  summary: 'Enlarges the image with a neural network, which predicts detail that the source does not hold.',
  keywords: [
    ...['super resolution', 'upscale', 'enlarge', 'neural', 'onnx', 'ai', 'detail', 'sharpen', 'blurry', 'soft'],
    ...['low resolution', 'pixelated', 'blocky', 'compression artifacts', 'esrgan', 'gan', 'restore', 'face', '4k'],
    ...['jagged', 'jaggies', 'staircase', 'stairs', 'aliasing'],
  ],
  inputs: {
    image: port.image('Image'),
    personalityMask: port.optionalMask('Personality mask', 0, {
      help: 'Where it is 0 the personality is that of From, where it is 1 that of To. As large as the image, or as the result.',
    }),
  },
  outputs: { image: port.image('Image') },
  params: {
    model: param.asset('model', 'Model', {
      dial: 'personality',
      sourceDial: { param: 'sourceDamage', choice: 'source', measuredOption: 'auto', byHand: 'hand' },
      default: {
        id: 'framewright-s-clean-x2',
        sha256: 'd6627ae234fc0b3860df9d6a56121d94eefdcd98219ae41447a0e148f07293d8',
      },
      help: 'An ONNX model of one picture in, one larger picture out: from the list, or a file of your own.',
    }),
    personality: param.float('Personality', {
      default: 0,
      min: 0,
      max: 2,
      step: 0.05,
      help: dialHelp,
      // What stands wrong must be seen to be put right.
      visible: (values, { facts, connectedInputs }) => {
        const model = modelOf(values, facts)
        return (
          !connectedInputs.has('personalityMask') &&
          (values.personality !== 0 || (model ? dialsOf(model).personality : false))
        )
      },
    }),
    from: param.float('From', {
      default: 0,
      min: 0,
      max: 2,
      step: 0.05,
      help: 'Personality where the mask is 0.',
      visible: (_values, { connectedInputs }) => connectedInputs.has('personalityMask'),
    }),
    to: param.float('To', {
      default: 2,
      min: 0,
      max: 2,
      step: 0.05,
      help: 'Personality where the mask is 1.',
      visible: (_values, { connectedInputs }) => connectedInputs.has('personalityMask'),
    }),
    source: param.choice('Source', ['auto', 'hand'], {
      default: 'auto',
      labels: { auto: 'Measured', hand: 'By hand' },
      help: 'Whether Source damage follows what is known of the medium, its codec and its bits for each pixel, or is set by hand.',
      visible: (values, { facts, connectedInputs }) => {
        const model = modelOf(values, facts)
        const wrong = values.source === 'hand' && values.sourceDamage !== 0
        return !connectedInputs.has('sourceDamage') && (wrong || (model ? dialsOf(model).source : false))
      },
    }),
    sourceDamage: param.float('Source damage', {
      default: 0,
      min: 0,
      max: 1,
      step: 0.05,
      help: '0: a clean source, of which every detail is kept. 1: a compressed one, whose blocks and ringing are taken away. Between them the weights of the models are mixed. A number that is wired here stands above what is measured.',
      visible: (values, { facts, connectedInputs }) => {
        if (connectedInputs.has('sourceDamage')) return true
        const model = modelOf(values, facts)
        return values.source === 'hand' && (values.sourceDamage !== 0 || (model ? dialsOf(model).source : false))
      },
    }),
    runtime: param.choice('Runtime', ['auto', 'webgpu', 'wasm', 'shaders'], {
      default: 'auto',
      labels: { auto: 'Automatic', webgpu: 'WebGPU', wasm: 'WASM', shaders: 'Shaders' },
      help: 'Shaders are made for the model where its operators allow it; WebGPU and WASM run any. Automatic takes the quickest on a graphics adapter, and WASM where it is only emulated.',
    }),
    tile: param.choice('Tile', ['auto', 'off', '128', '256', '512'], {
      default: 'auto',
      labels: { auto: 'Automatic', off: 'Whole picture' },
      help: 'Longest side of a tile in input pixels. Automatic begins at 512 and shrinks when memory runs out.',
    }),
    numbersIn: param.choice('Numbers in', numbers, {
      default: 'auto',
      labels: numberLabels,
      help: 'What black and white are to the model. A test picture finds it; set it where colours come out wrong.',
      visible: ofOwnFile('numbersIn', 'auto'),
    }),
    numbersOut: param.choice('Numbers out', numbers, {
      default: 'auto',
      labels: numberLabels,
      help: 'What black and white are in its result.',
      visible: ofOwnFile('numbersOut', 'auto'),
    }),
    order: param.choice('Channels', ['rgb', 'bgr'], {
      default: 'rgb',
      labels: { rgb: 'Red first', bgr: 'Blue first' },
      help: 'Models made with OpenCV may want blue first: set it where red and blue behave oddly.',
      visible: ofOwnFile('order', 'rgb'),
    }),
    output: param.text('Output', {
      default: '',
      maxLength: 100,
      help: 'Of a model that gives several pictures, the name of the one to take. Empty: the largest.',
      visible: (values, { facts }) => values.output !== '' || modelOf(values, facts)?.pictures !== undefined,
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
  onCard: ['personality', 'from', 'to', 'sourceDamage'],
  migrations: [
    // Until there was a dial, this one model was for clean sources whatever the clip.
    (params) => {
      const { model } = params
      if (typeof model === 'object' && model !== null && 'id' in model && model.id === 'framewright-s-clean-x2')
        params.source = 'hand'
    },
    // Without a model meant this one, which takes every source for compressed.
    (params) => {
      if (!('model' in params)) params.model = { id: 'framewright-s-l1-x2' }
    },
  ],
  infer(inputs, params, facts) {
    const { image, personalityMask } = inputs
    const outcome = chosenModel('SR Model', 'super-resolution', params.model, facts)
    if ('problem' in outcome) return outcome
    const { model } = outcome
    const problem = personalityProblem(model, params, personalityMask) ?? sourceProblem(model, params, isDriven(inputs))
    if (problem) return problem
    const picture = params.output && model.pictures?.find(({ name }) => name === params.output)
    if (picture === undefined) {
      const names = model.pictures?.map(({ name }) => `“${name}”`).join(', ')
      return inferProblem({
        code: 'unfit-model',
        param: 'output',
        message: `The model “${model.name}” of SR Model has no picture “${params.output}”.`,
        hint: names
          ? `Leave Output empty, or choose one of ${names}.`
          : 'Leave Output empty: it gives one picture only.',
      })
    }
    const scale = picture ? picture.scale : model.scale
    const compression = { damage: 0, evidence: 'as a model made it' }
    const result = { ...image, width: image.width * scale, height: image.height * scale, compression }
    if (personalityMask && !fits(personalityMask, image) && !fits(personalityMask, result)) {
      return inferProblem({
        code: 'size-mismatch',
        port: 'personalityMask',
        message: `The personality mask is ${personalityMask.width}×${personalityMask.height}, but the image is ${image.width}×${image.height} and the result ${result.width}×${result.height}.`,
        hint: 'Make the mask from the image that SR Model reads, or from one of the result’s size.',
      })
    }
    return { image: result }
  },
  ownChoices(inputs, { model: ref, source }, facts) {
    const model = ref && facts.model?.(ref)
    if (!model) return []
    const measures = dialsOf(model).source && source === 'auto' && !isDriven(inputs)
    return [
      ...replacementNotes(model).map((sentence) => ({ param: 'model', sentence })),
      ...(measures ? [{ param: 'source', sentence: damageSentence(inputs.image) }] : []),
    ]
  },
  kernel: {
    kind: 'async',
    scratch: () => ({ running: 16, resident: 18 }),
    // Where the model's view is narrow enough, a part has a tile of its own; else the tiles of the whole are run.
    needs({ model: ref, overlap, tile }, { facts }) {
      const model = ref && facts.model?.(ref)
      const margin = model ? marginOf(model, tile === 'off' ? null : overlap) : null
      const tiles = tile === 'auto' ? automaticTile : Number(tile)
      const whole = tile === 'off' || model?.fixedSize
      const reach = margin !== null ? 2 * margin + partSlack : whole ? Number.POSITIVE_INFINITY : tiles
      return { image: { reach }, personalityMask: { reach } }
    },
    async prepare({ gpu, models, runtime, params, inputs }) {
      const regional = inputs.personalityMask !== undefined
      const measures = params.source === 'auto' && !isDriven(inputs)
      const placeOf = (personality: number, sourceDamage: number): DialPlace => ({
        personality,
        source: measures ? measuredDamage(inputs.image) : sourceDamage,
      })
      const blend = regional ? await gpu.compute(blendByMask) : undefined
      // `infer` has refused a node without a model.
      const resolver = await models.open('super-resolution', params.model!, {
        runtime: params.runtime === 'auto' ? runtime : params.runtime,
        tile: params.tile === 'auto' || params.tile === 'off' ? params.tile : Number(params.tile),
        overlap: params.overlap,
        place: placeOf(regional ? params.from : params.personality, params.sourceDamage),
        numbersIn: params.numbersIn === 'auto' ? undefined : params.numbersIn,
        numbersOut: params.numbersOut === 'auto' ? undefined : params.numbersOut,
        bgr: params.order === 'bgr',
        output: params.output || undefined,
      })
      const measuresHere = measures && dialsOf(resolver.facts).source
      return {
        overlaps: true,
        get report() {
          return resolver.report
        },
        notes: () => [...replacementNotes(resolver.facts), ...(measuresHere ? [damageSentence(inputs.image)] : [])],
        async run({ recorder, inputs: { image, personalityMask: mask }, outputs, params: now, signal }) {
          const { image: result } = outputs
          if (!result) return
          if (!blend || !mask) {
            await resolver.run(recorder, image, result, signal, placeOf(now.personality, now.sourceDamage))
            return
          }
          const { desc, part } = result
          const { width, height } = part
          using leases = new DisposableStack()
          const [from, to] = ['from', 'to'].map((name) => {
            const lease = leases.use(gpu.pool.texture({ width, height, format: 'rgba16float' }, `sr-model/${name}`))
            return { texture: lease.value, desc, part }
          }) as [GpuPicture, GpuPicture]
          await resolver.run(recorder, image, from, signal, placeOf(now.from, now.sourceDamage))
          await resolver.run(recorder, image, to, signal, placeOf(now.to, now.sourceDamage))
          blend.record(recorder, {
            reads: { low: from.texture, high: to.texture, mask: mask.texture },
            writes: { result: result.texture },
            uniforms: {
              whole: [desc.width, desc.height],
              corner: [part.x, part.y],
              maskSize: [mask.desc.width, mask.desc.height],
              maskCorner: [mask.part.x, mask.part.y],
            },
            size: part,
          })
        },
        async dispose() {
          await resolver[Symbol.asyncDispose]()
        },
      }
    },
  },
})
