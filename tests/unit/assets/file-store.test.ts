/** LUTs as the engine keeps them: known again by their contents, whatever they are called. */
import { expect, test } from 'vitest'
import { openLutStore } from '../../../src/assets/lut.store.ts'

const cube = (value: number) => new File([`LUT_1D_SIZE 2\n0 0 0\n${value} 1 1`], 'look.cube')

test('a LUT is found by its hash, by its name alone where no hash is given, and never in another version', async () => {
  const store = openLutStore()
  const first = await store.add('look.cube', [cube(0.5)])
  const second = await store.add('look.cube', [cube(1)])
  expect(first.ref).toEqual({ id: 'look.cube', sha256: first.facts.sha256, size: first.facts.bytes })
  expect(first.ref.sha256).not.toBe(second.ref.sha256)
  expect((await store.open!(first.ref)).rgb[3]).toBe(0.5)
  expect((await store.open!({ id: 'another name.cube', sha256: first.ref.sha256! })).rgb[3]).toBe(0.5)
  expect((await store.open!({ id: 'look.cube' })).rgb[3]).toBe(1)
  await expect(store.facts({ id: 'look.cube', sha256: 'a'.repeat(64) })).rejects.toThrow(
    /^The LUT “look.cube” is here in another version: the graph names sha256 aaaaaaaaaaaa…, this one is /,
  )
  await expect(store.facts({ id: 'gone.cube' })).rejects.toThrow('The LUT “gone.cube” is not here.')
})

test('one that is broken is not kept, and the one before it stays', async () => {
  const store = openLutStore()
  await store.add('look.cube', [cube(0.5)])
  await expect(store.add('look.cube', [new File(['LUT_1D_SIZE 2'], 'look.cube')])).rejects.toThrow(
    /ends after 0 of 2 rows/,
  )
  expect((await store.open!({ id: 'look.cube' })).rgb[3]).toBe(0.5)
})
