/**
 * Finds text by what a line of print looks like to the eye: many strokes side by side, and clear ground above and below. A few small
 * GPU passes on luma, at a reduced size and at half of that, for larger type:
 *   1. `cells`: |∂luma/∂x|, luma and its square, averaged over cells of 4 × 2 px.
 *   2. `across`, `down`: Gaussian means of the three; the variance of luma follows. Two things are read from them:
 *      *activity*, the mean |∂x| (σ 10 × 1.5 px), and *density*, mean |∂x| ÷ deviation of luma (σ 10 × 4 px): strokes
 *      per pixel whatever the contrast. A lone edge or a brick's joint is not dense, print is.
 *   3. `line`: the lowest activity within 20 px above, and below; the higher of the two, divided by the highest
 *      activity nearby. Print falls to nothing between its lines; grass and gravel never pause.
 *   4. a closing (12 px) and an opening (36 px) along the row: what stands alone (an eye, a buckle) is no line.
 * Measured on the sample clip: see tests/gpu/nodes-text-protect.test.ts. Blind to text that runs upwards, to lines
 * higher than a fifth of the picture or so, and to colour that differs from its ground in hue alone.
 *
 * A thread makes a run of cells, so that what neighbours share is read once, by loops that are written out: to read a texture is
 * what software graphics takes its time for.
 */
import type { ComputePass, ComputeSpec, Gpu, GpuPicture, Recorder } from '../gpu/types.ts'

export interface Size {
  readonly width: number
  readonly height: number
}
/** Weights in [0,1] on a grid of their own that covers the whole picture. */
export interface WeightMap extends Size {
  readonly texture: GPUTexture
}

const cell = { width: 4, height: 2 } as const
/** Means along the row, in cells: σ is 10 px. */
const acrossSigma = 2.5
const acrossRadius = 6
/** Means down the column, in cells: σ is 4 px. */
const downSigma = 2
const downRadius = 5
/** How far above and below a line its ground is looked for, in cells: 20 px. */
const groundReach = 10
/** Cells that a thread makes. */
const runLength = 4

/** Of offsets from −`radius` to `radius`, summing to 1. */
const gaussian = (sigma: number, radius: number): ((offset: number) => string) => {
  const weightAt = (i: number) => Math.exp(-(i ** 2) / (2 * sigma ** 2))
  let sum = 0
  for (let i = -radius; i <= radius; i++) sum += weightAt(i)
  return (offset) => (weightAt(offset) / sum).toPrecision(8)
}

const range = (from: number, to: number): readonly number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i)
const each = (from: number, to: number, line: (i: number) => string): string => range(from, to).map(line).join('\n  ')
/** A name for the tap at an offset. */
const tap = (i: number) => (i < 0 ? `m${-i}` : `p${i}`)

const float = 'float' as const
const weight = 'r32float' as const
// A variance is a small difference of means: half floats would drown it.
const moments = 'rgba32float' as const

/** Reads `name` at a run of places along an axis, from `before` the first to `after` the last, the edge repeated. */
const readRun = (name: string, axis: 'x' | 'y', before: number, after: number, part: string, to = 't'): string => {
  const at = (i: number) => `clamp(first + ${i}, 0, last)`
  return each(-before, runLength - 1 + after, (i) => {
    const place = axis === 'x' ? `vec2i(${at(i)}, i32(at.y))` : `vec2i(i32(at.x), ${at(i)})`
    return `let ${to}${tap(i)} = textureLoad(${name}, ${place}, 0)${part};`
  })
}
const runAlong = (name: string, axis: 'x' | 'y'): string => `let first = i32(at.${axis}) * ${runLength};
  let last = i32(textureDimensions(${name}).${axis}) - 1;`
/** Beyond the edge nothing is kept. */
const placeAlong = (axis: 'x' | 'y', k: number): string =>
  axis === 'x' ? `vec2i(first + ${k}, i32(at.y))` : `vec2i(i32(at.x), first + ${k})`

