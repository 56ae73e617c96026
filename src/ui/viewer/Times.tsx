/** Where the frame goes: a bar across the chain with each node's share, and what each took, holds and runs on. */
import { X } from 'lucide-react'
import { useMemo } from 'react'
import { useStore } from 'zustand'
import type { NodeReport } from '../../engine/door/api.ts'
import type { FlatDocument, FlatId } from '../../graph/document/document.ts'
import { useEditor } from '../editor.ts'
import { Marked } from '../kit/Marked.tsx'
import { namesWithPersonality } from '../kit/personality.ts'
import { bytes, milliseconds } from '../kit/value-text.ts'
import { assetFacts } from '../store/facts-store.ts'
import { number } from '../text/format.ts'
import { text } from '../text/text.ts'

const words = text.viewer.times

/** Nodes in the order they ran; the time of a fused unit is split evenly, since nobody can tell its parts apart. */
function rowsOf(
  reports: Readonly<Record<FlatId, NodeReport>>,
  nodeReports: Readonly<Record<FlatId, NodeReport>>,
  graph: FlatDocument,
) {
  return (Object.keys(nodeReports) as FlatId[]).flatMap((id) => {
    const report = reports[id] ?? nodeReports[id]
    return report && graph.nodes[id] ? [{ id, report, time: report.milliseconds / report.fusedNodes }] : []
  })
}

/** With what else the time of a node is to be read. */
function noteOf({ fusedNodes, waiting }: NodeReport): string | undefined {
  if (fusedNodes > 1) return words.fused(fusedNodes - 1)
  return waiting >= 0.05 ? words.waited(milliseconds(waiting)) : undefined
}

export function Times() {
  const { derived, facts, specs, preview, viewerSettings, commands } = useEditor()
  const on = useStore(viewerSettings, (state) => state.times)
  const graph = useStore(derived, (state) => state.expansion.document)
  const reports = useStore(preview, (state) => state.reports)
  const result = useStore(preview, (state) => state.result)
  const knownFacts = useStore(facts)
  const nodeNames = useMemo(
    () => namesWithPersonality(graph, specs, (ref) => assetFacts(knownFacts).model(ref)),
    [graph, specs, knownFacts],
  )
  if (!on || !result) return null
  const rows = rowsOf(reports, result.nodes, graph)
  const total = rows.reduce((sum, { time }) => sum + time, 0)
  return (
    <section className="times" aria-label={words.label}>
      <header>
        <span>
          <Marked>{words.total(milliseconds(total))}</Marked>
        </span>
        <span className="status-fill" />
        <span title={words.memoryHint}>{words.memory(bytes(result.gpuBytes))}</span>
        <button
          type="button"
          className="icon-button tiny"
          aria-label={text.common.close}
          onClick={() => viewerSettings.setState({ times: false })}
        >
          <X size={13} aria-hidden />
        </button>
      </header>
      <div className="times-bar" aria-hidden>
        {rows.map(({ id, time }, i) => (
          <span
            key={id}
            data-hue={i % 6}
            title={words.node(nodeNames.node(id), milliseconds(time))}
            style={{ flexGrow: total > 0 ? time / total : 0 }}
          />
        ))}
      </div>
      <table>
        <tbody>
          {rows.map(({ id, report, time }, i) => (
            <tr key={id} data-node={id}>
              <th scope="row">
                <span className="times-key" data-hue={i % 6} />
                <button type="button" className="link" onClick={() => commands.goTo(id)}>
                  {nodeNames.node(id)}
                </button>
              </th>
              <td title={noteOf(report)}>
                {report.fusedNodes > 1 ? words.roughly(milliseconds(time)) : milliseconds(time)}
              </td>
              <td className="share">{total > 0 ? text.values.percent(number((time / total) * 100)) : ''}</td>
              <td>{report.bytes > 0 ? bytes(report.bytes) : '–'}</td>
              <td>{report.runtime ? text.common.runtimes[report.runtime] : words.gpu}</td>
              <td className="kept">{report.cached ? words.kept : ''}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
