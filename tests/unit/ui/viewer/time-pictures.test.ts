/** Which frames, and what of each, are shown over time; and how much a frame differs from the one before. */
import { expect, test } from 'vitest'
import { expand } from '../../../../src/graph/analysis/expand.ts'
import { loadSpecs } from '../../../../src/host/node-specs.ts'
import { compose, previousNode } from '../../../../src/ui/store/view-request.ts'
import { framesOver, meanDifference, partOf } from '../../../../src/ui/viewer/time-pictures.ts'
import { id, sketch } from '../../graph/specs.ts'

test('all frames of a short clip, and those around the one that is seen of a long one', () => {
  expect(framesOver('strip', 2, { first: 0, last: 3 })).toEqual([0, 1, 2, 3])
  const around = framesOver('strip', 50, { first: 0, last: 99 })
  expect([around.length, around[0], around.at(-1)]).toEqual([24, 38, 61])
  expect(framesOver('strip', 99, { first: 0, last: 99 }).at(-1)).toBe(99)
  expect(framesOver('slit', 0, { first: 10, last: 400 })).toHaveLength(120)
})

test('a slit is one row of whole pixels, wherever it is', () => {
  const picture = { width: 640, height: 360 }
  const spot = { x: 0.5, y: 0.5 }
  expect(partOf('slit', picture, 0.5, spot)).toEqual({ x: 0, y: 0.5, width: 1, height: 1 / 360 })
  expect(partOf('slit', picture, 1, spot).y * 360).toBeCloseTo(359)
  expect(partOf('strip', picture, 0, spot)).toMatchObject({ x: 272 / 640, width: 96 / 640, height: 96 / 360 })
})

test('the change from frame to frame is the mean over all pixels and colours', () => {
  const of = (...levels: number[]) => ({
    ...{ width: levels.length, height: 1 },
    pixels: new Uint8ClampedArray(levels.flatMap((level) => [level, level, level, 255])),
  })
  expect(meanDifference(of(10, 20), of(14, 20))).toBe(2)
  expect(meanDifference(of(10), of(10, 20))).toBeNull()
  expect(meanDifference(undefined, of(10))).toBeNull()
})

test('the frame before is compared with by a node of the request alone', async () => {
  const specs = await loadSpecs()
  const { document: chain } = expand(sketch({ decode: {}, bicubic: {} }, ['decode.image > bicubic.image']), specs)
  const viewerSettings = {
    mode: 'difference',
    reference: null,
    variants: null,
    flicker: false,
    part: 'all',
    overlay: null,
  } as const
  const composed = compose(
    chain,
    specs,
    { node: id('bicubic'), port: 'image' },
    { ...viewerSettings, others: [{ kind: 'previous' }] },
  )
  expect(composed.others).toEqual([{ node: previousNode, port: 'image' }])
  expect(composed.document.nodes[previousNode]?.type).toBe('previous-frame')
  expect(chain.nodes[previousNode]).toBeUndefined()
})
