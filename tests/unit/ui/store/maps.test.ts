/** What can be laid over the picture, and the key that does. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { compose } from '../../../../src/ui/store/composing.ts'
import { createLookingStore } from '../../../../src/ui/store/looking.ts'
import { mapsOf, toggleOverlay } from '../../../../src/ui/store/maps.ts'
import { id, sketch, specs } from '../../graph/specs.ts'

beforeAll(() => void vi.stubGlobal('localStorage', { getItem: () => null, setItem: () => undefined }))
afterAll(() => void vi.unstubAllGlobals())

const document = sketch({ clip: {}, luma: {}, scale: {} }, ['clip.image > luma.image', 'clip.image > scale.image'])
const luma = { node: id('luma'), port: 'mask' }

test('the maps of a graph are its masks', () => {
  expect(mapsOf(document, specs)).toEqual([luma])
})

test('the first one is laid over the picture, and taken away again', () => {
  const looking = createLookingStore()
  looking.setState({ mode: 'difference' })
  toggleOverlay(looking, [luma])
  expect(looking.getState()).toMatchObject({ overlay: luma, mode: 'single' })
  looking.setState({ mode: 'wipe' })
  toggleOverlay(looking, [luma])
  expect(looking.getState()).toMatchObject({ overlay: null, mode: 'wipe' })
  toggleOverlay(looking, [])
  expect(looking.getState().overlay).toBeNull()
})

test('the key that shows what is predicted ends with the map of a measure', () => {
  const looking = createLookingStore()
  const steps = Array.from({ length: 5 }, () => {
    looking.cyclePredicted(luma)
    const { mode, part, overlay } = looking.getState()
    return overlay ? 'map' : mode === 'single' ? 'result' : part
  })
  expect(steps).toEqual(['all', 'contradiction', 'invention', 'map', 'result'])
})

test('a map is asked for beside the pictures, while its node is there', () => {
  const looking = { ...createLookingStore().getState(), overlay: luma }
  const view = { node: id('scale'), port: 'image' }
  expect(compose(document, specs, view, looking)).toMatchObject({ overlay: luma, others: [] })
  const gone = { ...looking, overlay: { node: id('gone'), port: 'mask' } }
  expect(compose(document, specs, view, gone).overlay).toBeUndefined()
})
