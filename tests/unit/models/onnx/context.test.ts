/** How far networks see: as it is read from their files, and as they do when they are run. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parseCatalog } from '../../../../src/models/catalog.ts'
import { contextOf } from '../../../../src/models/onnx/context.ts'
import { readOnnx } from '../../../../src/models/onnx/onnx-file.ts'
import { fixture } from '../fixture-models.ts'
import { runOnnx } from '../run-onnx.ts'

const models = new URL('../../../../public/models/', import.meta.url)
const catalog = parseCatalog(JSON.parse(readFileSync(new URL('catalog.json', models), 'utf8')))
const shipped = (file: string) => new Uint8Array(readFileSync(new URL(file, models)))

describe('a network', () => {
  test.each([
    ['conv-3-x2', 1],
    ['conv-7-x3', 3],
    ['conv-19-x2', 9],
    ['esrgan', 11],
    ['esrgan-fixed', 11],
    ['span', 9],
    ['nearest-x4', 1],
  ])('%s sees %i pixels around', (name, context) => {
    expect(contextOf(readOnnx(name, fixture(name)))).toBe(context)
  })

  test.each(['classifier', 'windows-8-x2', 'nhwc-x2', 'two-inputs'])('of %s nothing is claimed', (name) => {
    expect(contextOf(readOnnx(name, fixture(name)))).toBe(null)
  })

  test.each(['conv-7-x3', 'conv-19-x2', 'esrgan', 'span', ...catalog.map(({ file }) => file)])(
    '%s changes no farther away than that when one pixel does',
    async (name) => {
      const bytes = name.endsWith('.onnx') ? shipped(name) : fixture(name)
      const context = contextOf(readOnnx(name, bytes))
      if (context === null) throw new Error('not known')
      const channels = catalog.find(({ file }) => file === name)?.channels === 'y' ? 1 : 3
      const side = 41
      const middle = 20
      const ramp = Array.from({ length: side * side * channels }, (_, i) => (i * 37) % 200)
      const changed = ramp.map((value, i) =>
        Math.floor(i / channels) === middle * side + middle ? 255 - value : value,
      )
      const [a, b] = await Promise.all(
        [ramp, changed].map((picture) => runOnnx(bytes, { width: side, height: side, picture })),
      )
      const large = a!.dims[3]!
      let far = -1
      for (const [i, value] of a!.rows.entries()) {
        if (value === b!.rows[i]) continue
        const at = Math.floor(i / channels)
        const away = [at % large, Math.floor(at / large)].map((place) =>
          Math.abs(Math.floor((place * side) / large) - middle),
        )
        far = Math.max(far, ...away)
      }
      expect(far).toBeGreaterThanOrEqual(0)
      expect(far).toBeLessThanOrEqual(context)
    },
  )
})

test.each(catalog.map((card) => [card.name, card] as const))('the card of %s tells what its file does', (_, card) => {
  expect(card.context).toBe(contextOf(readOnnx(card.file, shipped(card.file))))
})
