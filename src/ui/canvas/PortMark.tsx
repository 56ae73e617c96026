/** A port's shape: image ●, mask ◆, audio ▲, so that colour is never the only thing that tells them apart. */
import type { PortType } from '../../graph/node/ports.ts'

const paths: Readonly<Record<PortType, string>> = {
  image: 'M6 1.5a4.5 4.5 0 1 1 0 9a4.5 4.5 0 0 1 0-9z',
  mask: 'M6 .6L11.4 6L6 11.4L.6 6z',
  audio: 'M6 1L11.4 10.6H.6z',
}

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
      <path d={paths[type]} />
    </svg>
  )
}
