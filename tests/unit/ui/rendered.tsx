/**
 * Panels and dialogs as React renders them, over the whole editor and the played engine, in a document that Node keeps;
 * for test files that ask for it by `@vitest-environment dom`. It lays nothing out: what a place, a size, a
 * gesture or a pixel decides is for a browser to show.
 */
import * as Tooltip from 'radix-ui/tooltip'
import { act, type ReactNode } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { vi } from 'vitest'
import type { Engine } from '../../../src/engine/door/api.ts'
import { EditorContext } from '../../../src/ui/editor.ts'
import { closePage, openTestEditor, storage, stubServer, type TestEditor } from './editor-bench.ts'

let root: Root | undefined

/** Parts that what React just rendered asks for by `import()` are there, and rendered in their turn. */
const partsFetched = () => act(() => vi.dynamicImportSettled())

/** Does something as a person would, and sees to what React makes of it. */
async function acted(work: () => unknown): Promise<void> {
  await act(async () => void (await work()))
  await partsFetched()
}

/** What the browser keeps; `room` is how many characters fit into an entry. */
export let kept = storage()

export async function closeRendered(): Promise<void> {
  await act(async () => root?.unmount())
  root = undefined
  document.body.replaceChildren()
  closePage()
}

/**
 * The editor with a shipped recipe open, and `ui` on the page. `again`: the same browser, where the page was reloaded;
 * `engine`: what its engine does otherwise than the played one.
 */
export async function renderEditor(
  recipe: 'bicubic' | 'default',
  ui: ReactNode,
  { again = false, engine = {} }: { again?: boolean; engine?: Partial<Engine> } = {},
): Promise<TestEditor> {
  await closeRendered()
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true)
  stubServer()
  // No other tab holds a lock.
  const locks = { request: async (_: string, __: object, held: (lock: object) => unknown) => held({}) }
  Object.defineProperty(navigator, 'locks', { value: locks, configurable: true })
  if (!again) kept = storage()
  vi.stubGlobal('localStorage', kept)
  sessionStorage.clear()
  document.title = 'Framewright'
  history.replaceState(null, '', `/?graph=${recipe}`)
  let editor: TestEditor | undefined
  const host = document.createElement('div')
  document.body.append(host)
  await act(async () => {
    editor = await openTestEditor(engine)
    root = createRoot(host)
    root.render(
      <EditorContext value={editor}>
        <Tooltip.Provider>{ui}</Tooltip.Provider>
      </EditorContext>,
    )
  })
  if (!editor) throw new Error('The editor did not open.')
  await partsFetched()
  return editor
}

/** What it is called to whoever hears it. */
function nameOf(element: Element): string {
  const labelledBy = element.getAttribute('aria-labelledby')
  const label = element instanceof HTMLInputElement ? element.labels?.[0] : null
  const name =
    element.getAttribute('aria-label') ??
    (labelledBy ? document.getElementById(labelledBy)?.textContent : null) ??
    label?.textContent ??
    element.textContent
  return (name ?? '').trim().replace(/\s+/g, ' ')
}

const fits = (name: string, asked: string | RegExp) => (asked instanceof RegExp ? asked.test(name) : name === asked)

export const all = (selector: string): readonly HTMLElement[] => [...document.querySelectorAll<HTMLElement>(selector)]

export const texts = (selector: string): readonly string[] => all(selector).map(nameOf)

/** The first element that `selector` names and that is called so. */
export function find<E extends HTMLElement = HTMLElement>(selector: string, name: string | RegExp = /./): E {
  const found = all(selector)
  const one = found.find((element) => fits(nameOf(element), name))
  if (!one) throw new Error(`None of ${found.map((element) => `“${nameOf(element)}”`).join(', ')} is called ${name}.`)
  return one as E
}

export const buttonNamed = (name: string | RegExp) => find<HTMLButtonElement>('button', name)

/**
 * Waits for what the engine answers, a timer does or is fetched. Every moment of it lies within an `act`, so that React
 * hears of nothing outside of one; what it hears within is on the page once that has ended.
 */
export async function until(condition: () => boolean): Promise<void> {
  const end = performance.now() + 10_000
  while (!condition()) {
    if (performance.now() > end) throw new Error(`This did not come about: ${condition}`)
    await act(() => new Promise((resolve) => setTimeout(resolve, 5)))
  }
}

/** Waits until there is such an element. */
export async function appears(selector: string, name: string | RegExp = /./): Promise<HTMLElement> {
  await until(() => all(selector).some((element) => fits(nameOf(element), name)))
  return find(selector, name)
}

export const click = (element: HTMLElement) =>
  acted(() => {
    element.dispatchEvent(new PointerEvent('pointerdown', { bubbles: true, button: 0, ctrlKey: false }))
    element.focus()
    element.click()
  })

/** Presses a key; `name` as commands write it. */
export const press = (element: HTMLElement, name: string) =>
  acted(() => {
    const parts = name.split('+')
    const held = (modifier: string) => parts.slice(0, -1).includes(modifier)
    element.dispatchEvent(
      new KeyboardEvent('keydown', {
        ...{ key: parts.at(-1) ?? '', bubbles: true, cancelable: true },
        ...{ ctrlKey: held('Control'), altKey: held('Alt'), shiftKey: held('Shift') },
      }),
    )
  })

/** Writes into a field, as typed. */
export const fill = (field: HTMLInputElement | HTMLTextAreaElement, value: string) =>
  acted(() => {
    field.focus()
    // React keeps the value that it set itself; that of the element's own kind is what a hand changes.
    Object.getOwnPropertyDescriptor(Object.getPrototypeOf(field), 'value')?.set?.call(field, value)
    field.dispatchEvent(new Event('input', { bubbles: true }))
  })

/** Chooses files in a file field, as its dialog does. */
export const choose = (field: HTMLInputElement, ...files: readonly File[]) =>
  acted(() => {
    Object.defineProperty(field, 'files', { value: files, configurable: true })
    field.dispatchEvent(new Event('change', { bubbles: true }))
  })

/** What the editor does beside React, such as reading a file, while React follows. */
export const during = (work: () => unknown) => acted(work)
