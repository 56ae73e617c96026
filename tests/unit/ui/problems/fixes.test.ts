/** A fix that is offered mends what it is offered for, on the nodes that ship. */

import { describe, expect, it } from 'vitest'
import { expand } from '../../../../src/graph/analysis/expand.ts'
import { inferAll } from '../../../../src/graph/analysis/infer.ts'
import { validate } from '../../../../src/graph/analysis/validate.ts'
import type { GraphDocument, NodeId } from '../../../../src/graph/document/document.ts'
import { setFlag } from '../../../../src/graph/edits/edit.ts'
import { edit, newHistory, undo } from '../../../../src/graph/edits/history.ts'
import type { AssetFacts, ModelFacts } from '../../../../src/graph/node/facts.ts'
import { specs } from '../../../../src/nodes/registry.ts'
import { fixesOf } from '../../../../src/ui/problems/fixes.ts'
import { inferenceOn, problemOn } from '../../../../src/ui/store/derived.ts'
import { id, facts as known, sketch } from '../../graph/specs.ts'

const model = known.model({ id: 'x2' })!
const cleaner: ModelFacts = { ...model, id: 'cleaner', name: 'Cleaner', task: 'restoration', scale: 1 }
const facts: AssetFacts = {
  media: (ref) => {
    const movie = known.media({ ...ref, id: 'movie' })
    return ref.id === 'nowhere.mp4' ? undefined : ref.id === 'hdr.mp4' && movie ? { ...movie, hdr: 'hlg' } : movie
  },
  model: (ref) => (ref.id === 'nobody-x2' ? undefined : ref.id === cleaner.id ? cleaner : { ...model, id: ref.id }),
}
const media = { media: { id: 'clip.mp4' } }
const withModel = { model: { id: 'x2' } }

const inferenceOf = (document: GraphDocument) =>
  inferenceOn(document, [], specs, expand(document, specs), inferAll(document, specs, facts))
const problemsOf = (document: GraphDocument) => validate(document, specs, facts)
function fixesFor(document: GraphDocument, code: string) {
  const found = problemsOf(document).find((one) => one.code === code)
  const problem = found && problemOn([], found, expand(document, specs))
  if (!problem) throw new Error(`There is no ${code}, but ${JSON.stringify(problemsOf(document))}.`)
  return fixesOf(problem, {
    document,
    specs,
    inference: inferenceOf(document),
    models: [cleaner, { ...model, id: 'other-x4', name: 'Other ×4', scale: 4 }, model],
    room: { width: 200, gap: 48 },
  })
}
/** The document after its only fix; without the problem, and as it was once that is undone. */
function mended(document: GraphDocument, code: string, label: string): GraphDocument {
  const fixes = fixesFor(document, code)
  expect(fixes.map((fix) => fix.label)).toEqual([label])
  const { history } = edit(newHistory(document), label, fixes[0]!.apply)
  expect(problemsOf(history.document).map((problem) => problem.code)).not.toContain(code)
  expect(undo(history).document).toEqual(document)
  return history.document
}
const wires = (document: GraphDocument) =>
  Object.values(document.edges)
    .map(({ from, to }) => `${from.node}.${from.port} > ${to.node}.${to.port}`)
    .sort()

