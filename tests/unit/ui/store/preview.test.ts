/** What the preview knows of nodes while the document changes under it; the engine is played. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { NodeReport, PreviewRequest, PreviewResult } from '../../../../src/engine/door/api.ts'
import { expand } from '../../../../src/graph/analysis/expand.ts'
import type { GraphDocument, NodeId } from '../../../../src/graph/document/document.ts'
import type { DocumentDraft } from '../../../../src/graph/edits/edit.ts'
import { fold, unfold } from '../../../../src/graph/edits/fold.ts'
import { edit, newHistory } from '../../../../src/graph/edits/history.ts'
import { renamedNodes } from '../../../../src/graph/plan/dirty.ts'
import { createPreviewStore, isOutdated } from '../../../../src/ui/store/preview.ts'
import { createViewerSettingsStore } from '../../../../src/ui/store/viewer-settings.ts'
import { id, sketch, specs } from '../../graph/specs.ts'

beforeAll(() => void vi.stubGlobal('localStorage', { getItem: () => null }))
afterAll(() => void vi.unstubAllGlobals())

const changed = (document: GraphDocument, recipe: (draft: DocumentDraft) => unknown): GraphDocument =>
  edit(newHistory(document), 'Change', (draft) => void recipe(draft)).history.document

const chain = sketch({ clip: {}, scale: {}, 'grain-1': {}, 'grain-2': {}, writer: {} }, [
  'clip.image > scale.image',
  'scale.image > grain-1.image',
  'grain-1.image > grain-2.image',
  'grain-2.image > writer.image',
])
const inner = ['scale', 'grain-1', 'grain-2'].map(id)
const folded = changed(chain, (draft) => fold(draft, specs, inner))

/** An engine that runs every node in 10 ms the first time it is asked for a document, and keeps all from then on. */
function playedEngine(last = 0) {
  const asked: PreviewRequest[] = []
  const preview = async (request: PreviewRequest) => {
    const report: NodeReport = {
      milliseconds: asked.length === 0 ? 10 : 0,
      cached: asked.length > 0,
      waiting: 0,
      fusedNodes: 1,
      bytes: 1,
    }
    asked.push(request)
    const nodes = Object.fromEntries(Object.keys(request.document.nodes).map((node) => [node, report]))
    const clock = { node: null, first: 0, last, index: request.frame, timestamp: 0, duration: 0 }
    const value: PreviewResult = {
      ...{ state: 'shown', desc: null, others: [], clock, nodes, milliseconds: 0 },
      ...{ cacheBytes: 0, gpuBytes: 0, draft: 1, region: null, drivenValues: {}, readyRuns: [], stoppedCode: {} },
    }
    return { ok: true as const, value }
  }
  return { asked, preview }
}

test('the time that a node took stays known while it is folded and unfolded', async () => {
  const engine = playedEngine()
  const store = createPreviewStore(engine, specs, createViewerSettingsStore())
  const times = () =>
    Object.fromEntries(
      (Object.entries(store.getState().reports) as [NodeId, NodeReport][]).map(([node, report]) => [
        node,
        report.milliseconds,
      ]),
    )
  const shows = async (document: GraphDocument) => {
    const before = engine.asked.length
    store.follow(document, { live: false })
    await expect.poll(() => engine.asked.length > before && !store.getState().busy).toBe(true)
  }
  const flat = { clip: 10, scale: 10, 'grain-1': 10, 'grain-2': 10, writer: 10 }
  await shows(chain)
  expect(times()).toEqual(flat)
  await shows(folded)
  expect(times()).toEqual({
    ...{ clip: 10, 'subgraph/scale': 10, 'subgraph/grain-1': 10, 'subgraph/grain-2': 10, writer: 10 },
  })
  await shows(changed(folded, (draft) => unfold(draft, specs, id('subgraph'))))
  expect(times()).toEqual(flat)
})

test('a node is the same under another name only where its picture is', () => {
  const both = (document: GraphDocument) => [
    ...renamedNodes(expand(chain, specs).document, expand(document, specs).document),
  ]
  expect(both(folded)).toEqual(expect.arrayContaining(inner.map((node) => [node, `subgraph/${node}`])))
  const other = changed(folded, (draft) => {
    const body = draft.nodes[id('subgraph')]?.body
    if (body) body.nodes[id('grain-1')]!.params = { amount: 0.2 }
  })
  // What reads from it makes another picture, too.
  expect(both(other)).toEqual([['scale', 'subgraph/scale']])
  expect(both(chain)).toEqual([])
})

