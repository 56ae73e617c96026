import { afterEach, describe, expect, test } from 'vitest'
import { fileOutput, folderOutput, openOutputStore } from '../../src/media/output-files.ts'
import { createPictureSink, pictureName } from '../../src/media/png-sink.ts'
import { memoryOutput } from './media-output.ts'
import { mediaErrorOf } from './media-support.ts'

const names = async (folder: FileSystemDirectoryHandle): Promise<string[]> => {
  const found: string[] = []
  for await (const name of folder.keys()) found.push(name)
  return found.sort()
}

describe('a folder', () => {
  const folder = async (): Promise<FileSystemDirectoryHandle> =>
    (await navigator.storage.getDirectory()).getDirectoryHandle('test-output', { create: true })
  afterEach(async () => {
    await (await navigator.storage.getDirectory()).removeEntry('test-output', { recursive: true })
  })

  test('holds nothing under the final name until it is whole', async () => {
    const place = await folder()
    const file = await folderOutput(place).open('film.mp4')
    await file.write(2, new Uint8Array([3, 4]))
    await file.write(0, new Uint8Array([1, 2]))
    expect(await names(place)).not.toContain('film.mp4')
    await file.commit()
    expect(await names(place)).toEqual(['film.mp4'])
    const written = await (await place.getFileHandle('film.mp4')).getFile()
    expect([...new Uint8Array(await written.arrayBuffer())]).toEqual([1, 2, 3, 4])
    // A file of that name in the way of the last step: nothing stays of the new one.
    await place.getDirectoryHandle('taken.mp4', { create: true })
    const blocked = await folderOutput(place).open('taken.mp4')
    await blocked.write(0, new Uint8Array([1]))
    expect((await mediaErrorOf(blocked.commit())).message).toContain('“taken.mp4” could not be written')
    await blocked.discard()
    await place.removeEntry('taken.mp4', { recursive: true })
    expect(await names(place)).toEqual(['film.mp4'])
    const second = await folderOutput(place).open('film.mp4')
    await second.write(0, new Uint8Array([9]))
    await second.discard()
    expect((await (await place.getFileHandle('film.mp4')).getFile()).size).toBe(4)
    expect(await names(place)).toEqual(['film.mp4'])
  })
})

describe('a chosen file', () => {
  const name = 'chosen.mp4'
  const chosen = async (): Promise<FileSystemFileHandle> =>
    (await navigator.storage.getDirectory()).getFileHandle(name, { create: true })
  const size = async (): Promise<number> => (await (await chosen()).getFile()).size
  afterEach(async () => {
    await (await navigator.storage.getDirectory()).removeEntry(name)
  })

  test('keeps what it held until the new one is whole, and when the new one is broken off', async () => {
    const before = await (await chosen()).createWritable()
    await before.write(new Uint8Array(7))
    await before.close()

    const broken = await fileOutput(await chosen()).open(name)
    await broken.write(0, new Uint8Array(3))
    await broken.discard()
    expect(await size()).toBe(7)

    const file = await fileOutput(await chosen()).open(name)
    await file.write(2, new Uint8Array([3, 4]))
    await file.write(0, new Uint8Array([1, 2]))
    await file.close()
    expect(await size()).toBe(7)
    await file.commit()
    const bytes = await (await (await chosen()).getFile()).arrayBuffer()
    expect([...new Uint8Array(bytes)]).toEqual([1, 2, 3, 4])
  })

  test('takes one file and no sequence of pictures', async () => {
    const output = fileOutput(await chosen())
    const first = await output.open('shot-0001.png')
    const error = await mediaErrorOf(output.open('shot-0002.png'))
    expect(error.message).toBe(
      '“shot-0002.png” cannot be written: one file was chosen, and a sequence of pictures needs a folder.',
    )
    await first.discard()
  })
})

test('the store gives finished files and forgets half-written ones', async () => {
  const store = await openOutputStore()
  const file = await store.open('a.webm')
  await file.write(0, new Uint8Array([7, 8]))
  await file.commit()
  const half = await store.open('b.webm')
  await half.write(0, new Uint8Array([1]))
  expect((await store.take('a.webm')).size).toBe(2)
  expect((await mediaErrorOf(store.take('b.webm'))).message).toContain('b.webm')
  await half.discard()
  await store.release('a.webm')
  expect((await mediaErrorOf(store.take('a.webm'))).message).toContain('a.webm')
})

describe('pictures', () => {
  test('one keeps its name, several are numbered', async () => {
    expect([pictureName('a.png', 0, 1), pictureName('a.png', 0, 2), pictureName('b.c.png', 11, 20_000)]).toEqual([
      'a.png',
      'a-0001.png',
      'b.c-00012.png',
    ])
    const output = memoryOutput()
    const notes = ['The sound stays behind: PNG holds none.']
    const sink = createPictureSink({ output, fileName: 'shot.png', count: 2, width: 4, height: 3, notes })
    await sink.write(new Uint8Array([1]), 0)
    await sink.write(new Uint8Array([2, 2]), 1)
    const report = await sink.finish()
    expect(report).toMatchObject({ fileName: 'shot-0001.png', frames: 2, bytes: 3, videoCodec: 'png' })
    expect(report.notes).toEqual(['2 pictures, up to shot-0002.png.', ...notes])
    expect([...output.files.keys()]).toEqual(['shot-0001.png', 'shot-0002.png'])
  })

  test('get their names together, once the last is there', async () => {
    const output = memoryOutput()
    const sink = createPictureSink({ output, fileName: 'shot.png', count: 2, width: 4, height: 3 })
    await sink.write(new Uint8Array([1]), 0)
    await sink.write(new Uint8Array([2]), 1)
    expect(output.files.size).toBe(0)
    await sink.finish()
    expect(output.files.size).toBe(2)
  })

  test('a sequence broken off leaves no picture', async () => {
    const output = memoryOutput()
    const sink = createPictureSink({ output, fileName: 'shot.png', count: 3, width: 4, height: 3 })
    await sink.write(new Uint8Array([1]), 0)
    await sink.write(new Uint8Array([2]), 1)
    await sink.abort()
    expect([output.files.size, output.unfinished]).toEqual([0, 0])
  })
})