/** Of luma, 2 × 2 pixels a texel (upper left, upper right, lower left, lower right), each the mean of `factor` × `factor` of the picture. */
const reduce = (factor: number): ComputeSpec => ({
  label: 'text-protect/reduce',
  reads: { image: float },
  writes: { blocks: moments },
  uniforms: { last: 'vec2u' },
  wgsl: /* wgsl */ `
fn reduced(at: vec2u) -> f32 {
  let edge = textureDimensions(image) - 1u;
  let here = min(at, u.last) * ${factor}u;
  ${
    factor === 1
      ? 'return luma(textureLoad(image, min(here, edge), 0).rgb);'
      : `var sum = 0.0;
  for (var j = 0u; j < ${factor}u; j++) {
    for (var i = 0u; i < ${factor}u; i++) { sum += luma(textureLoad(image, min(here + vec2u(i, j), edge), 0).rgb); }
  }
  return sum / ${factor * factor}.0;`
  }
}
fn main(at: vec2u) {
  let a = reduced(2u * at);
  let b = reduced(2u * at + vec2u(1, 0));
  let c = reduced(2u * at + vec2u(0, 1));
  textureStore(blocks, at, vec4f(a, b, c, reduced(2u * at + 1u)));
}`,
})

/** What a cell is told by the lumas `row<j>_<i>` of its own pixels and of one more on each side. */
const cellMeans = (): string => `var sum = vec3f(0.0);
  ${range(0, cell.height - 1)
    .flatMap((j) =>
      range(0, cell.width - 1).map(
        (i) =>
          `sum += vec3f(0.5 * abs(row${j}_${i + 2} - row${j}_${i}), row${j}_${i + 1}, row${j}_${i + 1} * row${j}_${i + 1});`,
      ),
    )
    .join('\n  ')}
  textureStore(means, at, vec4f(sum / ${cell.width * cell.height}.0, 0.0));`

/** Cells of the reduced picture: two blocks wide. */
const fineCells: ComputeSpec = {
  label: 'text-protect/fine cells',
  reads: { blocks: float },
  writes: { means: moments },
  wgsl: /* wgsl */ `
fn main(at: vec2u) {
  let last = vec2i(textureDimensions(blocks)) - 1;
  let first = 2 * i32(at.x);
  let y = min(i32(at.y), last.y);
  let before = textureLoad(blocks, vec2i(max(first - 1, 0), y), 0);
  let left = textureLoad(blocks, vec2i(min(first, last.x), y), 0);
  let right = textureLoad(blocks, vec2i(min(first + 1, last.x), y), 0);
  let after = textureLoad(blocks, vec2i(min(first + 2, last.x), y), 0);
  // Beyond the edges the last pixel is repeated: blocks hold it twice where the picture ends in the middle of one.
  let ends = vec3<bool>(first > last.x, first + 1 > last.x, first + 2 > last.x);
  ${each(
    0,
    cell.height - 1,
    (j) => `let near${j} = left.${'yw'[j]};
  let row${j}_0 = select(before.${'yw'[j]}, before.${'xz'[j]}, first == 0);
  let row${j}_1 = select(left.${'xz'[j]}, near${j}, ends.x);
  let row${j}_2 = near${j};
  let row${j}_3 = select(right.${'xz'[j]}, right.${'yw'[j]}, ends.y);
  let row${j}_4 = right.${'yw'[j]};
  let row${j}_5 = select(after.${'xz'[j]}, after.${'yw'[j]}, ends.z);`,
  )}
  ${cellMeans()}
}`,
}

/** Cells of a picture whose pixels are the blocks. */
const coarseCells: ComputeSpec = {
  label: 'text-protect/coarse cells',
  reads: { blocks: float },
  writes: { means: moments },
  wgsl: /* wgsl */ `
fn main(at: vec2u) {
  let last = vec2i(textureDimensions(blocks)) - 1;
  let first = vec2i(at) * vec2i(${cell.width}, ${cell.height});
  ${range(0, cell.height - 1)
    .flatMap((j) =>
      range(0, cell.width + 1).map(
        (i) =>
          `let row${j}_${i} = dot(textureLoad(blocks, clamp(first + vec2i(${i - 1}, ${j}), vec2i(0), last), 0), vec4f(0.25));`,
      ),
    )
    .join('\n  ')}
  ${cellMeans()}
}`,
}

