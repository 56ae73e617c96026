/** What a check hangs on a graph, what it makes of the numbers, and how it mends, with the nodes that ship. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { expand } from '../../../../src/graph/analysis/expand.ts'
import { inferAll } from '../../../../src/graph/analysis/infer.ts'
import { comparableSourceOf } from '../../../../src/graph/analysis/upstream.ts'
import { viewedOutput } from '../../../../src/graph/analysis/viewed-output.ts'
import { endpointKey, type GraphDocument, type NodeId } from '../../../../src/graph/document/document.ts'
import { draftAt } from '../../../../src/graph/document/levels.ts'
import { fold } from '../../../../src/graph/edits/fold.ts'
import { edit, newHistory, undo } from '../../../../src/graph/edits/history.ts'
import { parseGraph } from '../../../../src/graph/file/read.ts'
import { findingsOf, type MeasuredFrame, spreadFrames, standsOut } from '../../../../src/graph/measures/findings.ts'
import {
  measuredGraph,
  readingKey,
  type Subject,
  saidOf,
  subjectOf,
} from '../../../../src/graph/measures/measured-graph.ts'
import { canMend, mend, mendingPlace } from '../../../../src/graph/measures/mend.ts'
import { type Symptom, type SymptomId, symptoms } from '../../../../src/graph/measures/symptoms.ts'
import type { FieldOrder } from '../../../../src/graph/node/facts.ts'
import type { AssetRef } from '../../../../src/graph/node/params.ts'
import { loadSpecs } from '../../../../src/host/node-specs.ts'
import { hiddenWires } from '../../hidden-wires.ts'
import { facts, sketch } from '../specs.ts'

const specs = await loadSpecs()
const room = { width: 200, gap: 48 }
const named = (id: SymptomId): Symptom => symptoms.find((each) => each.id === id)!

/** decode → bicubic → sharpen → encode, the bicubic twice as large. */
const chain = () =>
  sketch({ decode: { params: { media: { id: 'movie' } } }, bicubic: {}, sharpen: {}, encode: {} }, [
    'decode.image > bicubic.image',
    'bicubic.image > sharpen.image',
    'sharpen.image > encode.image',
  ])

function subjectIn(document: GraphDocument): Subject {
  const flat = expand(document, specs).document
  const view = viewedOutput(flat, specs, null)!
  const { descs } = inferAll(flat, specs, facts)
  return subjectOf(flat, specs, view, comparableSourceOf(flat, specs, view), (output) => {
    const desc = descs.get(endpointKey(output))
    return desc && 'width' in desc ? desc : undefined
  })
}

const problemsOf = (document: GraphDocument) => inferAll(expand(document, specs).document, specs, facts).problems

function mended(document: GraphDocument, symptom: Symptom, numbers = {}) {
  const place = mendingPlace(document, expand(document, specs), specs, subjectIn(document), symptom)!
  const { remedy } = symptom
  if (!remedy || !canMend(symptom, specs, place)) return null
  return edit(newHistory(document), 'fix', (draft) =>
    mend(draftAt(draft, place.path)!, specs, { ...symptom, remedy }, place, numbers, room),
  )
}

describe('every row of the table', () => {
  test.each(symptoms.map((symptom) => [symptom.id, symptom] as const))('%s names what there is', (_, symptom) => {
    const measure = specs.get(symptom.measure)!
    expect(Object.keys(measure.outputs)).toEqual(expect.arrayContaining([symptom.score, symptom.map]))
    expect(measure.outputs[symptom.score]?.type).toBe('number')
    expect(measure.outputs[symptom.map]?.type).toBe('mask')
    const { remedy, counts, adjust = [] } = symptom
    for (const { type, param, within, unlessWired } of adjust) {
      const node = specs.get(type)!
      expect(node.params[param]).toMatchObject({ kind: 'float', min: within[0], max: within[1] })
      if (unlessWired !== undefined) expect(Object.keys(node.inputs)).toContain(unlessWired)
    }
    if (counts) expect(measure.outputs[counts.output]?.type).toBe('number')
    if (!remedy) return
    const node = specs.get(remedy.type)!
    expect(Object.keys(node.inputs)).toEqual(expect.arrayContaining(Object.keys(remedy.inputs)))
    expect(Object.keys(node.params)).toEqual(
      expect.arrayContaining([...Object.keys(remedy.params), ...Object.keys(remedy.measuredParams ?? {})]),
    )
    if (remedy.full !== undefined) expect(measure.params.full).toBeDefined()
  })
})

