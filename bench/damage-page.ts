/** The half of `npm run bench:damage` that needs a browser. */
import { type AskedRoute, type Reading, readFrames } from './damage-reading.ts'

declare global {
  interface Window {
    readFrames?: (name: string, base64: string, route: AskedRoute) => Promise<Reading>
  }
}

window.readFrames = (name, base64, route) =>
  readFrames(
    name,
    Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)),
    route,
  )
