/**
 * Numbers to a table: one row a frame, as CSV (RFC 4180) or as JSON with what the numbers come to. With segments the rows are
 * kept as JSON until all are there.
 */
import { numberStatistics } from './number-statistics.ts'
import { writeError } from './output-files.ts'
import {
  type KeptFrames,
  MediaError,
  type NumberColumn,
  type NumberRow,
  type NumbersReport,
  type NumbersSink,
  type NumbersSinkRequest,
  type SegmentStore,
} from './types.ts'
import { nothingToWrite } from './video-encoding.ts'

/** Frames whose numbers the GPU may still owe. */
const maxWaiting = 64

export function createNumbersSink(request: NumbersSinkRequest): NumbersSink {
  return request.segments ? new KeptNumbers(request, request.segments) : writtenNumbers(request)
}

/** Rows in the order of their frames, though their numbers come later. */
class Rows {
  readonly #rows: Promise<NumberRow>[] = []

  async add(index: number, time: number, values: readonly Promise<number>[]): Promise<void> {
    this.#rows.push(Promise.all(values).then((numbers) => ({ frame: index, time, values: numbers })))
    // A render does not run ahead of its numbers without end.
    await this.#rows.at(-maxWaiting)
  }

  /** All of them; then there are none. */
  take(): Promise<NumberRow[]> {
    return Promise.all(this.#rows.splice(0))
  }

  get count(): number {
    return this.#rows.length
  }
}

function writtenNumbers(request: NumbersSinkRequest): NumbersSink {
  const rows = new Rows()
  return {
    write: (index, time, values) => rows.add(index, time, values),
    finish: async () => writeTable(request, await rows.take()),
    keep() {
      throw new Error(`“${request.fileName}” has no segments to be kept in.`)
    },
    abort: async () => undefined,
  }
}

const text = new TextEncoder()

async function readRows(store: SegmentStore): Promise<NumberRow[]> {
  const rows: NumberRow[] = []
  for (const segment of [...(await store.list())].sort((a, b) => a.first - b.first)) {
    // Only this file writes segments of numbers.
    const file = await store.read(segment)
    const storedRows = JSON.parse(new TextDecoder().decode(await file.read(0, file.size))) as readonly {
      readonly frame: number
      readonly time: number
      readonly values: readonly (number | null)[]
    }[]
    rows.push(...storedRows.map((row) => ({ ...row, values: row.values.map((value) => value ?? Number.NaN) })))
  }
  return rows
}

/** Rows kept in segments until all are there. */
class KeptNumbers implements NumbersSink {
  readonly #request: NumbersSinkRequest
  readonly #kept: KeptFrames
  readonly #rows = new Rows()
  /** Of the segment that is being gathered; `undefined` where none is. */
  #first: number | undefined
  /** The frame behind the one that came last. */
  #next = 0

  constructor(request: NumbersSinkRequest, kept: KeptFrames) {
    this.#request = request
    this.#kept = kept
  }

  async write(index: number, time: number, values: readonly Promise<number>[]): Promise<void> {
    // Not as soon as its last row comes: that one's numbers are there only when this call has ended.
    const isFull = index !== this.#next || this.#next % this.#kept.perSegment === 0
    if (this.#first !== undefined && isFull) await this.keep()
    this.#first ??= index
    this.#next = index + 1
    await this.#rows.add(index, time, values)
  }

  async finish(): Promise<NumbersReport> {
    await this.keep()
    return writeTable(this.#request, await readRows(this.#kept.store))
  }

  async keep(): Promise<void> {
    if (this.#first === undefined) return
    const segment = await this.#kept.store.begin(this.#first)
    this.#first = undefined
    await segment.append(text.encode(JSON.stringify(await this.#rows.take())))
    await segment.finish(this.#next)
  }

  async abort(): Promise<void> {
    // What was kept stays, to go on from.
  }
}

/** A field of a CSV file; a text that a spreadsheet would take for a formula begins with an apostrophe. */
function csvField(value: string): string {
  const plain = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain
}

/** As many figures as a number of the GPU has. */
const csvNumber = (value: number): string => (Number.isFinite(value) ? String(Number(value.toPrecision(7))) : '')

function csvOf(columns: readonly NumberColumn[], rows: readonly NumberRow[]): string {
  const titles = columns.map(({ title, unit }) => csvField(unit ? `${title} (${unit})` : title))
  const lines = rows.map(({ frame, time, values }) => [String(frame), time.toFixed(6), ...values.map(csvNumber)])
  return [['frame', 'seconds', ...titles], ...lines].map((line) => `${line.join(',')}\r\n`).join('')
}

async function writeTable(
  { columns, fileName, output }: NumbersSinkRequest,
  rows: readonly NumberRow[],
): Promise<NumbersReport> {
  if (rows.length === 0) throw nothingToWrite(fileName)
  const numbers = columns.map((column, at) => numberStatistics(column, rows, at))
  const json = { numbers, rows }
  const table = fileName.toLowerCase().endsWith('.json') ? `${JSON.stringify(json, null, 1)}\n` : csvOf(columns, rows)
  const bytes = text.encode(table)
  const file = await output.open(fileName)
  try {
    await file.write(0, bytes)
    await file.close()
    await file.commit()
  } catch (error) {
    await file.discard()
    throw error instanceof MediaError ? error : writeError(fileName, error)
  }
  const missing = numbers.filter(({ frames }) => frames < rows.length)
  return {
    kind: 'numbers',
    fileName,
    bytes: bytes.byteLength,
    frames: rows.length,
    numbers,
    notes: missing.map(({ title, frames }) => {
      const count = rows.length - frames
      return `${title} has no number at ${count === 1 ? '1 frame' : `${count} frames`} of ${rows.length}; they are left empty, and out of its mean.`
    }),
  }
}
