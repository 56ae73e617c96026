/** A wire in the hand moves the view near its edges, but not from under what it is held over, nor on its way to a setting beside. */
import { useStoreApi } from '@xyflow/react'
import { useEffect } from 'react'

/** Keeps the view where it is while a wire is held over a card or beside the canvas; for a component within the provider of React Flow. */
export function useStillView(): void {
  const store = useStoreApi()
  useEffect(() => {
    const { panBy } = store.getState()
    const isStill = () => {
      const { connection, domNode } = store.getState()
      if (!connection.inProgress || !domNode) return false
      const { left, top } = domNode.getBoundingClientRect()
      const { x, y } = connection.pointer
      const under = window.document.elementFromPoint(left + x, top + y)
      return !under || !domNode.contains(under) || under.closest('.react-flow__node') !== null
    }
    store.setState({ panBy: (delta) => (isStill() ? Promise.resolve(false) : panBy(delta)) })
    return () => store.setState({ panBy })
  }, [store])
}
