/** LUT files: what they may say, and a sentence with the line for each way in which they are broken. */
import { describe, expect, test } from 'vitest'
import { AssetError } from '../../../src/assets/asset-store.ts'
import { parseCube, readCubeFile } from '../../../src/assets/cube.ts'

const rows = (count: number, row = '0.5 0.25 1') => Array.from({ length: count }, () => row).join('\n')
const parse = (text: string) => parseCube('look.cube', text)

function errorOf(work: () => unknown): AssetError {
  try {
    work()
  } catch (error) {
    if (error instanceof AssetError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

describe('a .cube file', () => {
  test('may have a title, comments, empty lines, tabs, Windows line ends and a byte order mark', () => {
    const text = `\uFEFF# made by hand\r\nTITLE "Teal, and orange"\r\n\r\nLUT_3D_SIZE\t2\r\n  ${rows(8, '0\t1e-1 +.5').replaceAll('\n', '\r\n')}\r\n`
    const { title, dimensions, size, domain, rgb } = parse(text)
    expect({ title, dimensions, size }).toEqual({ title: 'Teal, and orange', dimensions: 3, size: 2 })
    expect(domain).toEqual({ min: [0, 0, 0], max: [1, 1, 1] })
    expect([...rgb]).toEqual(Array.from({ length: 8 }, () => [0, Math.fround(0.1), 0.5]).flat())
  })

  test('may be 1D, of a domain for each channel, or of one range for all', () => {
    const own = parse(`DOMAIN_MIN -1 0 0.5\nDOMAIN_MAX 1 2 3\nLUT_1D_SIZE 3\n${rows(3)}`)
    expect(own).toMatchObject({ dimensions: 1, size: 3, title: '', domain: { min: [-1, 0, 0.5], max: [1, 2, 3] } })
    const resolve = parse(`LUT_1D_SIZE 2\nLUT_1D_INPUT_RANGE -0.25 4\n${rows(2)}`)
    expect(resolve.domain).toEqual({ min: [-0.25, -0.25, -0.25], max: [4, 4, 4] })
  })

  test('may have 65 colours on a side', () => {
    const { size, rgb } = parse(`LUT_3D_SIZE 65\n${rows(65 ** 3)}`)
    expect([size, rgb.length]).toEqual([65, 3 * 274_625])
  })

  test.for([
    ['only a comment', '# nothing', 'line 1: it ends without LUT_1D_SIZE or LUT_3D_SIZE.'],
    ['no size', rows(8), 'line 1: the table begins before LUT_1D_SIZE or LUT_3D_SIZE has said how large it is.'],
    ['a size of words', 'LUT_3D_SIZE two', 'line 1: LUT_3D_SIZE must be a whole number from 2 to 65, but is “two”.'],
    ['no number for a size', 'LUT_3D_SIZE', 'line 1: LUT_3D_SIZE must be a whole number from 2 to 65, but is “”.'],
    ['a size of 1', '\nLUT_3D_SIZE 1', 'line 2: LUT_3D_SIZE must be a whole number from 2 to 65, but is “1”.'],
    ['a size of 66', 'LUT_3D_SIZE 66', 'line 1: LUT_3D_SIZE must be a whole number from 2 to 65, but is “66”.'],
    [
      'a huge size',
      'LUT_1D_SIZE 9999999999',
      'line 1: LUT_1D_SIZE must be a whole number from 2 to 65536, but is “9999999999”.',
    ],
    [
      'a size with a point',
      'LUT_1D_SIZE 2.5',
      'line 1: LUT_1D_SIZE must be a whole number from 2 to 65536, but is “2.5”.',
    ],
    ['its size twice', 'LUT_1D_SIZE 2\nLUT_1D_SIZE 2', 'line 2: LUT_1D_SIZE appears twice.'],
    ['both kinds', 'LUT_1D_SIZE 2\nLUT_3D_SIZE 2', 'line 2: it has a 1D and a 3D table, and only one can be used.'],
    ['a row of two', `LUT_1D_SIZE 2\n0 0 0\n1 1`, 'line 3: a row must be 3 numbers, but is “1 1”.'],
    ['a row of four', `LUT_1D_SIZE 2\n0 0 0 1`, 'line 2: a row must be 3 numbers, but is “0 0 0 1”.'],
    ['a word in a row', `LUT_1D_SIZE 2\n0 0 zero`, 'line 2: a row must be 3 numbers, but is “0 0 zero”.'],
    ['a comma for a point', `LUT_1D_SIZE 2\n0,5 0 0`, 'line 2: a row must be 3 numbers, but is “0,5 0 0”.'],
    ['no number', `LUT_1D_SIZE 2\n0 0 nan`, 'line 2: a row must be 3 numbers, but is “0 0 nan”.'],
    ['nothing but NaN', `LUT_1D_SIZE 2\nNaN NaN NaN`, 'line 2: a row must be 3 numbers, but is “NaN NaN NaN”.'],
    [
      'a number that no picture can hold',
      `LUT_1D_SIZE 2\n0 0 65505`,
      'line 2: a row must be 3 numbers from -65504 to 65504, but is “0 0 65505”.',
    ],
    [
      'a domain beyond all numbers',
      'DOMAIN_MIN 0 0 -1e400',
      'line 1: DOMAIN_MIN must be 3 numbers from -3.4e+38 to 3.4e+38, but is “0 0 -1e400”.',
    ],
    ['a hexadecimal number', `LUT_1D_SIZE 2\n0 0 0x1`, 'line 2: a row must be 3 numbers, but is “0 0 0x1”.'],
    ['too few rows', `LUT_3D_SIZE 2\n${rows(7)}`, 'line 8: it ends after 7 of 8 rows.'],
    ['too many rows', `LUT_3D_SIZE 2\n${rows(9)}`, 'line 10: the table has more than its 8 rows.'],
    ['a keyword in the table', `LUT_1D_SIZE 2\n0 0 0\nTITLE "x"\n1 1 1`, 'line 3: “TITLE” appears within the table.'],
    ['a keyword nobody knows', 'LUT_IN_VIDEO_RANGE', 'line 1: “LUT_IN_VIDEO_RANGE” is not a keyword of .cube files.'],
    ['a domain of two numbers', 'DOMAIN_MIN 0 0', 'line 1: DOMAIN_MIN must be 3 numbers, but is “0 0”.'],
    [
      'a range of three numbers',
      'LUT_3D_INPUT_RANGE 0 1 2',
      'line 1: LUT_3D_INPUT_RANGE must be 2 numbers, but is “0 1 2”.',
    ],
  ] as const)('with %s is refused with the line', ([, text, sentence]) => {
    const { message, hint } = errorOf(() => parse(text))
    expect(message).toBe(`“look.cube”, ${sentence}`)
    expect(hint).toMatch(/^[A-Z].*\.$/)
  })

  test('whose domain is no range is refused, and one that is no text', () => {
    const text = `LUT_1D_SIZE 2\nDOMAIN_MIN 0 1 0\nDOMAIN_MAX 1 1 1\n${rows(2)}`
    expect(errorOf(() => parse(text)).message).toBe(
      '“look.cube”, line 3: the domain runs from 1 to 1 for green, which is not a range.',
    )
    expect(errorOf(() => parse(`LUT_3D_INPUT_RANGE 1 0\nLUT_3D_SIZE 2\n${rows(8)}`)).message).toBe(
      '“look.cube”, line 1: the domain runs from 1 to 0 for red, which is not a range.',
    )
    expect(errorOf(() => parse('LUT_1D_SIZE 2\n\u007fELF\0\0')).message).toBe(
      '“look.cube”, line 2: it does not hold text, as a .cube file does.',
    )
  })

  test('that is empty or has a gigabyte is refused without being read', async () => {
    const never = () => Promise.reject(new Error('it was read'))
    const sized = (size: number) => ({ name: 'look.cube', size, arrayBuffer: never }) as unknown as File
    await expect(readCubeFile(sized(2 ** 30))).rejects.toThrow(
      '“look.cube” has 1024 MiB, which no LUT has; at most 64 MiB are read.',
    )
    await expect(readCubeFile(sized(0))).rejects.toThrow('“look.cube” is empty.')
    await expect(readCubeFile(sized(10))).rejects.toThrow('“look.cube” can no longer be read.')
  })
})
