/** Playing the clip, comparing, and what is shown over the picture. */
import { nextScope } from '../store/looking.ts'
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
    run: ({ looking }) => looking.cycle(),
  },
  'viewer.flicker': {
    keys: ['X'],
    run: ({ looking }) => looking.setState({ flicker: true }),
  },
  'viewer.region': {
    keys: ['Shift+R'],
    run: ({ looking }) => looking.toggleRegion(),
  },
  'viewer.marks': {
    keys: ['K'],
    run: ({ looking }) => looking.setState(({ marks }) => ({ marks: { ...marks, on: !marks.on } })),
  },
  'viewer.scopes': {
    keys: ['H'],
    run: ({ looking }) => looking.setState(({ scope }) => ({ scope: nextScope(scope) })),
  },
  'viewer.times': {
    keys: ['T'],
    run: ({ looking }) => looking.setState(({ times }) => ({ times: !times })),
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
