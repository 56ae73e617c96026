/**
 * The mark that a run puts into the names of what it leaves on disk while it goes, so that a later run can tell
 * what a killed one left behind from what belongs to one that is still going.
 */
import { createHash, randomBytes } from 'node:crypto'
import { readdirSync, rmSync, statSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'

const machine = createHash('sha256').update(hostname()).digest('hex').slice(0, 8)

/** What the names of unfinished files begin with, before the mark. */
export const partPrefix = '.framewright.'

/** Names the machine, the process and this run of it. */
export const runMark = `${machine}-${process.pid}-${randomBytes(4).toString('hex')}`

const pattern = /([0-9a-f]{8})-(\d+)-[0-9a-f]{8}/

/** A run on another machine cannot be asked whether it goes; what it has not touched for a day is taken for left behind. */
const patience = 24 * 60 * 60 * 1000

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // It is there, and somebody else's.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Whether `name` bears the mark of a run that is over. @param modifiedAt milliseconds since 1970 */
function isLeftover(name: string, modifiedAt: number): boolean {
  const [mark, where, pid] = pattern.exec(name) ?? []
  if (mark === undefined || mark === runMark) return false
  if (where !== machine) return Date.now() - modifiedAt > patience
  // A container that starts again gives its processes the same numbers.
  return Number(pid) === process.pid || !runs(Number(pid))
}

/**
 * Removes from `folder` what begins with `prefix` and bears the mark of a run that is over. What cannot be removed,
 * or is gone already, stays: a later run tries again.
 */
export function sweepLeftovers(folder: string, prefix: string): void {
  for (const name of readdirSync(folder)) {
    if (!name.startsWith(prefix)) continue
    const path = join(folder, name)
    try {
      if (isLeftover(name, statSync(path).mtimeMs)) rmSync(path, { recursive: true, force: true })
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code !== 'ENOENT' && code !== 'EACCES' && code !== 'EPERM' && code !== 'EBUSY') throw error
    }
  }
}
