/** Playing the clip, comparing, and what is shown over the picture. */
import { ChartSpline, Columns3, Layers, Scale, ScanSearch } from 'lucide-react'
import { expand } from '../../graph/analysis/expand.ts'
import { assetFacts } from '../store/facts-store.ts'
import { mapsOf, measuresOf } from '../store/maps.ts'
import { personalitiesSeen } from '../store/personalities.ts'
import { nextScope, timeViewOf, timeViews } from '../store/viewer-settings.ts'
import { text } from '../text/text.ts'
import { area, type CommandContext } from './command.ts'

const step =
  (by: number) =>
  ({ preview }: CommandContext) => {
    preview.pause()
    preview.seek(preview.getState().frame + by)
  }

const togglePoint =
  (end: 'in' | 'out') =>
  ({ preview }: CommandContext) => {
    const { frame, inPoint, outPoint } = preview.getState()
    preview.setPoint(end, (end === 'in' ? inPoint : outPoint) === frame ? null : frame)
  }

/** What lies over the picture where nothing else did before: a mask of the graph, else what a measure finds. */
const firstMap = ({ document, specs }: CommandContext) =>
  mapsOf(expand(document.getState().document, specs).document, specs)[0] ?? measuresOf(specs)[0] ?? null

/** The members of the family that the model behind the picture belongs to. */
const personalities = ({ document, specs, preview, facts }: CommandContext) => {
  const { view } = preview.getState()
  const assets = assetFacts(facts.getState())
  return view && personalitiesSeen(expand(document.getState().document, specs).document, specs, view, assets)
}

export const viewerCommands = area('viewer', text.commands.viewer, {
  'play.toggle': {
    keys: ['Space'],
    run: ({ preview }) => (preview.getState().playing ? preview.pause() : preview.play()),
  },
  'play.back': {
    keys: ['ArrowLeft', ','],
    run: step(-1),
  },
  'play.forward': {
    keys: ['ArrowRight', '.'],
    run: step(1),
  },
  'play.first': {
    keys: ['Home'],
    run: step(Number.NEGATIVE_INFINITY),
  },
  'play.last': {
    keys: ['End'],
    run: step(Number.POSITIVE_INFINITY),
  },
  'play.in': {
    keys: ['I'],
    run: togglePoint('in'),
  },
  'play.out': {
    keys: ['O'],
    run: togglePoint('out'),
  },
  'viewer.compare': {
    keys: ['C'],
    run: ({ viewerSettings }) => viewerSettings.cycle(),
  },
  'viewer.predicted': {
    keys: ['D'],
    run(context) {
      const { viewerSettings, specs } = context
      viewerSettings.cyclePredicted(measuresOf(specs)[0] ?? null)
    },
  },
  'viewer.source': {
    keys: ['S'],
    run: ({ viewerSettings }) => viewerSettings.toggleSource(),
  },
  'viewer.overlay': {
    icon: Layers,
    keys: ['Q'],
    possible: (context) => context.viewerSettings.getState().overlay !== null || firstMap(context) !== null,
    run: (context) => context.viewerSettings.toggleOverlay(firstMap(context)),
  },
  'viewer.time': {
    keys: ['W'],
    run({ viewerSettings }) {
      const now = timeViewOf(viewerSettings.getState())
      viewerSettings.showOverTime(now === null ? 'difference' : (timeViews[timeViews.indexOf(now) + 1] ?? null))
    },
  },
  'viewer.lanes': {
    icon: ChartSpline,
    keys: ['U'],
    run: ({ viewerSettings }) => viewerSettings.setState(({ lanes }) => ({ lanes: !lanes })),
  },
  'viewer.measureClip': {
    keys: ['Shift+U'],
    run({ lanes }) {
      if (lanes.getState().progress) lanes.stop()
      else void lanes.measureClip()
    },
  },
  'viewer.personalities': {
    icon: Columns3,
    keys: ['Shift+P'],
    possible: (context) => context.viewerSettings.getState().variants !== null || personalities(context) !== null,
    run(context) {
      const { viewerSettings, panels } = context
      if (viewerSettings.getState().variants) {
        viewerSettings.setState({ variants: null, mode: 'single' })
        return
      }
      const variants = personalities(context)
      if (!variants) return
      viewerSettings.setState({ variants, mode: 'side' })
      // Smaller than it is, one model looks like another.
      panels.viewer?.zoomToAtLeast(1)
    },
  },
  'viewer.check': {
    icon: ScanSearch,
    keys: ['E'],
    possible: ({ preview }) => preview.getState().result !== null,
    run: ({ view }) => view.setState(({ checks }) => ({ sidePanel: 'check', checkKind: 'result', checks: checks + 1 })),
  },
  'viewer.compareClip': {
    icon: Scale,
    keys: ['Shift+E'],
    possible: ({ preview }) => preview.getState().result !== null,
    run: ({ view }) =>
      view.setState(({ comparisons }) => ({
        ...{ sidePanel: 'check', checkKind: 'comparison', comparisons: comparisons + 1 },
      })),
  },
  'viewer.flicker': {
    keys: ['X'],
    run: ({ viewerSettings }) => viewerSettings.setState({ flicker: true }),
  },
  'viewer.region': {
    keys: ['Shift+R'],
    run: ({ viewerSettings }) => viewerSettings.toggleRegion(),
  },
  'viewer.marks': {
    keys: ['K'],
    run: ({ viewerSettings }) => viewerSettings.setState(({ marks }) => ({ marks: { ...marks, on: !marks.on } })),
  },
  'viewer.scopes': {
    keys: ['H'],
    run: ({ viewerSettings }) => viewerSettings.setState(({ scope }) => ({ scope: nextScope(scope) })),
  },
  'viewer.times': {
    keys: ['T'],
    run: ({ viewerSettings }) => viewerSettings.setState(({ times }) => ({ times: !times })),
  },
  'viewer.fit': {
    keys: ['F'],
    run: ({ panels }) => panels.viewer?.fit(),
  },
  'viewer.100': {
    keys: ['1'],
    run: ({ panels }) => panels.viewer?.zoomTo(1),
  },
  'viewer.200': {
    keys: ['2'],
    run: ({ panels }) => panels.viewer?.zoomTo(2),
  },
})
