/**
 * Reads `.cube` files: lookup tables as "Cube LUT Specification", version 1.0 (Adobe Systems, 2013) has them, with the
 * keywords for the range that IRIDAS and DaVinci Resolve write in place of DOMAIN_MIN and DOMAIN_MAX.
 */
import { AssetError } from './asset-store.ts'

type Triple = readonly [number, number, number]

export interface Cube {
  /** What the file calls itself; empty where it does not. */
  readonly title: string
  /** 1: a curve for each of red, green and blue. 3: a colour for each colour. */
  readonly dimensions: 1 | 3
  /** Entries on each side. */
  readonly size: number
  /** Of red, green and blue: the values that the first and the last entry stand for. */
  readonly domain: { readonly min: Triple; readonly max: Triple }
  /** Red, green, blue of each entry, one after the other; of 3 dimensions red changes fastest, then green. */
  readonly rgb: Float32Array<ArrayBuffer>
}

/** Entries on a side. A cube of 65 has 274,625 colours; more is used nowhere, and a misread number would fill the memory. */
const largest = { 1: 65_536, 3: 65 } as const
/** Largest value of a row: pictures hold no larger ones (binary16). */
const maxEntry = 65_504
/** Of all else, what 32 bits hold. */
const maxNumber = 3.4e38
/** Far above the longest text that such a table has. */
const maxBytes = 64 * 2 ** 20

const isNumber = (word: string): boolean => /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(word)

const excerpt = (text: string): string => (text.length > 40 ? `${text.slice(0, 40)}…` : text)

/** The bytes of the file. Rejects with `AssetError` where it is empty, too large (without reading it) or cannot be read. */
export async function readCubeFile(file: File): Promise<Uint8Array<ArrayBuffer>> {
  if (file.size === 0) throw new AssetError(`“${file.name}” is empty.`, 'Choose another .cube file.')
  if (file.size > maxBytes)
    throw new AssetError(
      `“${file.name}” has ${(file.size / 2 ** 20).toFixed(0)} MiB, which no LUT has; at most ${maxBytes / 2 ** 20} MiB are read.`,
      'Choose another .cube file.',
    )
  try {
    return new Uint8Array(await file.arrayBuffer())
  } catch (cause) {
    throw new AssetError(
      `“${file.name}” can no longer be read.`,
      'It may have been moved or changed; choose it again.',
      { cause },
    )
  }
}

/** What stands before the table. */
interface Head {
  title: string
  dimensions?: 1 | 3
  size: number
  min?: Triple
  max?: Triple
  /** Of what says where the range begins or ends, the last line. */
  rangeLine?: number
}

class CubeReader {
  readonly #name: string
  readonly #head: Head = { title: '', size: 0 }
  #rgb: Float32Array<ArrayBuffer> | undefined
  #rows = 0

  constructor(name: string) {
    this.#name = name
  }

  /** @param number of the line, from 1 */
  line(text: string, number: number): void {
    const words = text.trim().split(/\s+/)
    const [first = ''] = words
    if (first === '' || first.startsWith('#')) return
    if (/^[A-Z_]/i.test(first) && !/^(nan|inf)/i.test(first))
      this.#keyword(first.toUpperCase(), words.slice(1), text, number)
    else this.#row(words, number)
  }

