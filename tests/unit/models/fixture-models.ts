/** Fixture models as bytes, for tests without a browser. */
import { readFileSync } from 'node:fs'

export const fixture = (name: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(readFileSync(new URL(`../../fixtures/models/${name}.onnx`, import.meta.url)))
