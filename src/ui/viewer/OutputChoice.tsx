/** Lists to choose what is looked at: A, and what it is compared with. */

import { lazy, Suspense, useId, useMemo, useRef, useState } from 'react'
import { useStore } from 'zustand'
import { expand } from '../../graph/analysis/expand.ts'
import type { Endpoint, Graph, GraphDocument, NodeId, NodeRecord } from '../../graph/document/document.ts'
import { flatId, nodeAt, type Path, placeOf } from '../../graph/document/levels.ts'
import { names, titleOfRecord } from '../../graph/document/naming.ts'
import { sideOf, specOf } from '../../graph/document/subgraph.ts'
import type { Specs } from '../../graph/node/spec.ts'
import { isPictureType } from '../../graph/node/value-types.ts'
import { useEditor } from '../editor.ts'
import { acceptedMedia } from '../files/dropped-files.ts'
import { Choice } from '../inspector/SimpleControls.tsx'
import { FileInput } from '../kit/FileInput.tsx'
import type { DocumentStore } from '../store/document.ts'
import { type Compared, plain } from '../store/looking.ts'
import { text } from '../text/text.ts'

const words = text.viewer.output

const GraphChoice = lazy(async () => ({ default: (await import('./GraphChoice.tsx')).GraphChoice }))

const automatic = 'automatic'

/**
 * Every output with a picture of the open level, from left to right, by the names that the canvas has for them. What
 * lies elsewhere is called by what is seen of it here, or else by its title.
 */
function pictureOutputs(graph: Graph, path: Path, specs: Specs, whole: GraphDocument) {
  const called = names(graph, specs)
  const outputs = (node: NodeRecord) =>
    sideOf(node)
      ? []
      : Object.entries(specOf(specs, node)?.outputs ?? {}).filter(([, port]) => isPictureType(port.type))
  const own = (node: NodeRecord, port: string) =>
    outputs(node).length > 1 ? `${called.node(node.id)} · ${called.output(node.id, port)}` : called.node(node.id)
  const label = ({ node, port }: Endpoint): string | undefined => {
    const place = placeOf(node)
    const here = place.path.join('/') === path.join('/') ? graph.nodes[place.id] : undefined
    if (here) return own(here, port)
    const seen = expand(whole, specs).seenFrom(path, node)
    if (seen) return called.node(seen.node)
    const record = nodeAt(whole, node)
    return record && titleOfRecord(specs, record)
  }
  const options = () =>
    Object.values(graph.nodes)
      .sort((a, b) => a.position.x - b.position.x || a.position.y - b.position.y)
      .flatMap((node) =>
        outputs(node).map(([port]) => ({ value: `${flatId(path, node.id)}.${port}`, label: own(node, port) })),
      )
  return { label, options }
}

function usePictureOutputs(document: DocumentStore, specs: Specs) {
  const graph = useStore(document, (state) => state.level)
  const path = useStore(document, (state) => state.path)
  const whole = useStore(document, (state) => state.document)
  return useMemo(() => pictureOutputs(graph, path, specs, whole), [graph, path, specs, whole])
}

export function OutputChoice() {
  const { document, preview, specs } = useEditor()
  const chosen = useStore(preview, (state) => state.chosen)
  const view = useStore(preview, (state) => state.view)
  const labelId = useId()
  const { label, options } = usePictureOutputs(document, specs)
  const shown = view ? (label(chosen ?? view) ?? null) : null
  const result = shown && !chosen ? words.resultOf(shown) : words.result
  return (
    <div className="output-choice">
      <span id={labelId} className="visually-hidden">
        {words.label}
      </span>
      <Choice
        labelId={labelId}
        value={chosen && view ? `${chosen.node}.${chosen.port}` : automatic}
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
const plainKind = 'plain'
const reference = 'reference'
const choose = 'choose'
const graphKind = 'graph'
const chooseGraph = 'choose-graph'

/** What picture B, C or D shows. @param index 1 for B */
export function ComparedChoice({ index }: { index: number }) {
  const { document, specs, looking, commands } = useEditor()
  const compared = useStore(looking, (state) => state.others[index - 1])
  const file = useStore(looking, (state) => state.reference)
  const { label, options } = usePictureOutputs(document, specs)
  const labelId = useId()
  const picker = useRef<HTMLInputElement>(null)
  const [choosing, setChoosing] = useState(false)
  const set = (next: Compared) =>
    looking.setState(({ others }) => ({ others: others.map((one, i) => (i === index - 1 ? next : one)) }))
  const take = async (files: readonly File[]) => {
    const ref = await commands.registerMedia(files)
    if (!ref) return
    looking.setState({ reference: ref })
    set({ kind: 'reference' })
  }
  if (!compared) return null
  const nameOf = (one: Compared): string => {
    switch (one.kind) {
      case 'plain':
        return words.plainAsLarge
      case 'source':
        return words.source
      case 'reference':
        return file?.id ?? words.reference
      case 'graph':
        return one.title
      case 'output':
        return label(one.at) ?? words.gone
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
          { value: plainKind, label: words.plainAsLarge },
          { value: source, label: words.source },
          ...(file ? [{ value: reference, label: words.referenceOf(file.id) }] : []),
          { value: choose, label: words.referenceFile },
          ...(compared.kind === 'graph' ? [{ value: graphKind, label: compared.title }] : []),
          { value: chooseGraph, label: words.anotherGraph },
          ...options(),
        ]}
        onChange={(value) => {
          const [node, port] = value.split('.')
          if (value === choose) picker.current?.click()
          else if (value === chooseGraph) setChoosing(true)
          else if (value === graphKind) return
          else if (value === plainKind) set(plain)
          else if (value === source) set({ kind: 'source' })
          else if (value === reference) set({ kind: 'reference' })
          else if (node && port) set({ kind: 'output', at: { node: node as NodeId, port } })
        }}
      />
      {choosing && (
        <Suspense fallback={null}>
          <GraphChoice
            onClose={() => setChoosing(false)}
            onChoose={(graph) => {
              setChoosing(false)
              set({ kind: 'graph', ...graph })
            }}
          />
        </Suspense>
      )}
      <FileInput
        ref={picker}
        multiple
        label={words.referenceFor(letters[index] ?? '')}
        accept={acceptedMedia}
        onFiles={take}
      />
    </div>
  )
}
