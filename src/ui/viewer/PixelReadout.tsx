/** What stands under the pointer, in A and what it is compared with: as 8-bit codes and as computed. */
import { useEffect, useRef, useState } from 'react'
import { useStore } from 'zustand'
import type { PixelValue } from '../../engine/door/api.ts'
import { useEditor } from '../editor.ts'
import { number } from '../text/format.ts'
import { text } from '../text/text.ts'
import { letters } from './letters.ts'

/** The code an export writes. */
export const code = (value: number): number => Math.round(Math.min(1, Math.max(0, value)) * 255)

const signedText = (value: number): string => (value > 0 ? `+${value}` : value < 0 ? `−${-value}` : '0')

export function PixelReadout() {
  const { engine, preview, viewerSettings } = useEditor()
  const cursor = useStore(viewerSettings, (state) => state.cursor)
  const result = useStore(preview, (state) => state.result)
  const labels = useStore(preview, (state) => state.labels)
  const [values, setValues] = useState<readonly PixelValue[]>([])
  /** The one place still to be read; a moving hand leaves the ones between out. */
  const nextCursor = useRef<typeof cursor>(null)
  const asking = useRef(false)

  // biome-ignore lint/correctness/useExhaustiveDependencies: another picture has other values at the same place.
  useEffect(() => {
    nextCursor.current = cursor
    if (!cursor) setValues([])
    if (!cursor || asking.current) return
    asking.current = true
    const read = async () => {
      for (let at = nextCursor.current; at; at = nextCursor.current) {
        const next = await engine.readPixels(at)
        if (nextCursor.current) setValues(next)
        if (nextCursor.current === at) return
      }
    }
    read()
      .catch((error: unknown) => console.warn('The pixels could not be read:', error))
      .finally(() => {
        asking.current = false
      })
  }, [engine, cursor, result])

  if (!cursor || values.length === 0) return null
  const [a, b] = values
  const rgb = [0, 1, 2] as const
  /** Behind the pictures stands the overlay. */
  const nameOf = (i: number) => (i < labels.length ? letters[i] : text.viewer.pixel.map)
  return (
    <div className="pixel-readout" role="status" aria-live="off" aria-label={text.viewer.pixel.label}>
      <table>
        <tbody>
          {values.map((value, i) => {
            const codes = rgb.map((channel) => code(value.rgba[channel]))
            return (
              <tr key={nameOf(i)} title={labels[i]}>
                <th scope="row">{nameOf(i)}</th>
                <td>
                  <span className="colour-chip" style={{ background: `rgb(${codes.join(' ')})` }} />
                </td>
                <td className="place">
                  {value.x}, {value.y}
                </td>
                {rgb.map((channel) => (
                  <td key={`8-${channel}`} className="code" data-channel={'rgb'[channel]}>
                    {codes[channel]}
                  </td>
                ))}
                {rgb.map((channel) => (
                  <td key={`f-${channel}`} className="float">
                    {number(value.rgba[channel], 4)}
                  </td>
                ))}
              </tr>
            )
          })}
          {a && b && labels.length === 2 && (
            <tr className="difference">
              <th scope="row">{text.viewer.pixel.difference}</th>
              <td />
              <td />
              {rgb.map((channel) => (
                <td key={`8-${channel}`} className="code">
                  {signedText(code(a.rgba[channel]) - code(b.rgba[channel]))}
                </td>
              ))}
              {rgb.map((channel) => (
                <td key={`f-${channel}`} className="float">
                  {signedText(Number((a.rgba[channel] - b.rgba[channel]).toFixed(4)))}
                </td>
              ))}
            </tr>
          )}
        </tbody>
      </table>
    </div>
  )
}
