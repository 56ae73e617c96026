/** Databases of the browser. What opens them is fetched when one is first asked for: the first paint needs none. */
import type { DBSchema, IDBPDatabase, OpenDBCallbacks } from 'idb'

/** Opens a database when it is first asked for, and gives the same one from then on. */
export function databaseOnDemand<Schema extends DBSchema>(
  name: string,
  upgrade: NonNullable<OpenDBCallbacks<Schema>['upgrade']>,
): () => Promise<IDBPDatabase<Schema>> {
  let database: Promise<IDBPDatabase<Schema>> | undefined
  return () => {
    database ??= import('idb').then(({ openDB }) => openDB<Schema>(name, 1, { upgrade }))
    return database
  }
}
