import { once } from 'node:events'
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import {
  BufferTarget,
  EncodedAudioPacketSource,
  EncodedPacket,
  MovOutputFormat,
  Mp4OutputFormat,
  Output,
  type OutputFormat,
} from 'mediabunny'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { mendDemuxer, mends } from '../../../src/host/demuxer-mend.ts'

/** Seconds after which a demuxer counts as one that never comes to an end. */
const patience = 20

const installed = dirname(dirname(fileURLToPath(import.meta.resolve('mediabunny'))))
let folder: string
/** One for all files, as long as it answers: it loads the library. */
let worker: Worker | undefined

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'demuxer-mend-'))
  cpSync(installed, folder, { recursive: true, filter: (path) => !/\.(map|d\.ts)$/.test(path) })
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  for (const file of new Set(mends.map((mend) => mend.file))) {
    const path = join(folder, 'src', file)
    writeFileSync(path, mendDemuxer(file, readFileSync(path, 'utf8')))
  }
  writeFileSync(join(folder, 'counting.js'), counting)
})

afterAll(async () => {
  await worker?.terminate()
  await rm(folder, { recursive: true })
})

/** Counts the packets of every track, in a thread that can be ended. */
const counting = `
  import { parentPort } from 'node:worker_threads'
  import { ALL_FORMATS, BufferSource, EncodedPacketSink, Input } from './src/index.js'
  parentPort.on('message', async (bytes) => {
    const counts = []
    try {
      for (const track of await new Input({ source: new BufferSource(bytes), formats: ALL_FORMATS }).getTracks()) {
        const sink = new EncodedPacketSink(track)
        let count = 0
        const options = { metadataOnly: true }
        for (let packet = await sink.getFirstPacket(options); packet; packet = await sink.getNextPacket(packet, options)) count++
        counts.push(count)
      }
    } catch {
      counts.push('refused')
    }
    parentPort.postMessage(counts)
  })`

/** Packets of each track, `refused` in place of those of one that cannot be read. Rejects where it takes too long. */
async function packets(bytes: Uint8Array): Promise<readonly unknown[]> {
  worker ??= new Worker(join(folder, 'counting.js'), { execArgv: [] })
  try {
    const answer = once(worker, 'message', { signal: AbortSignal.timeout(patience * 1000) })
    worker.postMessage(bytes)
    return ((await answer) as [readonly unknown[]])[0]
  } catch (error) {
    await worker.terminate()
    worker = undefined
    throw error
  }
}

const media = (name: string): Buffer => readFileSync(join(import.meta.dirname, '../../fixtures/media', name))

/** The file with `value` as the number `at` bytes behind the first place of `type`. */
function altered(bytes: Buffer, type: string, at: number, value: number): Uint8Array {
  const copy = Buffer.from(bytes)
  const place = copy.indexOf(type, 0, 'latin1')
  if (place < 0) throw new Error(`There is no ${type}.`)
  copy.writeUInt32BE(value, place + at)
  return new Uint8Array(copy)
}

/** Sound of 16 bits in pieces of 10 ms that are all alike. */
async function plainSound(format: OutputFormat, pieces: number): Promise<Buffer> {
  const target = new BufferTarget()
  const output = new Output({ format, target })
  const source = new EncodedAudioPacketSource('pcm-s16')
  output.addAudioTrack(source)
  await output.start()
  for (let i = 0; i < pieces; i++)
    await source.add(new EncodedPacket(new Uint8Array(960), 'key', i / 100, 1 / 100), {
      decoderConfig: { codec: 'pcm-s16', numberOfChannels: 1, sampleRate: 48_000 },
    })
  await output.finalize()
  return Buffer.from(target.buffer ?? new ArrayBuffer(0))
}
const inFragments = () => plainSound(new Mp4OutputFormat({ fastStart: 'fragmented' }), 8)
const inChunks = () => plainSound(new MovOutputFormat(), 80)

const many = 0x7fffffff

test('whole files are read as before', async () => {
  expect(await packets(media('damage.mp4'))).toEqual([40])
  expect(await packets(media('odd.webm'))).toEqual([4])
  expect(await packets(await inFragments())).toEqual([8])
  // Pieces of half a second.
  expect(await packets(await inChunks())).toEqual([2])
})

test('a chunk of more samples than there are', async () => {
  expect(await packets(altered(media('sar.mp4'), 'stsc', 16, many))).toEqual([4])
})

test('times of more samples than there are', async () => {
  const clip = media('damage.mp4')
  expect(await packets(altered(clip, 'stts', 12, many))).toEqual([40])
  expect(await packets(altered(clip, 'ctts', 12, many))).toEqual([40])
})

test('sound whose second piece is said to lie behind chunks that are nowhere', async () => {
  expect(await packets(altered(await inChunks(), 'stsc', 24, many))).toHaveLength(1)
})

test('a run of a fragment longer than the file', async () => {
  const whole = await inFragments()
  // Behind flags that say that its samples are alike.
  expect(whole.readUInt32BE(whole.indexOf('trun') + 4) & 0xf00).toBe(0)
  const [count] = await packets(altered(whole, 'trun', 8, many))
  expect(count).toBeLessThanOrEqual(whole.length)
})

test('Matroska where a known identifier is followed by a size that is none', async () => {
  // With its size, without which it stands in the index as well.
  const tracks = Buffer.from([0x16, 0x54, 0xae, 0x6b, 0xc8]).toString('latin1')
  expect(await packets(altered(media('odd.webm'), tracks, 4, 0))).toEqual([])
})

test('Matroska that ends in zeros, of any length', async () => {
  const zeros = new Uint8Array(108)
  const whole = media('odd.webm')
  for (let missing = 0; missing < 8; missing++) {
    const bytes = new Uint8Array(whole)
    bytes.set(zeros, whole.length - zeros.length)
    expect(await packets(bytes.subarray(0, whole.length - missing)), `${missing} missing`).toHaveLength(1)
  }
})

test('interlaced H.264 is as high as its frames are', async () => {
  const { parseAvcSps } = (await import(join(folder, 'src/codec-data.js'))) as {
    parseAvcSps(bytes: Uint8Array): { displayWidth: number; displayHeight: number; codedHeight: number }
  }
  // By x264 with `interlaced=1`.
  const fields = '67640015acd941410fcb3501010640000003004000000c87c50a6580'
  const sps = parseAvcSps(Uint8Array.from(Buffer.from(fields, 'hex')))
  expect(sps).toMatchObject({ displayWidth: 320, displayHeight: 240, codedHeight: 256 })
})

test('the patches for upstream fit what is installed', () => {
  const patches = join(import.meta.dirname, '../../../docs/mediabunny')
  for (const name of readdirSync(patches)) {
    for (const change of readFileSync(join(patches, name), 'utf8').split('\ndiff --git ').slice(1)) {
      const [, path = ''] = /^--- a\/(.+)$/m.exec(change) ?? []
      const before = readFileSync(join(installed, '../..', path), 'utf8')
      for (const hunk of change.split(/^@@ .*\n/m).slice(1)) {
        const lines = hunk.split('\n').filter((line) => /^[ -]/.test(line))
        expect(before, `${name}: ${lines[0]}`).toContain(lines.map((line) => line.slice(1)).join('\n'))
      }
    }
  }
})

test('another text is not taken for the known one', () => {
  expect(() => mendDemuxer('matroska/ebml.js', 'export const resync = 1')).toThrow(/demuxer-mend/)
})
