/** A file of the private store, open for writing in this worker. Workers alone have it, hence it is missing from the page's types. */
export interface SyncFile {
  write(bytes: Uint8Array, options: { at: number }): number
  truncate(size: number): void
  flush(): void
  close(): void
}

/** Of Emscripten's file system, what it takes to lay a file of our own in place of one of its. */
export interface FileTable {
  writeFile(path: string, data: string): void
  unlink(path: string): void
  lookupPath(path: string): { node: { stream_ops: object } }
}

/** Lets what is written to `path` pass by the core's file system into `file`. */
export class PrivateOutput {
  readonly #files: FileTable
  readonly #path: string
  readonly #file: SyncFile
  #size = 0
  #failure: unknown

  constructor(files: FileTable, path: string, file: SyncFile) {
    this.#files = files
    this.#path = path
    this.#file = file
    files.writeFile(path, '')
    files.lookupPath(path).node.stream_ops = {
      llseek: (stream: { position: number }, offset: number, whence: number): number =>
        whence === 1 ? stream.position + offset : whence === 2 ? this.#size + offset : offset,
      read: () => 0,
      write: (_stream: object, buffer: Int8Array, offset: number, length: number, position: number): number => {
        this.#write(new Uint8Array(buffer.buffer, buffer.byteOffset + offset, length), position)
        return length
      },
    }
    file.truncate(0)
  }

  /** A failure must not unwind through ffmpeg, which hears that all is well; `flush` tells of it afterwards. */
  #write(bytes: Uint8Array, position: number): void {
    if (this.#failure !== undefined) return
    try {
      this.#file.write(bytes, { at: position })
      this.#size = Math.max(this.#size, position + bytes.byteLength)
    } catch (error) {
      this.#failure = error
    }
  }

  /** Throws what went wrong while writing. */
  flush(): void {
    if (this.#failure !== undefined) throw this.#failure
    this.#file.flush()
  }

  close(): void {
    this.#file.close()
    this.#files.unlink(this.#path)
  }
}
