/**
 * Mends an endless loop in mediabunny 1.61's Matroska demuxer. Where no known element follows damage, `resync` walks
 * on until exactly eight bytes are left, the longest header it compares; it stops at fewer than eight, and with
 * eight it asks for the same bytes for ever. Stopping there too loses nothing: an element's identifier and size that
 * begin within them have no content. The text is mended as it is bundled, since an installation runs no scripts.
 */
import type { Plugin } from 'vite'

const endless = 'if (slice.length < MAX_VAR_INT_SIZE)\n            break;'
const mended = 'if (slice.length <= MAX_VAR_INT_SIZE)\n            break;'

/**
 * @param source text of mediabunny's `matroska/ebml.js`.
 * @returns the text whose `resync` ends.
 * @throws where the place is not found exactly once: another version, for which the need of this is to be looked at.
 */
export function mendResync(source: string): string {
  const pieces = source.split(endless)
  if (pieces.length !== 2)
    throw new Error(
      'mediabunny’s resync reads otherwise than expected. Check whether its endless loop is still there, and mend or remove src/host/demuxer-mend.ts.',
    )
  return pieces.join(mended)
}

/** For everything that bundles mediabunny: the page, the workers, and what the development server bundles ahead. */
export const demuxerMend = (): Pick<Plugin, 'name'> & {
  transform: { filter: { id: RegExp }; handler: (code: string) => { code: string; map: null } }
} => ({
  name: 'demuxer-mend',
  transform: {
    filter: { id: /[\\/]mediabunny[\\/]dist[\\/]modules[\\/]src[\\/]matroska[\\/]ebml\.js$/ },
    handler: (code) => ({ code: mendResync(code), map: null }),
  },
})
