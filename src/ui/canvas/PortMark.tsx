/** A port's shape: ●, ◆, ▲, so that colour is never the only thing that tells them apart. */
import { type PortType, valueTypes } from '../../graph/node/value-types.ts'

export function PortMark({ type, filled }: { type: PortType; filled: boolean }) {
  return (
    <svg
      className="port-mark"
      data-type={type}
      data-filled={filled}
      width="12"
      height="12"
      viewBox="0 0 12 12"
      aria-hidden
    >
      <path d={valueTypes[type].mark} />
    </svg>
  )
}
