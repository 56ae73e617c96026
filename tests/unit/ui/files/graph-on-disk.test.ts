import { describe, expect, test } from 'vitest'
import { type Disk, GraphOnDisk } from '../../../../src/ui/files/graph-on-disk.ts'

/** A disk with one file on it, which others may write too. */
function diskOf({ failure }: { failure?: unknown } = {}) {
  const file = { text: '', writtenAt: 0, asked: 0, suggestedName: '' }
  const handle = {
    name: 'mine.json',
    getFile: async () => ({ lastModified: file.writtenAt }),
    createWritable: async () => ({
      async write(text: string) {
        if (failure) throw failure
        file.text = text
        file.writtenAt += 1
      },
      close: async () => undefined,
    }),
  }
  const disk: Disk = {
    async showSaveFilePicker({ suggestedName }) {
      file.asked += 1
      file.suggestedName = suggestedName
      return handle as Partial<FileSystemFileHandle> as FileSystemFileHandle
    },
    download() {
      throw new Error('Nothing is to be downloaded where there is a picker.')
    },
  }
  return { file, graph: new GraphOnDisk(disk) }
}

describe('a graph on the disk', () => {
  test('is asked a place for once, until another graph is opened', async () => {
    const { file, graph } = diskOf()
    expect(await graph.write('one', 'grain.json')).toEqual({ state: 'saved', name: 'mine.json' })
    expect(file).toMatchObject({ text: 'one', asked: 1, suggestedName: 'grain.json' })
    expect(await graph.write('two', 'grain.json')).toEqual({ state: 'saved', name: 'mine.json' })
    expect(file).toMatchObject({ text: 'two', asked: 1 })
    graph.forget()
    await graph.write('three', 'other.json')
    expect(file).toMatchObject({ text: 'three', asked: 2, suggestedName: 'other.json' })
  })

  test('is left alone where somebody else has written it since, unless that is wanted', async () => {
    const { file, graph } = diskOf()
    await graph.write('one', 'grain.json')
    file.text = 'of another tab'
    file.writtenAt += 1
    expect(await graph.write('two', 'grain.json')).toEqual({ state: 'changed-elsewhere', name: 'mine.json' })
    expect(file.text).toBe('of another tab')
    expect(await graph.write('two', 'grain.json', { overwrite: true })).toEqual({ state: 'saved', name: 'mine.json' })
    expect(await graph.write('three', 'grain.json')).toEqual({ state: 'saved', name: 'mine.json' })
    expect(file.text).toBe('three')
  })

  test('is asked a place for again once writing has failed', async () => {
    const { file, graph } = diskOf({ failure: new Error('the disk is full') })
    expect(await graph.write('one', 'grain.json')).toEqual({ state: 'failed', why: 'the disk is full' })
    await graph.write('one', 'grain.json')
    expect(file.asked).toBe(2)
  })

  test('stays where it is when the picker is dismissed', async () => {
    const dismissed = new GraphOnDisk({
      showSaveFilePicker: () => Promise.reject(new DOMException('The user aborted a request.', 'AbortError')),
      download: () => undefined,
    })
    expect(await dismissed.write('one', 'grain.json')).toEqual({ state: 'dismissed' })
  })

  test('is downloaded where the browser has no picker', async () => {
    const downloads: string[] = []
    const graph = new GraphOnDisk({
      showSaveFilePicker: undefined,
      download: (text, name) => void downloads.push(`${name}: ${text}`),
    })
    expect(await graph.write('one', 'grain.json')).toEqual({ state: 'downloaded' })
    expect(downloads).toEqual(['grain.json: one'])
  })
})
