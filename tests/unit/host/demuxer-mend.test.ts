import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterEach, expect, test } from 'vitest'
import { mendResync } from '../../../src/host/demuxer-mend.ts'

const installed = join(dirname(fileURLToPath(import.meta.resolve('mediabunny'))), 'matroska', 'ebml.js')
const folders: string[] = []

afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true })
})

type Resync = (reader: object, start: number, ids: number[], until: number) => Promise<number | null>

/** `resync` of the mended module, which imports its neighbours from where they are installed. */
async function mendedResync(): Promise<Resync> {
  const text = mendResync(await readFile(installed, 'utf8')).replaceAll(
    /from '(\.[^']+)'/g,
    (_, path: string) => `from '${new URL(path, pathToFileURL(installed)).href}'`,
  )
  const folder = await mkdtemp(join(import.meta.dirname, '.demuxer-mend-'))
  folders.push(folder)
  const file = join(folder, 'ebml.mjs')
  await writeFile(file, text)
  const module: { resync: Resync } = await import(/* @vite-ignore */ pathToFileURL(file).href)
  return module.resync
}

/** Gives slices of `bytes` as mediabunny's reader does; throws where it is asked far more often than reading on needs. */
async function readerOf(bytes: Uint8Array): Promise<object> {
  const module: { FileSlice: new (...parts: unknown[]) => object } = await import(
    /* @vite-ignore */ new URL('../reader.js', pathToFileURL(installed)).href
  )
  const view = new DataView(bytes.buffer)
  let asked = 0
  return {
    requestSliceRange(start: number, _: number, longest: number) {
      asked += 1
      if (asked > 100) throw new Error('The same bytes are asked for again and again.')
      return new module.FileSlice(bytes, view, 0, start, Math.min(start + longest, bytes.length))
    },
  }
}

const cluster = 0x1f43b675

test('a search for the next element ends where none follows', async () => {
  const resync = await mendedResync()
  for (const length of [0, 7, 8, 9, 64, 100_000])
    expect(await resync(await readerOf(new Uint8Array(length)), 0, [cluster], length), `${length} bytes`).toBeNull()
})

test('and finds the one that does', async () => {
  const resync = await mendedResync()
  const bytes = new Uint8Array(70_000)
  bytes.set([0x1f, 0x43, 0xb6, 0x75], 69_000)
  expect(await resync(await readerOf(bytes), 0, [cluster], bytes.length)).toBe(69_000)
})

test('another text is not taken for the known one', () => {
  expect(() => mendResync('export const resync = 1')).toThrow(/demuxer-mend/)
})
