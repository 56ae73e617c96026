import { describe, expect, test } from 'vitest'
import type { AssetStores } from '../../../../src/assets/stores.ts'
import { KnownAssets } from '../../../../src/engine/run/known-assets.ts'
import { emptyDocument, type FlatDocument, type NodeId } from '../../../../src/graph/document/document.ts'
import type { MediaFacts } from '../../../../src/graph/node/facts.ts'
import { specs } from '../../../../src/nodes/registry.ts'

const ref = { id: 'film.ts' }
const document = {
  ...emptyDocument,
  nodes: { decode: { id: 'decode' as NodeId, type: 'decode', params: { media: ref }, position: { x: 0, y: 0 } } },
} as unknown as FlatDocument

/** Assets whose one medium is being counted until `counted` is called. */
function countingMedium() {
  const first = { frameCount: 90, counting: true } as MediaFacts
  let facts = first
  let counted: (frames: number) => void = () => undefined
  let failed: (error: Error) => void = () => undefined
  const whole = new Promise<MediaFacts>((resolve, reject) => {
    counted = (frameCount) => {
      facts = { frameCount } as MediaFacts
      resolve(facts)
    }
    failed = reject
  })
  const media = {
    add: async () => ({ ref, facts: first }),
    facts: async () => facts,
    whole: () => (facts === first ? whole : undefined),
  }
  const assets = new KnownAssets(specs, { media } as unknown as AssetStores)
  return { assets, counted: (frames: number) => counted(frames), failed: (error: Error) => failed(error) }
}

describe('files of which more will be known', () => {
  test('are planned with what is known, and anew when all is', async () => {
    const { assets, counted } = countingMedium()
    expect(await assets.ensure(document)).toEqual([])
    expect(assets.facts.media!(ref)).toMatchObject({ frameCount: 90, counting: true })
    const { generation } = assets
    const version = assets.version(ref.id)
    counted(100)
    expect(await assets.factsOf('media', ref, true)).toEqual({ frameCount: 100 })
    expect(assets.generation).toBe(generation + 1)
    expect(assets.version(ref.id)).not.toBe(version)
    await assets.ensure(document)
    expect(assets.facts.media!(ref)).toEqual({ frameCount: 100 })
    expect(assets.generation).toBe(generation + 1)
  })

  test('who works on the whole waits for it', async () => {
    const { assets, counted } = countingMedium()
    let isPlanned = false
    const planning = assets.ensure(document, true).then((problems) => {
      isPlanned = true
      return problems
    })
    await assets.ensure(document)
    expect(isPlanned).toBe(false)
    counted(100)
    expect(await planning).toEqual([])
    expect(assets.facts.media!(ref)).toEqual({ frameCount: 100 })
  })

  test('what turns out to be unreadable is a problem of the node for who waited, and planned anew for who did not', async () => {
    const { assets, failed } = countingMedium()
    await assets.add('media', ref.id, [])
    const { generation } = assets
    const planning = assets.ensure(document, true)
    failed(new Error('It ends in the middle of a frame.'))
    expect(await planning).toMatchObject([
      { node: 'decode', param: 'media', message: 'It ends in the middle of a frame.' },
    ])
    expect(assets.generation).toBe(generation + 1)
  })
})
