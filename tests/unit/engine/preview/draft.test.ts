/** A draft has the proportions of the whole, whatever in the graph counts in pixels of a picture. */

import { describe, expect, test } from 'vitest'
import { draftOf } from '../../../../src/engine/preview/draft.ts'
import { inferAll } from '../../../../src/graph/analysis/infer.ts'
import type { NodeRecord } from '../../../../src/graph/document/document.ts'
import { definitions, specs } from '../../../../src/nodes/registry.ts'
import { facts, oneLevel, sketch } from '../../graph/specs.ts'

/** 320 × 180. */
const media = { id: 'movie' }
const sizeAfter = (params: NodeRecord['params'], type: string, divisor: number) => {
  const document = sketch({ decode: { params: { media } }, [type]: { params } }, [`decode.image > ${type}.image`])
  const desc = inferAll(draftOf(oneLevel(document), specs, divisor), specs, facts).descs.get(`${type}.image`)
  return desc && 'width' in desc ? [desc.width, desc.height] : desc
}

describe('a draft of a fourth', () => {
  test.each([
    ['bicubic', { factor: 2 }, [640, 360], [160, 90]],
    ['bicubic', { mode: 'size', width: 1280, height: 720 }, [1280, 720], [320, 180]],
    ['bicubic', { mode: 'side', side: 'height', length: 720 }, [1280, 720], [320, 180]],
    ['crop', { left: 40, right: 40, top: -20, bottom: 0 }, [240, 200], [60, 50]],
  ])('of %s with %o', (type, params, whole, draft) => {
    expect(sizeAfter(params, type, 1)).toEqual(whole)
    expect(sizeAfter(params, type, 4)).toEqual(draft)
  })

  test('is made with one node, which says so itself', () => {
    expect([...definitions.values()].filter(({ shrinkBy }) => shrinkBy)).toHaveLength(1)
  })

  test('takes no lines from a node that needs them as they were recorded, and shrinks what that makes of them', () => {
    const document = sketch(
      {
        decode: { params: { media } },
        telecine: { type: 'inverse-telecine' },
        deinterlace: {},
        bicubic: { params: { factor: 2 } },
        grain: {},
      },
      [
        'decode.image > telecine.image',
        'telecine.image > deinterlace.image',
        'deinterlace.image > bicubic.image',
        'decode.image > grain.image',
      ],
    )
    const { descs } = inferAll(draftOf(oneLevel(document), specs, 4), specs, facts)
    const size = (output: string) => {
      const desc = descs.get(output)
      return desc && 'width' in desc ? [desc.width, desc.height] : desc
    }
    expect(['telecine.image', 'deinterlace.image', 'bicubic.image', 'grain.image'].map(size)).toEqual([
      [320, 180],
      [320, 180],
      [160, 90],
      [80, 45],
    ])
  })
})
