/** How soon a clip is open, and how soon one of its key frames is shown. */
import type { Engine, Outcome } from '../src/engine/door/api.ts'
import type { GraphDocument, NodeId, OutermostId } from '../src/graph/document/document.ts'

function unwrap<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value
  throw new Error(outcome.problems.map(({ message, hint }) => `${message} ${hint}`).join(' '))
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!

async function timed<T>(work: () => Promise<T>): Promise<number> {
  const began = performance.now()
  await work()
  return performance.now() - began
}

const seeks = 8

export interface ClipFigures {
  readonly openMilliseconds: number
  /** To show a key frame far from the one before, and its small picture; the median of some. */
  readonly seekMilliseconds: number
  readonly thumbnailMilliseconds: number
}

const chosenFile = (): File => {
  const [file] = window.framewright!.chosenFiles()
  if (!file) throw new Error('no file was chosen')
  return file
}

/** Makes the file in the page's file field one that a graph may name. */
export async function takeClip(engine: Engine): Promise<void> {
  const file = chosenFile()
  unwrap(await engine.addAsset('media', file.name, [file]))
}

/** Of the file in the page's file field. @param keys how many key frames it has, one every `keyDistance` frames */
export async function clipFigures(engine: Engine, keys: number, keyDistance: number): Promise<ClipFigures> {
  const file = chosenFile()
  const id = 'decode' as OutermostId
  const record = { id, type: 'decode', params: { media: { id: file.name } }, position: { x: 0, y: 0 } }
  const document: GraphDocument = { title: '', description: '', nodes: { [id as NodeId]: record }, edges: {} }
  const view = { node: id, port: 'image' }
  const openMilliseconds = await timed(async () => {
    unwrap(await engine.addAsset('media', file.name, [file]))
    unwrap(await engine.snapshot({ document, view, frame: 0 }))
  })
  // Far from one another, none twice.
  const frames = Array.from(
    { length: seeks * 2 },
    (_, i) => (Math.floor((keys * ((i * 7) % 16)) / 16) % keys) * keyDistance,
  )
  const each = async (of: readonly number[], show: (frame: number) => Promise<unknown>) => {
    const times: number[] = []
    for (const frame of of) times.push(await timed(() => show(frame)))
    return median(times)
  }
  await engine.clearCache()
  return {
    openMilliseconds,
    seekMilliseconds: await each(frames.slice(0, seeks), async (frame) =>
      unwrap(await engine.preview({ document, view, frame })),
    ),
    thumbnailMilliseconds: await each(frames.slice(seeks), async (frame) =>
      unwrap(await engine.thumbnail({ document, view, frame }, 96)),
    ),
  }
}
