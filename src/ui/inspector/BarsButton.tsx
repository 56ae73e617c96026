/** Sets what is cut off to the black bars that the picture has in frames spread over the clip. */
import { ScanSearch } from 'lucide-react'
import { useState } from 'react'
import { expand } from '../../graph/analysis/expand.ts'
import type { EdgeRecord, FlatId, NodeId } from '../../graph/document/document.ts'
import type { Json } from '../../graph/document/json.ts'
import type { NodeSpec } from '../../graph/node/spec.ts'
import { mainPort } from '../../graph/node/value-types.ts'
import { useEditor } from '../editor.ts'
import { useFlatId } from '../open-level.ts'
import { text } from '../text/text.ts'
import { type Bars, barsOf, commonBars, framesToLookAt } from './black-bars.ts'

const words = text.inspector.bars

export function BarsButton({ node, spec }: { node: NodeId; spec: NodeSpec }) {
  const { engine, document, specs, preview, commands, view } = useEditor()
  const flat = useFlatId(node)
  const [looking, setLooking] = useState(false)
  const tell = (message: string, hint = '') => view.toast({ tone: 'info', message, hint })
  const find = async () => {
    const whole = expand(document.getState().document, specs).document
    const input = mainPort(spec.inputs)
    const wire = Object.values<EdgeRecord<FlatId>>(whole.edges).find(({ to }) => to.node === flat && to.port === input)
    const { clock } = preview.getState().result ?? {}
    if (!wire || !clock) return tell(words.noPicture)
    const barsByFrame: (Bars | null)[] = []
    for (const frame of framesToLookAt(clock.first, clock.last)) {
      const outcome = await engine.snapshot({ document: whole, view: wire.from, frame })
      if (!outcome.ok) return tell(outcome.problems[0]?.message ?? words.noPicture, outcome.problems[0]?.hint)
      barsByFrame.push(barsOf(outcome.value))
    }
    const bars = commonBars(barsByFrame)
    if (!bars) return tell(words.none, words.noneHint)
    const values = Object.entries(spec.params).flatMap(([name, param]): [string, Json][] =>
      param.kind === 'int' && param.cuts ? [[name, bars[param.cuts]]] : [],
    )
    const [one, ...others] = values
    if (one) commands.setParam(node, one[0], one[1], Object.fromEntries(others))
  }
  return (
    <button
      type="button"
      className="button draw-box"
      disabled={looking}
      onClick={() => {
        setLooking(true)
        void find().finally(() => setLooking(false))
      }}
    >
      <ScanSearch size={14} aria-hidden />
      {looking ? words.looking : words.find}
    </button>
  )
}
