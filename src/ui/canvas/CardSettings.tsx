/** The settings that stand on a card: a number is a bar that the hand drags, with its name and value in it. */
import { type ReactNode, useId, useMemo } from 'react'
import type { NodeId, NodeRecord } from '../../graph/document/document.ts'
import type { Json } from '../../graph/document/json.ts'
import { type CardParam, cardParams } from '../../graph/node/card-params.ts'
import type { NodeSpec } from '../../graph/node/spec.ts'
import { paramValues } from '../../graph/node/values.ts'
import { useEditor } from '../editor.ts'
import { drivenNote } from '../inspector/driven-note.ts'
import { DrivenSlider, NumberSlider } from '../inspector/NumberSlider.tsx'
import { heldIn, written } from '../inspector/number-value.ts'
import { BoolControl, ChoiceControl } from '../inspector/SimpleControls.tsx'
import { useSurroundings } from '../inspector/surroundings.ts'
import { type DriveState, isDrivable, useDriven } from '../open-level.ts'
import { text } from '../text/text.ts'

const words = text.inspector

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
  // What a number drives is to be seen, whether or not it is the hand's to set otherwise.
  const wiredNames = Object.keys(spec.params).filter(
    (name) => spec.inputs[name]?.drives && around.connectedInputs.has(name),
  )
  const names = [...new Set([...cardParams(spec, record), ...wiredNames])].filter(
    (name) => spec.params[name]?.visible?.(values, around) ?? true,
  )
  if (names.length === 0) return null
  return (
    <div className="card-settings nodrag nopan">
      {names.map((name) => (
        <CardSetting
          key={name}
          node={record.id}
          name={name}
          // `cardParams` names no others, and what numbers drive is one.
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
  const drive = useDriven(node, name, param)
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
      if (drive) return <DrivenSetting name={name} labelId={labelId} label={label} param={param} drive={drive} />
      return (
        <div className="card-setting number" data-param={name} data-drivable={isDrivable(param)}>
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

interface DrivenSettingProps {
  readonly name: string
  readonly labelId: string
  readonly label: ReactNode
  readonly param: Extract<CardParam, { kind: 'float' | 'int' }>
  readonly drive: DriveState
}

/** The setting as a number makes it at the frame on view. */
function DrivenSetting({ name, labelId, label, param, drive }: DrivenSettingProps) {
  const { wiredValue } = drive
  const heldValue = wiredValue === undefined ? undefined : heldIn(param, wiredValue)
  const isHeld = heldValue !== undefined && wiredValue !== undefined && heldValue !== wiredValue
  return (
    <div
      className="card-setting number"
      data-param={name}
      data-drivable={isDrivable(param)}
      data-driven
      title={drivenNote(param, drive) ?? undefined}
    >
      {heldValue !== undefined && <DrivenSlider labelId={labelId} param={param} number={heldValue} />}
      {label}
      <span className="card-setting-value">
        {heldValue === undefined
          ? words.setting.unknown
          : isHeld
            ? words.driven.heldShort(written(param, wiredValue), written(param, heldValue))
            : written(param, heldValue)}
        {param.unit && heldValue !== undefined && <span className="unit"> {param.unit}</span>}
      </span>
    </div>
  )
}