describe('measures hung on a graph', () => {
  test('each takes the result and the plain upscale of its source; what lies in the clip itself is sought there', () => {
    const subject = subjectIn(chain())
    const { readings, document, omissions } = measuredGraph(subject, specs, symptoms, 96)
    expect(omissions).toEqual([])
    expect(new Set(readings.map(({ of }) => of))).toEqual(new Set(['result', 'plain', 'source']))
    const wired = (node: string) =>
      Object.values(document.edges)
        .filter(({ to }) => to.node === node)
        .map(({ from, to }) => `${to.port} ${from.node}`)
        .sort()
    expect(wired('~check-result-halo')).toEqual(['image sharpen', 'source decode'])
    expect(wired('~check-plain-halo')).toEqual(['image ~check-plain', 'source decode'])
    expect(wired('~check-source-blocks')).toEqual(['image decode'])
    expect(inferAll(document, specs, facts).problems).toEqual([])
  })

  test('what was cut or turned is held against itself as it was cut, not against the whole; bypassed, against the whole again', () => {
    const cropped = (bypass: boolean) =>
      sketch(
        {
          decode: { params: { media: { id: 'movie' } } },
          crop: { params: { left: 80 }, bypass },
          bicubic: {},
          encode: {},
        },
        ['decode.image > crop.image', 'crop.image > bicubic.image', 'bicubic.image > encode.image'],
      )
    const sourceIn = (bypass: boolean) => subjectIn(cropped(bypass)).source?.node
    expect([sourceIn(false), sourceIn(true)]).toEqual(['crop', 'decode'])
    const { document } = measuredGraph(subjectIn(cropped(false)), specs, symptoms, 96)
    expect(inferAll(document, specs, facts).problems).toEqual([])
    const cutting = [...specs.values()].filter(({ reframes }) => reframes).map(({ type }) => type)
    expect(cutting).toEqual(['crop', 'degrade', 'deinterlace', 'flip-rotate', 'inverse-telecine'])
  })

  test('what grain does on purpose is sought, and mended, before it', () => {
    const document = sketch(
      { decode: { params: { media: { id: 'movie' } } }, bicubic: {}, sharpen: {}, grain: {}, encode: {} },
      [
        'decode.image > bicubic.image',
        'bicubic.image > sharpen.image',
        'sharpen.image > grain.image',
        'grain.image > encode.image',
      ],
    )
    const graph = measuredGraph(subjectIn(document), specs, symptoms, 96)
    const measuredAt = (node: string) =>
      Object.values(graph.document.edges).find(({ to }) => to.node === node && to.port === 'image')?.from.node
    expect(measuredAt('~check-result-flicker')).toBe('sharpen')
    expect(measuredAt('~check-result-smoothness')).toBe('grain')
    expect([graph.pictureOf(named('flicker')).node, graph.pictureOf(named('smooth')).node]).toEqual([
      'sharpen',
      'grain',
    ])
    const { history, result } = mended(document, named('flicker'))!
    const wires = Object.values(history.document.edges).map(({ from, to }) => `${from.node} > ${to.node}.${to.port}`)
    expect(wires).toEqual(expect.arrayContaining([`sharpen > ${result.node}.detail`, `${result.node} > grain.image`]))
    expect(wires).toContain('grain > encode.image')
  })

  test('a clip that is looked at by itself can be told smooth, and mended', () => {
    const document = sketch({ decode: { params: { media: { id: 'movie' } } }, encode: {} }, [
      'decode.image > encode.image',
    ])
    const { readings } = measuredGraph(subjectIn(document), specs, symptoms, 96)
    expect(readings.filter(({ measure }) => measure === 'smoothness').map(({ of }) => of)).toContain('result')
    const { history, result } = mended(document, named('smooth'))!
    expect(history.document.nodes[result.node]?.type).toBe('grain')
    expect(problemsOf(history.document)).toEqual([])
  })

  test('a source that is looked at is held against nothing, and a single frame does not flicker', () => {
    const document = sketch({ decode: { params: { media: { id: 'movie' } } }, encode: {} }, [
      'decode.image > encode.image',
    ])
    const { readings, omissions } = measuredGraph(subjectIn(document), specs, symptoms, 1)
    expect(omissions.filter(({ why }) => why === 'one-frame').map(({ symptom }) => symptom.id)).toEqual([
      'flicker',
      'combing',
    ])
    expect(omissions.filter(({ why }) => why === 'no-source').map(({ symptom }) => symptom.id)).toEqual([
      'waxy',
      'halo',
      'overload',
      'text',
      'edges',
      'contradiction',
    ])
    expect(new Set(readings.map(({ measure }) => measure))).toEqual(new Set(['smoothness', 'banding', 'blocks']))
  })
})

