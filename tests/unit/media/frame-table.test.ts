import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ALL_FORMATS, BlobSource, Input } from 'mediabunny'
import { describe, expect, test } from 'vitest'
import { mp4Samples } from '../../../src/media/container/mp4-samples.ts'
import { frameTable, readPackets } from '../../../src/media/frame-table.ts'

const folder = join(import.meta.dirname, '../../fixtures/media')
// The encrypted one the demuxer itself cannot read.
const isMp4 = (name: string) => /\.(mp4|mov|m4a)$/.test(name) && name !== 'encrypted.mp4'
const blobOf = (name: string) => new Blob([readFileSync(join(folder, name))])

/** `null`: it has no picture, or cannot be opened. */
async function withPicture<T>(
  blob: Blob,
  work: (track: NonNullable<Awaited<ReturnType<Input['getPrimaryVideoTrack']>>>) => Promise<T>,
): Promise<T | null> {
  using input = new Input({ source: new BlobSource(blob), formats: ALL_FORMATS })
  if (!(await input.canRead())) return null
  const track = await input.getPrimaryVideoTrack()
  return track && (await work(track))
}

describe('the frames of an MP4', () => {
  const names = readdirSync(folder).filter(isMp4)

  test.each(names)('%s: its tables tell what its packets tell', async (name) => {
    const blob = blobOf(name)
    await withPicture(blob, async (track) => {
      const [byTables, byPackets] = [await frameTable(track, blob), await readPackets(track)]
      // Tables say besides how long each frame is shown.
      expect(byTables).toEqual({ ...byPackets, hasDurations: byTables.hasDurations })
    })
  })

  test('most are read by their tables', async () => {
    const read: string[] = []
    for (const name of names) {
      const blob = blobOf(name)
      if (await withPicture(blob, async (track) => (await mp4Samples(blob, track.id)) !== null)) read.push(name)
    }
    expect(read.length).toBeGreaterThan(10)
    expect(read).not.toContain('truncated.mp4')
  })

  test('a table that is cut anywhere is left to the demuxer, and none is read beyond its end', async () => {
    const name = 'vfr.mp4'
    const bytes = readFileSync(join(folder, name))
    const blob = blobOf(name)
    const id = await withPicture(blob, async (track) => track.id)
    const whole = await mp4Samples(blob, id!)
    expect(whole).not.toBeNull()
    for (const share of [0.1, 0.5, 0.9, 0.99])
      expect(await mp4Samples(new Blob([bytes.subarray(0, bytes.length * share)]), id!)).toBeNull()
    // Each count in the tables made far too large.
    for (const type of ['stts', 'stsc', 'stsz', 'stco']) {
      const at = bytes.indexOf(type)
      const wrong = new Uint8Array(bytes)
      wrong.fill(0x7f, at + (type === 'stsz' ? 12 : 8), at + (type === 'stsz' ? 16 : 12))
      expect(await mp4Samples(new Blob([wrong]), id!), type).toBeNull()
    }
  })
})
