/** Tiles leave no seam: a picture run in tiles against the same picture run whole. */
import { expect, test, vi } from 'vitest'
import type { AssetRef } from '../../src/graph/node/params.ts'
import { draw } from './harness.ts'
import { modelFile, testModelBench, upscale, waves, worstDifference } from './models-support.ts'

const bench = testModelBench()

/**
 * Waves with hard edges among them: both what models smooth and what they sharpen. Three times two tiles of 64
 * fill it exactly, so that without overlap they stand side by side.
 */
const picture = draw(192, 128, (x, y) => {
  const [r, g, b] = waves(x * 0.4, y * 0.4)
  return (x >> 3) % 5 === 0 || (y >> 2) % 9 === 0 ? [1 - r, g * 0.2, b] : [r, g, b]
})

const fixture = async (name: string): Promise<AssetRef> => bench.models.add(await modelFile(name))

test.each([
  ['conv-19-x2', () => fixture('conv-19-x2'), 32],
  ['conv-7-x3', () => fixture('conv-7-x3'), 16],
  ['framewright-s-coded-x2', async () => ({ id: 'framewright-s-coded-x2' }), 32],
] as const)('%s in tiles of 64 differs from the whole by no more than 2/255', async (name, find, overlap) => {
  const ref = await find()
  const run = async (tile: number | 'off', shared: number) => {
    await using resolver = await bench.models.open('super-resolution', ref, { runtime: 'wasm', tile, overlap: shared })
    return upscale(bench, resolver, picture)
  }
  const whole = await run('off', overlap)
  const tiled = worstDifference(await run(64, overlap), whole)
  const butted = worstDifference(await run(64, 0), whole)
  console.info(`${name}: overlap ${overlap} differs by ${tiled.toFixed(3)}/255, overlap 0 by ${butted.toFixed(1)}/255`)
  expect(tiled).toBeLessThanOrEqual(2)
  // The measure sees seams where they are.
  expect(butted).toBeGreaterThan(2)
})

test('while a hand moves, each tile waits until all before it is done; else none waits', async () => {
  const { queue } = bench.gpu.device
  using done = vi.spyOn(queue, 'onSubmittedWorkDone')
  using submit = vi.spyOn(queue, 'submit')
  await using resolver = await bench.models.open('super-resolution', await fixture('nearest-x2'), {
    runtime: 'webgpu',
    tile: 64,
    overlap: 0,
  })
  const before = await upscale(bench, resolver, picture)
  expect(done).not.toHaveBeenCalled()

  const late: number[] = []
  done.mockImplementation(async () => {
    const submitted = submit.mock.calls.length
    await new Promise((resolve) => setTimeout(resolve, 20))
    late.push(submit.mock.calls.length - submitted)
    // The hand goes on moving.
    bench.gpu.noteDrawing()
    return undefined
  })
  bench.gpu.noteDrawing()
  const moving = await upscale(bench, resolver, picture)
  // Three times two tiles: five that something was before.
  expect(late).toEqual([0, 0, 0, 0, 0])
  expect(worstDifference(moving, before)).toBe(0)
})
