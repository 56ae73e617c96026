/** One setting of a node: its name, its tools, and the control that its kind asks for. */
import { ArrowUpFromLine, CircleHelp, Columns3, Pin, RotateCcw } from 'lucide-react'
import { Suspense, useId } from 'react'
import { useStore } from 'zustand'
import { useShallow } from 'zustand/react/shallow'
import type { NodeId } from '../../graph/document/document.ts'
import { type Json, sameJson } from '../../graph/document/json.ts'
import { specOf } from '../../graph/document/subgraph.ts'
import { promotionOf } from '../../graph/edits/boundary.ts'
import { cardParams, fitsCard } from '../../graph/node/card-params.ts'
import type { ParamSpec } from '../../graph/node/params.ts'
import { useEditor } from '../editor.ts'
import { IconButton } from '../kit/IconButton.tsx'
import { lazyPart } from '../kit/lazy-part.tsx'
import { innermostOf, isDrivable, useDriven } from '../open-level.ts'
import { reaches } from '../store/view-request.ts'
import { text } from '../text/text.ts'
import { variantsOf } from '../viewer/variant-values.ts'
import type { ControlProps } from './control.ts'
import { DrivenBy } from './InputChoice.tsx'
import { NumberControl } from './NumberControl.tsx'
import { BoolControl, ChoiceControl, SeedControl, TextControl } from './SimpleControls.tsx'

const words = text.inspector.setting

/** For few nodes: fetched when one of them is looked at. */
const AssetControl = lazyPart(async () => (await import('./AssetControl.tsx')).AssetControl)
const KeysControl = lazyPart(async () => (await import('./KeysControl.tsx')).KeysControl)
const CodeControl = lazyPart(async () => (await import('./CodeControl.tsx')).CodeControl)
const DrawingControl = lazyPart(async () => (await import('./DrawingControl.tsx')).DrawingControl)

/** Wide controls stand below their label, small ones beside it, and a number beside it with its slider below both. */
const layoutOf = ({ kind }: ParamSpec): 'below' | 'number' | 'beside' => {
  if (kind === 'asset' || kind === 'keys' || kind === 'drawing' || kind === 'code') return 'below'
  return kind === 'float' || kind === 'int' ? 'number' : 'beside'
}

interface ParamRowProps {
  readonly node: NodeId
  readonly name: string
  readonly param: ParamSpec
  readonly values: Readonly<Record<string, Json>>
}

export function ParamRow({ node, name, param, values }: ParamRowProps) {
  const value = values[name] ?? null
  const { commands } = useEditor()
  const labelId = useId()
  const drive = useDriven(node, name, param)
  const changed = !sameJson(value, param.default)
  return (
    <div
      className="param"
      data-param={name}
      data-drivable={isDrivable(param)}
      data-kind={param.kind}
      data-layout={layoutOf(param)}
    >
      <div className="param-label" data-changed={changed}>
        {/* biome-ignore lint/a11y/noStaticElementInteractions: the button beside it does the same. */}
        <span id={labelId} className="param-name" onDoubleClick={() => changed && commands.resetParam(node, name)}>
          {param.label}
          {'unit' in param && param.unit && <span className="unit"> {param.unit}</span>}
        </span>
        <span className="param-tools">
          {param.help && (
            <IconButton label={words.about(param.label)} tip={param.help} side="left" look="setting">
              <CircleHelp size={13} aria-hidden />
            </IconButton>
          )}
          <PromoteButton node={node} name={name} param={param} />
          {fitsCard(param) && <PinButton node={node} name={name} param={param} />}
          {variantsOf(param, value) && <VariantsButton node={node} name={name} param={param} value={value} />}
        </span>
        {changed && (
          <IconButton
            label={words.reset(param.label)}
            tip={words.resetHint}
            side="left"
            look="setting"
            onClick={() => commands.resetParam(node, name)}
          >
            <RotateCcw size={12} aria-hidden />
          </IconButton>
        )}
      </div>
      <Control
        labelId={labelId}
        name={name}
        node={node}
        param={param}
        value={value}
        values={values}
        drive={drive}
        set={(next, beside) => commands.setParam(node, name, next, beside)}
        drag={(next) => commands.dragParam(node, name, next)}
        drop={commands.endDrag}
      />
      {param.kind === 'float' && isDrivable(param) && <DrivenBy node={node} name={name} param={param} drive={drive} />}
    </div>
  )
}

