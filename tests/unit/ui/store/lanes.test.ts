/** The numbers of a graph over its clip: which lanes there are, what is asked of the engine, and what an edit does to them. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createStore } from 'zustand/vanilla'
import type { Engine, MeasureProgress, MeasureRequest, PreviewResult } from '../../../../src/engine/door/api.ts'
import type { FlatId, GraphDocument } from '../../../../src/graph/document/document.ts'
import type { MediaFacts } from '../../../../src/graph/node/facts.ts'
import { numberDesc } from '../../../../src/graph/node/ports.ts'
import { specs } from '../../../../src/nodes/registry.ts'
import { createDerivedStore } from '../../../../src/ui/store/derived.ts'
import { createDocumentStore } from '../../../../src/ui/store/document-store.ts'
import { createFactsStore } from '../../../../src/ui/store/facts-store.ts'
import {
  createLanes,
  type Lane,
  laneValue,
  type MeasuredLane,
  marksOf,
  measuredFrames,
  worstOf,
} from '../../../../src/ui/store/lanes.ts'
import type { PreviewState, PreviewStore } from '../../../../src/ui/store/preview.ts'
import { createViewerSettingsStore } from '../../../../src/ui/store/viewer-settings.ts'
import { sketch } from '../../graph/specs.ts'
import { stubPage } from '../commands/bench.ts'

const none = Number.NaN
const lane = (values: readonly number[], desc = numberDesc()): MeasuredLane => ({
  ...{ kind: 'measured', key: 'k', output: { node: 'n' as FlatId, port: 'score' }, title: 'Halo', label: null },
  ...{ desc, first: 10, values: new Float32Array(values) },
})

describe('a lane', () => {
  test('is worst where its number is highest, or lowest where that is the worse end', () => {
    expect(worstOf(lane([1, none, 5, 3]))).toEqual({ frame: 12, value: 5 })
    expect(worstOf(lane([2, none, 5, 1], numberDesc({ worst: 'lowest' })))).toEqual({ frame: 13, value: 1 })
    expect(worstOf(lane([none, none]))).toBeNull()
  })

  test('tells what is measured', () => {
    const one = lane([1, none, 5])
    expect([9, 10, 11, 12, 13].map((frame) => laneValue(one, frame))).toEqual([undefined, 1, undefined, 5, undefined])
    expect(measuredFrames(one)).toBe(2)
  })

  test('marks the frames with which something begins', () => {
    expect(marksOf([lane([0, 1, none, 1], numberDesc({ isMark: true })), lane([1, 1])])).toEqual([11, 13])
  })
})

/** What a fake clip of four frames gives: ten times the frame. */
class FakeEngine {
  readonly asked: MeasureRequest['frames'][] = []
  readonly known = new Map<number, number>()
  readonly #tell: ((progress: MeasureProgress) => void)[] = []
  stopped = 0
  /** Lets a run of the whole clip go on by a frame. */
  async step(frame: number) {
    this.known.set(frame, frame * 10)
    this.#tell.at(-1)?.({
      framesDone: this.known.size,
      frames: 4,
      startedShare: 0,
      frameValues: [{ frame, values: [frame * 10] }],
    })
    await Promise.resolve()
  }
  finish: () => void = () => undefined

  readonly measure: Engine['measure'] = async ({ frames }, onProgress) => {
    this.asked.push(frames)
    if (frames === 'every') {
      this.#tell.push(onProgress)
      await new Promise<void>((resolve) => {
        this.finish = resolve
      })
    } else
      for (const frame of frames) {
        this.known.set(frame, frame * 10)
        onProgress({ framesDone: 1, frames: 1, startedShare: 1, frameValues: [{ frame, values: [frame * 10] }] })
      }
    return { ok: true, value: { state: 'measured', frames: 1 } }
  }
  readonly stopMeasure = async () => {
    this.stopped += 1
    this.finish()
  }
  readonly knownSeries: Engine['knownSeries'] = async ({ outputs }) => ({
    ok: true,
    value: outputs.map(() => ({
      first: 0,
      values:
        this.known.size > 0 ? new Float32Array([0, 1, 2, 3].map((i) => this.known.get(i) ?? none)) : new Float32Array(),
      problems: [],
    })),
  })
}

const clip: MediaFacts = {
  ...{ kind: 'video', width: 320, height: 180, frameRate: 24, frameCount: 4, duration: 4 / 24, audio: null },
  colour: { matrix: 'bt709', primaries: 'bt709', transfer: 'bt709', fullRange: false, tagged: true },
  samples: { bits: 8, chroma: '4:2:0', chromaSite: 'left', alpha: false, fieldOrder: 'progressive', mirrored: false },
  ...{ hdr: null, container: 'MP4', codec: 'H.264', route: 'webcodecs', notes: [] },
}

const graph = (): GraphDocument => sketch({ decode: {}, blocks: {}, curve: {} }, ['decode.image > blocks.image'])

