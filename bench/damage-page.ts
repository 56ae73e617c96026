/** The half of `npm run bench:damage` that needs a browser. */
import { type Reading, readFrames } from './damage-reading.ts'

declare global {
  interface Window {
    readFrames?: (name: string, base64: string) => Promise<Reading>
  }
}

window.readFrames = (name, base64) =>
  readFrames(
    name,
    Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)),
  )
