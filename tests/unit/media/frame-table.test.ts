import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ALL_FORMATS, BlobSource, EncodedPacketSink, Input } from 'mediabunny'
import { describe, expect, test } from 'vitest'
import { mp4Beginning } from '../../../src/media/container/mp4-beginning.ts'
import { mp4Samples } from '../../../src/media/container/mp4-samples.ts'
import { beginningTable, type FrameTable, frameTable, readPackets } from '../../../src/media/frame-table.ts'

const folder = join(import.meta.dirname, '../../fixtures/media')
// The encrypted one the demuxer itself cannot read.
const isMp4 = (name: string) => /\.(mp4|mov|m4a)$/.test(name) && name !== 'encrypted.mp4'
const blobOf = (name: string) => new Blob([readFileSync(join(folder, name))])

const framesOf = ({ timestamps, sequences, keys }: FrameTable, count: number) => ({
  timestamps: [...timestamps.subarray(0, count)],
  sequences: [...sequences.subarray(0, count)],
  keys: keys.filter((key) => key < count),
})

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

test('a key frame in front of what an edit list shows: decoding begins there, and no frame behind it is lost', async () => {
  // Its first edit begins five frames later.
  const bytes = readFileSync(join(folder, 'damage.mp4'))
  const at = bytes.indexOf('elst') + 16
  bytes.writeUInt32BE(bytes.readUInt32BE(at) + 5 * 512, at)
  const blob = new Blob([bytes])
  await withPicture(blob, async (track) => {
    for (const { timestamps, keys, headless } of [await frameTable(track, blob), await readPackets(track)]) {
      expect([timestamps.length, headless]).toEqual([35, 0])
      expect(timestamps[0]).toBeCloseTo(0, 6)
      expect(keys).toEqual([0, 5, 15, 25])
    }
  })
})

describe('the beginning of a file', () => {
  const names = readdirSync(folder).filter((name) => /\.(mkv|webm|ts)$/.test(name))
  const readAll = { share: () => 0.5, hasQuickEnd: true }

  test.each(names)('%s: is that of all its frames, in front of a key frame', async (name) => {
    await withPicture(blobOf(name), async (track) => {
      const whole = await readPackets(track)
      const table = await beginningTable(track, blobOf(name), readAll, 2)
      if (table.estimatedCount === undefined) return expect(table).toEqual(whole)
      const count = table.timestamps.length
      expect(framesOf(table, count)).toEqual(framesOf(whole, count))
      expect(whole.keys).toContain(count)
      expect(table.estimatedCount).toBeGreaterThan(count)
    })
  })

  test('some of them have a beginning that is not the whole, of a file that is long enough', async () => {
    const tables = await Promise.all(
      names.map((name) =>
        withPicture(blobOf(name), async (track) => ({
          short: await beginningTable(track, blobOf(name), readAll),
          begun: await beginningTable(track, blobOf(name), readAll, 2),
          whole: await readPackets(track),
        })),
      ),
    )
    const read = tables.flatMap((each) => (each ? [each] : []))
    expect(read.every(({ short }) => short.estimatedCount === undefined)).toBe(true)
    const estimates = read.flatMap(({ begun, whole }) =>
      begun.estimatedCount === undefined ? [] : [begun.estimatedCount / whole.timestamps.length],
    )
    expect(estimates.length).toBeGreaterThan(0)
    for (const share of estimates) expect(share).toBeCloseTo(1, 0)
  })
})

describe('the beginning of an MP4', () => {
  const damage = readFileSync(join(folder, 'damage.mp4'))
  /** In the middle of it is a key frame, and it has sound. */
  const sample = readFileSync(join(import.meta.dirname, '../../../public/samples/field-guide.mp4'))
  const cutOf = (bytes: Uint8Array<ArrayBuffer>) => mp4Beginning(new Blob([bytes]), 2, 2)

  test.each([
    ['whose frames are decoded in another order', damage],
    ['with sound', sample],
  ])('%s: as a file of its own has its frames, and all else in its place', async (_, bytes) => {
    const blob = new Blob([bytes])
    const cut = (await cutOf(bytes))!
    expect(cut.file.size).toBe(blob.size)
    await withPicture(blob, async (track) => {
      const whole = await frameTable(track, blob)
      await withPicture(cut.file, async (begun) => {
        const byTables = await frameTable(begun, cut.file)
        expect(byTables).toEqual({ ...(await readPackets(begun)), hasDurations: true })
        const count = byTables.timestamps.length
        expect(count + cut.behind.get(track.id)!).toBe(whole.timestamps.length)
        expect(framesOf(byTables, count)).toEqual(framesOf(whole, count))
        expect(whole.keys).toContain(count)
        const lastOf = async (of: typeof track) =>
          (await new EncodedPacketSink(of).getPacket(byTables.timestamps[count - 1]!))?.data
        expect(await lastOf(begun)).toEqual(await lastOf(track))
        const sounds = async ({ input }: typeof track) =>
          Promise.all((await input.getAudioTracks()).map((sound) => sound.computeDuration()))
        expect(await sounds(begun)).toEqual(await sounds(track))
      })
    })
  })

  test('is none of a short file', async () => {
    expect(await mp4Beginning(new Blob([damage]), 2)).toBeNull()
    expect(await mp4Beginning(new Blob([damage]), 39, 2)).toBeNull()
  })

  test('is none where the file is cut off, or its tables say what cannot be', async () => {
    expect(await cutOf(readFileSync(join(folder, 'truncated.mp4')))).toBeNull()
    for (const share of [0.1, 0.5, 0.99])
      expect(await cutOf(damage.subarray(0, damage.length * share)), String(share)).toBeNull()
    for (const type of ['stts', 'stsc', 'stsz', 'stco']) {
      const at = damage.indexOf(type)
      const wrong = new Uint8Array(damage)
      wrong.fill(0x7f, at + (type === 'stsz' ? 12 : 8), at + (type === 'stsz' ? 16 : 12))
      expect(await cutOf(wrong), type).toBeNull()
    }
  })
})
