/** A small picture of a place. */
import { useEffect, useRef } from 'react'
import type { Picture8 } from '../../engine/door/api.ts'
import { cropSize } from './check-store.ts'

/** A small picture, or the room for it while it is on its way. */
export function Crop({ picture, label }: { picture: Picture8 | null; label: string }) {
  const canvas = useRef<HTMLCanvasElement>(null)
  useEffect(() => {
    const context = canvas.current?.getContext('2d')
    if (context && picture) context.putImageData(new ImageData(picture.pixels, picture.width, picture.height), 0, 0)
  }, [picture])
  if (!picture) return <span className="check-crop" aria-hidden />
  return (
    <canvas
      ref={canvas}
      className="check-crop"
      role="img"
      aria-label={label}
      width={picture.width || cropSize.width}
      height={picture.height || cropSize.height}
    />
  )
}
