/** Keys that a person sets, and how the browser keeps them. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { commandOf, keyOf, keysOf, keyText } from '../../../../src/ui/commands/key-names.ts'
import {
  assignKey,
  clearKeys,
  commandFor,
  keysFor,
  onKeysStored,
  recallKeys,
  refusal,
  resetKeys,
} from '../../../../src/ui/commands/keymap.ts'
import { stubPage } from './bench.ts'

const storageKey = 'framewright/keys'
let page: ReturnType<typeof stubPage>
const stored = (): unknown => JSON.parse(page.stored.get(storageKey) ?? 'null')

beforeEach(() => {
  page = stubPage()
})
afterEach(() => {
  resetKeys()
  vi.unstubAllGlobals()
})

describe('setting keys', () => {
  test('a command has the new key instead of those it had, and only that is kept', () => {
    assignKey('edit.redo', 'Alt+M')
    expect(keysFor('edit.redo')).toEqual(['Alt+M'])
    expect([commandFor('Alt+M'), commandFor('Mod+Y')]).toEqual(['edit.redo', undefined])
    expect(stored()).toEqual({ 'edit.redo': ['Alt+M'] })
  })

  test('a key that is taken away leaves the other keys of the command that had it', () => {
    assignKey('edit.mute', 'Mod+Y')
    expect(keysFor('edit.redo')).toEqual(['Mod+Shift+Z'])
    expect(commandFor('Mod+Y')).toBe('edit.mute')
    expect(stored()).toEqual({ 'edit.redo': ['Mod+Shift+Z'], 'edit.mute': ['Mod+Y'] })
  })

  test('a command may have no key', () => {
    clearKeys('edit.mute')
    expect([keysFor('edit.mute'), keysOf('edit.mute'), commandFor('M')]).toEqual([[], undefined, undefined])
    expect(stored()).toEqual({ 'edit.mute': [] })
  })

  test('keys come back for one command, from whoever has them meanwhile, and for all', () => {
    assignKey('edit.bypass', 'M')
    clearKeys('canvas.fit')
    resetKeys('edit.mute')
    expect([keysFor('edit.mute'), keysFor('edit.bypass'), keysFor('canvas.fit')]).toEqual([['M'], [], []])
    expect(commandFor('M')).toBe('edit.mute')
    resetKeys()
    expect([keysFor('edit.bypass'), keysFor('canvas.fit')]).toEqual([['B'], ['G']])
    expect(stored()).toEqual({})
  })

  test('what is set back by hand is kept no more', () => {
    assignKey('edit.mute', 'Alt+M')
    assignKey('edit.mute', 'M')
    expect(stored()).toEqual({})
  })

  test('Escape, Tab and what the browser keeps cannot be had, and it is said why', () => {
    expect(refusal('edit.mute', 'Escape')).toMatch(/^Escape stays/)
    expect(refusal('edit.mute', 'Tab')).toMatch(/^Tab stays/)
    expect(refusal('canvas.add', 'Tab')).toBeUndefined()
    expect(refusal('edit.mute', 'Mod+X')).toBe('The browser keeps this key for “Cut”; choose another.')
    expect(refusal('edit.mute', 'Alt+M')).toBeUndefined()
  })
})

describe('what the browser kept', () => {
  const recalled = (kept: string) => {
    page.stored.set(storageKey, kept)
    recallKeys()
  }

  test('counts on the next visit', () => {
    recalled('{"edit.mute":["Alt+M","Y"],"edit.bypass":[]}')
    expect([keysFor('edit.mute'), keysFor('edit.bypass'), commandFor('Y')]).toEqual([['Alt+M', 'Y'], [], 'edit.mute'])
  })

  test('is left out where it names no command, a fixed one, or is no list of keys', () => {
    recalled('{"edit.gone":["Y"],"edit.cut":["Y"],"edit.bypass":"Y","edit.fold":[""],"edit.mute":["Alt+M"]}')
    expect(commandFor('Y')).toBeUndefined()
    expect(keysFor('edit.bypass')).toEqual(['B'])
    expect(keysFor('edit.fold')).toEqual(['Shift+G'])
    expect(keysFor('edit.mute')).toEqual(['Alt+M'])
  })

  test('gives way to the shipped keys where it cannot be read', () => {
    const warned = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
    recalled('{"edit.mute":')
    expect(keysFor('edit.mute')).toEqual(['M'])
    expect(warned).toHaveBeenCalledOnce()
    warned.mockRestore()
  })

  test('follows another tab', () => {
    onKeysStored({ key: 'framewright/other', newValue: '{"edit.mute":["Y"]}' })
    expect(keysFor('edit.mute')).toEqual(['M'])
    onKeysStored({ key: storageKey, newValue: '{"edit.mute":["Y"]}' })
    expect(keysFor('edit.mute')).toEqual(['Y'])
  })
})

describe('names of keys', () => {
  const press = (key: string, held: Partial<Record<'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey', boolean>> = {}) => ({
    ...{ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false },
    ...held,
  })

  test.each([
    ['a letter', press('m'), 'M'],
    ['Shift with a letter', press('G', { shiftKey: true }), 'Shift+G'],
    ['a character that Shift makes', press('?', { shiftKey: true }), '?'],
    ['the space bar', press(' '), 'Space'],
    ['Ctrl', press('z', { ctrlKey: true }), 'Mod+Z'],
    ['⌘', press('z', { metaKey: true }), 'Mod+Z'],
    ['all of them', press('Delete', { ctrlKey: true, altKey: true, shiftKey: true }), 'Mod+Alt+Shift+Delete'],
  ])('%s', (_, event, name) => {
    expect(keyOf(event)).toBe(name)
  })

  test('as they are shown, elsewhere and on a Mac', () => {
    const keys = ['Mod+Shift+Z', 'Delete', 'ArrowLeft', 'Alt+M']
    expect(keys.map((key) => keyText(key, false))).toEqual(['Ctrl+Shift+Z', 'Del', '←', 'Alt+M'])
    expect(keys.map((key) => keyText(key, true))).toEqual(['⌘⇧Z', 'Del', '←', 'AltM'])
    expect(keysOf('edit.undo')).toBe('Ctrl+Z')
  })

  test('what the browser tells of by itself is not called by its key', () => {
    expect(commandOf(press('z', { ctrlKey: true }))).toBe('edit.undo')
    expect(commandOf(press('c', { ctrlKey: true }))).toBeUndefined()
  })
})
