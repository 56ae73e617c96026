/** Who takes a key: the control that has the focus, or the commands. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type CommandName, commandNames, commandTable } from '../../../../src/ui/commands/command-table.ts'
import { listenToKeys, takesKey } from '../../../../src/ui/commands/listen-to-keys.ts'
import { type Bench, createBench, stubPage } from './bench.ts'

let page: ReturnType<typeof stubPage>
let bench: Bench
let ran: CommandName[]
let stop: () => void
let canvasHasTab: boolean
let woken: number

beforeEach(() => {
  page = stubPage()
  bench = createBench()
  ran = []
  heard = []
  canvasHasTab = true
  woken = 0
  const commands = {
    ...bench.commands,
    run: (command: CommandName) => void ran.push(command),
    canvasHasTab: () => canvasHasTab,
  }
  const idle = { wake: () => void woken++ }
  stop = listenToKeys({ ...bench, commands, idle })
})
afterEach(() => {
  stop()
  vi.unstubAllGlobals()
})

/** An element within what `selector` names, as far as keys ask. */
const within = (selector: string) => ({
  closest: (asked: string) => (asked.split(', ').includes(selector) ? {} : null) as Element | null,
})

interface Press {
  readonly key: string
  readonly ctrlKey: boolean
  readonly metaKey: boolean
  readonly altKey: boolean
  readonly shiftKey: boolean
}

/** The press of a key as the records write it. */
function pressOf(name: string): Press {
  const parts = name.split('+')
  const key = parts.at(-1) ?? ''
  const held = (modifier: string) => parts.slice(0, -1).includes(modifier)
  return {
    key: key === 'Space' ? ' ' : /^[A-Z]$/.test(key) && !held('Shift') ? key.toLowerCase() : key,
    ...{ ctrlKey: held('Mod'), metaKey: false, altKey: held('Alt'), shiftKey: held('Shift') },
  }
}

type Element = ReturnType<typeof within> & EventTarget
const elementOf = (target: ReturnType<typeof within>): Element => Object.assign(new EventTarget(), target)

/** Keys of which the control that has the focus would hear. */
let heard: string[]

/** Presses a key; `target` is what has the focus. Tells whether the page kept it from the browser. */
function press(name: string, target?: ReturnType<typeof within> | Element): boolean {
  const event = Object.assign(new Event('keydown', { cancelable: true }), { isComposing: false, ...pressOf(name) })
  if (target)
    Object.defineProperty(event, 'target', { value: target instanceof EventTarget ? target : elementOf(target) })
  page.window.dispatchEvent(event)
  if (!event.cancelBubble) heard.push(name)
  return event.defaultPrevented
}

function focus(element: Element) {
  const event = new Event('focusin')
  Object.defineProperty(event, 'target', { value: element })
  page.window.dispatchEvent(event)
}

/** An element that a click has given the focus. */
function clicked(selector: string): Element {
  const element = elementOf(within(selector))
  page.window.dispatchEvent(new Event('pointerdown'))
  focus(element)
  return element
}

const own = commandNames.flatMap((name) =>
  commandTable[name].byBrowser ? [] : commandTable[name].keys.map((key) => [key, name] as const),
)

test.each(own)('%s calls %s, and the browser does nothing of its own', (key, name) => {
  expect(press(key)).toBe(true)
  expect(ran).toEqual([name])
})

test('what the browser tells of by itself is left to it', () => {
  for (const name of commandNames.filter((one) => commandTable[one].byBrowser))
    for (const key of commandTable[name].keys) expect(press(key)).toBe(false)
  expect(ran).toEqual([])
})

test.each(['input', 'textarea', 'select', '[contenteditable="true"]', '[role="menu"]', '[role="listbox"]'])(
  'in %s only those keys count that count everywhere',
  (selector) => {
    for (const [key] of own) if (key !== 'Tab') press(key, within(selector))
    expect(ran.sort()).toEqual(['file.export', 'file.open', 'file.save', 'help.commands'])
  },
)

test('a dialog keeps every key', () => {
  for (const [key] of own) if (key !== 'Tab') press(key, within('[role="dialog"]'))
  expect(ran).toEqual([])
})

describe('controls', () => {
  const keys = ['Space', 'Enter', 'ArrowLeft', 'ArrowRight', 'Home', 'End']

  test.each(['button', 'a', '[role="tab"]', '[role="separator"]'])(
    '%s that was reached by keyboard takes them',
    (selector) => {
      for (const key of [...keys, 'M']) press(key, within(selector))
      expect(ran).toEqual(['edit.mute'])
    },
  )

  const viewerKeys = ['play.toggle', 'play.back', 'play.forward', 'play.first', 'play.last']

  test.each(['button', 'a', '[role="tab"]', '[role="separator"]'])(
    '%s that was clicked leaves them to the viewer, before it hears of them',
    (selector) => {
      const element = clicked(selector)
      for (const key of keys) press(key, element)
      expect(ran).toEqual(
        selector === '[role="separator"]'
          ? [...viewerKeys.slice(0, 1), 'edit.open', ...viewerKeys.slice(1)]
          : viewerKeys,
      )
      expect(heard).toEqual(selector === '[role="separator"]' ? [] : ['Enter'])
    },
  )

  test('the Space that played does not press the button as it comes up', () => {
    const element = clicked('button')
    press('Space', element)
    const release = Object.assign(new Event('keyup', { cancelable: true }), pressOf('Space'))
    page.window.dispatchEvent(release)
    expect(release.defaultPrevented).toBe(true)
  })

  test('what a menu or dialog gives back counts as clicked still, what is reached by Tab afterwards does not', () => {
    const element = clicked('button')
    press('Escape', within('[role="dialog"]'))
    focus(element)
    press('Space', element)
    expect(ran).toEqual(['play.toggle'])
    press('Shift+Tab', element)
    focus(element)
    press('Space', element)
    expect(ran).toEqual(['play.toggle'])
  })

  test('a slider keeps what sets its value, however the focus came to it, and lets Space play', () => {
    for (const key of keys) press(key, within('[role="slider"]'))
    expect(ran).toEqual(['play.toggle', 'edit.open'])
  })

  test('a card takes them where it was reached by key, and leaves them to the viewer where it was clicked', () => {
    const card = within('.react-flow__node')
    expect(keys.map((key) => takesKey(card, pressOf(key), false))).toEqual(keys.map(() => true))
    expect(keys.map((key) => takesKey(card, pressOf(key), true))).toEqual(keys.map(() => false))
    expect(takesKey(card, pressOf('M'), false)).toBe(false)
  })
})

