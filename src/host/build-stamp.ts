/**
 * Knows whether `dist/` was built from the sources that stand here now. Times of files lie after a checkout or a
 * copy, so the stamp is a hash of the contents; the build writes it last, so a build that broke off has none.
 */
import { createHash } from 'node:crypto'
import { type Dirent, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Plugin } from 'vite'

/** Everything the built app depends on, relative to the project's folder. */
const inputs = ['index.html', 'headless.html', 'src', 'public', 'package-lock.json', 'vite.config.ts', 'tsconfig.json']
const stampFile = '.stamp'

function* filesBelow(root: string, path: string): Generator<string> {
  let entries: Dirent[]
  try {
    entries = readdirSync(join(root, path), { withFileTypes: true })
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOTDIR') yield path
    else if (code !== 'ENOENT') throw error
    return
  }
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.isDirectory()) yield* filesBelow(root, `${path}/${entry.name}`)
    else yield `${path}/${entry.name}`
  }
}

/** Hex hash of names and contents of all that the app is built from. */
export function sourceStamp(root: string): string {
  const hash = createHash('sha256')
  for (const input of inputs) {
    for (const file of filesBelow(root, input)) {
      const bytes = readFileSync(join(root, file))
      hash.update(`${file}\0${bytes.length}\0`).update(bytes)
    }
  }
  return hash.digest('hex')
}

/** Whether `dist` was built from sources of this stamp. */
export function isBuiltFrom(stamp: string, dist: string): boolean {
  try {
    return readFileSync(join(dist, stampFile), 'utf8') === stamp
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw error
  }
}

/** Leaves the stamp in the output folder. Taken before the build: an edit made meanwhile makes the build stale. */
export function stampPlugin(): Plugin {
  const build = { root: '', stamp: '' }
  return {
    name: 'framewright-stamp',
    apply: 'build',
    configResolved(config) {
      build.root = config.root
    },
    buildStart() {
      build.stamp = sourceStamp(build.root)
    },
    writeBundle: {
      sequential: true,
      order: 'post',
      handler(options) {
        if (options.dir) writeFileSync(join(options.dir, stampFile), build.stamp)
      },
    },
  }
}
