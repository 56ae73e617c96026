/** Small pictures of the frame that is seen: where they lie, in which order they come, and what stops them. */
import { describe, expect, test } from 'vitest'
import type { PreviewRequest } from '../../../../src/engine/door/api.ts'
import { emptyDocument } from '../../../../src/graph/document/document.ts'
import { type Crop, cropAround, renderCrops } from '../../../../src/ui/viewer/frame-crops.tsx'
import { id } from '../../graph/specs.ts'

describe('a crop', () => {
  const picture = { width: 400, height: 200 }
  test('has the spot in its middle, and stays inside', () => {
    expect(cropAround({ x: 0.5, y: 0.5 }, picture, { width: 100, height: 100 })).toEqual({
      ...{ x: 0.375, y: 0.25, width: 0.25, height: 0.5 },
    })
    expect(cropAround({ x: 0, y: 1 }, picture, { width: 100, height: 100 })).toEqual({
      ...{ x: 0, y: 0.5, width: 0.25, height: 0.5 },
    })
  })
  test('of a small picture is all of it', () => {
    expect(cropAround({ x: 0.2, y: 0.2 }, picture, { width: 1000, height: 300 })).toEqual({
      ...{ x: 0, y: 0, width: 1, height: 1 },
    })
  })
})

describe('crops', () => {
  const jobs = ['a', 'b', 'c'].map((key) => ({
    key,
    request: { document: emptyDocument, view: { node: id(key), port: 'image' } },
  }))
  const at = { frame: 3, region: { x: 0, y: 0, width: 1, height: 1 }, side: 8 }
  const picture = { width: 1, height: 1, pixels: new Uint8ClampedArray(4) }

  test('come one after the other; what gave way is tried again, and what fails says why', async () => {
    const asked: PreviewRequest[] = []
    const told: [string, Crop][] = []
    const engine = {
      async thumbnail(request: PreviewRequest) {
        asked.push(request)
        if (request.view.node === 'b')
          return {
            ok: false as const,
            problems: [{ code: 'render-failed' as const, severity: 'error' as const, message: 'No.', hint: '' }],
          }
        return { ok: true as const, value: asked.length === 1 ? null : picture }
      },
    }
    let waited = 0
    await renderCrops(
      engine,
      jobs,
      at,
      (key, crop) => told.push([key, crop]),
      new AbortController().signal,
      async () => {
        waited += 1
      },
    )
    expect(asked.map(({ view }) => view.node)).toEqual(['a', 'a', 'b', 'c'])
    expect(asked[0]).toMatchObject({ frame: 3, region: at.region })
    expect(waited).toBe(1)
    expect(told).toEqual([
      ['a', { state: 'shown', picture }],
      ['b', { state: 'failed', why: 'No.' }],
      ['c', { state: 'shown', picture }],
    ])
  })

  test('end when nobody looks any longer', async () => {
    const ended = new AbortController()
    const told: string[] = []
    const engine = {
      async thumbnail() {
        ended.abort()
        return { ok: true as const, value: picture }
      },
    }
    await renderCrops(engine, jobs, at, (key) => told.push(key), ended.signal)
    expect(told).toEqual([])
  })
})
