/**
 * Tells the service worker, at the end of a build, which files to store: everything the editor may need without a
 * network, each with a hash of its contents where its name has none, so that only what changed is stored anew.
 */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Plugin } from 'vite'

const worker = 'service-worker.js'
const slot = 'self.__WB_MANIFEST'

/** Not stored on the first visit: what the editor never loads, and what is too large for what it is worth to most. */
const leftOut = [
  /^\./,
  /^service-worker\.js$/,
  /^headless\.html$/,
  /^assets\/headless-/,
  // 32 MB for old formats; stored when first used.
  /^assets\/ffmpeg-core-/,
  // 14 MB that spare machines without a GPU a start; without it the whole build of the runtime serves them as well.
  /^assets\/ort-wasm-simd-threaded-[^.]*\.wasm$/,
  // An installation's own, of any size.
  /^models\/added\//,
]

export interface OfflineFile {
  /** Relative to the page. */
  readonly url: string
  /** `null` where the name itself changes with the contents. */
  readonly revision: string | null
}

/** What to store of a built `dist`, sorted by name. */
export function offlineFiles(dist: string): OfflineFile[] {
  return readdirSync(dist, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(dist.length).replaceAll('\\', '/').replace(/^\//, ''))
    .filter((file) => !leftOut.some((pattern) => pattern.test(file)))
    .sort()
    .map((url) => ({
      url,
      revision: url.startsWith('assets/')
        ? null
        : createHash('sha256')
            .update(readFileSync(join(dist, url)))
            .digest('hex')
            .slice(0, 16),
    }))
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
        const code = readFileSync(path, 'utf8')
        if (code.split(slot).length !== 2) this.error(`${worker} must mention ${slot} exactly once.`)
        writeFileSync(
          path,
          code.replace(slot, () => JSON.stringify(offlineFiles(dir))),
        )
      },
    },
  }
}
