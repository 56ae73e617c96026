/**
 * Node types that exist for the tests of the graph alone: one of each kernel kind, with ports, params and
 * descriptions simple enough to check by hand. They have no kernels, since nothing here runs.
 */

import { expand } from '../../../src/graph/analysis/expand.ts'
import type {
  EdgeRecord,
  Endpoint,
  FlatDocument,
  GraphDocument,
  NodeRecord,
  OutermostId,
} from '../../../src/graph/document/document.ts'
import type { JsonObject } from '../../../src/graph/document/json.ts'
import { inferProblem } from '../../../src/graph/document/problems.ts'
import { drivenPorts } from '../../../src/graph/node/driven-params.ts'
import type { AssetFacts, MediaFacts, ModelFacts } from '../../../src/graph/node/facts.ts'
import { type AssetRef, type Params, param } from '../../../src/graph/node/params.ts'
import { type ImageDesc, type MaskDesc, numberDesc, type Ports, port } from '../../../src/graph/node/ports.ts'
import type { NodeSpec, Specs } from '../../../src/graph/node/spec.ts'

const define = <const I extends Ports, const O extends Ports, const P extends Params>(
  spec: NodeSpec<I, O, P>,
): NodeSpec => spec as unknown as NodeSpec

const asMask = (image: ImageDesc): MaskDesc => ({ ...image, type: 'mask', format: 'r32float' })

const clip = define({
  type: 'clip',
  title: 'Clip',
  category: 'io',
  summary: 'A source.',
  inputs: {},
  outputs: { image: port.image('Image'), sound: port.optionalAudio('Sound') },
  params: {
    media: param.asset('media', 'File', { default: { id: 'movie' } }),
    start: param.float('Start', { default: 0, min: 0, max: 100 }),
  },
  infer: (_, { media }, facts) => {
    const known = media && facts.media?.(media)
    if (!known)
      return inferProblem({
        code: 'missing-asset',
        param: 'media',
        message: 'The file is not here.',
        hint: 'Choose it.',
      })
    const { width, height, frameRate, audio } = known
    return { image: { type: 'image', width, height, frameRate, format: 'rgba16float' }, sound: audio ?? undefined }
  },
  kernel: { kind: 'source' },
})

const scale = define({
  type: 'scale',
  title: 'Scale',
  category: 'scale',
  summary: 'A pass that changes the size.',
  inputs: { image: port.image('Image') },
  outputs: { image: port.image('Image') },
  params: {
    factor: param.float('Factor', { default: 2, min: 0.001, max: 100, affects: 'plan' }),
    sharpness: param.float('Sharpness', { default: 0.5, min: 0, max: 1 }),
    kernel: param.choice('Kernel', ['cubic', 'linear'], { default: 'cubic' }),
  },
  infer: ({ image }, { factor }) => ({
    image: { ...image, width: Math.round(image.width * factor), height: Math.round(image.height * factor) },
  }),
  kernel: { kind: 'pass' },
})

const model = define({
  type: 'model',
  title: 'Model',
  category: 'scale',
  summary: 'An async node.',
  inputs: { image: port.image('Image') },
  outputs: { image: port.image('Image') },
  params: { model: param.asset('model', 'Model', { default: { id: 'x2' } }) },
  infer: ({ image }, params, facts) => {
    const known = params.model && facts.model?.(params.model)
    if (!known)
      return inferProblem({
        code: 'missing-asset',
        param: 'model',
        message: 'The model is not here.',
        hint: 'Choose one.',
      })
    return { image: { ...image, width: image.width * known.scale, height: image.height * known.scale } }
  },
  kernel: { kind: 'async' },
})

const blend = define({
  type: 'blend',
  title: 'Blend',
  category: 'blend',
  summary: 'A pixel node of several inputs.',
  inputs: { base: port.image('Base'), detail: port.image('Detail'), mask: port.optionalMask('Mask', 1) },
  outputs: { image: port.image('Image') },
  params: { strength: param.float('Strength', { default: 1, min: 0, max: 2 }) },
  infer: ({ base }) => ({ image: base }),
  kernel: { kind: 'pixel' },
  bypass: { image: 'base' },
})

