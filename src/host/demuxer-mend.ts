/**
 * Mends what is wrong in mediabunny 1.61: loops in its demuxers that damaged files send round for ever, or for billions of times, and
 * the height of interlaced H.264 in transport streams. The text is mended as it is bundled, since an installation runs no scripts. No
 * mend loses anything of a file that is whole. `docs/mediabunny` holds the same as patches of its TypeScript, to be sent upstream.
 */
import type { Plugin } from 'vite'

interface Mend {
  /** Of mediabunny's `dist/modules/src`. */
  readonly file: string
  readonly original: string
  readonly replacement: string
}

export const mends: readonly Mend[] = [
  {
    // Where no known element follows damage, `resync` walks on until exactly eight bytes are left, the longest header it compares; it
    // stops at fewer than eight, and with eight it asks for the same bytes for ever. An element's identifier and size that begin within
    // them have no content.
    file: 'matroska/ebml.js',
    original: 'if (slice.length < MAX_VAR_INT_SIZE)\n            break;',
    replacement: 'if (slice.length <= MAX_VAR_INT_SIZE)\n            break;',
  },
  {
    // It is asked where an element is none: where its identifier is known and its size is nonsense, it was found again and again.
    file: 'matroska/ebml.js',
    original:
      'let currentPos = startPos;\n    while (currentPos < until) {\n        let slice = reader.requestSliceRange(currentPos, 0,',
    replacement:
      'let currentPos = startPos + 1;\n    while (currentPos < until) {\n        let slice = reader.requestSliceRange(currentPos, 0,',
  },
  {
    // A chunk that is said to hold more samples than there are.
    file: 'isobmff/isobmff-demuxer.js',
    original: 'i < startSampleIndexOfChunk + chunkEntry.samplesPerChunk; i++',
    replacement:
      'i < Math.min(startSampleIndexOfChunk + chunkEntry.samplesPerChunk, sampleTable.sampleSizes.length); i++',
  },
  {
    // Times of more samples than there are: each is at least a byte of the file, and has a size of its own unless all have the same.
    file: 'isobmff/isobmff-demuxer.js',
    original: 'this.traverseBox(stblContainerSlice);\n        this.currentTrack = null;',
    replacement: `this.traverseBox(stblContainerSlice);
        this.currentTrack = null;
        const maxSamples = sampleTable.sampleSizes.length > 1
            ? sampleTable.sampleSizes.length
            : (this.reader.fileSize ?? Infinity);
        for (const entry of [...sampleTable.sampleTimingEntries, ...sampleTable.sampleCompositionTimeOffsets]) {
            entry.count = Math.max(0, Math.min(entry.count, maxSamples - entry.startIndex));
        }`,
  },
  {
    // Chunks of PCM beyond those of which it is said where they lie.
    file: 'isobmff/isobmff-demuxer.js',
    original: '(nextEntry ? nextEntry.startChunkIndex : sampleTable.chunkOffsets.length)',
    replacement: 'Math.min(nextEntry ? nextEntry.startChunkIndex : Infinity, sampleTable.chunkOffsets.length)',
  },
  {
    // A run of a fragment whose samples are all alike, and of which more are told than lie in the file.
    file: 'isobmff/isobmff-demuxer.js',
    original: 'for (let i = 0; i < sampleCount; i++) {\n                        let sampleDuration;',
    replacement: `const runEnd = sampleSizePresent ? Infinity : (this.reader.fileSize ?? Infinity);
                    const maxSamples = Math.min(sampleCount, this.reader.fileSize ?? Infinity);
                    for (let i = 0; i < maxSamples && trackData.currentOffset <= runEnd; i++) {
                        let sampleDuration;`,
  },
  {
    // Where pictures may be fields, a map unit is two macroblocks high: the picture came out at less than half its height.
    file: 'codec-data.js',
    original: `const codedHeight = 16 * (picHeightInMapUnitsMinus1 + 1);
        let displayWidth = codedWidth;
        let displayHeight = codedHeight;
        const frameMbsOnlyFlag = bitstream.readBits(1);`,
    replacement: `const frameMbsOnlyFlag = bitstream.readBits(1);
        const codedHeight = 16 * (2 - frameMbsOnlyFlag) * (picHeightInMapUnitsMinus1 + 1);
        let displayWidth = codedWidth;
        let displayHeight = codedHeight;`,
  },
]

/**
 * @param file of mediabunny's `dist/modules/src`
 * @param source its text
 * @returns the text with what is mended of it.
 * @throws where a place is not found exactly once: another version, for which the need of this is to be looked at.
 */
export function mendDemuxer(file: string, source: string): string {
  let text = source
  for (const { original, replacement } of mends.filter((mend) => mend.file === file)) {
    const pieces = text.split(original)
    if (pieces.length !== 2)
      throw new Error(
        `mediabunny’s ${file} reads otherwise than expected. Check whether what was wrong with it still is, and mend or remove them in src/host/demuxer-mend.ts.`,
      )
    text = pieces.join(replacement)
  }
  return text
}

const sources = /[\\/]mediabunny[\\/]dist[\\/]modules[\\/]src[\\/](.+\.js)$/

/** For everything that bundles mediabunny: the page, the workers, and what the development server bundles ahead. */
export const demuxerMend = (): Pick<Plugin, 'name'> & {
  transform: { filter: { id: RegExp }; handler: (code: string, id: string) => { code: string; map: null } | null }
} => ({
  name: 'demuxer-mend',
  transform: {
    filter: { id: /[\\/]mediabunny[\\/]dist[\\/]modules[\\/]src[\\/]((matroska|isobmff)[\\/].+|codec-data)\.js$/ },
    handler: (code, id) => {
      const file = sources.exec(id)?.[1]?.replaceAll('\\', '/')
      return file === undefined ? null : { code: mendDemuxer(file, code), map: null }
    },
  },
})
