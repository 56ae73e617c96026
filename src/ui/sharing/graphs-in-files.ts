/** The graph that an exported file carries in its comment. */
import type { Engine } from '../../engine/door/api.ts'
import type { GraphDocument } from '../../graph/document/document.ts'
import type { Problem } from '../../graph/document/problems.ts'
import { graphFormat } from '../../graph/file/shape.ts'
import type { ViewStore } from '../store/view.ts'
import { text } from '../text/text.ts'

const words = text.sharing

/** What opening needs of the files. */
export interface GraphDoor {
  /** Reads a graph; tells what is wrong with it and gives `null` where it cannot be read. */
  read(text: string, name: string): GraphDocument | null
  /** Puts it on the canvas, unsaved; what was there with changes is kept. */
  show(document: GraphDocument): void
  fetchShipped(name: string): Promise<GraphDocument | null>
}

/** Whether a comment means to be a graph of ours, whole or not. */
export const mentionsGraph = (comment: string): boolean => comment.includes(`"${graphFormat}"`)

interface Parts {
  readonly engine: Pick<Engine, 'readComment'>
  readonly view: Pick<ViewStore, 'toast'>
  readonly tell: (problems: readonly Problem[]) => void
}

export function createGraphsInFiles({ engine, view, tell }: Parts) {
  const nothingIn = (file: File): Problem => ({
    code: 'bad-file',
    severity: 'error',
    message: words.noGraphIn(file.name),
    hint: words.noGraphInHint,
  })

  return {
    /** Whether an exported file carries its graph; a file that cannot be read carries none. */
    async carriesGraph(file: File): Promise<boolean> {
      const comment = await engine.readComment(file)
      return comment.ok && comment.value !== null && mentionsGraph(comment.value)
    },

    /** The text of the graph that an exported file carries, and what to call it; `null`: it has none, which was told. */
    async graphIn(file: File): Promise<{ readonly text: string; readonly name: string } | null> {
      const comment = await engine.readComment(file)
      if (comment.ok && comment.value !== null && mentionsGraph(comment.value))
        return { text: comment.value, name: words.graphIn(file.name) }
      tell(comment.ok ? [nothingIn(file)] : comment.problems)
      return null
    },

    /** Offers the graph that a dropped medium carries; says nothing where there is none. */
    async offerGraphIn(door: GraphDoor, file: File) {
      const comment = await engine.readComment(file)
      // A file whose metadata cannot be read was complained of when it was opened as a medium.
      if (!comment.ok || comment.value === null || !mentionsGraph(comment.value)) return
      const { value } = comment
      view.toast({
        tone: 'info',
        message: words.carriesGraph(file.name),
        action: {
          label: words.openItsGraph,
          run: () => {
            const carriedGraph = door.read(value, words.graphIn(file.name))
            if (carriedGraph) door.show(carriedGraph)
          },
        },
      })
    },
  }
}
