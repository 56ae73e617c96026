/**
 * Convolutions of 3 × 3 pixels by Winograd's minimal filtering, F(4 × 4, 3 × 3): a tile of 6 × 6 pixels and the weights are
 * taken to a domain of 36 places where the convolution is a product of matrices of channels; 16 results cost 36
 * multiplications instead of 144.
 *
 * A. Lavin, S. Gray, "Fast Algorithms for Convolutional Neural Networks", CVPR 2016 (arXiv:1509.09308).
 */
import { FunctionCode, type Local } from './assembler.ts'

/** Pixels of a result along either side of a tile. */
export const tileSide = 4
/** Pixels that a tile is made of, along either side. */
const sourceSide = 6
export const places = sourceSide ** 2
/** Tiles that are multiplied side by side: with four vectors of channels they fill the processor's registers. */
const tilesAtOnce = 3
const vectorsAtOnce = 4
/** Tiles that are taken to the other domain before they are multiplied: their numbers stay in the nearer caches. */
export const batch = 24

const floatBytes = 4
export const vectorBytes = 4 * floatBytes

/** Numbers of a pixel, in vectors of four. */
export interface Channels {
  readonly from: number
  readonly to: number
}

/** `G` of the paper. */
const weightTransform = [
  [1 / 4, 0, 0],
  [-1 / 6, -1 / 6, -1 / 6],
  [-1 / 6, 1 / 6, -1 / 6],
  [1 / 24, 1 / 12, 1 / 6],
  [1 / 24, -1 / 12, 1 / 6],
  [0, 0, 1],
] as const

/** Nine weights, row by row, in the other domain: G g Gᵀ. */
export function transformedWeights(weights: ArrayLike<number>): Float64Array<ArrayBuffer> {
  const half = weightTransform.map((row) =>
    [0, 1, 2].map((x) => row[0] * weights[x]! + row[1] * weights[3 + x]! + row[2] * weights[6 + x]!),
  )
  return Float64Array.from(
    half.flatMap((row) => weightTransform.map(([a, b, c]) => a * row[0]! + b * row[1]! + c * row[2]!)),
  )
}

/** Bytes of what `transformTiles` writes for a batch. */
export const domainBytes = (vectors: number): number => places * batch * vectors * vectorBytes

/** Widths of the columns of results that `multiply` makes at once, in vectors. */
export const columnsOf = (vectors: number): number[] => {
  const columns: number[] = []
  for (let remaining = vectors; remaining > 0; remaining -= vectorsAtOnce)
    columns.push(Math.min(remaining, vectorsAtOnce))
  return columns
}

/**
 * (source, row bytes, target, tiles): takes tiles that lie side by side, the first beginning at `source`, to the other domain, place by
 * place, and in it tile by tile.
 */
export function transformTiles(vectors: number): FunctionCode {
  const code = new FunctionCode('i32', 'i32', 'i32', 'i32')
  const [source, rowBytes, target, tiles] = [0, 1, 2, 3]
  const rows = code.locals('i32', sourceSide)
  const to = code.local('i32')
  const vector = code.local('i32')
  const d = Array.from({ length: sourceSide }, () => code.locals('v128', sourceSide))
  const temporary = code.locals('v128', 4)
  const pixel = vectors * vectorBytes
  code.countDown(tiles, 1, () => {
    for (const [i, row] of rows.entries()) {
      if (i === 0) code.get(source).set(row)
      else
        code
          .get(rows[i - 1]!, rowBytes)
          .addWhole()
          .set(row)
    }
    code.get(target).set(to).whole(vectors).set(vector)
    code.countDown(vector, 1, () => {
      for (let x = 0; x < sourceSide; x++) {
        for (const [y, row] of rows.entries()) code.load(row, x * pixel).set(d[y]![x]!)
        toDomain(
          code,
          d.map((row) => row[x]!),
          temporary,
        )
      }
      for (const [y, row] of d.entries()) {
        toDomain(code, row, temporary)
        for (const [x, local] of row.entries())
          code.store(to, (y * sourceSide + x) * batch * pixel, () => code.get(local))
      }
      for (const row of rows) code.advance(row, vectorBytes)
      code.advance(to, vectorBytes)
    })
    code.advance(source, tileSide * pixel).advance(target, pixel)
  })
  return code
}

/** Bᵀ of the paper on six locals, in place. */
function toDomain(code: FunctionCode, d: readonly Local[], [a, b, c, e]: readonly Local[]): void {
  const [d0, d1, d2, d3, d4, d5] = d as readonly [Local, Local, Local, Local, Local, Local]
  const [t0, t1, t2, t3] = [a!, b!, c!, e!]
  // t0 = d4 − 4 d2, t1 = d3 − 4 d1, t2 = d4 − d2, t3 = 2 (d3 − d1)
  code.get(d4, d2).constant(4).multiply().subtract().set(t0)
  code.get(d3, d1).constant(4).multiply().subtract().set(t1)
  code.get(d4, d2).subtract().set(t2)
  code.get(d3, d1).subtract().set(t3)
  // The outer two: 4 d0 − 5 d2 + d4 = 4 (d0 − d2) + t2, and 4 d1 − 5 d3 + d5 = d5 − d3 − 4 (d3 − d1).
  code.get(d0, d2).subtract().constant(4).multiply().get(t2).add().set(d0)
  code.get(d5, d3).subtract().get(t3).constant(4).multiply().subtract().set(d5)
  code.get(t3, t3).add().set(t3)
  code.get(t0, t1).add().set(d1)
  code.get(t0, t1).subtract().set(d2)
  code.get(t2, t3).add().set(d3)
  code.get(t2, t3).subtract().set(d4)
}

