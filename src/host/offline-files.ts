/**
 * Tells the service worker, at the end of a build, which files to store: everything the editor may need without a
 * network, each with a hash of its contents where its name has none, so that only what changed is stored anew.
 */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Plugin } from 'vite'

const worker = 'service-worker.js'
const slots = { now: 'self.__WB_MANIFEST', later: 'self.__STORED_WHEN_USED' } as const

/** What the editor never loads, and models of an installation's own, which may be of any size. */
const neverStored = [/^\./, /^service-worker\.js$/, /^headless\.html$/, /^assets\/headless-/, /^models\/added\//]

/** Too large for what they are worth to most: not stored on the first visit, but when first used. */
const storedWhenUsed = [
  // 32 MB for old formats.
  /^assets\/ffmpeg-core-[^.]*\.wasm$/,
  // 14 MB that spare machines without a GPU a start; without it the whole build of the runtime serves them as well.
  /^assets\/ort-wasm-simd-threaded-[^.]*\.wasm$/,
]

export interface OfflineFile {
  /** Relative to the page. */
  readonly url: string
  /** `null` where the name itself changes with the contents. */
  readonly revision: string | null
}

export interface OfflineFiles {
  /** To store on the first visit. */
  readonly now: readonly OfflineFile[]
  /** To store when first used: relative to the page. Their names change with their contents. */
  readonly later: readonly string[]
}

/** What to store of a built `dist`, sorted by name. */
export function offlineFiles(dist: string): OfflineFiles {
  const files = readdirSync(dist, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(dist.length).replaceAll('\\', '/').replace(/^\//, ''))
    .filter((file) => !neverStored.some((pattern) => pattern.test(file)))
    .sort()
  const isLater = (file: string) => storedWhenUsed.some((pattern) => pattern.test(file))
  const now = files
    .filter((file) => !isLater(file))
    .map((url) => ({
      url,
      revision: url.startsWith('assets/')
        ? null
        : createHash('sha256')
            .update(readFileSync(join(dist, url)))
            .digest('hex')
            .slice(0, 16),
    }))
  return { now, later: files.filter(isLater) }
}

export function offlinePlugin(): Plugin {
  return {
    name: 'framewright-offline',
    apply: 'build',
    writeBundle: {
      sequential: true,
      order: 'post',
      handler({ dir }) {
        if (!dir) return
        const path = join(dir, worker)
        const files = offlineFiles(dir)
        let code = readFileSync(path, 'utf8')
        for (const which of ['now', 'later'] as const) {
          const slot = slots[which]
          if (code.split(slot).length !== 2) this.error(`${worker} must mention ${slot} exactly once.`)
          code = code.replace(slot, () => JSON.stringify(files[which]))
        }
        writeFileSync(path, code)
      },
    },
  }
}
