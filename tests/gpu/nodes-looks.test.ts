/** The nodes that turn, cut, bend and colour a picture, against numpy and scipy: `tests/fixtures/fixes/make-looks.py`. */
import { describe, expect, it } from 'vitest'
import crop from '../../src/nodes/crop.node.ts'
import curves from '../../src/nodes/curves.node.ts'
import flipRotate from '../../src/nodes/flip-rotate.node.ts'
import switchNode from '../../src/nodes/switch.node.ts'
import whiteBalance from '../../src/nodes/white-balance.node.ts'
import { draw, largestDifference } from './harness.ts'
import { describeGoldens, run } from './support/golden.ts'
import { testBench } from './support/test-bench.ts'

const bench = testBench()

describeGoldens(() => bench, [crop, flipRotate, whiteBalance, curves])

const noise = draw(9, 7, (x, y) => [((x * 7 + y * 3) % 11) / 16, ((x + y) % 5) / 8, ((x * y) % 7) / 8, (x % 3) / 2])
const image = { type: 'image', width: 9, height: 7, format: 'rgba16float', frameRate: 24 } as const
const facts = { media: () => undefined, model: () => undefined }

describe('leaves the picture as it is, to the bit,', () => {
  it.each([
    ['crop of nothing', crop],
    ['no turn', flipRotate],
    ['daylight', whiteBalance],
    ['a straight curve', curves],
  ] as const)('%s', async (_, definition) => {
    const { data } = await run(bench, definition, { image: noise })
    // A straight line's cubic is straight but for the last bit of a half float.
    expect(largestDifference({ ...noise, data }, noise)).toBeLessThan(definition === curves ? 0.0005 : 1e-9)
    expect(data.filter((_, i) => i % 4 === 3)).toEqual(noise.data.filter((_, i) => i % 4 === 3))
  })
})

it('turns back to the bit, alpha too', async () => {
  let turned = noise
  for (const turn of ['90', '90', '270', '180', '90'])
    turned = await run(bench, flipRotate, { image: turned }, { turn })
  expect(turned).toEqual(noise)
})

it('keeps greys grey in daylight, makes lamp light grey, and says which way', async () => {
  const grey = draw(2, 1, () => [0.5, 0.5, 0.5])
  const [red, , blue] = (await run(bench, whiteBalance, { image: grey }, { temperature: 3200 })).data
  // A picture of lamp light is too yellow: red goes down and blue up.
  expect(blue! - red!).toBeGreaterThan(0.2)
  const [, green] = (await run(bench, whiteBalance, { image: grey }, { tint: -50 })).data
  expect(green).toBeLessThan(0.49)
})

it('passes on the picture that is chosen, in its own size', async () => {
  const other = draw(4, 3, (x, y) => [x / 4, y / 3, 0.5])
  const given = { first: noise, second: other }
  expect(largestDifference(await run(bench, switchNode, given, { chosen: 'second' }), other)).toBeLessThan(0.0005)
  expect(largestDifference(await run(bench, switchNode, given), noise)).toBe(0)
})

it('says what cannot be', () => {
  expect(switchNode.infer({ first: image }, { chosen: 'third' } as never, facts)).toMatchObject({
    problem: { param: 'chosen', message: 'The third picture is chosen, but nothing is wired to it.' },
  })
  expect(crop.infer({ image }, { left: 4, right: 5, top: 0, bottom: 0 } as never, facts)).toMatchObject({
    problem: {
      param: 'right',
      message: 'Nothing is left of the picture: 9 of its 9 pixels of width are cut off.',
      hint: 'Cut less off: left and right together must stay below 9.',
    },
  })
  expect(crop.infer({ image }, { left: 0, right: 0, top: 7, bottom: -1 } as never, facts)).toEqual({
    image: { ...image, height: 1 },
  })
})
