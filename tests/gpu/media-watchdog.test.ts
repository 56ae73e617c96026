/** Files that keep their reader busy without end: what reads them is ended, and it is said. */
import {
  ALL_FORMATS,
  BlobSource,
  BufferTarget,
  EncodedPacketSink,
  EncodedVideoPacketSource,
  Input,
  MkvOutputFormat,
  Output,
} from 'mediabunny'
import { describe, expect, test } from 'vitest'
import { supervisedBeginning, supervisedComment, supervisedFrameTable } from '../../src/media/demux.ts'
import { FfmpegFailure, mountFile } from '../../src/media/ffmpeg/ffmpeg.ts'
import { privateFile, privateName, removePrivateFile } from '../../src/media/ffmpeg/private-files.ts'
import { NoWorker, Silence, SupervisedWorker } from '../../src/media/supervised-worker.ts'
import expected from '../fixtures/media/expected.json'
import { fixture, never, openLibrary } from './media-support.ts'

/** A worker of `script`, which says `answer(value)` and `alive()`. */
const workerOf = (script: string) => (): Worker => {
  const helpers =
    "const answer = (value) => postMessage({ kind: 'answer', answer: value }); const alive = () => postMessage({ kind: 'alive' });"
  return new Worker(URL.createObjectURL(new Blob([helpers, script], { type: 'text/javascript' })))
}

describe('a worker that is supervised', () => {
  test('is ended where it loops, and the next question has a fresh one', async () => {
    const script = 'onmessage = ({ data }) => { if (data === "loop") for (;;); answer(data) }'
    const worker = new SupervisedWorker<string, string>(workerOf(script), { patience: 0.5, linger: 1 })
    expect(await worker.ask('one')).toBe('one')
    await expect(worker.ask('loop')).rejects.toBeInstanceOf(Silence)
    expect(await worker.ask('two')).toBe('two')
    worker.end()
  })

  test('is waited for as long as it gives signs of life', async () => {
    const script =
      'onmessage = () => { const timer = setInterval(alive, 100); setTimeout(() => { clearInterval(timer); answer("late") }, 1500) }'
    const worker = new SupervisedWorker<string, string>(workerOf(script), { patience: 1, linger: 1 })
    expect(await worker.ask('')).toBe('late')
    worker.end()
  })

  test('that cannot be loaded is told apart', async () => {
    const worker = new SupervisedWorker<string, string>(() => new Worker('/nowhere.js'), { patience: 30, linger: 1 })
    await expect(worker.ask('')).rejects.toBeInstanceOf(NoWorker)
  })
})

/** A fixture's packets over and over, in Matroska. */
async function repeated(name: string, times: number): Promise<File> {
  using input = new Input({ source: new BlobSource(await fixture(name)), formats: ALL_FORMATS })
  const track = (await input.getPrimaryVideoTrack())!
  const target = new BufferTarget()
  const output = new Output({ format: new MkvOutputFormat(), target })
  const video = new EncodedVideoPacketSource((await track.getCodec())!)
  output.addVideoTrack(video)
  await output.start()
  const [decoderConfig, duration] = [(await track.getDecoderConfig())!, await track.computeDuration()]
  let sequence = 0
  for (let time = 0; time < times; time++)
    for await (const packet of new EncodedPacketSink(track).packets())
      await video.add(
        packet.clone({ timestamp: packet.timestamp + time * duration, sequenceNumber: sequence++ }),
        sequence === 1 ? { decoderConfig } : undefined,
      )
  await output.finalize()
  return new File([target.buffer!], `${times}.mkv`)
}

describe('what the demuxer is asked there', () => {
  test('frames: as they are read here, and once a file', async () => {
    const file = await fixture('vfr.mp4')
    const table = await supervisedFrameTable(file)
    if (!table || table === 'endless') throw new Error(`no table: ${table}`)
    expect([...table.timestamps]).toEqual(expected['vfr.mp4'].timestamps)
    expect(await supervisedFrameTable(file)).toBe(table)
  })

  test('nothing where the file is none, and its comment', async () => {
    expect(await supervisedFrameTable(await fixture('not-a-video.mp4'))).toBeNull()
    expect(await supervisedComment(await fixture('odd.webm'))).toBeNull()
  })
})

describe('a long clip', () => {
  test('is open before its frames are counted, and then has all of them', async () => {
    const times = Math.ceil(400 / expected['vfr.mp4'].timestamps.length)
    const [file, media] = [await repeated('vfr.mp4', times), openLibrary()]
    const facts = await media.add('long.mkv', [file])
    const source = await media.open({ id: 'long.mkv' })
    expect(facts.counting).toBe(true)
    expect(source.facts.counting).toBe(true)
    const known = await supervisedBeginning(file)
    if (!known || known === 'endless') throw new Error(`no table: ${known}`)
    const near = await source.frame(known.timestamps.length - 1, never)
    const counted = (await media.counted({ id: 'long.mkv' }))!
    expect(counted.counting).toBeUndefined()
    expect(counted.frameCount).toBe(times * expected['vfr.mp4'].timestamps.length)
    expect(facts.frameCount / counted.frameCount).toBeCloseTo(1, 1)
    expect(media.counted({ id: 'long.mkv' })).toBeUndefined()
    const whole = await media.open({ id: 'long.mkv' })
    expect(whole.facts).toEqual(counted)
    expect(near.timestamp).toBe(whole.timeline.timestamp(near.index))
    // Who has it open goes on.
    const last = await source.frame(counted.frameCount - 1, never)
    expect(last.timestamp).toBe(whole.timeline.timestamp(counted.frameCount - 1))
    for (const frame of [near, last]) frame[Symbol.dispose]()
    for (const each of [source, whole]) await each[Symbol.asyncDispose]()
  })
})

test('ffmpeg is ended where a run gives no sign of life, and the next file has a fresh one', async () => {
  const file = await fixture('sample.avi')
  const name = privateName('mkv')
  {
    await using mounted = await mountFile(file)
    const endless = ['-v', 'quiet', '-nostats', '-f', 'lavfi', '-i', 'nullsrc=s=16x16', '-f', 'null']
    const failure = await mounted.convert(endless, name, { patience: 2 }).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(FfmpegFailure)
    expect(failure).toMatchObject({ isSilent: true, message: expect.stringContaining('did not respond for 2 seconds') })
  }
  await using mounted = await mountFile(file)
  expect(await mounted.probe(['-v', 'error', '-show_format', '-of', 'json', mounted.path])).toContain('avi')
  await removePrivateFile(name)
  await expect(privateFile(name)).rejects.toMatchObject({ name: 'NotFoundError' })
})
