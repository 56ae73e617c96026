/** Pictures to PNG files: one under the name asked for, several numbered from 1 (`name-0001.png`). */
import { writeError } from './output-files.ts'
import { MediaError, type OutputFile, type PictureSink, type PictureSinkRequest, type SinkReport } from './types.ts'

/** The name of picture `index` (from 0) of `count`. */
export function pictureName(fileName: string, index: number, count: number): string {
  if (count === 1) return fileName
  const dot = fileName.lastIndexOf('.')
  const digits = Math.max(4, String(count).length)
  return `${fileName.slice(0, dot)}-${String(index + 1).padStart(digits, '0')}${fileName.slice(dot)}`
}

export function createPictureSink(request: PictureSinkRequest): PictureSink {
  const { fileName, count, output } = request
  // Each is finished at once, so that no more than one is open; breaking off removes them all again.
  const files: OutputFile[] = []
  let bytes = 0
  let closed = false

  const abort = async (): Promise<void> => {
    if (closed) return
    closed = true
    for (const file of files) await file.discard()
  }

  return {
    async write(png) {
      const name = pictureName(fileName, files.length, count)
      try {
        const file = await output.open(name)
        files.push(file)
        await file.write(0, png)
        await file.commit()
        bytes += png.byteLength
      } catch (error) {
        throw writeError(name, error)
      }
    },
    async finish(): Promise<SinkReport> {
      if (files.length === 0) {
        closed = true
        throw new MediaError(
          `“${fileName}” was not written: there was no frame to write.`,
          'Check the trim of Decode and the range to export.',
        )
      }
      closed = true
      return {
        fileName: pictureName(fileName, 0, count),
        bytes,
        frames: files.length,
        videoCodec: 'png',
        audioCodec: null,
        audioCopied: false,
        notes:
          files.length > 1
            ? [`${files.length} pictures, up to ${pictureName(fileName, files.length - 1, count)}.`]
            : [],
      }
    },
    abort,
  }
}
