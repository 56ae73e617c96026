import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { emptyDocument, type GraphDocument } from '../../../../src/graph/document/document.ts'
import { setTitle } from '../../../../src/graph/edits/edit.ts'
import type { Version } from '../../../../src/ui/files/earlier-versions.ts'
import { UnsavedGraphs } from '../../../../src/ui/files/unsaved-graphs.ts'
import { UnsavedWork } from '../../../../src/ui/files/unsaved-work.ts'
import { createDocumentStore } from '../../../../src/ui/store/document-store.ts'
import type { Toast } from '../../../../src/ui/store/view.ts'
import { id, sketch, specs } from '../../graph/specs.ts'
import { stubPage } from '../commands/bench.ts'

const graph = (title: string): GraphDocument => ({
  ...sketch({ clip: {}, grain: {} }, ['clip.image > grain.image']),
  title,
})

function workOn(open: GraphDocument) {
  const document = createDocumentStore()
  document.open(open)
  const notes: (Omit<Version, 'id' | 'at'> & { now: boolean })[] = []
  const toasts: Omit<Toast, 'id'>[] = []
  let fail: (error: unknown) => void = () => undefined
  const graphs = new UnsavedGraphs()
  const work = new UnsavedWork({
    ...{ specs, document, graphs },
    view: { toast: (toast) => void toasts.push(toast) },
    createVersions(failed) {
      fail = failed
      return {
        note: async (version, { now = false } = {}) => void notes.push({ ...version, now }),
        list: async () => [],
      }
    },
  })
  const change = (name: string) => document.edit(`Name it ${name}`, (draft) => setTitle(draft, id('grain'), name))
  return { document, work, graphs, notes, toasts, change, failVersions: (error: unknown) => fail(error) }
}

let page: ReturnType<typeof stubPage>
const kept = () => [...page.stored].filter(([key]) => key.startsWith('framewright/kept/'))

beforeEach(() => {
  vi.useFakeTimers()
  page = stubPage()
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

describe('unsaved work', () => {
  test('of several changes at once is written once, and what it was before them becomes a version', () => {
    const { work, notes, change } = workOn(graph('Grainy'))
    work.follow(page.window)
    change('one')
    change('two')
    expect(kept()).toHaveLength(0)
    expect(notes.map(({ label }) => label)).toEqual(['before the first change'])
    expect(notes[0]?.text).not.toContain('one')
    vi.runAllTimers()
    expect(kept()).toHaveLength(1)
    expect(JSON.parse(kept()[0]?.[1] ?? '').text).toContain('two')
    expect(notes.map(({ label, nodes }) => [label, nodes])).toEqual([
      ['before the first change', 2],
      ['Name it two', 2],
    ])
  })

  test('is written before the page goes, and not again where nothing waits', () => {
    const { work, change } = workOn(graph('Grainy'))
    work.follow(page.window)
    page.window.dispatchEvent(new Event('pagehide'))
    expect(kept()).toHaveLength(0)
    change('one')
    page.window.dispatchEvent(new Event('pagehide'))
    expect(kept()).toHaveLength(1)
  })

  test('that was undone is kept no longer', () => {
    const { document, work, change } = workOn(graph('Grainy'))
    work.follow(page.window)
    change('one')
    vi.runAllTimers()
    expect(kept()).toHaveLength(1)
    document.undo()
    vi.runAllTimers()
    expect(kept()).toHaveLength(0)
  })

  test('stays under a key of its own when another graph takes its place', () => {
    const { document, work, notes, change } = workOn(graph('Grainy'))
    expect(work.leave()).toBeNull()
    change('one')
    const key = work.leave()
    expect(notes).toEqual([expect.objectContaining({ title: 'Grainy', now: true })])
    expect(key !== null && work.read(key)?.title).toBe('Grainy')
    expect(work.entriesOfOthers().map(({ title }) => title)).toEqual(['Grainy'])
    document.open(graph('Next'), emptyDocument)
    work.keep(graph('Next'))
    expect(kept()).toHaveLength(2)
    work.drop()
    expect(work.entriesOfOthers().map(({ title }) => title)).toEqual(['Grainy'])
    expect(kept()).toHaveLength(1)
  })

  test('comes back to the tab that left it, and to no other', async () => {
    const { work, change } = workOn(graph('Grainy'))
    await work.claim()
    change('one')
    work.follow(page.window)
    change('two')
    vi.runAllTimers()
    const reloaded = workOn(emptyDocument)
    expect((await reloaded.work.claim())?.title).toBe('Grainy')
    expect(reloaded.work.entriesOfOthers()).toEqual([])
    page.stored.delete('framewright/tab')
    const anotherTab = workOn(emptyDocument)
    expect(await anotherTab.work.claim()).toBeNull()
    expect(anotherTab.work.entriesOfOthers().map(({ title }) => title)).toEqual(['Grainy'])
  })

  test('an empty graph is nothing to keep', () => {
    const { document, work, notes } = workOn(graph('Grainy'))
    document.open({ ...emptyDocument }, graph('Grainy'))
    expect(work.leave()).toBeNull()
    work.noteVersion(emptyDocument)
    expect(notes).toEqual([])
  })

  test('a browser that keeps nothing is complained of once', () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
    const { work, toasts, change, failVersions } = workOn(graph('Grainy'))
    work.follow(page.window)
    vi.stubGlobal('localStorage', {
      ...localStorage,
      setItem() {
        throw new DOMException('full', 'QuotaExceededError')
      },
    })
    change('one')
    vi.runAllTimers()
    change('two')
    vi.runAllTimers()
    expect(toasts.map(({ message }) => message)).toEqual([
      'The browser no longer keeps your changes: its storage for this page is full or switched off.',
    ])
    failVersions(new Error('no database'))
    failVersions(new Error('no database'))
    expect(toasts).toHaveLength(2)
    expect(warn).toHaveBeenCalled()
    warn.mockRestore()
  })
})
