/** What the commands of playing and looking do. */
import { expect } from 'vitest'
import type { viewerCommands } from '../../../../../src/ui/commands/viewer-commands.ts'
import { id } from '../../../graph/specs.ts'
import { asks, type ChecksOf } from './hand.ts'

export const viewerChecks: ChecksOf<typeof viewerCommands> = {
  'play.toggle'({ bench, run }) {
    run('play.toggle')
    expect(bench.preview.getState().playing).toBe(true)
    run('play.toggle')
    expect(bench.preview.getState().playing).toBe(false)
  },
  async 'play.back'({ bench, run, shown }) {
    await shown(3)
    run('play.back')
    expect(bench.preview.getState().frame).toBe(2)
  },
  async 'play.forward'({ bench, run, shown }) {
    await shown(3)
    run('play.forward')
    expect(bench.preview.getState().frame).toBe(4)
  },
  async 'play.first'({ bench, run, shown }) {
    await shown(3)
    run('play.first')
    expect(bench.preview.getState().frame).toBe(0)
  },
  async 'play.last'({ bench, run, shown }) {
    await shown(3)
    run('play.last')
    expect(bench.preview.getState().frame).toBe(9)
  },
  async 'play.in'({ bench, run, shown }) {
    await shown(3)
    run('play.in')
    expect(bench.preview.getState().inPoint).toBe(3)
    run('play.in')
    expect(bench.preview.getState().inPoint).toBeNull()
  },
  async 'play.out'({ bench, run, shown }) {
    await shown(5)
    run('play.out')
    expect(bench.preview.getState().outPoint).toBe(5)
    run('play.out')
    expect(bench.preview.getState().outPoint).toBeNull()
  },
  'viewer.compare'({ bench, run }) {
    const seen = [1, 2, 3, 4, 5].map(() => {
      run('viewer.compare')
      return bench.viewerSettings.getState().mode
    })
    expect(seen).toEqual(['wipe', 'side', 'difference', 'onion', 'single'])
  },
  'viewer.predicted'({ bench, run }) {
    const now = () => {
      const { mode, part, others } = bench.viewerSettings.getState()
      return [mode, part, others[0]?.kind]
    }
    run('viewer.source')
    for (const part of ['all', 'contradiction', 'invention']) {
      run('viewer.predicted')
      expect(now()).toEqual(['difference', part, 'plain'])
    }
    run('viewer.predicted')
    expect(now()[0]).toBe('single')
    expect(bench.viewerSettings.getState().overlay).toBeNull()
  },
  'viewer.overlay'({ bench, run }) {
    // There is no mask in this document; `maps.test.ts` has one.
    run('viewer.overlay')
    expect(bench.viewerSettings.getState().overlay).toBeNull()
    bench.viewerSettings.setState({ overlay: { kind: 'output', at: { node: id('grain'), port: 'mask' } } })
    expect(bench.commands.possible('viewer.overlay')).toBe(true)
    run('viewer.overlay')
    expect(bench.viewerSettings.getState().overlay).toBeNull()
  },
  'viewer.source'({ bench, run }) {
    const now = () => [bench.viewerSettings.getState().mode, bench.viewerSettings.getState().others[0]?.kind]
    expect(now()).toEqual(['single', 'plain'])
    run('viewer.source')
    expect(now()).toEqual(['wipe', 'source'])
    run('viewer.source')
    expect(now()).toEqual(['wipe', 'plain'])
  },
  'viewer.time'({ bench, run }) {
    const now = () => {
      const { mode, time, others } = bench.viewerSettings.getState()
      return [mode, time, others[0]?.kind]
    }
    const seen = [1, 2, 3, 4].map(() => {
      run('viewer.time')
      return now()
    })
    expect(seen).toEqual([
      ['difference', null, 'previous'],
      ['single', 'slit', 'plain'],
      ['single', 'strip', 'plain'],
      ['single', null, 'plain'],
    ])
  },
  'viewer.lanes'({ bench, run }) {
    run('viewer.lanes')
    expect(bench.viewerSettings.getState().lanes).toBe(true)
    run('viewer.lanes')
    expect(bench.viewerSettings.getState().lanes).toBe(false)
  },
  'viewer.measureClip'({ bench, run }) {
    run('viewer.measureClip')
    run('viewer.measureClip')
    expect(bench.asked).toEqual(['measure clip', 'stop measuring'])
  },
  'viewer.personalities'({ bench, run }) {
    // No node of this document runs a model; `personalities.test.ts` has one that does.
    run('viewer.personalities')
    expect(bench.viewerSettings.getState().variants).toBeNull()
    bench.viewerSettings.setState({ variants: { node: id('grain'), param: 'amount', values: [0, 1] }, mode: 'side' })
    run('viewer.personalities')
    expect([bench.viewerSettings.getState().variants, bench.viewerSettings.getState().mode]).toEqual([null, 'single'])
  },
  async 'viewer.check'({ bench, run, shown }) {
    await shown(3)
    run('viewer.check')
    run('viewer.check')
    expect([bench.view.getState().sidePanel, bench.view.getState().checks]).toEqual(['check', 2])
  },
  async 'viewer.compareClip'({ bench, run, shown }) {
    await shown(3)
    run('viewer.compareClip')
    expect(bench.view.getState()).toMatchObject({ sidePanel: 'check', checkKind: 'comparison', comparisons: 1 })
    run('viewer.check')
    expect(bench.view.getState()).toMatchObject({ checkKind: 'result', comparisons: 1 })
  },
  'viewer.flicker'({ bench, run }) {
    run('viewer.flicker')
    expect(bench.viewerSettings.getState().flicker).toBe(true)
  },
  'viewer.region'({ bench, run }) {
    run('viewer.region')
    expect(bench.viewerSettings.getState().boxing).toBe(true)
    bench.viewerSettings.setState({ boxing: false, region: { x: 0, y: 0, width: 0.5, height: 0.5 } })
    run('viewer.region')
    expect(bench.viewerSettings.getState()).toMatchObject({ boxing: false, region: null })
  },
  'viewer.marks'({ bench, run }) {
    run('viewer.marks')
    expect(bench.viewerSettings.getState().marks.on).toBe(true)
    run('viewer.marks')
    expect(bench.viewerSettings.getState().marks.on).toBe(false)
  },
  'viewer.scopes'({ bench, run }) {
    const seen = [1, 2, 3, 4].map(() => {
      run('viewer.scopes')
      return bench.viewerSettings.getState().scope
    })
    expect(seen).toEqual(['histogram', 'waveform', 'vectorscope', null])
  },
  'viewer.times'({ bench, run }) {
    run('viewer.times')
    expect(bench.viewerSettings.getState().times).toBe(true)
  },
  'viewer.fit': asks('viewer.fit', 'fit picture'),
  'viewer.100': asks('viewer.100', 'picture at 1'),
  'viewer.200': asks('viewer.200', 'picture at 2'),
}
