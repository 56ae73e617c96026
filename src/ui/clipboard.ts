/** Nodes travel through the clipboard as plain JSON text: between tabs, into a chat, into a file. */
import { marksOf } from '../graph/document.ts'
import { fragmentOf, type Point, paste as pasteFragment } from '../graph/edit.ts'
import type { Problem } from '../graph/problems.ts'
import { parseFragment, serializeFragment } from '../graph/serialize.ts'
import type { Specs } from '../graph/spec.ts'
import type { DocumentStore } from './store/document.ts'
import type { ViewStore } from './store/view.ts'
import { text } from './text/text.ts'

interface Parts {
  readonly specs: Specs
  readonly document: DocumentStore
  readonly view: ViewStore
  readonly tell: (problems: readonly Problem[]) => void
  /** Where on the canvas the pointer is, if it is over it. */
  readonly pointer: () => Point | null
  readonly remove: () => void
}

export function createClipboard({ specs, document, view, tell, pointer, remove }: Parts) {
  let pasted = { text: '', times: 0 }

  const refused = (error: unknown) => {
    console.warn('The clipboard was refused:', error)
    view.toast({
      tone: 'error',
      message: text.edits.clipboardRefused,
      hint: text.edits.clipboardRefusedHint,
    })
  }

  function asText(): string | null {
    const graph = document.getState().document
    const chosen = [...view.getState().selection].filter((id) => graph.nodes[id])
    const marks = marksOf(graph).filter((mark) => view.getState().selectedMarks.has(mark.id))
    if (chosen.length === 0 && marks.length === 0) return null
    // Where the nodes' pictures come from travels along, for whoever pastes with wires.
    const fragment = fragmentOf(graph, chosen, { incoming: true })
    const own = Object.fromEntries(marks.map((mark) => [mark.id, mark]))
    return serializeFragment(marks.length > 0 ? { ...fragment, marks: own } : fragment, specs)
  }

  /** `wired`: the copies also read what the originals read, where that is in this graph too. */
  function insert(content: string, { wired = false } = {}) {
    const outcome = parseFragment(content, specs)
    if (!outcome.ok) {
      tell([outcome.error])
      return
    }
    const count = Object.keys(outcome.fragment.nodes).length
    if (count === 0 && marksOf(outcome.fragment).length === 0) return
    pasted = { text: content, times: pasted.text === content ? pasted.times + 1 : 1 }
    const at = pointer()
    const where = at ? { at } : { offset: { x: 40 * pasted.times, y: 40 * pasted.times } }
    const ids = document.edit(text.edits.paste(count), (draft) =>
      pasteFragment(draft, outcome.fragment, where, wired ? specs : undefined),
    )
    view.select(ids.values())
  }

  return {
    text: asText,
    insert,
    async copy() {
      const content = asText()
      if (content !== null) await navigator.clipboard.writeText(content).catch(refused)
    },
    async cut() {
      const content = asText()
      if (content === null) return
      try {
        await navigator.clipboard.writeText(content)
        remove()
      } catch (error) {
        refused(error)
      }
    },
    async paste(options?: { readonly wired?: boolean }) {
      try {
        insert(await navigator.clipboard.readText(), options)
      } catch (error) {
        refused(error)
      }
    },
    remove,
  }
}
