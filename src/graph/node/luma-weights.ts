/** Luma coefficients (Kr, Kb) of ITU-T H.273, table 4: BT.709, BT.601, BT.2020, SMPTE 240M, FCC. */
const coefficients: Readonly<Record<string, readonly [number, number]>> = {
  bt709: [0.2126, 0.0722],
  smpte170m: [0.299, 0.114],
  bt470bg: [0.299, 0.114],
  'bt2020-ncl': [0.2627, 0.0593],
  bt2020c: [0.2627, 0.0593],
  smpte240m: [0.212, 0.087],
  fcc: [0.3, 0.11],
}

/** What R', G' and B' count in the luma of a stream. An unknown matrix is read as BT.709. */
export function lumaWeights(matrix: string): readonly [number, number, number] {
  const [kr, kb] = coefficients[matrix] ?? [0.2126, 0.0722]
  return [kr, 1 - kr - kb, kb]
}