/**
 * (weights, source, target, tiles): at each of the 36 places every tile's numbers times that place's weights. The weights lie place by
 * place, in it column by column (`columnsOf`), in it by channel of the source.
 */
export function multiplyTiles({ from, to }: Channels): FunctionCode {
  const code = new FunctionCode('i32', 'i32', 'i32', 'i32')
  const [weights, source, target, tiles] = [0, 1, 2, 3]
  const [place, remaining, w, s, t, channel] = code.locals('i32', 6) as [Local, Local, Local, Local, Local, Local]
  const sums = Array.from({ length: tilesAtOnce }, () => code.locals('v128', vectorsAtOnce))
  const numbers = code.locals('v128', tilesAtOnce)
  const weight = code.local('v128')
  const [sourceTile, targetTile] = [from * vectorBytes, to * vectorBytes]
  code.whole(places).set(place)
  code.countDown(place, 1, () => {
    code.get(tiles).set(remaining).get(source).set(s).get(target).set(t)
    code.countDown(remaining, tilesAtOnce, () => {
      code.get(weights).set(w)
      for (const [i, width] of columnsOf(to).entries()) {
        for (const row of sums) for (const sum of row.slice(0, width)) code.constant(0).set(sum)
        code.whole(from).set(channel)
        code.countDown(channel, 1, () => {
          for (let k = 0; k < 4; k++) {
            for (const [tile, number] of numbers.entries())
              code.loadRepeated(s, tile * sourceTile + k * floatBytes).set(number)
            for (let column = 0; column < width; column++) {
              code.load(w, (k * width + column) * vectorBytes).set(weight)
              for (const [tile, number] of numbers.entries()) {
                const sum = sums[tile]![column]!
                code.multiplyAdd(weight, number, sum).set(sum)
              }
            }
          }
          code.advance(w, 4 * width * vectorBytes).advance(s, vectorBytes)
        })
        code.advance(s, -sourceTile)
        for (const [tile, row] of sums.entries())
          for (const [column, sum] of row.slice(0, width).entries())
            code.store(t, tile * targetTile + (i * vectorsAtOnce + column) * vectorBytes, () => code.get(sum))
      }
      code.advance(s, tilesAtOnce * sourceTile).advance(t, tilesAtOnce * targetTile)
    })
    code
      .advance(weights, from * 4 * to * vectorBytes)
      .advance(source, batch * sourceTile)
      .advance(target, batch * targetTile)
  })
  return code
}

/**
 * (source, target, row bytes, parameters, tiles): takes tiles back from the other domain, adds the bias, and multiplies what is below 0 by the
 * slope. `parameters`: of each vector its bias, then its slope.
 */
export function restoreTiles(vectors: number): FunctionCode {
  const code = new FunctionCode('i32', 'i32', 'i32', 'i32', 'i32')
  const [source, target, rowBytes, parameters, tiles] = [0, 1, 2, 3, 4]
  const rows = code.locals('i32', tileSide)
  const [from, ownAddress, vector] = code.locals('i32', 3) as [Local, Local, Local]
  const m = code.locals('v128', sourceSide)
  const half = Array.from({ length: tileSide }, () => code.locals('v128', sourceSide))
  const [bias, slope] = code.locals('v128', 2) as [Local, Local]
  const temporary = code.locals('v128', 4)
  const pixel = vectors * vectorBytes
  code.countDown(tiles, 1, () => {
    for (const [i, row] of rows.entries()) {
      if (i === 0) code.get(target).set(row)
      else
        code
          .get(rows[i - 1]!, rowBytes)
          .addWhole()
          .set(row)
    }
    code.get(source).set(from).get(parameters).set(ownAddress).whole(vectors).set(vector)
    code.countDown(vector, 1, () => {
      for (let x = 0; x < sourceSide; x++) {
        for (const [y, local] of m.entries()) code.load(from, (y * sourceSide + x) * batch * pixel).set(local)
        fromDomain(
          code,
          m,
          half.map((row) => row[x]!),
          temporary,
        )
      }
      code.load(ownAddress, 0).set(bias).load(ownAddress, vectorBytes).set(slope)
      for (const [y, row] of half.entries()) {
        const results = m.slice(0, tileSide)
        fromDomain(code, row, results, temporary)
        for (const [x, result] of results.entries()) {
          code.get(result, bias).add().set(result)
          code.store(rows[y]!, x * pixel, () =>
            code.get(result).constant(0).max().get(result).constant(0).min().get(slope).multiply().add(),
          )
        }
      }
      for (const row of rows) code.advance(row, vectorBytes)
      code.advance(from, vectorBytes).advance(ownAddress, 2 * vectorBytes)
    })
    code.advance(source, pixel).advance(target, tileSide * pixel)
  })
  return code
}

/** Aᵀ of the paper, from six locals to four others. */
function fromDomain(
  code: FunctionCode,
  m: readonly Local[],
  to: readonly Local[],
  [a, b, c, e]: readonly Local[],
): void {
  const [m0, m1, m2, m3, m4, m5] = m as readonly [Local, Local, Local, Local, Local, Local]
  const [s1, s2, s3, s4] = [a!, b!, c!, e!]
  code.get(m1, m2).add().set(s1)
  code.get(m1, m2).subtract().set(s2)
  code.get(m3, m4).add().set(s3)
  code.get(m3, m4).subtract().set(s4)
  code.get(m0, s1).add().get(s3).add().set(to[0]!)
  code.get(s2, s4).get(s4).add().add().set(to[1]!)
  code.get(s1, s3).constant(4).multiply().add().set(to[2]!)
  code.get(s2, s4).constant(8).multiply().add().get(m5).add().set(to[3]!)
}