const acrossWeight = gaussian(acrossSigma, acrossRadius)
const across: ComputeSpec = {
  label: 'text-protect/across',
  reads: { means: float },
  writes: { wide: moments },
  wgsl: /* wgsl */ `
fn main(at: vec2u) {
  ${runAlong('means', 'x')}
  ${readRun('means', 'x', acrossRadius, acrossRadius, '')}
  ${each(0, runLength - 1, (k) => {
    const sum = range(-acrossRadius, acrossRadius).map((i) => `${acrossWeight(i)} * t${tap(k + i)}`)
    return `textureStore(wide, ${placeAlong('x', k)}, ${sum.join(' + ')});`
  })}
}`,
}

const downWeight = gaussian(downSigma, downRadius)
const down: ComputeSpec = {
  label: 'text-protect/down',
  reads: { wide: float },
  writes: { activity: weight, density: weight },
  wgsl: /* wgsl */ `
fn main(at: vec2u) {
  ${runAlong('wide', 'y')}
  ${readRun('wide', 'y', downRadius, downRadius, '.rgb')}
  ${each(0, runLength - 1, (k) => {
    const sum = range(-downRadius, downRadius).map((i) => `${downWeight(i)} * t${tap(k + i)}`)
    return `let sum${k} = ${sum.join(' + ')};
  textureStore(activity, ${placeAlong('y', k)}, vec4f(0.25 * t${tap(k - 1)}.r + 0.5 * t${tap(k)}.r + 0.25 * t${tap(k + 1)}.r));
  textureStore(density, ${placeAlong('y', k)}, vec4f(sum${k}.r / sqrt(max(sum${k}.b - sum${k}.g * sum${k}.g, 1e-4))));`
  })}
}`,
}

/** The least or the greatest of terms. */
const extreme = (which: 'min' | 'max', terms: readonly string[]): string =>
  terms.reduce((sum, term) => `${which}(${sum}, ${term})`)

const line: ComputeSpec = {
  label: 'text-protect/line',
  reads: { activity: float, density: float },
  writes: { score: weight },
  uniforms: { sensitivity: 'f32' },
  wgsl: /* wgsl */ `
fn main(at: vec2u) {
  ${runAlong('activity', 'y')}
  ${readRun('activity', 'y', groundReach, groundReach, '.r')}
  ${readRun('density', 'y', 0, 0, '.r', 'd')}
  ${each(0, runLength - 1, (k) => {
    const taps = (from: number, to: number) => range(from, to).map((i) => `t${tap(k + i)}`)
    // At sensitivity 0.5: ground below 0.32 of the line, density over 0.21.
    return `let highest${k} = ${extreme('max', taps(-2, 2))};
  let ground${k} = max(${extreme('min', taps(-groundReach, 0))}, ${extreme('min', taps(0, groundReach))}) / max(highest${k}, 0.004);
  let line${k} = 1.0 - smoothstep(-0.08, 0.08, ground${k} - (0.12 + 0.4 * u.sensitivity));
  let dense${k} = smoothstep(-0.03, 0.03, d${tap(k)} - (0.27 - 0.12 * u.sensitivity));
  textureStore(score, ${placeAlong('y', k)}, vec4f(line${k} * dense${k} * smoothstep(0.008, 0.016, highest${k})));`
  })}
}`,
}

/** The highest, or lowest, of the cells within `radius` along the row. */
const row = (which: 'min' | 'max', radius: number): ComputeSpec => ({
  label: `text-protect/row ${which}`,
  reads: { score: float },
  writes: { spread: weight },
  wgsl: /* wgsl */ `
fn main(at: vec2u) {
  ${runAlong('score', 'x')}
  ${readRun('score', 'x', radius, radius, '.r')}
  ${each(0, runLength - 1, (k) => {
    const taps = range(-radius, radius).map((i) => `t${tap(k + i)}`)
    return `textureStore(spread, ${placeAlong('x', k)}, vec4f(${extreme(which, taps)}));`
  })}
}`,
})

