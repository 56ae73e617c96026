import { describe, expect, test } from 'vitest'
import type { ModelFacts } from '../../../src/graph/node/facts.ts'
import type { ModelForm } from '../../../src/models/inspect.ts'
import { TileChoice } from '../../../src/models/tile-choice.ts'
import { ModelError, type SuperResolverOptions } from '../../../src/models/types.ts'

const picture = { width: 1920, height: 1080 }
const result = { width: 3840, height: 2160 }
const whole = { x: 0, y: 0, ...result }

function choiceOf(
  options: Partial<SuperResolverOptions> = {},
  form: Partial<ModelForm> = {},
  facts: Partial<ModelFacts> = {},
): TileChoice {
  return new TileChoice(
    { name: 'Sharp', context: 7, ...facts } as ModelFacts,
    { scale: 2, fixedSize: null, sizeStep: 1, ...form } as ModelForm,
    { runtime: 'auto', tile: 'auto', overlap: 16, ...options },
  )
}

const sideOf = (choice: TileChoice) => {
  const { tile } = choice.tilesFor(picture, result, whole)
  return Math.max(tile.width, tile.height)
}

describe('tiles of a picture', () => {
  test('are large at first, and cover all of it', () => {
    const choice = choiceOf()
    const { tile, tiles } = choice.tilesFor(picture, result, whole)
    expect(Math.max(tile.width, tile.height)).toBeLessThanOrEqual(512)
    expect(Math.max(...tiles.map(({ x }) => x.extent[1]))).toBe(1920)
    expect(Math.max(...tiles.map(({ y }) => y.extent[1]))).toBe(1080)
    expect(choice.note).toBeUndefined()
  })

  test('are one where the picture has no more pixels than the largest, whatever its sides', () => {
    const wide = { width: 640, height: 360 }
    const enlarged = { width: 1280, height: 720 }
    const tilesOf = (choice: TileChoice) => choice.tilesFor(wide, enlarged, { x: 0, y: 0, ...enlarged })
    const choice = choiceOf({ overlap: 32 })
    expect(tilesOf(choice)).toMatchObject({ tile: wide, tiles: { length: 1 }, isSeamless: true })
    choice.shrink(wide, new Error('out of memory'))
    expect(choice.note).toMatch(/reduced to 256/)
    expect(tilesOf(choice).tiles.length).toBeGreaterThan(1)
    // What one asked for, and where a part is made of the whole's tiles, sides count.
    expect(tilesOf(choiceOf({ overlap: 32, tile: 512 })).tiles).toHaveLength(2)
    expect(tilesOf(choiceOf({ overlap: 32 }, {}, { context: null })).tiles).toHaveLength(2)
  })

  test.each([
    ['what its overlap throws away is all that the model sees', { overlap: 32 }, { context: 12 }, true],
    ['it sees further', { overlap: 32 }, { context: 13 }, false],
    ['nobody knows how far it sees', { overlap: 32 }, { context: null }, false],
    ['small tiles share less', { overlap: 32, tile: 32 }, { context: 12 }, false],
  ])('need not fade into one another where %s', (_, options, facts, isSeamless) => {
    expect(choiceOf(options, {}, facts).tilesFor(picture, result, whole).isSeamless).toBe(isSeamless)
  })

  test('are one where they are off', () => {
    const { tile, tiles } = choiceOf({ tile: 'off' }).tilesFor(picture, result, whole)
    expect([tile, tiles.length]).toEqual([picture, 1])
  })

  test('of a part lie in a window around it, where the model sees no further', () => {
    const { tile, tiles } = choiceOf({ overlap: 32 }).tilesFor(picture, result, {
      x: 1000,
      y: 600,
      width: 200,
      height: 100,
    })
    expect(tiles).toHaveLength(1)
    expect(tile.width).toBeLessThan(200)
    expect(tiles[0]!.x.extent[0]).toBeLessThanOrEqual(500)
    expect(tiles[0]!.x.extent[1]).toBeGreaterThanOrEqual(600)
  })

  test('of a part are those of the whole where nobody knows how far the model sees', () => {
    const part = { x: 1000, y: 600, width: 200, height: 100 }
    const choice = choiceOf({}, {}, { context: null })
    const ofWhole = choice.tilesFor(picture, result, whole)
    const ofPart = choice.tilesFor(picture, result, part)
    expect(ofPart.tile).toEqual(ofWhole.tile)
    expect(ofPart.tiles.length).toBeLessThan(ofWhole.tiles.length)
    for (const tile of ofPart.tiles) expect(ofWhole.tiles).toContainEqual(tile)
  })
})

describe('where the memory is too small', () => {
  const cause = new Error('out of memory')

  test('tiles shrink step by step and say so, until they are too small', () => {
    const choice = choiceOf()
    const noted: (string | undefined)[] = []
    const step = () => {
      choice.shrink(choice.tilesFor(picture, result, whole).tile, cause)
      noted.push(choice.note?.match(/^Tile reduced to (\d+): /)?.[1])
      expect(sideOf(choice)).toBeLessThanOrEqual(Number(noted.at(-1)))
    }
    for (let i = 0; i < 4; i++) step()
    expect(noted).toEqual(['256', '128', '64', '32'])
    expect(step).toThrow(/not enough memory to run the model “Sharp” on a tile of 32 × 32 pixels/)
  })

  test('one that was asked for larger comes down to the usual one first', () => {
    const choice = choiceOf()
    choice.shrink({ width: 1920, height: 1080 }, cause)
    expect(choice.note).toMatch(/reduced to 512/)
  })

  test.each([
    ['of a size that was asked for', choiceOf({ tile: 512 }), 'Set the tile to “auto” or to a smaller size.'],
    ['turned off', choiceOf({ tile: 'off' }), 'Set the tile to “auto” or to a smaller size.'],
    [
      'of the one size that the model takes',
      choiceOf({}, { fixedSize: { width: 256, height: 128 } }),
      'Close other tabs, or choose a smaller model.',
    ],
    [
      'of a step that leaves nothing smaller',
      choiceOf({}, { sizeStep: 512 }),
      'Close other tabs, or choose a smaller model.',
    ],
  ])('tiles %s are not ours to shrink', (_, choice, hint) => {
    const { tile } = choice.tilesFor(picture, result, whole)
    let error: unknown
    try {
      choice.shrink(tile, cause)
    } catch (thrown) {
      error = thrown
    }
    expect(error).toBeInstanceOf(ModelError)
    expect(error).toMatchObject({ code: 'model-failed', hint, cause })
  })
})