describe('what the file says', () => {
  /** @param between decode and bicubic */
  const saidIn = (fieldOrder: FieldOrder | null, between: Parameters<typeof sketch>[0] = {}) => {
    const ids = ['decode', ...Object.keys(between), 'bicubic', 'encode']
    const document = sketch(
      { decode: { params: { media: { id: 'movie' } } }, ...between, bicubic: {}, encode: {} },
      ids.slice(1).map((id, n) => `${ids[n]}.image > ${id}.image`),
    )
    const media = (ref: AssetRef) => {
      const movie = facts.media?.(ref)
      return movie && { ...movie, samples: { ...movie.samples, fieldOrder } }
    }
    const { descs } = inferAll(expand(document, specs).document, specs, { ...facts, media })
    return [...saidOf(subjectIn(document), specs, symptoms, (output) => descs.get(endpointKey(output)) ?? undefined)]
  }

  test('counts as long as nothing has taken the rows apart', () => {
    expect(saidIn('top first')).toEqual(['combing'])
    expect(saidIn('interlaced')).toEqual(['combing'])
    expect(saidIn('interlaced', { denoise: {} })).toEqual(['combing'])
    expect(saidIn('progressive')).toEqual([])
    expect(saidIn(null)).toEqual([])
    expect(saidIn('top first', { deinterlace: {} })).toEqual([])
    expect(saidIn('top first', { deinterlace: { bypass: true } })).toEqual(['combing'])
    expect(saidIn('bottom first', { 'inverse-telecine': {} })).toEqual([])
  })

  test('is told of a single frame, below its level', () => {
    const document = chain()
    const said = new Set<SymptomId>(['combing'])
    const { omissions, readings } = measuredGraph(subjectIn(document), specs, symptoms, 1, { said })
    expect(omissions.map(({ symptom }) => symptom.id)).toEqual(['flicker'])
    const combing = readings.find(({ measure }) => measure === 'combing')!
    const still: MeasuredFrame = { frame: 0, values: new Map([[readingKey(combing), 0.08]]) }
    const [found] = findingsOf(symptoms, [still], said)
    expect(found).toMatchObject({ symptom: { id: 'combing' }, worst: 0.08, said: true })
    expect(standsOut(found!)).toBe(false)
    expect(findingsOf(symptoms, [still])).toEqual([])
  })
})

describe('findings', () => {
  const reading = (id: SymptomId, value: number, of?: 'plain') => {
    const { measure, score, of: own } = named(id)
    return [readingKey({ of: of ?? own, measure, output: score }), value] as const
  }
  const textured = (value: number) =>
    [readingKey({ of: 'result', measure: 'texture-loss', output: 'textured' }), value] as const
  const frame = (index: number, ...values: (readonly [string, number])[]): MeasuredFrame => ({
    frame: index,
    values: new Map(values),
  })

  test('are told worst first, by how far beyond its level each goes in its worst frame, beside Bicubic there', () => {
    const found = findingsOf(symptoms, [
      frame(3, reading('halo', 0.02), reading('halo', 0.001, 'plain'), reading('banding', 0.04)),
      frame(9, reading('halo', 0.05), reading('halo', 0.002, 'plain'), reading('banding', 0.1)),
    ])
    expect(found.map(({ symptom }) => symptom.id)).toEqual(['halo', 'banding'])
    expect(found[0]).toMatchObject({ frame: 9, worst: 0.05, plain: 0.002, standing: 2, frames: 2, times: 5 })
    expect(found[1]).toMatchObject({ frame: 9, worst: 0.1, plain: null, standing: 1, times: 2 })
    expect(found.every(standsOut)).toBe(true)
  })

  test('say nothing of a frame with too little texture, or of one with values that are no numbers', () => {
    const waxy = [
      frame(1, reading('waxy', 0.9), textured(0.01)),
      frame(2, reading('waxy', 0.06), textured(0.4)),
      frame(3, reading('waxy', Number.NaN), textured(0.4)),
    ]
    expect(findingsOf(symptoms, waxy)).toMatchObject([{ frame: 2, worst: 0.06, frames: 1 }])
    expect(findingsOf(symptoms, waxy.slice(0, 1))).toEqual([])
  })

  test('what must reach its level in a share of the frames does not stand out by one', () => {
    const combed = [0.7, 0.1, 0.1, 0.1].map((value, n) => frame(n, reading('combing', value)))
    expect(findingsOf(symptoms, combed).every(standsOut)).toBe(false)
    const tape = [0.7, 0.6, 0.1, 0.1].map((value, n) => frame(n, reading('combing', value)))
    expect(findingsOf(symptoms, tape).every(standsOut)).toBe(true)
  })

  test('interlaced lines are not told by a single frame, however few are measured', () => {
    const measured = (...values: number[]) =>
      findingsOf(
        symptoms,
        values.map((value, n) => frame(n, reading('combing', value))),
      )
    expect(measured(0.9)).toEqual([])
    expect(measured(0.9, 0.1).every(standsOut)).toBe(false)
    expect(measured(0.9, 0.8).every(standsOut)).toBe(true)
  })

  test('frames are spread evenly, and no more than there are', () => {
    expect(spreadFrames({ first: 0, last: 95 }, 4)).toEqual([12, 36, 60, 84])
    expect(spreadFrames({ first: 5, last: 6 }, 4)).toEqual([5, 6])
    expect(spreadFrames({ first: 7, last: 7 }, 4)).toEqual([7])
  })
})

