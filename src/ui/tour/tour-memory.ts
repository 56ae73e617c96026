/** Whether the tour was offered before: on a first visit alone it begins by itself. */
import { recall, remember, type ViewStore } from '../store/view.ts'

const key = 'framewright/tour'

export const tourWasSeen = (): boolean => recall(key) !== null

export function endTour(view: ViewStore): void {
  remember(key, 'seen')
  view.setState({ touring: false })
}
