import { expect, test } from 'vitest'
import { shortcuts } from '../../src/ui/shortcut-table.ts'

test('no two commands ship with the same key, and each command stands in the table once', () => {
  const keys = shortcuts.flatMap((shortcut) => shortcut.keys)
  expect(keys.filter((key, n) => keys.indexOf(key) !== n)).toEqual([])
  const commands = shortcuts.map(({ command }) => command)
  expect(new Set(commands).size).toBe(commands.length)
})
