/** Which graph comes first: what the address asks for, what the tab left unsaved, or the default recipe; and the tour. */
import { afterEach, describe, expect, test, vi } from 'vitest'
import { closePage, openPage, openTestEditor, type TestEditor } from '../editor-bench.ts'

afterEach(closePage)

/** Copies the link to the open graph. */
async function linkOf(editor: TestEditor, page: ReturnType<typeof openPage>): Promise<string> {
  page.clipboard = ''
  editor.commands.run('file.link')
  await vi.waitUntil(() => page.clipboard !== '')
  return page.clipboard
}

describe('a link', () => {
  test('opened in another tab gives the same graph, and a reload keeps it', async () => {
    const page = openPage('?graph=bicubic')
    const editor = await openTestEditor()
    editor.commands.setParam(editor.record('bicubic').id, 'factor', 3.5)
    const link = await linkOf(editor, page)
    expect(link).toMatch(/^https:\/\/editor\.example\/#graph=1\.[\w.-]+$/)
    expect(link.length).toBeLessThan(2000)

    const other = openPage(link)
    const there = await openTestEditor()
    expect(there.title()).toBe('Bicubic ×2')
    expect(there.param('bicubic', 'factor')).toBe(3.5)
    expect(other.address().href).toBe('https://editor.example/')
    expect(await linkOf(there, other)).toBe(link)

    const again = openPage('', other)
    const reloaded = await openTestEditor()
    expect(reloaded.toasts()).toContain('Your unsaved graph is back.')
    expect(await linkOf(reloaded, again)).toBe(link)
  })

  test('followed in an open tab gives way to it, cut short or of a later form changes nothing', async () => {
    const page = openPage()
    const editor = await openTestEditor()
    const link = await linkOf(editor, page)
    await editor.commands.openShipped('bicubic')
    editor.commands.setParam(editor.record('bicubic').id, 'factor', 4)
    page.go(link.slice(0, -20))
    await expect.poll(editor.toasts).toContainEqual(expect.stringMatching(/^This link was cut short on its way/))
    page.go(link.replace('#graph=1.', '#graph=7.'))
    await expect.poll(editor.toasts).toContainEqual(expect.stringMatching(/made by a newer Framewright/))
    expect([editor.title(), editor.param('bicubic', 'factor')]).toEqual(['Bicubic ×2', 4])

    page.go(link)
    await expect.poll(editor.title).toBe('Default recipe')
    editor.act(/^Your earlier graph had changes/)
    expect([editor.title(), editor.param('bicubic', 'factor')]).toEqual(['Bicubic ×2', 4])
  })
})

describe('a name in the address', () => {
  test('opens a shipped recipe', async () => {
    openPage('?graph=halo')
    const editor = await openTestEditor()
    expect(editor.title()).toBe('Against halos')
    // It is as it ships: nothing was edited, and there is nothing to undo.
    const { edited, undoLabel } = editor.document.getState()
    expect([edited, undoLabel]).toEqual([false, null])
  })

  test('stays in the address, for a reload, until the recipe is changed', async () => {
    const page = openPage('?graph=halo')
    const editor = await openTestEditor()
    expect(page.address().search).toBe('?graph=halo')
    editor.commands.addNode('grain')
    expect(page.address().search).toBe('')
  })

  test('that is unknown is told, and the default recipe opens', async () => {
    openPage('?graph=nowhere')
    const editor = await openTestEditor()
    expect(editor.toasts()).toContainEqual(expect.stringMatching(/^There is no recipe called “nowhere”/))
    expect(editor.title()).toBe('Default recipe')
  })
})

describe('a reload', () => {
  test('brings back what was not saved, and the default recipe is one click away', async () => {
    const page = openPage('?graph=bicubic')
    const editor = await openTestEditor()
    editor.commands.setParam(editor.record('bicubic').id, 'factor', 4)
    window.dispatchEvent(new Event('pagehide'))

    openPage('', page)
    const again = await openTestEditor()
    expect(again.toasts()).toContain('Your unsaved graph is back.')
    expect([again.title(), again.param('bicubic', 'factor')]).toEqual(['Bicubic ×2', 4])
    again.act(/^Your unsaved graph is back/)
    await expect.poll(again.title).toBe('Default recipe')
  })

  test('of another tab knows nothing of it', async () => {
    const page = openPage('?graph=bicubic')
    const editor = await openTestEditor()
    editor.commands.setParam(editor.record('bicubic').id, 'factor', 4)
    window.dispatchEvent(new Event('pagehide'))

    const other = openPage()
    for (const [key, value] of page.local.entries) other.local.setItem(key, value)
    const there = await openTestEditor()
    expect(there.title()).toBe('Default recipe')
    // But it can be had there.
    const [left] = there.commands.unsavedGraphs()
    there.commands.openUnsaved(left!.key)
    expect(there.param('bicubic', 'factor')).toBe(4)
  })
})

describe('the tour', () => {
  const touring = (editor: TestEditor) => editor.view.getState().touring

  test('begins by itself on a first visit alone', async () => {
    const page = openPage()
    expect(touring(await openTestEditor())).toBe(true)
    page.local.setItem('framewright/tour', 'seen')
    openPage('', page)
    expect(touring(await openTestEditor())).toBe(false)
  })

  test('comes neither with somebody’s graph nor over unsaved work', async () => {
    const page = openPage('?graph=default')
    const editor = await openTestEditor()
    expect(touring(editor)).toBe(false)
    editor.select('grain')
    editor.commands.run('edit.mute')
    window.dispatchEvent(new Event('pagehide'))
    openPage('', page)
    expect(touring(await openTestEditor())).toBe(false)
  })
})
