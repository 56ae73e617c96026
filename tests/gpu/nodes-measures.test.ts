/** The nodes that measure, against numbers from numpy, scipy and Pillow: `tests/fixtures/measures`. */
import { describe, expect, it } from 'vitest'
import banding from '../../src/nodes/banding.node.ts'
import blocks from '../../src/nodes/blocks.node.ts'
import combing from '../../src/nodes/combing.node.ts'
import type { NodeDefinition } from '../../src/nodes/define.ts'
import edgeDisturbance from '../../src/nodes/edge-disturbance.node.ts'
import flicker from '../../src/nodes/flicker.node.ts'
import halo from '../../src/nodes/halo.node.ts'
import invention from '../../src/nodes/invention.node.ts'
import quality from '../../src/nodes/quality.node.ts'
import smoothness from '../../src/nodes/smoothness.node.ts'
import textDrift from '../../src/nodes/text-drift.node.ts'
import textureLoss from '../../src/nodes/texture-loss.node.ts'
import textureOverload from '../../src/nodes/texture-overload.node.ts'
import fixture from '../fixtures/measures/measures.json'
import { download, draw, type Numbers, prepareNode, upload } from './harness.ts'
import { measured } from './support/measured.ts'
import { testBench } from './support/test-bench.ts'

const bench = testBench()

const bytesOf = (base64: string) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))

type PictureName = keyof typeof fixture.pictures
function picture(name: PictureName): Numbers {
  const codes = bytesOf(fixture.pictures[name])
  const [width, height] = name === 'source' ? (fixture.source as [number, number]) : [fixture.width, fixture.height]
  return draw(width, height, (x, y) => {
    const at = 3 * (y * width + x)
    return [codes[at]! / 255, codes[at + 1]! / 255, codes[at + 2]! / 255]
  })
}

const maps: Readonly<Record<string, readonly (string | number)[]>> = fixture.maps
const scores: Readonly<Record<string, number>> = fixture.scores

interface Golden {
  readonly definition: NodeDefinition
  /** A list: the frame and those before it, the nearest first. */
  readonly inputs: Readonly<Record<string, PictureName | readonly PictureName[]>>
  readonly params?: Readonly<Record<string, unknown>>
  /** Outputs by the names that the fixture has for them. */
  readonly maps: Readonly<Record<string, string>>
  readonly scores: Readonly<Record<string, string>>
  /** How far a map's value may lie off, as a share of its highest: where a threshold parts two pixels it is as far as it goes. */
  readonly tolerance?: number
}

const pair = { image: 'image', source: 'source' } as const
const goldens: readonly Golden[] = [
  {
    definition: invention,
    inputs: pair,
    maps: { contradiction: 'contradiction', invention: 'invention' },
    scores: { contradiction: 'contradictionScore', invention: 'inventionScore' },
  },
  {
    definition: invention,
    inputs: pair,
    params: { excess: false },
    maps: { 'raw contradiction': 'contradiction' },
    scores: { 'raw contradiction': 'contradictionScore' },
  },
  {
    definition: halo,
    inputs: pair,
    maps: { halo: 'map', bright: 'bright', dark: 'dark' },
    scores: { halo: 'score', bright: 'brightScore', dark: 'darkScore' },
  },
  {
    definition: textureLoss,
    inputs: pair,
    maps: { loss: 'map', plastic: 'plastic' },
    scores: { loss: 'score', plastic: 'plasticScore', texture: 'textured' },
  },
  {
    definition: smoothness,
    inputs: { image: 'smooth', source: 'source' },
    maps: { smooth: 'map' },
    scores: { smooth: 'score', shaded: 'textured' },
  },
  { definition: textureOverload, inputs: pair, maps: { overload: 'map' }, scores: { overload: 'score' } },
  { definition: textDrift, inputs: pair, maps: { drift: 'map' }, scores: { drift: 'score', text: 'text' } },
  { definition: edgeDisturbance, inputs: pair, maps: { disturbance: 'map' }, scores: { disturbance: 'score' } },
  {
    definition: flicker,
    inputs: { image: ['image', 'reference'], source: ['source', 'source'] },
    params: { full: 64 },
    maps: { change: 'map' },
    scores: { change: 'score', detail: 'detail' },
  },
  { definition: banding, inputs: { image: 'ramp' }, maps: { banding: 'map' }, scores: { banding: 'score' } },
  { definition: combing, inputs: { image: 'combed' }, maps: { combing: 'map' }, scores: { combing: 'score' } },
  {
    definition: quality,
    inputs: { image: 'image', reference: ['reference', 'blocky', 'ramp'] },
    maps: { map: 'map' },
    scores: { psnr: 'psnr', ssim: 'ssim', gmsd: 'gmsd', xpsnr: 'xpsnr' },
  },
  { definition: blocks, inputs: { image: 'blocky' }, maps: {}, scores: { score: 'score', period: 'period' } },
]

