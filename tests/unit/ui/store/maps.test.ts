/** What can be laid over the picture, and the key that does. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { loadSpecs } from '../../../../src/host/node-specs.ts'
import { mapsOf, measuresOf } from '../../../../src/ui/store/maps.ts'
import { compose } from '../../../../src/ui/store/view-request.ts'
import { createViewerSettingsStore } from '../../../../src/ui/store/viewer-settings.ts'
import { id, oneLevel, sketch, specs } from '../../graph/specs.ts'

beforeAll(() => void vi.stubGlobal('localStorage', { getItem: () => null, setItem: () => undefined }))
afterAll(() => void vi.unstubAllGlobals())

const document = oneLevel(
  sketch({ clip: {}, luma: {}, scale: {} }, ['clip.image > luma.image', 'clip.image > scale.image']),
)
const luma = { kind: 'output', at: { node: id('luma'), port: 'mask' } } as const
const definitions = await loadSpecs()
const halo = { kind: 'measure', type: 'halo', port: 'map' } as const

test('the maps of a graph are its masks, and those of measures what can be told from a picture and its source', () => {
  expect(mapsOf(document, specs)).toEqual([luma])
  const found = measuresOf(definitions)
  expect(found).toContainEqual(halo)
  expect(found).toContainEqual({ kind: 'measure', type: 'invention', port: 'contradiction' })
  // It needs a reference, which nobody has shown.
  expect(found.some(({ type }) => type === 'quality')).toBe(false)
})

test('the map that lay over the picture last is laid there again', () => {
  const viewerSettings = createViewerSettingsStore()
  viewerSettings.setState({ mode: 'difference' })
  viewerSettings.toggleOverlay(luma)
  expect(viewerSettings.getState()).toMatchObject({ overlay: luma, mode: 'single' })
  viewerSettings.setState({ mode: 'wipe', overlay: halo })
  viewerSettings.toggleOverlay(luma)
  expect(viewerSettings.getState()).toMatchObject({ overlay: null, mode: 'wipe' })
  viewerSettings.toggleOverlay(luma)
  expect(viewerSettings.getState().overlay).toBe(halo)
})

test('the key that shows what is predicted ends with the map of a measure', () => {
  const viewerSettings = createViewerSettingsStore()
  const steps = Array.from({ length: 5 }, () => {
    viewerSettings.cyclePredicted(halo)
    const { mode, part, overlay } = viewerSettings.getState()
    return overlay ? 'map' : mode === 'single' ? 'result' : part
  })
  expect(steps).toEqual(['all', 'contradiction', 'invention', 'map', 'result'])
})

test('a map is asked for beside the pictures, while its node is there', () => {
  const viewerSettings = { ...createViewerSettingsStore().getState(), overlay: luma }
  const view = { node: id('scale'), port: 'image' }
  expect(compose(document, specs, view, viewerSettings)).toMatchObject({ overlay: luma.at, others: [] })
  const gone = { ...viewerSettings, overlay: { kind: 'output', at: { node: id('gone'), port: 'mask' } } } as const
  expect(compose(document, specs, view, gone).overlay).toBeUndefined()
})

test('a measure is taken of what is seen and its source, by a node of the request alone', () => {
  const chain = oneLevel(sketch({ decode: {}, bicubic: {} }, ['decode.image > bicubic.image']))
  const viewerSettings = { ...createViewerSettingsStore().getState(), overlay: halo }
  const composed = compose(chain, definitions, { node: id('bicubic'), port: 'image' }, viewerSettings)
  const { overlay } = composed
  expect(overlay && composed.document.nodes[overlay.node]?.type).toBe('halo')
  const wires = Object.values(composed.document.edges).filter(({ to }) => to.node === overlay?.node)
  expect(Object.fromEntries(wires.map(({ from, to }) => [to.port, from.node]))).toEqual({
    ...{ image: 'bicubic', source: 'decode' },
  })
  expect(Object.keys(chain.nodes)).toEqual(['decode', 'bicubic'])
})
