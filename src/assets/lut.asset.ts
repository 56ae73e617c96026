import { defineAsset } from './asset.ts'

export interface LutFacts {
  /** What the file calls itself; empty where it does not. */
  readonly title: string
  /** 1: a curve for each of red, green and blue. 3: a colour for each colour. */
  readonly dimensions: 1 | 3
  /** Entries on each side. */
  readonly size: number
  /** Of red, green and blue: the values that the first and the last entry stand for. */
  readonly domain: { readonly min: readonly [number, number, number]; readonly max: readonly [number, number, number] }
  readonly sha256: string
  /** Bytes. */
  readonly bytes: number
}

declare module '../graph/node/facts.ts' {
  interface AssetFactsOf {
    readonly lut: LutFacts
  }
}

const range = ({ min, max }: LutFacts['domain']): string => {
  const same = min.every((value) => value === min[0]) && max.every((value) => value === max[0])
  return same ? `${min[0]} to ${max[0]}` : `${min.join(', ')} to ${max.join(', ')}`
}

export default defineAsset({
  kind: 'lut',
  title: 'LUT',
  endings: ['cube'],
  mediaTypes: [],
  several: false,
  knownBy: 'content',
  ships: () => false,
  onDrop: 'inserted',
  listed: false,
  phrase: 'a .cube file',
  words: { choose: 'Choose a LUT (.cube)', locate: 'Locate its .cube file…' },
  describe: ({ title, dimensions, size, domain }) => [
    ...(title === '' ? [] : [title]),
    dimensions === 3
      ? `3D, ${size} × ${size} × ${size} colours`
      : `1D, ${size} entries for each of red, green and blue`,
    `For values from ${range(domain)}`,
  ],
})
