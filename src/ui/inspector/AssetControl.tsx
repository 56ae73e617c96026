/** The control for a file of a kind. Apart from the panel, so that the first paint does not wait for what chooses files. */
import type { AssetKind } from '../../graph/node/facts.ts'
import type { AssetParam } from '../../graph/node/params.ts'
import type { ControlProps } from './control.ts'
import { FileControl } from './FileControl.tsx'
import { MediaControl } from './MediaControl.tsx'
import { ModelControl } from './ModelControl.tsx'

/** Kinds of file with a control of their own; the others share one. */
const controls: Readonly<Partial<Record<AssetKind, typeof FileControl>>> = {
  media: MediaControl,
  model: ModelControl,
}

export function AssetControl(props: ControlProps<AssetParam>) {
  const Control = controls[props.param.asset] ?? FileControl
  return <Control {...props} />
}