describe.each(
  goldens.map((golden) => [`${golden.definition.type} ${JSON.stringify(golden.params ?? {})}`, golden] as const),
)(
  '%s gives what numpy gives',
  (_, { definition, inputs, params, maps: mapsOf, scores: scoresOf, tolerance = 0.002 }) => {
    it('as maps and as scores', async () => {
      const pictures = Object.fromEntries(
        Object.entries(inputs).map(([port, names]) => [
          port,
          new Map([names].flat().map((name, before) => [-before, picture(name)])),
        ]),
      )
      const outputs = await measured(bench, definition, pictures, params)
      for (const [name, output] of Object.entries(mapsOf)) {
        const [full, text] = maps[`${definition.type}/${name}`] as [number, string]
        const expected = new Uint16Array(bytesOf(text).buffer)
        const made = outputs[output]!
        // Maps are divided by what is white in them; what lies above is cut off.
        let farthest = 0
        made.data.forEach((value, i) => {
          const wanted = Math.min(1, ((expected[i]! / 65535) * full) / made.white)
          farthest = Math.max(farthest, (Math.abs(value - wanted) * made.white) / full)
        })
        expect(farthest, `map ${name}`).toBeLessThan(tolerance)
      }
      for (const [name, output] of Object.entries(scoresOf)) {
        const wanted = scores[`${definition.type}/${name}`]!
        expect(Math.abs(outputs[output]!.data[0]! - wanted) / wanted, `score ${name}`).toBeLessThan(0.005)
      }
    })
  },
)

describe.each(
  goldens.map((golden) => [`${golden.definition.type} ${JSON.stringify(golden.params ?? {})}`, golden] as const),
)('%s', (_, { definition, inputs, params, scores: scoresOf }) => {
  it.each(Object.keys(inputs))('gives no number where one pixel of %s is none', async (port) => {
    const pictures = Object.fromEntries(
      Object.entries(inputs).map(([name, names]) => [
        name,
        new Map([names].flat().map((each, before) => [-before, picture(each)])),
      ]),
    )
    const { data, width } = pictures[port]!.get(0)!
    data[4 * (9 * width + 11) + 1] = Number.NaN
    const outputs = await measured(bench, definition, pictures, params)
    // A number that leaves such a pixel out would be told as if it were of the whole.
    for (const output of Object.values(scoresOf)) expect(outputs[output]!.data[0], output).toBeNaN()
  })
})

it('works out once for a frame what several measures of it are made of, and anew for another', async () => {
  let passes = 0
  // Each pass writes its uniforms.
  const recorder = new Proxy(bench.recorder, {
    get(target, name) {
      if (name === 'uniform') passes++
      const value: unknown = Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
  const counted = { gpu: bench.gpu, recorder, takeErrors: bench.takeErrors, close: bench.close }
  const [first, second, source] = (['image', 'reference', 'source'] as const).map((name) =>
    upload(bench, picture(name)),
  )
  const descs = { image: first!.desc, source: source!.desc }
  const nodes = [await prepareNode(counted, halo, descs), await prepareNode(counted, textDrift, descs)] as const
  const run = async (node: (typeof nodes)[number], image: typeof first) => {
    passes = 0
    const { score } = await node.run({ image: image!, source: source! }, 0)
    const { data } = await download(counted, score!)
    return { passes, score: data[0]! }
  }
  await run(nodes[0], first)
  const after = await run(nodes[1], first)
  await run(nodes[0], second)
  await run(nodes[1], first)
  const alone = await run(nodes[1], second)
  const again = await run(nodes[1], first)
  expect(after.passes).toBeLessThan(alone.passes - 10)
  expect(again.passes).toBe(alone.passes)
  expect(again.score).toBe(after.score)
  expect(alone.score).not.toBe(after.score)
  for (const node of nodes) await node.close()
  for (const { texture } of [first!, second!, source!]) texture.destroy()
  expect(bench.gpu.pool.stats.leases).toBe(0)
})