describe('Tab', () => {
  test('adds a node only where the canvas has it, and under no dialog', () => {
    canvasHasTab = false
    expect(press('Tab')).toBe(false)
    canvasHasTab = true
    bench.view.setState({ dialog: 'export' })
    expect(press('Tab')).toBe(false)
    expect(press('Shift+Tab')).toBe(false)
    expect(ran).toEqual([])
    bench.view.setState({ dialog: null })
    press('Tab')
    expect(ran).toEqual(['canvas.add'])
  })
})

test('Escape first lets go of what is selected, then leaves the subgraph; in a field it does neither', () => {
  bench.select('grain')
  press('Escape', within('input'))
  expect(bench.view.getState().selection.size).toBe(1)
  press('Escape')
  expect(bench.view.getState().selection.size).toBe(0)
  expect(ran).toEqual([])
  press('Escape')
  expect(ran).toEqual(['edit.leave'])
})

test('once nobody listens any more, no key calls anything', () => {
  stop()
  press('M')
  bench.viewerSettings.setState({ flicker: true })
  page.window.dispatchEvent(new Event('keyup'))
  page.window.dispatchEvent(new Event('pointerdown'))
  page.window.dispatchEvent(new Event('blur'))
  expect([ran, woken, bench.viewerSettings.getState().flicker]).toEqual([[], 0, true])
})

test('a key that was taken already, or that writes a character of several strokes, calls nothing', () => {
  const taken = Object.assign(new Event('keydown', { cancelable: true }), { isComposing: false, ...pressOf('M') })
  taken.preventDefault()
  page.window.dispatchEvent(taken)
  page.window.dispatchEvent(Object.assign(new Event('keydown'), { isComposing: true, ...pressOf('M') }))
  expect(ran).toEqual([])
})

test('the flicker ends with the key that holds it, and where the page loses the keys', () => {
  for (const type of ['keyup', 'blur']) {
    bench.viewerSettings.setState({ flicker: true })
    page.window.dispatchEvent(new Event(type))
    expect(bench.viewerSettings.getState().flicker).toBe(false)
  }
})

test('whatever the hand does ends the rest of the page', () => {
  press('F1')
  page.window.dispatchEvent(new Event('pointerdown'))
  expect(woken).toBe(2)
})

describe('the clipboard', () => {
  const clipboardEvent = (type: string, content = '', target?: ReturnType<typeof within>) => {
    const data = new Map([['text/plain', content]])
    const clipboardData = {
      files: [],
      getData: (kind: string) => data.get(kind) ?? '',
      setData: (kind: string, value: string) => void data.set(kind, value),
    }
    const event = Object.assign(new Event(type, { cancelable: true }), { clipboardData })
    if (target) Object.defineProperty(event, 'target', { value: Object.assign(new EventTarget(), target) })
    page.document.dispatchEvent(event)
    return { text: data.get('text/plain') ?? '', prevented: event.defaultPrevented }
  }

  test('copies, cuts and pastes nodes as text', () => {
    bench.select('scale', 'grain')
    const { text, prevented } = clipboardEvent('copy')
    expect(prevented).toBe(true)
    expect(Object.keys(JSON.parse(text).nodes).sort()).toEqual(['grain', 'scale'])
    expect(clipboardEvent('cut').text).toBe(text)
    expect(bench.nodes()).toEqual(['clip', 'writer'])
    press('Mod+V')
    clipboardEvent('paste', text)
    expect(bench.nodes()).toEqual(['clip', 'grain', 'scale', 'writer'])
    expect(bench.wires()).not.toContain('clip > scale')
    // With Shift the copies read what the originals read.
    press('Mod+Shift+V')
    clipboardEvent('paste', text)
    expect(bench.wires()).toContain('clip > scale-2')
  })

  test('belongs to a field that has the focus, and to text that is marked', () => {
    bench.select('grain')
    expect(clipboardEvent('copy', '', within('input')).prevented).toBe(false)
    expect(clipboardEvent('paste', 'words', within('textarea')).prevented).toBe(false)
    page.marked = true
    expect(clipboardEvent('copy').prevented).toBe(false)
  })
})

test('after it stopped listening, no key does anything', () => {
  stop()
  press('M')
  expect([ran, woken]).toEqual([[], 0])
})