test('what is looked at and compared stays the same while nodes are folded and unfolded', async () => {
  const engine = playedEngine()
  const viewerSettings = createViewerSettingsStore()
  const store = createPreviewStore(engine, specs, viewerSettings)
  const image = (node: string) => ({ node: id(node), port: 'image' })
  const compared = () => viewerSettings.getState().others.map((one) => one.kind === 'output' && one.at)
  const variants = { node: id('grain-1'), param: 'amount', values: [0.1, 0.2] }
  store.follow(chain, { live: false })
  store.choose(image('grain-2'))
  viewerSettings.setState({ others: [{ kind: 'output', at: image('scale') }], variants })
  store.follow(folded, { live: false })
  expect(store.getState().view).toEqual(image('subgraph/grain-2'))
  expect(compared()).toEqual([image('subgraph/scale')])
  expect(viewerSettings.getState().variants).toEqual({ ...variants, node: id('subgraph/grain-1') })
  // An output of the card itself.
  store.choose(image('subgraph'))
  viewerSettings.setState({ others: [{ kind: 'output', at: image('subgraph') }] })
  store.follow(chain, { live: false })
  expect(store.getState().view).toEqual(image('grain-2'))
  expect(compared()).toEqual([image('grain-2')])
  expect(viewerSettings.getState().variants).toEqual(variants)
  await expect.poll(() => store.getState().busy).toBe(false)
  expect(engine.asked.at(-1)?.others).toHaveLength(1)
})

test('what lies around a region is not shown while that plays, nor after, until it is of the same moment', async () => {
  const viewerSettings = createViewerSettingsStore()
  const store = createPreviewStore(playedEngine(9), specs, viewerSettings)
  const rests = () => expect.poll(() => store.getState().busy || store.getState().playing).toBe(false)
  const leftBehind = () => store.getState().leftBehind
  store.follow(chain, { live: false })
  await rests()
  viewerSettings.setState({ region: { x: 0, y: 0, width: 0.5, height: 0.5 } })
  await rests()
  expect(leftBehind()).toBe(false)
  store.setState({ loops: false })
  store.play()
  expect(leftBehind()).toBe(true)
  await rests()
  expect(store.getState().frame).toBe(9)
  expect(leftBehind()).toBe(true)
  store.ground()?.done()
  expect(leftBehind()).toBe(false)

  // Nor is it held back where the whole plays, or where a region is left.
  viewerSettings.setState({ region: null })
  store.seek(0)
  await rests()
  store.play()
  await rests()
  expect(leftBehind()).toBe(false)
  viewerSettings.setState({ region: { x: 0, y: 0, width: 0.5, height: 0.5 } })
  store.setPoint('out', 5)
  store.seek(3)
  store.play()
  await rests()
  expect(leftBehind()).toBe(true)
  viewerSettings.setState({ region: null })
  await rests()
  expect(leftBehind()).toBe(false)
})

test('a picture is old from the moment a file is chosen, or another picture is asked for, unless the clip plays', () => {
  const result = {} as PreviewResult
  const now = { busy: false, opening: 0, playing: false, result }
  const old = [{ busy: true }, { opening: 1 }].map((change) => isOutdated({ ...now, ...change }, false))
  expect([...old, isOutdated(now, true)]).toEqual([true, true, true])
  expect(isOutdated(now, false)).toBe(false)
  expect(isOutdated({ ...now, busy: true, playing: true }, false)).toBe(false)
  expect(isOutdated({ ...now, busy: true, result: null }, true)).toBe(false)
})

test('while a clip plays the engine hears which frames come next, as far as the end; at rest it hears of none', async () => {
  const engine = playedEngine(9)
  const store = createPreviewStore(engine, specs, createViewerSettingsStore())
  const rests = () => expect.poll(() => store.getState().busy || store.getState().playing).toBe(false)
  store.follow(chain, { live: false })
  await rests()
  store.seek(6)
  await rests()
  store.setState({ loops: false })
  store.play()
  await rests()
  const upcomingOf = (frame: number) => engine.asked.find((each) => each.frame === frame && each.thrifty)?.upcoming
  expect([7, 8, 9].map(upcomingOf)).toEqual([[8, 9], [9], undefined])
  expect(engine.asked.filter(({ thrifty }) => !thrifty).every(({ upcoming }) => upcoming === undefined)).toBe(true)
})
