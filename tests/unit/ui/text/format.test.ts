import { expect, test } from 'vitest'
import { about, bytes, milliseconds, parameterCount, span } from '../../../../src/ui/kit/value-text.ts'
import { count, list, number, plurals } from '../../../../src/ui/text/format.ts'

test('numbers have as many digits as are asked for, and thousands only where a count is large', () => {
  expect([number(1234.56), number(1234.56, 1), number(2, 1), number(2, 1, 0)]).toEqual(['1235', '1234.6', '2.0', '2'])
  expect(count(12345)).toBe('12,345')
})

test('names are listed with commas', () => {
  expect([list([]), list(['a']), list(['a', 'b']), list(['a', 'b', 'c'])]).toEqual(['', 'a', 'a, b', 'a, b, c'])
})

test('the plural is the one that the language has for the number', () => {
  const english = plurals('en')
  const nodes = (value: number) => english(value, { one: 'node', other: 'nodes' })
  expect([0, 1, 2, 21].map(nodes)).toEqual(['nodes', 'node', 'nodes', 'nodes'])
  const polish = plurals('pl')
  const files = (value: number) => polish(value, { one: 'plik', few: 'pliki', many: 'plików', other: 'pliku' })
  expect([1, 3, 5, 22, 1.5].map(files)).toEqual(['plik', 'pliki', 'plików', 'pliki', 'pliku'])
})

test('values carry the unit in which they are short', () => {
  expect([0.26, 9.96, 1234, 12_345].map(milliseconds)).toEqual(['0.3 ms', '10 ms', '1.2 s', '12 s'])
  expect([999, 1500, 2.5e6, 25e6, 3.14159e9].map(bytes)).toEqual(['999 B', '2 kB', '2.5 MB', '25 MB', '3.14 GB'])
  expect([0.2, 89, 90, 5400, Number.POSITIVE_INFINITY].map(span)).toEqual([
    'under a second',
    '89 s',
    '2 min',
    '1.5 h',
    'unknown',
  ])
  expect([about(0.2), about(200)]).toEqual(['under a second', 'about 3 min'])
  expect([950, 12_400, 3_250_000].map(parameterCount)).toEqual(['950', '12 k', '3.3 M'])
})
