/** The settings that stand on a card: a number is a bar that the hand drags, with its name and value in it. */
import { useId, useMemo } from 'react'
import type { NodeId, NodeRecord } from '../../graph/document/document.ts'
import type { Json } from '../../graph/document/json.ts'
import { type CardParam, cardParams } from '../../graph/node/card-params.ts'
import type { NodeSpec } from '../../graph/node/spec.ts'
import { paramValues } from '../../graph/node/values.ts'
import { useEditor } from '../editor.ts'
import { NumberSlider } from '../inspector/NumberControl.tsx'
import { written } from '../inspector/number-value.ts'
import { BoolControl, ChoiceControl } from '../inspector/SimpleControls.tsx'
import { useSurroundings } from '../inspector/surroundings.ts'

interface SettingProps {
  readonly node: NodeId
  readonly name: string
  readonly param: CardParam
  readonly values: Readonly<Record<string, Json>>
}

/** Nothing where no setting of the card has a meaning at present. */
export function CardSettings({ record, spec }: { record: NodeRecord; spec: NodeSpec }) {
  const values = useMemo(() => paramValues(spec, record) as Readonly<Record<string, Json>>, [spec, record])
  const around = useSurroundings(record.id)
  const shown = cardParams(spec, record).filter(
    // What a number drives is a port of the card, and not the hand's to set.
    (name) => !around.connected.has(name) && (spec.params[name]?.visible?.(values, around) ?? true),
  )
  if (shown.length === 0) return null
  return (
    <div className="card-settings nodrag nopan">
      {shown.map((name) => (
        <CardSetting
          key={name}
          node={record.id}
          name={name}
          // `cardParams` names no others.
          param={spec.params[name] as CardParam}
          values={values}
        />
      ))}
    </div>
  )
}

function CardSetting({ node, name, param, values }: SettingProps) {
  const { commands } = useEditor()
  const labelId = useId()
  const value = values[name] ?? null
  const control = {
    ...{ labelId, name, node, value, values },
    set: (next: Json) => commands.setParam(node, name, next),
    drag: (next: Json) => commands.dragParam(node, name, next),
    drop: commands.endDrag,
  }
  const number = typeof value === 'number' ? value : Number(param.default)
  const label = (
    <span id={labelId} className="card-setting-name">
      {param.label}
    </span>
  )
  switch (param.kind) {
    case 'float':
    case 'int':
      return (
        <div className="card-setting number" data-param={name}>
          <NumberSlider {...control} param={param} number={number} />
          {label}
          <span className="card-setting-value" aria-hidden>
            {written(param, number)}
            {param.unit && <span className="unit"> {param.unit}</span>}
          </span>
        </div>
      )
    case 'choice':
      return (
        <div className="card-setting" data-param={name}>
          {label}
          <ChoiceControl {...control} param={param} />
        </div>
      )
    case 'bool':
      return (
        <div className="card-setting" data-param={name}>
          {label}
          <BoolControl {...control} param={param} />
        </div>
      )
  }
}
