/** Lists to choose what is looked at: A, and what it is compared with. */
import { useId, useMemo, useRef, useState } from 'react'
import { useStore } from 'zustand'
import type { GraphDocument, NodeId, NodeRecord } from '../../graph/document.ts'
import { names } from '../../graph/naming.ts'
import type { Specs } from '../../graph/spec.ts'
import { useEditor } from '../editor.ts'
import { acceptedMedia } from '../inspector/MediaControl.tsx'
import { Choice } from '../inspector/SimpleControls.tsx'
import type { Compared } from '../store/looking.ts'
import { GraphChoice } from './GraphChoice.tsx'

const automatic = 'automatic'

/** Every output with a picture, from left to right, by the names that the canvas has for them. */
function pictureOutputs(graph: GraphDocument, specs: Specs) {
  const called = names(graph, specs)
  const outputs = (node: NodeRecord) =>
    Object.entries(specs.get(node.type)?.outputs ?? {}).filter(([, port]) => port.type !== 'audio')
  const label = (node: NodeRecord, port: string) =>
    outputs(node).length > 1 ? `${called.node(node.id)} · ${called.output(node.id, port)}` : called.node(node.id)
  const options = () =>
    Object.values(graph.nodes)
      .sort((a, b) => a.position.x - b.position.x || a.position.y - b.position.y)
      .flatMap((node) => outputs(node).map(([port]) => ({ value: `${node.id}.${port}`, label: label(node, port) })))
  return { label, options }
}

export function OutputChoice() {
  const { document, preview, specs } = useEditor()
  const graph = useStore(document, (state) => state.document)
  const chosen = useStore(preview, (state) => state.chosen)
  const view = useStore(preview, (state) => state.view)
  const labelId = useId()
  const { label, options } = useMemo(() => pictureOutputs(graph, specs), [graph, specs])
  const record = view && graph.nodes[view.node]
  const shown = view && record ? label(record, view.port) : null
  const result = shown && !chosen ? `Result: ${shown}` : 'Result'
  return (
    <div className="output-choice">
      <span id={labelId} className="visually-hidden">
        Output to view
      </span>
      <Choice
        labelId={labelId}
        value={chosen && view ? `${view.node}.${view.port}` : automatic}
        shown={chosen && shown ? shown : result}
        options={() => [{ value: automatic, label: result }, ...options()]}
        onChange={(value) => {
          const [node, port] = value.split('.')
          preview.choose(value === automatic || !node || !port ? null : { node: node as NodeId, port })
        }}
      />
    </div>
  )
}

const letters = ['A', 'B', 'C', 'D']
const source = 'source'
const reference = 'reference'
const choose = 'choose'
const graphKind = 'graph'
const chooseGraph = 'choose-graph'

/** What picture B, C or D shows. @param index 1 for B */
export function ComparedChoice({ index }: { index: number }) {
  const { document, specs, looking, commands } = useEditor()
  const graph = useStore(document, (state) => state.document)
  const compared = useStore(looking, (state) => state.others[index - 1])
  const file = useStore(looking, (state) => state.reference)
  const { label, options } = useMemo(() => pictureOutputs(graph, specs), [graph, specs])
  const labelId = useId()
  const picker = useRef<HTMLInputElement>(null)
  const [choosing, setChoosing] = useState(false)
  const set = (next: Compared) =>
    looking.setState(({ others }) => ({ others: others.map((one, i) => (i === index - 1 ? next : one)) }))
  const take = async (files: readonly File[]) => {
    const ref = files.length > 0 ? await commands.registerMedia(files) : null
    if (!ref) return
    looking.setState({ reference: ref })
    set({ kind: 'reference' })
  }
  if (!compared) return null
  const record = compared.kind === 'output' ? graph.nodes[compared.at.node] : undefined
  const nameOf = (one: Compared): string => {
    switch (one.kind) {
      case 'source':
        return 'Source'
      case 'reference':
        return file?.id ?? 'Reference'
      case 'graph':
        return one.title
      case 'output':
        return record ? label(record, one.at.port) : 'Not there any more'
    }
  }
  const shown = nameOf(compared)
  return (
    <div className="compared-choice">
      <span id={labelId} className="letter">
        {letters[index]}
      </span>
      <Choice
        labelId={labelId}
        value={compared.kind === 'output' ? `${compared.at.node}.${compared.at.port}` : compared.kind}
        shown={shown}
        options={() => [
          { value: source, label: 'Source' },
          ...(file ? [{ value: reference, label: `Reference: ${file.id}` }] : []),
          { value: choose, label: 'Reference file…' },
          ...(compared.kind === 'graph' ? [{ value: graphKind, label: compared.title }] : []),
          { value: chooseGraph, label: 'Another graph…' },
          ...options(),
        ]}
        onChange={(value) => {
          const [node, port] = value.split('.')
          if (value === choose) picker.current?.click()
          else if (value === chooseGraph) setChoosing(true)
          else if (value === graphKind) return
          else if (value === source) set({ kind: 'source' })
          else if (value === reference) set({ kind: 'reference' })
          else if (node && port) set({ kind: 'output', at: { node: node as NodeId, port } })
        }}
      />
      {choosing && (
        <GraphChoice
          onClose={() => setChoosing(false)}
          onChoose={(graph) => {
            setChoosing(false)
            set({ kind: 'graph', ...graph })
          }}
        />
      )}
      <input
        ref={picker}
        type="file"
        hidden
        multiple
        aria-label={`Reference file for ${letters[index]}`}
        accept={acceptedMedia}
        onChange={(event) => {
          const files = [...(event.target.files ?? [])]
          event.target.value = ''
          void take(files)
        }}
      />
    </div>
  )
}
