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
  return request.segments ? keptPictures(request, request.segments) : new WrittenPictures(request)
}

class WrittenPictures implements PictureSink {
  readonly #request: PictureSinkRequest
  /** Each is closed at once, so that no more than one is open; all get their names together, once the last is there. */
  readonly #files: OutputFile[] = []
  readonly #fileNames: string[] = []
  #bytes = 0
  #isOver = false

  constructor(request: PictureSinkRequest) {
    this.#request = request
  }

  async write(png: Uint8Array<ArrayBuffer>, index: number): Promise<void> {
    const { fileName, count, begin = 0, output } = this.#request
    const name = pictureName(fileName, index - begin, count)
    try {
      const file = await output.open(name)
      this.#files.push(file)
      this.#fileNames.push(name)
      await file.write(0, png)
      await file.close()
      this.#bytes += png.byteLength
    } catch (error) {
      throw writeError(name, error)
    }
  }

  async finish(): Promise<PicturesReport> {
    const { fileName, width, height, notes = [] } = this.#request
    const frames = this.#files.length
    if (frames === 0) throw nothingToWrite(fileName)
    try {
      for (const file of this.#files) await file.commit()
    } catch (error) {
      await this.abort()
      throw error
    }
    this.#isOver = true
    return {
      kind: 'pictures',
      fileName: this.#fileNames[0] ?? fileName,
      bytes: this.#bytes,
      frames,
      encoder: 'PNG, without loss',
      width,
      height,
      videoCodec: 'png',
      audioCodec: null,
      audioCopied: false,
      notes: [...(frames > 1 ? [`${frames} pictures, up to ${this.#fileNames.at(-1)}.`] : []), ...notes],
      packets: { keys: frames, keyBytes: this.#bytes, deltas: 0, deltaBytes: 0 },
      audioBytes: 0,
    }
  }

  keep(): never {
    throw new Error(`“${this.#request.fileName}” has no segments to be kept in.`)
  }

  async abort(): Promise<void> {
    if (this.#isOver) return
    this.#isOver = true
    for (const file of this.#files) await file.discard()
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
      const pictures = new WrittenPictures(request)
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
