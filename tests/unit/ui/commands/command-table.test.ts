/** What commands there are, and where they stand. The snapshots say it in full, so that nothing is lost unnoticed. */
import { expect, test } from 'vitest'
import { area } from '../../../../src/ui/commands/command.ts'
import {
  type CommandName,
  commandNames,
  commandTable,
  shortTitleOf,
  titleOfCommand,
} from '../../../../src/ui/commands/command-table.ts'
import { arrangeMenu, contextMenu, editMenu, fileMenu } from '../../../../src/ui/commands/menus.ts'

test('the commands, as the list of keys shows them', async () => {
  const lines = commandNames.map((name) => {
    const { group, title, keys, byBrowser } = commandTable[name]
    return [group, name, title, keys.join(' ') || '–', ...(byBrowser ? ['by the browser'] : [])].join(' | ')
  })
  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('./commands.snapshot.txt')
})

test('the menus', async () => {
  const short = (name: CommandName) => `  ${name} | ${shortTitleOf(name)}`
  const listed: Readonly<Record<string, readonly string[]>> = {
    File: Object.values(fileMenu).flatMap((section) => [...section.map(short), '  –']),
    Edit: editMenu.flatMap((section) => [...section.map(short), '  –']),
    Arrange: arrangeMenu.map((name) => `  ${name} | ${titleOfCommand(name)}`),
    ...Object.fromEntries(
      Object.entries(contextMenu).map(([of, sections]) => [
        `Context: ${of}`,
        sections.flatMap((section, n) => [...(n > 0 ? ['  –'] : []), ...section.map(short)]),
      ]),
    ),
  }
  const lines = Object.entries(listed).flatMap(([menu, entries]) => [menu, ...entries])
  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('./menus.snapshot.txt')
})

test('no two commands ship with the same key', () => {
  const keys = commandNames.flatMap((name) => commandTable[name].keys)
  expect(keys.filter((key, n) => keys.indexOf(key) !== n)).toEqual([])
})

test('what a menu shows with icons has icons', () => {
  const withIcons = [...arrangeMenu, ...Object.values(contextMenu).flat(2)]
  expect(withIcons.filter((name) => commandTable[name].icon === undefined)).toEqual([])
})

// The type check fails when one of these comments has nothing to expect.
test('a command without its handler, record or words does not compile', () => {
  const words = { 'edit.paint': { title: 'Paint' } }
  // @ts-expect-error: its record has no `run`
  const withoutHandler = area('edit', words, { 'edit.paint': { keys: ['P'] } })
  // @ts-expect-error: it has words and no record
  const withoutRecord = area('edit', words, {})
  const record = { keys: ['P'], run: () => undefined }
  // @ts-expect-error: it has a record and no words
  const withoutWords = area('edit', words, { 'edit.paint': record, 'edit.erase': record })
  const whole = area('edit', words, { 'edit.paint': record })
  expect([withoutHandler, withoutRecord, withoutWords, whole].map((table) => Object.keys(table))).toEqual([
    ['edit.paint'],
    [],
    ['edit.paint', 'edit.erase'],
    ['edit.paint'],
  ])
})