const grain = define({
  type: 'grain',
  title: 'Grain',
  category: 'look',
  summary: 'A pixel node, whose params changed form twice.',
  inputs: { image: port.image('Image'), protect: port.optionalMask('Protect', 0) },
  outputs: { image: port.image('Image') },
  params: {
    amount: param.float('Amount', { default: 0.04, min: 0, max: 0.5 }),
    seed: param.seed('Seed', { default: 1 }),
    colour: param.bool('Colour', { default: false }),
    note: param.text('Note', { default: '', maxLength: 10 }),
    size: param.int('Size', { default: 1, min: 1, max: 8 }),
  },
  infer: ({ image }) => ({ image }),
  kernel: { kind: 'pixel' },
  migrations: [
    (params) => {
      if ('strength' in params) params.amount = params.strength ?? 0
      delete params.strength
    },
    (params) => {
      if (typeof params.amount === 'number') params.amount /= 100
    },
  ],
})

const sharpen = define({
  type: 'sharpen',
  title: 'Sharpen',
  category: 'look',
  summary: 'A pixel node that reads its neighbours.',
  inputs: { image: port.image('Image'), weight: port.optionalMask('Weight', 1) },
  outputs: { image: port.image('Image') },
  params: { amount: param.float('Amount', { default: 1, min: 0, max: 4 }) },
  infer: ({ image }) => ({ image }),
  kernel: { kind: 'pixel', needs: () => ({ image: { reach: 1 } }) },
})

const luma = define({
  type: 'luma',
  title: 'Luma',
  category: 'mask',
  summary: 'A pixel node that makes a mask.',
  inputs: { image: port.image('Image') },
  outputs: { mask: port.mask('Mask') },
  params: {},
  infer: ({ image }) => ({ mask: asMask(image) }),
  kernel: { kind: 'pixel' },
})

const split = define({
  type: 'split',
  title: 'Split',
  category: 'blend',
  summary: 'A pass of two outputs.',
  inputs: { image: port.image('Image') },
  outputs: { low: port.image('Low'), high: port.image('High'), mask: port.mask('Mask') },
  params: {},
  infer: ({ image }) => ({ low: image, high: image, mask: asMask(image) }),
  kernel: { kind: 'pass' },
})

const writer = define({
  type: 'writer',
  title: 'Writer',
  category: 'io',
  summary: 'A sink.',
  inputs: { image: port.image('Image'), sound: port.optionalAudio('Sound') },
  outputs: {},
  params: { quality: param.float('Quality', { default: 0.7, min: 0, max: 1 }) },
  infer: () => ({}),
  kernel: { kind: 'sink' },
})

const wave = define({
  type: 'wave',
  title: 'Wave',
  category: 'measure',
  summary: 'A number of each frame.',
  inputs: {},
  outputs: { number: port.number('Number') },
  params: {},
  infer: () => ({ number: numberDesc() }),
  kernel: { kind: 'number', readsFrame: true },
})

const gainParams = { amount: param.float('Amount', { default: 1, min: 0, max: 4 }) }

const gain = define({
  type: 'gain',
  title: 'Gain',
  category: 'look',
  summary: 'A pixel node whose setting a number may drive.',
  inputs: { image: port.image('Image'), ...drivenPorts(gainParams) },
  outputs: { image: port.image('Image') },
  params: gainParams,
  infer: ({ image }) => ({ image: image as ImageDesc }),
  kernel: { kind: 'pixel' },
})

export const specs: Specs = new Map(
  [clip, scale, model, blend, grain, sharpen, luma, split, writer, wave, gain].map((spec) => [spec.type, spec]),
)

