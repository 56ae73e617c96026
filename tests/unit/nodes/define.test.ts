/** What a kind of node does not honour cannot be declared: each of these is a mistake that does not compile. */
import { expect, it } from 'vitest'
import { defineNode, numberDesc, port } from '../../../src/nodes/define.ts'

const words = { type: 'odd', title: 'Odd', category: 'look', summary: 'Promises what it cannot hold.' } as const
const image = {
  ...words,
  params: {},
  inputs: { image: port.image('Image') },
  outputs: { image: port.image('Image') },
} as const
const score = {
  ...words,
  params: {},
  inputs: { image: port.image('Image') },
  outputs: { score: port.number('Score') },
} as const
const nothing = async () => ({ record: () => undefined })
const never = () => Promise.reject(new Error('never run'))

it('a fused unit writes pictures alone, and no sound goes through a node', () => {
  const sound = { ...words, params: {}, inputs: {}, outputs: { sound: port.audio('Sound') } } as const
  defineNode({
    ...score,
    infer: () => ({ score: numberDesc() }),
    // @ts-expect-error: a pixel node gives no number
    kernel: { kind: 'pixel', wgsl: 'return 1.0;' },
  })
  defineNode({
    ...sound,
    infer: () => ({ sound: { type: 'audio', sampleRate: 48_000, channels: 1, codec: 'opus' } }),
    // @ts-expect-error: a pass makes no sound
    kernel: { kind: 'pass', prepare: nothing },
  })
  defineNode({
    ...image,
    infer: ({ image: given }) => ({ image: given }),
    // @ts-expect-error: a number node has no picture
    kernel: { kind: 'number', numbers: () => ({ image: 1 }) },
  })
  defineNode({
    ...image,
    infer: ({ image: given }) => ({ image: given }),
    // @ts-expect-error: a source takes nothing in, and a sink gives nothing out
    kernel: { kind: 'sink', prepare: never },
  })
  expect(sound.outputs.sound.type).toBe('audio')
})

it('pictures and tables of a node’s own are a pixel node’s, frames around and clocks not a sink’s', () => {
  const sink = { ...image, outputs: {}, infer: () => ({}) } as const
  const kernel = defineNode({
    ...image,
    infer: ({ image: given }) => ({ image: given }),
    // @ts-expect-error: a pass has no fields
    kernel: { kind: 'pass', prepare: nothing, fields: {} },
  }).kernel
  // @ts-expect-error: every frame of the result goes into a sink, and no other
  defineNode({ ...sink, kernel: { kind: 'sink', prepare: never, needs: () => ({ image: { reach: 0 } }) } })
  // @ts-expect-error: as many as the result has
  defineNode({ ...sink, kernel: { kind: 'sink', prepare: never, clock: () => ({ frames: 2, of: 1 }) } })
  expect(kernel.kind).toBe('pass')
})