/** The two scores on the grid of the coarse picture, which is fine enough for a soft mask. */
const join: ComputeSpec = {
  label: 'text-protect/join',
  reads: { fine: float, coarse: float },
  writes: { text: weight },
  wgsl: /* wgsl */ `
fn main(at: vec2u) {
  let place = (vec2f(at) + 0.5) / vec2f(${cell.width}.0, ${cell.height}.0);
  textureStore(text, at, vec4f(max(bilinear(fine, 2.0 * place - 0.5).r, bilinear(coarse, place - 0.5).r)));
}`,
}

const divide = ({ width, height }: Size, x: number, y: number): Size => ({
  width: Math.ceil(width / x),
  height: Math.ceil(height / y),
})

/** Closing by one cell either way, then opening by four; the two erosions between are one. */
const extremes = [
  ['max', 1],
  ['min', 5],
  ['max', 4],
] as const

/** Where text is, on a grid whose longest side is at most half of `side`; the map goes back to the pool when disposed. */
export async function prepareStrokes(gpu: Gpu, picture: Size, side: number) {
  const factor = Math.max(1, Math.ceil(Math.max(picture.width, picture.height) / side))
  const fine = divide(picture, factor, factor)
  const coarse = divide(fine, 2, 2)
  const specs = [reduce(factor), fineCells, coarseCells, across, down, line, join]
  const [toBlocks, toFine, toCoarse, wideAcross, wideDown, lines, joined] = (await Promise.all(
    specs.map((spec) => gpu.compute(spec)),
  )) as [ComputePass, ComputePass, ComputePass, ComputePass, ComputePass, ComputePass, ComputePass]
  const rows = await Promise.all(extremes.map(([which, radius]) => gpu.compute(row(which, radius))))

  return (recorder: Recorder, image: GpuPicture, sensitivity: number): WeightMap & Disposable => {
    using leases = new DisposableStack()
    const borrow = ({ width, height }: Size, what: string, format: 'r32float' | 'rgba32float' = weight) =>
      leases.use(gpu.pool.texture({ width, height, format }, `text-protect/${what}`)).value

    const scoreLines = (toCells: ComputePass, blocks: GPUTexture, size: Size): GPUTexture => {
      const grid = divide(size, cell.width, cell.height)
      const inRows = divide(grid, runLength, 1)
      const inColumns = divide(grid, 1, runLength)
      const [means, wide] = [borrow(grid, 'means', moments), borrow(grid, 'wide means', moments)]
      const [activity, density, score] = [borrow(grid, 'activity'), borrow(grid, 'density'), borrow(grid, 'score')]
      toCells.record(recorder, { reads: { blocks }, writes: { means }, size: grid })
      wideAcross.record(recorder, { reads: { means }, writes: { wide }, size: inRows })
      wideDown.record(recorder, { reads: { wide }, writes: { activity, density }, size: inColumns })
      const bindings = { reads: { activity, density }, writes: { score }, uniforms: { sensitivity }, size: inColumns }
      lines.record(recorder, bindings)
      const spread = [score, activity, density, score]
      for (const [i, pass] of rows.entries())
        pass.record(recorder, { reads: { score: spread[i]! }, writes: { spread: spread[i + 1]! }, size: inRows })
      return score
    }

    const blocks = borrow(coarse, 'luma', moments)
    toBlocks.record(recorder, {
      reads: { image: image.texture },
      writes: { blocks },
      uniforms: { last: [fine.width - 1, fine.height - 1] },
      size: coarse,
    })
    const reads = { fine: scoreLines(toFine, blocks, fine), coarse: scoreLines(toCoarse, blocks, coarse) }
    const text = gpu.pool.texture({ ...coarse, format: weight }, 'text-protect/text')
    joined.record(recorder, { reads, writes: { text: text.value }, size: coarse })
    return { texture: text.value, ...coarse, [Symbol.dispose]: () => text[Symbol.dispose]() }
  }
}
