/** Painting over the picture for a setting: what is under way, how it begins and how it ends. */
import { useStore } from 'zustand'
import type { NodeId } from '../../graph/document/document.ts'
import { specOf } from '../../graph/document/subgraph.ts'
import { useEditor } from '../editor.ts'
import { useFlatId } from '../open-level.ts'
import { isMap } from '../store/maps.ts'
import type { Painting } from '../store/viewer-settings.ts'

/** @param node on the open level */
export function usePainting(node: NodeId) {
  const { viewerSettings, document, specs } = useEditor()
  const painting = useStore(viewerSettings, (state) => (state.painting?.node === node ? state.painting : null))
  const flat = useFlatId(node)
  return {
    painting,
    /** The mask is laid over the picture, so that one sees what one paints. */
    begin(what: Omit<Painting, 'node'>) {
      const outputs = specOf(specs, document.getState().level.nodes[node])?.outputs ?? {}
      const port = Object.keys(outputs).find((name) => isMap(outputs[name]!.type))
      const overlay = port === undefined ? null : ({ kind: 'output', at: { node: flat, port } } as const)
      viewerSettings.setState({
        painting: { node, ...what },
        boxing: false,
        ...(overlay && { overlay, lastOverlay: overlay }),
      })
    },
    end: () => viewerSettings.setState({ painting: null }),
  }
}