  end(lines: number): Cube {
    const { dimensions, size, title, min = [0, 0, 0], max = [1, 1, 1] } = this.#head
    if (dimensions === undefined)
      throw this.#error(
        lines,
        'it ends without LUT_1D_SIZE or LUT_3D_SIZE',
        'It may not be a LUT, or be one of another kind.',
      )
    const rowCount = size ** dimensions
    if (!this.#rgb || this.#rows < rowCount)
      throw this.#error(
        lines,
        `it ends after ${this.#rows} of ${rowCount} rows`,
        'It may have been cut off on the way: get the file again.',
      )
    const reversedAxis = min.findIndex((low, i) => !(low < max[i]!))
    if (reversedAxis >= 0)
      throw this.#error(
        this.#head.rangeLine ?? lines,
        `the domain runs from ${min[reversedAxis]} to ${max[reversedAxis]} for ${['red', 'green', 'blue'][reversedAxis]}, which is not a range`,
        'Correct DOMAIN_MIN and DOMAIN_MAX, or choose another file.',
      )
    return { title, dimensions, size, domain: { min, max }, rgb: this.#rgb }
  }

  #error(line: number, what: string, hint: string): AssetError {
    return new AssetError(`“${this.#name}”, line ${line}: ${what}.`, hint)
  }

  #keyword(keyword: string, values: readonly string[], text: string, line: number): void {
    const head = this.#head
    if (this.#rgb)
      throw this.#error(
        line,
        `“${excerpt(keyword)}” appears within the table`,
        'Put it before the first row of numbers.',
      )
    switch (keyword) {
      case 'TITLE':
        head.title = text
          .trim()
          .slice('TITLE'.length)
          .trim()
          .replace(/^"(.*?)"?$/, '$1')
          .slice(0, 200)
        return
      case 'LUT_1D_SIZE':
      case 'LUT_3D_SIZE':
        this.#size(keyword === 'LUT_1D_SIZE' ? 1 : 3, keyword, values, line)
        return
      case 'DOMAIN_MIN':
        head.min = this.#triple(keyword, values, line)
        head.rangeLine = line
        return
      case 'DOMAIN_MAX':
        head.max = this.#triple(keyword, values, line)
        head.rangeLine = line
        return
      case 'LUT_1D_INPUT_RANGE':
      case 'LUT_3D_INPUT_RANGE': {
        const [low, high] = this.#numbers(keyword, values, 2, line) as [number, number]
        head.min = [low, low, low]
        head.max = [high, high, high]
        head.rangeLine = line
        return
      }
      default:
        throw this.#error(
          line,
          `“${excerpt(keyword)}” is not a keyword of .cube files`,
          'Save the LUT again as a plain .cube file, without such a line.',
        )
    }
  }

  #size(dimensions: 1 | 3, keyword: string, values: readonly string[], line: number): void {
    const head = this.#head
    if (head.dimensions !== undefined)
      throw this.#error(
        line,
        head.dimensions === dimensions
          ? `${keyword} appears twice`
          : 'it has a 1D and a 3D table, and only one can be used',
        'Save the LUT again with one table.',
      )
    const [size] = values
    const maxSize = largest[dimensions]
    if (values.length !== 1 || !/^\d+$/.test(size!) || Number(size) < 2 || Number(size) > maxSize)
      throw this.#error(
        line,
        `${keyword} must be a whole number from 2 to ${maxSize}, but is “${excerpt(values.join(' '))}”`,
        'Save the LUT again with such a size.',
      )
    head.dimensions = dimensions
    head.size = Number(size)
  }

  #numbers(what: string, words: readonly string[], count: number, line: number, max = maxNumber): readonly number[] {
    const numbers = words.map(Number)
    const isRow = words.length === count && words.every(isNumber)
    if (!isRow || !numbers.every((each) => Math.abs(each) <= max))
      throw this.#error(
        line,
        `${what} must be ${count} numbers${isRow ? ` from -${max} to ${max}` : ''}, but is “${excerpt(words.join(' '))}”`,
        'Correct this line, or get the file again.',
      )
    return numbers
  }

  #triple(what: string, words: readonly string[], line: number, max?: number): Triple {
    return this.#numbers(what, words, 3, line, max) as unknown as Triple
  }

  #row(words: readonly string[], line: number): void {
    const { dimensions, size } = this.#head
    if (dimensions === undefined)
      throw this.#error(
        line,
        'the table begins before LUT_1D_SIZE or LUT_3D_SIZE has said how large it is',
        'It may not be a LUT, or be one of another kind.',
      )
    const row = this.#triple('a row', words, line, maxEntry)
    const rows = size ** dimensions
    this.#rgb ??= new Float32Array(3 * rows)
    if (this.#rows === rows)
      throw this.#error(
        line,
        `the table has more than its ${rows} rows`,
        'Its size does not fit its table: save it again.',
      )
    this.#rgb.set(row, 3 * this.#rows)
    this.#rows += 1
  }
}

/**
 * @param name of the file, for what is wrong
 * @throws `AssetError` with the line
 */
export function parseCube(name: string, text: string): Cube {
  const reader = new CubeReader(name)
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/)
  const binary = lines.findIndex((line) => line.includes('\0'))
  if (binary >= 0)
    throw new AssetError(
      `“${name}”, line ${binary + 1}: it does not hold text, as a .cube file does.`,
      'Choose another file.',
    )
  for (const [i, line] of lines.entries()) reader.line(line, i + 1)
  return reader.end(lines.length)
}