/** Shows the setting on the node's own card as well. */
function PinButton({ node, name, param }: { node: NodeId; name: string; param: ParamSpec }) {
  const { document, specs, commands } = useEditor()
  const on = useStore(document, ({ level }) => {
    const record = level.nodes[node]
    const spec = specOf(specs, record)
    return record && spec ? cardParams(spec, record).includes(name) : false
  })
  return (
    <IconButton
      label={words.pin(param.label)}
      tip={on ? words.unpinHint : words.pinHint}
      side="left"
      look="setting"
      data-pin
      aria-pressed={on}
      onClick={() => commands.showOnCard(node, name, !on)}
    >
      <Pin size={13} aria-hidden />
    </IconButton>
  )
}

/** Within a subgraph: shows the setting on the subgraph's card as well. */
function PromoteButton({ node, name, param }: { node: NodeId; name: string; param: ParamSpec }) {
  const { document, commands } = useEditor()
  const inside = useStore(document, (state) => state.path.length > 0)
  const on = useStore(document, (state) => promotionOf(state.level, node, name) !== undefined)
  if (!inside) return null
  return (
    <IconButton
      label={text.subgraphs.panel.promote(param.label)}
      tip={on ? text.subgraphs.panel.demoteHint : text.subgraphs.panel.promoteHint}
      side="left"
      look="setting"
      aria-pressed={on}
      onClick={() => commands.subgraphs.promote(node, name, !on)}
    >
      <ArrowUpFromLine size={13} aria-hidden />
    </IconButton>
  )
}

function VariantsButton({
  node: nodeId,
  name: ownName,
  param,
  value,
}: {
  node: NodeId
  name: string
  param: ParamSpec
  value: Json
}) {
  const { viewerSettings, document, derived, preview, view } = useEditor()
  // Of a setting of a subgraph, the node inside that has it.
  const path = useStore(document, (state) => state.path)
  const place = useStore(
    document,
    useShallow((state) => innermostOf(state.level, path, nodeId, ownName)),
  )
  const { node, name } = place
  const on = useStore(viewerSettings, ({ variants }) => variants?.node === node && variants.param === name)
  const begin = () => {
    const values = variantsOf(param, value)
    const output = preview.getState().view
    if (!values || !output) return
    if (!reaches(derived.getState().expansion.document, node, output)) {
      view.toast({
        tone: 'info',
        message: words.notSeen(param.label),
        hint: words.notSeenHint,
      })
      return
    }
    viewerSettings.setState({ variants: { node, param: name, values }, mode: 'side' })
  }
  return (
    <IconButton
      label={words.compare(param.label)}
      tip={words.compareHint}
      side="left"
      look="setting"
      aria-pressed={on}
      onClick={() => (on ? viewerSettings.setState({ variants: null, mode: 'single' }) : begin())}
    >
      <Columns3 size={13} aria-hidden />
    </IconButton>
  )
}

/** The map from a parameter's kind to its control. */
function Control(props: ControlProps<ParamSpec>) {
  const { param, ...rest } = props
  switch (param.kind) {
    case 'float':
    case 'int':
      return <NumberControl {...rest} param={param} />
    case 'seed':
      return <SeedControl {...rest} param={param} />
    case 'bool':
      return <BoolControl {...rest} param={param} />
    case 'choice':
      return <ChoiceControl {...rest} param={param} />
    case 'keys':
      return (
        <Suspense fallback={null}>
          <KeysControl {...rest} param={param} />
        </Suspense>
      )
    case 'code':
      return (
        <Suspense fallback={null}>
          <CodeControl {...rest} param={param} />
        </Suspense>
      )
    case 'drawing':
      return (
        <Suspense fallback={null}>
          <DrawingControl {...rest} param={param} />
        </Suspense>
      )
    case 'text':
      return <TextControl {...rest} param={param} />
    case 'asset':
      return (
        <Suspense fallback={null}>
          <AssetControl {...rest} param={param} />
        </Suspense>
      )
  }
}
