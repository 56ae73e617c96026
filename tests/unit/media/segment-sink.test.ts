/** Frames into segments, by an encoder that is played: where segments begin and end, what is kept, and what is told. */
import { beforeEach, describe, expect, test } from 'vitest'
import { MemorySegments } from '../../../src/media/encoders/memory-segments.ts'
import { nowhereOutput } from '../../../src/media/output-files.ts'
import { SegmentedSink, type SegmentWriter } from '../../../src/media/segment-sink.ts'
import { type FileRequest, MediaError, type SegmentStore } from '../../../src/media/types.ts'

const request: FileRequest = {
  container: 'mp4',
  width: 16,
  height: 16,
  frameRate: 24,
  keyFrameSeconds: 0.5,
  audio: null,
  output: nowhereOutput(),
  fileName: 'out.mp4',
}

let store: SegmentStore
/** What was done, in order. */
let log: string[]
let codec: string
let notes: readonly string[]
beforeEach(() => {
  store = new MemorySegments()
  log = []
  codec = 'avc1'
  notes = []
})

const open = () =>
  SegmentedSink.open<string>(
    request,
    { store, perSegment: 4 },
    {
      encoder: () => 'played',
      begin(to, first, check): SegmentWriter<string> {
        const frames: string[] = []
        return {
          notes,
          get next() {
            return first + frames.length
          },
          async start() {
            log.push(`begin ${first}`)
            check({ codec, codedWidth: 16, codedHeight: 16, description: [] })
          },
          async add(frame) {
            if (frame === 'bad') throw new Error('out of luck')
            frames.push(frame)
          },
          async end() {
            log.push(`end ${this.next}`)
            const file = await to.begin(first)
            await file.finish(this.next)
          },
          async abort() {
            log.push('abort')
          },
        }
      },
      failure: (error) =>
        new MediaError(`Not encoded: ${error instanceof Error ? error.message : error}.`, 'Try again.'),
      close: (frame) => void log.push(`close ${frame}`),
      end: async () => void log.push('over'),
    },
  )
const closes = (entry: string) => !entry.startsWith('close')

describe('segments', () => {
  test('begin at fixed frames and wherever a frame was left out, and end before the next begins', async () => {
    const sink = await open()
    for (const index of [2, 3, 4, 5, 9]) await sink.write(`${index}`, index)
    await sink.keep()
    expect(log.filter(closes)).toEqual(['begin 2', 'end 4', 'begin 4', 'end 6', 'begin 9', 'end 10', 'over'])
    expect(await store.list()).toEqual([
      { first: 2, next: 4 },
      { first: 4, next: 6 },
      { first: 9, next: 10 },
    ])
  })

  test('that must be decoded in another way than those before are refused', async () => {
    const sink = await open()
    await sink.write('0', 0)
    codec = 'hvc1'
    await expect(sink.write('4', 4)).rejects.toThrow('out.mp4')
    expect(log).toContain('close 4')
  })
})

test('every frame is closed: taken, refused by the encoder, or come too late', async () => {
  const sink = await open()
  await sink.write('0', 0)
  await expect(sink.write('bad', 1)).rejects.toThrow('Not encoded: out of luck.')
  await sink.abort()
  await expect(sink.write('late', 2)).rejects.toThrow('“out.mp4” is closed.')
  expect(log).toEqual(['begin 0', 'close 0', 'close bad', 'abort', 'over', 'close late'])
  expect(await store.list()).toEqual([])
})

test('aborted once it is kept, nothing is done again', async () => {
  const sink = await open()
  await sink.write('0', 0)
  await sink.keep()
  await sink.abort()
  expect(log.filter(closes)).toEqual(['begin 0', 'end 1', 'over'])
})

test('what is told of the encoder is kept beside the segments, for whoever goes on from them', async () => {
  notes = ['It is slow.']
  const sink = await open()
  await sink.write('0', 0)
  await sink.keep()
  expect(await store.annotations()).toEqual(new Map([['encoder', '["It is slow."]']]))
})

test('without a frame there is no file', async () => {
  const sink = await open()
  await expect(sink.finish()).rejects.toThrow('out.mp4')
  expect(log).toEqual(['over'])
})
