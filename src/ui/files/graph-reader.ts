/** Graphs from texts, files and the server; what cannot be read is told, and what was odd about it. */
import { messageOf } from '../../graph/document/coded-error.ts'
import type { Graph, GraphDocument } from '../../graph/document/document.ts'
import { countNodes } from '../../graph/document/levels.ts'
import type { Problem } from '../../graph/document/problems.ts'
import { parseGraph } from '../../graph/file/read.ts'
import type { Specs } from '../../graph/node/spec.ts'
import type { Sharing } from '../sharing/sharing.ts'
import type { ViewStore } from '../store/view.ts'
import { text as allWords } from '../text/text.ts'

const words = allWords.files

interface Parts {
  readonly specs: Specs
  readonly view: Pick<ViewStore, 'toast'>
  readonly tell: (problems: readonly Problem[]) => void
  readonly sharing: Pick<Sharing, 'graphIn'>
}

/** Exports carry their graph. */
const exportedFile = /\.(mp4|webm|mkv|mov|png)$/i

/** For a file input: graphs, and exports that carry theirs. */
export const acceptedGraphs = '.json,.chn,application/json,.mp4,.webm,.mkv,.mov,.png'

/** Graphs are text of some kilobytes; what is larger is a film that got the wrong name. */
const largestGraph = 50e6

/**
 * Nodes of all levels that the canvas can show. Not a limit of documents (`maxNodes`), which render from a terminal
 * all the same: React Flow takes 20 s to open 3,000 nodes on two cores, and more than a minute for 10,000.
 */
const canvasCapacity = 2000

/** Why a document may not get as many nodes more; `undefined` where it may. */
export function crowdProblem(document: GraphDocument, more: Graph): Problem | undefined {
  const count = countNodes(document) + countNodes(more)
  if (count <= canvasCapacity) return undefined
  return {
    code: 'not-kept',
    severity: 'error',
    message: allWords.subgraphs.tooManyNodes(count, canvasCapacity),
    hint: allWords.subgraphs.tooManyNodesHint,
  }
}

export class GraphReader {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** Whether `file` is not a graph itself but may carry the one it was made with. */
  static isExport(file: Pick<File, 'name'>): boolean {
    return exportedFile.test(file.name)
  }

  #refuse(message: string, hint: string): null {
    this.#parts.view.toast({ tone: 'error', message, hint })
    return null
  }

  text(text: string, name: string): GraphDocument | null {
    const { specs, tell, view } = this.#parts
    const outcome = parseGraph(text, specs)
    if (!outcome.ok) {
      tell([{ ...outcome.error, message: words.notOpened(name, outcome.error.message) }])
      return null
    }
    const count = countNodes(outcome.document)
    if (count > canvasCapacity)
      return this.#refuse(words.tooManyNodes(name, count, canvasCapacity), words.tooManyNodesHint)
    const { notices } = outcome
    const [note] = notices
    if (note) view.toast({ tone: 'info', message: words.notices(note.message, notices.length - 1), hint: note.hint })
    return outcome.document
  }

  /** The graph in a file: its own, or one that an export carries. */
  async file(file: File): Promise<GraphDocument | null> {
    if (GraphReader.isExport(file)) {
      const graph = await this.#parts.sharing.graphIn(file)
      return graph && this.text(graph.text, graph.name)
    }
    if (file.size > largestGraph) return this.#refuse(words.tooLarge(file.name), words.tooLargeHint)
    try {
      return this.text(await file.text(), file.name)
    } catch (error) {
      return this.#refuse(words.unreadable(file.name, messageOf(error)), words.unreadableHint)
    }
  }

  /** A recipe that ships with the editor. */
  async shippedGraph(name: string): Promise<GraphDocument | null> {
    try {
      const response = await fetch(new URL(`graphs/${name}.json`, window.document.baseURI))
      if (!response.ok) throw new Error(words.serverAnswered(response.status))
      return this.text(await response.text(), name)
    } catch (error) {
      return this.#refuse(words.recipeNotLoaded(name, messageOf(error)), words.recipeNotLoadedHint)
    }
  }
}
