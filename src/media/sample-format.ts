/** How large pictures of samples are. */
import type { SampleFormat } from './types.ts'

/** Bytes of one picture of that format. */
export function sampleBytes({ arrangement, bits, subsampling, alpha }: SampleFormat, width: number, height: number) {
  const pixels = width * height
  const chroma = Math.ceil(width / 2 ** subsampling[0]) * Math.ceil(height / 2 ** subsampling[1])
  const samples =
    arrangement === 'grey' ? pixels : arrangement === 'rgba' ? pixels * 4 : pixels * (alpha ? 2 : 1) + 2 * chroma
  return samples * (bits > 8 ? 2 : 1)
}