const media: Readonly<Record<string, MediaFacts>> = Object.fromEntries(
  [
    { id: 'movie', width: 320, height: 180, frames: 96, sound: true },
    { id: 'silent', width: 320, height: 180, frames: 24, sound: false },
    { id: 'still', width: 320, height: 180, frames: 1, sound: false },
    { id: 'wide', width: 8000, height: 100, frames: 10, sound: false },
  ].map(({ id, width, height, frames, sound }): [string, MediaFacts] => [
    id,
    {
      kind: frames === 1 ? 'image' : 'video',
      width,
      height,
      frameRate: frames === 1 ? 0 : 24,
      frameCount: frames,
      duration: frames / 24,
      audio: sound ? { type: 'audio', sampleRate: 48_000, channels: 2, codec: 'aac' } : null,
      colour: { matrix: 'bt709', primaries: 'bt709', transfer: 'bt709', fullRange: false, tagged: true },
      samples: {
        bits: 8,
        chroma: '4:2:0',
        chromaSite: 'left',
        alpha: false,
        fieldOrder: 'progressive',
        mirrored: false,
      },
      hdr: null,
      container: 'MP4',
      codec: 'H.264',
      route: 'webcodecs',
      notes: [],
    },
  ]),
)

const x2: ModelFacts = {
  id: 'x2',
  name: 'x2',
  task: 'super-resolution',
  scale: 2,
  layout: 'nchw',
  channels: 'rgb',
  elementType: 'float32',
  numbers: { in: 'unit', out: 'unit' },
  fixedSize: null,
  context: null,
  sha256: '0'.repeat(64),
  size: 1000,
  personality: 'l1',
  source: null,
  parameters: 100,
  licence: 'MIT',
  origin: 'test',
  goodFor: '',
  getsWrong: '',
}

export const facts: Required<Pick<AssetFacts, 'media' | 'model'>> = {
  media: (ref: AssetRef) => (Object.hasOwn(media, ref.id) ? media[ref.id] : undefined),
  model: (ref: AssetRef) => (ref.id === 'x2' ? x2 : undefined),
}

/** `at('grain.image')`: the endpoint. */
export function at(text: string): Endpoint<OutermostId> {
  const [node, name] = text.split('.')
  return { node: node as OutermostId, port: name ?? '' }
}

/** A document without subgraphs, as those read one that have all levels as one. */
export const oneLevel = (document: GraphDocument): FlatDocument => expand(document, specs).document

export const id = (text: string): OutermostId => text as OutermostId

interface Sketch {
  readonly type?: string
  readonly params?: JsonObject
  readonly bypass?: boolean
  readonly title?: string
}

/** A document from `{ id: what differs from a node of that type }` and wires such as `'clip.image > grain.image'`. */
export function sketch(nodes: Readonly<Record<string, Sketch>>, wires: readonly string[] = []): GraphDocument {
  const records = Object.entries(nodes).map(([name, { type, params, ...rest }], n): [string, NodeRecord] => [
    name,
    {
      id: id(name),
      type: type ?? name.replace(/-\d+$/, ''),
      params: params ?? {},
      position: { x: 10 * n, y: 0 },
      ...rest,
    },
  ])
  const edges = wires.map((text, n): [string, EdgeRecord] => {
    const [from, to] = text.split(' > ')
    const name = `e${n}`
    return [name, { id: name as EdgeRecord['id'], from: at(from ?? ''), to: at(to ?? '') }]
  })
  return { title: 'Test', description: '', nodes: Object.fromEntries(records), edges: Object.fromEntries(edges) }
}

/** The shape of the default recipe: bicubic and model side by side, blended under a mask, grain, writer. */
export const recipe = (): GraphDocument =>
  sketch({ clip: {}, scale: {}, model: {}, luma: {}, blend: {}, grain: {}, writer: {} }, [
    'clip.image > scale.image',
    'clip.image > model.image',
    'scale.image > luma.image',
    'scale.image > blend.base',
    'model.image > blend.detail',
    'luma.mask > blend.mask',
    'blend.image > grain.image',
    'luma.mask > grain.protect',
    'grain.image > writer.image',
    'clip.sound > writer.sound',
  ])
