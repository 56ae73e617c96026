/**
 * Pictures to PNG files: one under the name asked for, several numbered from 1 (`name-0001.png`). With segments each
 * picture is kept as one of its own until all are there.
 */
import { writeError } from './output-files.ts'
import type { KeptFrames, OutputFile, PictureSink, PictureSinkRequest, PicturesReport } from './types.ts'
import { nothingToWrite } from './video-encoding.ts'

/** The name of picture `index` (from 0) of `count`. */
export function pictureName(fileName: string, index: number, count: number): string {
  if (count === 1) return fileName
  const dot = fileName.lastIndexOf('.')
  const digits = Math.max(4, String(count).length)
  return `${fileName.slice(0, dot)}-${String(index + 1).padStart(digits, '0')}${fileName.slice(dot)}`
}

export function createPictureSink(request: PictureSinkRequest): PictureSink {
  return request.segments ? keptPictures(request, request.segments) : writtenPictures(request)
}

function writtenPictures(request: PictureSinkRequest): PictureSink {
  const { fileName, count, begin = 0, output, width, height, notes = [] } = request
  // Each is closed at once, so that no more than one is open; all get their names together, once the last is there.
  const files: OutputFile[] = []
  const fileNames: string[] = []
  let bytes = 0
  let closed = false

  const abort = async (): Promise<void> => {
    if (closed) return
    closed = true
    for (const file of files) await file.discard()
  }

  return {
    async write(png, index) {
      const name = pictureName(fileName, index - begin, count)
      try {
        const file = await output.open(name)
        files.push(file)
        fileNames.push(name)
        await file.write(0, png)
        await file.close()
        bytes += png.byteLength
      } catch (error) {
        throw writeError(name, error)
      }
    },
    async finish(): Promise<PicturesReport> {
      if (files.length === 0) throw nothingToWrite(fileName)
      try {
        for (const file of files) await file.commit()
      } catch (error) {
        await abort()
        throw error
      }
      closed = true
      return {
        kind: 'pictures',
        fileName: fileNames[0] ?? fileName,
        bytes,
        frames: files.length,
        encoder: 'PNG, without loss',
        width,
        height,
        videoCodec: 'png',
        audioCodec: null,
        audioCopied: false,
        notes: [...(files.length > 1 ? [`${files.length} pictures, up to ${fileNames.at(-1)}.`] : []), ...notes],
        packets: { keys: files.length, keyBytes: bytes, deltas: 0, deltaBytes: 0 },
        audioBytes: 0,
      }
    },
    keep() {
      throw new Error(`“${fileName}” has no segments to be kept in.`)
    },
    abort,
  }
}

function keptPictures(request: PictureSinkRequest, { store }: KeptFrames): PictureSink {
  return {
    async write(png, index) {
      const segment = await store.begin(index)
      await segment.append(png)
      await segment.finish(index + 1)
    },
    async finish() {
      const pictures = writtenPictures(request)
      try {
        const segments = [...(await store.list())].sort((a, b) => a.first - b.first)
        for (const segment of segments) {
          const picture = await store.read(segment)
          await pictures.write(await picture.read(0, picture.size), segment.first)
        }
        return await pictures.finish()
      } catch (error) {
        await pictures.abort()
        throw error
      }
    },
    keep: async () => undefined,
    abort: async () => undefined,
  }
}