describe('mending', () => {
  test.each(symptoms.filter(({ remedy }) => remedy).map((symptom) => [symptom.id, symptom] as const))(
    '%s: its node stands behind the picture, all its inputs wired, and one step takes it back',
    (_, symptom) => {
      const before = chain()
      const { history, result } = mended(before, symptom)!
      const { document } = history
      expect(problemsOf(document)).toEqual([])
      const wires = Object.values(document.edges).map(({ from, to }) => `${from.node} > ${to.node}.${to.port}`)
      const reader = symptom.of === 'source' ? 'bicubic' : 'encode'
      expect(wires).toContain(`${result.node} > ${reader}.image`)
      for (const port of Object.keys(symptom.remedy!.inputs))
        expect(wires.some((wire) => wire.endsWith(`> ${result.node}.${port}`))).toBe(true)
      expect(undo(history).document).toEqual(before)
    },
  )

  test('the plain upscale that is there is used, and another is made where it is not', () => {
    const types = (document: GraphDocument) => Object.values(document.nodes).map(({ type }) => type)
    const again = mended(chain(), named('waxy'))!.history.document
    expect(types(again).filter((type) => type === 'bicubic')).toHaveLength(1)
    const sized = edit(newHistory(chain()), 'set', (draft) => {
      draft.nodes['bicubic' as NodeId]!.params = { mode: 'size', width: 640, height: 360 }
    }).history.document
    const made = mended(sized, named('waxy'))!.history.document
    const plain = Object.values(made.nodes).filter(({ type }) => type === 'bicubic')
    expect(plain.map(({ params }) => params.factor)).toEqual([undefined, 2])
  })

  test('what a measure read of the clip sets what it is about', () => {
    const { history, result } = mended(chain(), named('blocks'), { period: 12.02 })!
    expect(history.document.nodes[result.node]?.params).toEqual({ period: 12 })
  })

  test('it is done inside the subgraph that makes the picture, where the source reaches it', () => {
    const folded = edit(newHistory(chain()), 'fold', (draft) => fold(draft, specs, ['bicubic', 'sharpen'] as NodeId[]))
      .history.document
    const { history, result } = mended(folded, named('halo'))!
    const inside = Object.values(history.document.nodes).find(({ body }) => body)?.body
    expect(inside?.nodes[result.node]?.type).toBe('residual-blend')
    expect(problemsOf(history.document)).toEqual([])
    const alone = edit(newHistory(chain()), 'fold', (draft) => fold(draft, specs, ['sharpen'] as NodeId[])).history
      .document
    expect(mended(alone, named('halo'))).toBeNull()
  })
})

/** A shipped recipe over the clip that the facts are about. */
function recipe(name: string): GraphDocument {
  const file = readFileSync(new URL(`../../../../public/graphs/${name}.json`, import.meta.url), 'utf8')
  const parsed = parseGraph(file, specs)
  if (!parsed.ok) throw new Error(parsed.error.message)
  const nodes = Object.values(parsed.document.nodes).map((record) =>
    record.type === 'decode' ? { ...record, params: { media: { id: 'movie' } } } : record,
  )
  return { ...parsed.document, nodes: Object.fromEntries(nodes.map((record) => [record.id, record])) }
}

test.each(['bicubic', 'default', 'four-times', 'plastic-skin'])(
  'what is put into the recipe %s has no wire behind a card',
  (name) => {
    const hidden = symptoms.flatMap((symptom) => {
      const history = mended(recipe(name), symptom)?.history
      return history ? hiddenWires(history.document).map((wire) => `${symptom.id}: ${wire}`) : []
    })
    expect(hidden).toEqual([])
  },
)

test('no two wires of what is put in run through the same points', () => {
  const shared = ['default', 'plastic-skin'].flatMap((name) => {
    const shipped = new Set(Object.values(recipe(name).edges).map(({ via }) => JSON.stringify(via)))
    return symptoms.flatMap((symptom) => {
      const document = mended(recipe(name), symptom)?.history.document
      const ways = Object.values(document?.edges ?? {}).flatMap(({ from, via }) =>
        via && !shipped.has(JSON.stringify(via)) ? [{ from: endpointKey(from), way: JSON.stringify(via) }] : [],
      )
      return ways.filter(({ from, way }) => ways.some((other) => other.way === way && other.from !== from))
    })
  })
  expect(shared).toEqual([])
})