function setUp() {
  const engine = new FakeEngine()
  const document = createDocumentStore()
  document.open(graph())
  const facts = createFactsStore({} as Engine)
  const media = new Map([['samples/field-guide.mp4', { state: 'known', facts: clip } as const]])
  facts.setState(({ assets }) => ({ assets: { ...assets, media } }))
  const derived = createDerivedStore(specs, document.getState().document, facts.getState())
  const derive = () => derived.update(document.getState().document, [], facts.getState(), [])
  document.subscribe(derive)
  const seen = (index: number) =>
    ({ clock: { node: null, first: 0, last: 3, index, timestamp: 0, duration: 0 } }) as PreviewResult
  const preview = createStore(() => ({ result: seen(0), playing: false, frame: 0 }) as PreviewState) as PreviewStore
  const viewerSettings = createViewerSettingsStore()
  let resting = 0
  const idle = {
    holdOff: () => {
      resting += 1
      return () => {
        resting -= 1
      }
    },
  }
  const lanes = createLanes({ engine, specs, document, facts, derived, preview, viewerSettings, idle })
  const measured = () => lanes.getState().lanes.find((one): one is MeasuredLane => one.kind === 'measured')
  return {
    engine,
    document,
    viewerSettings,
    preview,
    lanes,
    measured,
    see: (i: number) => preview.setState({ result: seen(i) }),
    resting: () => resting,
  }
}

const kinds = (lanes: readonly Lane[]) => lanes.map(({ kind, key }) => `${kind} ${key}`)

describe('the lanes of a graph', () => {
  beforeEach(() => {
    stubPage()
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
    vi.unstubAllGlobals()
  })
  const pause = () => vi.advanceTimersByTimeAsync(200)

  test('nothing is asked until they are shown; then the frame that is seen is measured, and each that is seen next', async () => {
    const { engine, viewerSettings, lanes, measured, see } = setUp()
    await pause()
    expect([engine.asked, lanes.getState().lanes]).toEqual([[], []])
    viewerSettings.setState({ lanes: true })
    await pause()
    expect(kinds(lanes.getState().lanes)).toEqual([
      'measured blocks.score',
      'measured blocks.across',
      'measured blocks.down',
      'measured blocks.period',
      'keys curve.keys',
    ])
    expect(engine.asked).toEqual([[0]])
    see(2)
    await pause()
    see(0)
    await pause()
    expect(engine.asked).toEqual([[0], [2]])
    expect([...measured()!.values]).toEqual([0, none, 20, none])
  })

  test('the whole clip is measured with progress, while nothing else is done in the background', async () => {
    const { engine, viewerSettings, lanes, measured, resting } = setUp()
    viewerSettings.setState({ lanes: true })
    await pause()
    const run = lanes.measureClip()
    await engine.step(1)
    expect([lanes.getState().progress, resting()]).toEqual([{ framesDone: 2, frames: 4 }, 1])
    expect([...measured()!.values]).toEqual([0, 10, none, none])
    // Measured by a run that this one ended, and told to nobody.
    engine.known.set(3, 30)
    await engine.step(2)
    engine.finish()
    await run
    expect([lanes.getState().progress, resting()]).toEqual([null, 0])
    expect([...measured()!.values]).toEqual([0, 10, 20, 30])
  })

  test('an edit that changes a picture ends the run, one that does not leaves it', async () => {
    const { engine, document, viewerSettings, lanes } = setUp()
    viewerSettings.setState({ lanes: true })
    await pause()
    const run = lanes.measureClip()
    document.edit('move', (draft) => {
      draft.nodes['blocks' as never]!.position = { x: 9, y: 9 }
    })
    await pause()
    expect([engine.stopped, lanes.getState().progress !== null]).toEqual([0, true])
    engine.known.clear()
    document.edit('trim', (draft) => {
      draft.nodes['decode' as never]!.params = { start: 0.05 }
    })
    expect([engine.stopped, lanes.getState().progress]).toEqual([1, null])
    await run
    await pause()
    expect(engine.asked.at(-1)).toEqual([0])
  })

  test('an edit that leaves a number as it was leaves its lane, and empties those that it changes', async () => {
    const { document, viewerSettings, measured } = setUp()
    viewerSettings.setState({ lanes: true })
    await pause()
    const before = [...measured()!.values]
    expect(before[0]).toBe(0)
    document.edit('bend', (draft) => {
      draft.nodes['curve' as never]!.params = { keys: [{ frame: 0, value: 2, next: 'hold' }] }
    })
    expect([...measured()!.values]).toEqual(before)
    document.edit('trim', (draft) => {
      draft.nodes['decode' as never]!.params = { start: 0.05 }
    })
    expect([...measured()!.values]).toEqual([])
  })

  test('what stands in the way is told', async () => {
    const { engine, viewerSettings, lanes } = setUp()
    const problem = { code: 'render-failed', severity: 'error', message: 'No.', hint: 'Yes.' } as const
    vi.spyOn(engine, 'measure').mockResolvedValue({ ok: false, problems: [problem] })
    viewerSettings.setState({ lanes: true })
    await pause()
    expect(lanes.getState().problems).toEqual([problem])
  })
})
