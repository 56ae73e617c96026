/**
 * Reusable pieces: subgraphs that the person saved, kept in the browser beside earlier versions. Each is the text of
 * a fragment with one node in it, so that a piece reads and migrates like any file. To the palette and the search a
 * piece is a kind of node; what is inserted is a copy.
 */
import type { DBSchema, IDBPDatabase } from 'idb'
import { createStore, type StoreApi } from 'zustand/vanilla'
import { type Graph, type NodeId, type NodeRecord, subgraphType } from '../../graph/document/document.ts'
import type { Problem } from '../../graph/document/problems.ts'
import { isSubgraph, specOf } from '../../graph/document/subgraph.ts'
import { parseFragment } from '../../graph/file/read.ts'
import { serializeFragment } from '../../graph/file/write.ts'
import type { NodeSpec, Specs } from '../../graph/node/spec.ts'
import { databaseOnDemand } from '../store/database.ts'
import { text } from '../text/text.ts'

export interface Piece {
  /** What stands for a node type where there is a choice of nodes; no registered type has a colon. */
  readonly key: string
  readonly title: string
  readonly body: Graph
  /** What the palette and the search read. */
  readonly spec: NodeSpec
}

export interface PiecesState {
  /** In the order of their titles. */
  readonly pieces: readonly Piece[]
}

export interface PiecesStore extends StoreApi<PiecesState> {
  /** Reads what the browser has kept. Never throws. */
  start(): Promise<void>
  /** Takes the place of a piece of the same title. `undefined` where it is kept, else why not. */
  save(record: NodeRecord, title: string): Promise<Problem | undefined>
  rename(key: string, title: string): Promise<Problem | undefined>
  remove(key: string): Promise<Problem | undefined>
}

interface Schema extends DBSchema {
  pieces: { key: string; value: { readonly title: string; readonly text: string } }
}

const words = text.subgraphs.piece

const notSaved = (title: string): Refusal => ({ full: words.notSavedFull(title), other: words.notSaved(title) })

const prefix = 'piece:'

/** What could not be done, with a store that is full and with one that there is not. */
interface Refusal {
  readonly full: string
  readonly other: string
}

const refusal = (what: Refusal, error: unknown): Problem => {
  console.warn('The store of pieces refused:', error)
  const full = error instanceof DOMException && error.name === 'QuotaExceededError'
  return {
    code: 'not-kept',
    severity: 'error',
    message: full ? what.full : what.other,
    hint: full ? words.fullHint : words.noStorageHint,
  }
}

export function createPieces(specs: Specs): PiecesStore {
  const store = createStore<PiecesState>(() => ({ pieces: [] }))
  const database = databaseOnDemand<Schema>('framewright-pieces', (db) => void db.createObjectStore('pieces'))

  function pieceOf(key: string, title: string, content: string): Piece | undefined {
    const outcome = parseFragment(content, specs)
    const [record] = outcome.ok ? Object.values<NodeRecord>(outcome.fragment.nodes) : []
    const spec = specOf(specs, record)
    if (!record || !isSubgraph(record) || !spec) {
      // It may be of a newer version; it stays where it is.
      console.warn(`The piece “${title}” cannot be read:`, outcome.ok ? 'it is no subgraph' : outcome.error.message)
      return undefined
    }
    return {
      key,
      title,
      body: record.body,
      spec: { ...spec, type: key, title, summary: summaryOf(record.body), keywords: words.keywords },
    }
  }

  async function read() {
    const db = await database()
    const [keys, values] = await Promise.all([db.getAllKeys('pieces'), db.getAll('pieces')])
    const pieces = values.flatMap((record, n) => pieceOf(keys[n] ?? '', record.title, record.text) ?? [])
    store.setState({ pieces: pieces.sort((a, b) => a.title.localeCompare(b.title)) })
  }

  const guardStore = async (what: Refusal, work: (db: IDBPDatabase<Schema>) => Promise<unknown>) => {
    try {
      await work(await database())
      await read()
      return undefined
    } catch (error) {
      return refusal(what, error)
    }
  }

  return {
    ...store,
    async start() {
      try {
        await read()
      } catch (error) {
        // Nothing was lost: a page without storage has kept no pieces.
        console.warn('Pieces cannot be read:', error)
      }
    },
    save(record, title) {
      const earlier = store.getState().pieces.find((piece) => piece.title === title)
      const { title: _, bypass: __, mute: ___, ...plain } = record
      const alone = { ...plain, title, position: { x: 0, y: 0 } }
      const content = serializeFragment({ nodes: { [record.id]: alone }, edges: {} }, specs)
      const key = earlier?.key ?? `${prefix}${crypto.randomUUID()}`
      return guardStore(notSaved(title), (db) => db.put('pieces', { title, text: content }, key))
    },
    rename: (key, title) =>
      guardStore(notSaved(title), async (db) => {
        const piece = await db.get('pieces', key)
        if (piece) await db.put('pieces', { ...piece, title }, key)
      }),
    remove(key) {
      const title = store.getState().pieces.find((piece) => piece.key === key)?.title ?? key
      const what = { full: words.notDeletedFull(title), other: words.notDeleted(title) }
      return guardStore(what, (db) => db.delete('pieces', key))
    },
  }
}

/** A piece says no more of itself than its title. */
const summaryOf = (body: Graph): string =>
  words.summary(Object.values<NodeRecord>(body.nodes).filter((record) => !record.ports).length)

/** A piece as what is pasted. */
export function fragmentOfPiece({ title, body }: Piece): Graph {
  const id = subgraphType as string as NodeId
  const record: NodeRecord = { id, type: subgraphType, title, params: {}, position: { x: 0, y: 0 }, body }
  return { nodes: { [id]: record }, edges: {} }
}