describe('one click', () => {
  it('brings the odd picture to the size of the other', () => {
    const document = sketch({ decode: { params: media }, bicubic: {}, 'residual-blend': {}, encode: {} }, [
      'decode.image > bicubic.image',
      'bicubic.image > residual-blend.base',
      'decode.image > residual-blend.detail',
      'residual-blend.image > encode.image',
    ])
    const after = mended(document, 'size-mismatch', 'Insert Bicubic to 640×360')
    expect(wires(after)).toContain('bicubic-2.image > residual-blend.detail')
    expect(after.nodes['bicubic-2' as NodeId]?.params).toEqual({ mode: 'size', width: 640, height: 360 })
    expect(problemsOf(after)).toEqual([])
  })

  it('brings HDR to SDR, or keeps it and has it encoded where there is room for it', () => {
    const document = sketch({ decode: { params: { media: { id: 'hdr.mp4' } } }, bicubic: {}, encode: {} }, [
      'decode.image > bicubic.image',
      'bicubic.image > encode.image',
    ])
    const fixes = fixesFor(document, 'hdr')
    expect(fixes.map(({ label }) => label)).toEqual(['Tone map to SDR', 'Keep HDR, in 10 bits by ffmpeg'])
    const params = fixes.map(({ label, apply }) => {
      const { history } = edit(newHistory(document), label, apply)
      expect(problemsOf(history.document)).toEqual([])
      expect(undo(history).document).toEqual(document)
      const { decode, encode } = history.document.nodes as Readonly<Record<string, { readonly params: object }>>
      return [decode?.params, encode?.params]
    })
    const medium = { media: { id: 'hdr.mp4' } }
    expect(params).toEqual([
      [{ ...medium, toneMap: true }, {}],
      [{ ...medium, keepHdr: true }, { encoder: 'ffmpeg' }],
    ])
  })

  it('makes a mask from the picture that it lies over', () => {
    const document = sketch({ decode: { params: media }, bicubic: {}, 'text-protect': {}, grain: {} }, [
      'decode.image > bicubic.image',
      'decode.image > text-protect.image',
      'bicubic.image > grain.image',
      'text-protect.mask > grain.protect',
    ])
    const after = mended(document, 'size-mismatch', 'Make the mask from Bicubic')
    expect(wires(after)).toContain('bicubic.image > text-protect.image')
  })

  it('connects the nearest that fits, or brings a source', () => {
    const document = sketch({ decode: { params: media }, bicubic: {}, grain: {}, encode: {} }, [
      'decode.image > bicubic.image',
      'grain.image > encode.image',
    ])
    expect(wires(mended(document, 'missing-input', 'Connect Bicubic'))).toContain('bicubic.image > grain.image')
    expect(wires(mended(sketch({ bicubic: {} }), 'missing-input', 'Add Decode'))).toEqual([
      'decode.image > bicubic.image',
    ])
  })

  it('turns a bypass off that has nothing to pass on', () => {
    const document = sketch({ decode: { params: media }, grain: {} }, ['decode.image > grain.image'])
    const bypassed = edit(newHistory(document), 'Bypass', (draft) => setFlag(draft, [id('decode')], 'bypass', true))
    expect(mended(bypassed.history.document, 'missing-input', 'Use Decode again')).toEqual(document)
  })

  it('puts a model of the same scale, or the sample clip, in the place of one that is not here', () => {
    const document = sketch({ decode: { params: media }, 'sr-model': { params: { model: { id: 'nobody-x2' } } } }, [
      'decode.image > sr-model.image',
    ])
    const after = mended(document, 'missing-asset', 'Use x2')
    expect(after.nodes[id('sr-model')]?.params.model).toMatchObject({ id: 'x2', sha256: model.sha256 })
    const other = sketch({ decode: { params: media }, clean: { params: { model: { id: 'nobody-x2' } } } }, [
      'decode.image > clean.image',
    ])
    mended(other, 'missing-asset', 'Use Cleaner')
    const enlarger = sketch({ decode: { params: media }, clean: { params: withModel } }, ['decode.image > clean.image'])
    mended(enlarger, 'unfit-model', 'Use Cleaner')
    const clip = sketch({ decode: { params: { media: { id: 'nowhere.mp4' } } } })
    mended(clip, 'missing-asset', 'Use the sample clip')
  })

  it('sets a param back, and takes away one that nobody knows', () => {
    const document = sketch({ decode: { params: media }, grain: { params: { amount: 99 } } }, [
      'decode.image > grain.image',
    ])
    expect(mended(document, 'bad-param', 'Reset Amount').nodes[id('grain')]?.params).toEqual({})
    const other = sketch({ decode: { params: media }, grain: { params: { film: 1 } } }, ['decode.image > grain.image'])
    mended(other, 'unknown-param', 'Remove the setting')
  })

  it('removes wires and nodes that cannot be', () => {
    const document = sketch({ decode: { params: media }, 'sr-model': { params: withModel } }, [
      'decode.audio > sr-model.image',
    ])
    mended(document, 'wrong-type', 'Remove the wire')
    mended(sketch({ mystery: {} }), 'unknown-node', 'Remove the node')
    mended(
      sketch({ grain: {}, 'grain-2': {} }, ['grain.image > grain-2.image', 'grain-2.image > grain.image']),
      'cycle',
      'Remove the wire',
    )
  })

  it('is offered for nothing that it cannot do', () => {
    const problem = { code: 'size-limit', severity: 'error', message: '', hint: '', node: id('nobody') } as const
    for (const code of ['size-limit', 'missing-input', 'size-mismatch', 'bad-param', 'missing-asset'] as const)
      expect(
        fixesOf(
          { ...problem, code },
          {
            document: sketch({}),
            specs,
            inference: inferenceOf(sketch({})),
            models: [],
            room: { width: 200, gap: 48 },
          },
        ),
      ).toEqual([])
  })
})
