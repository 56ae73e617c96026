/**
 * Motion between two frames, on the GPU: blocks are searched from coarse to fine, each level starting from the one above and
 * ending with a smoothing that follows blocks which can tell, after the hierarchical block matching of M. Bierling
 * ("Displacement Estimation by Hierarchical Blockmatching", 1988) with sub-pixel steps.
 */
import type { ComputePass, Gpu, Lease, Recorder } from '../../gpu/types.ts'
import { createGaussian, type Filter, type StagePicture } from '../stage.ts'
import {
  blockReads,
  confidenceWgsl,
  denseWgsl,
  halveWgsl,
  lightWgsl,
  lostWgsl,
  matchWgsl,
  meanWgsl,
  planeWgsl,
  restWgsl,
  slopesWgsl,
  smoothWgsl,
  tensorsWgsl,
  tonesWgsl,
} from './shaders.ts'

export interface Size {
  readonly width: number
  readonly height: number
}

/** Planes of one frame's luma, each half as large as the one before. */
export interface Pyramid extends Disposable {
  readonly levels: readonly (Size & { readonly plane: GPUTexture })[]
}

/** Where the blocks of a frame are found in another. */
export interface BlockMotion extends Disposable {
  /** `rgba32float`: dx, dy in pixels, the mean difference in grey levels, and how much there is to tell motion by, in [0,1). */
  readonly blocks: GPUTexture
  /** One pixel, its red: the share of blocks that are nowhere found again. More than `cutShare`: another shot. */
  readonly lostShare: GPUTexture
}

/** Of one level: of each pixel, and of each block together. */
interface Slopes {
  readonly slopes: GPUTexture
  readonly tensors: GPUTexture
}

/**
 * Between what twelve clips with thirteen cuts have: at each of these the share is 0.37 and more (the least between two shots from a driving
 * car), between frames of a shot 0.32 at most, where a screen scrolls, and mostly below 0.12.
 */
export const cutShare = 0.35

const maxLevels = 5
/** Pixels that the shorter side of the coarsest level has at least. */
const coarsest = 20
/** Cuts are told at the level whose area is nearest to this, 160×90. */
const cutArea = 160 * 90

/**
 * Levels from the third on have a sixteenth of the blocks and less. There it costs little to let what can tell motion reach far, along
 * edges and over flat ground, and finer levels begin from that.
 */
const smoothedMore = { from: 2, rounds: 4 }

const half = ({ width, height }: Size): Size => ({ width: Math.ceil(width / 2), height: Math.ceil(height / 2) })
const { grid } = blockReads

function sizesOf(whole: Size): readonly Size[] {
  const sizes = [whole]
  for (
    let next = half(whole);
    sizes.length < maxLevels && Math.min(next.width, next.height) >= coarsest;
    next = half(next)
  )
    sizes.push(next)
  return sizes
}

export interface MotionSearch {
  /** The planes of a whole picture. */
  pyramid(recorder: Recorder, image: StagePicture): Pyramid
  /** From `current` into each of `others`. */
  blocks(recorder: Recorder, current: Pyramid, others: readonly Pyramid[]): readonly BlockMotion[]
  /**
   * A vector for each pixel: `rgba16float` of dx, dy, and how far they are to be believed in [0,1]: 0 at a cut.
   * @param noise its deviation in grey levels of 255
   * @param nearer to a frame between the two: past a cut there nothing is believed either
   */
  dense(
    recorder: Recorder,
    current: StagePicture,
    other: StagePicture,
    motion: BlockMotion,
    noise: number,
    result: GPUTexture,
    nearer?: BlockMotion,
  ): void
}

/** The passes of a search. @param blur standard deviation in pixels of a blur before the search; 0: none */
async function compilePasses(gpu: Gpu, blur: number) {
  const pair = { current: 'float', other: 'float' } as const
  const bounds = { whole: 'vec2i' } as const
  const compile = (
    name: string,
    wgsl: string,
    reads: Parameters<Gpu['compute']>[0]['reads'],
    writes: object,
    uniforms = {},
  ) =>
    gpu.compute({
      label: `motion/${name}`,
      ...(reads && { reads }),
      writes: writes as Record<string, 'r32float' | 'rgba16float' | 'rgba32float'>,
      uniforms,
      wgsl,
    })
  const matching = (isCoarsest: boolean) =>
    compile(
      isCoarsest ? 'search' : 'match',
      matchWgsl(isCoarsest),
      { ...pair, slopes: 'float', tensors: 'float', ...(isCoarsest ? {} : { coarser: 'float' as const }) },
      { blocks: 'rgba32float' },
      bounds,
    )
  const smoothing = (radius: number, sigma: number, steps: number) =>
    compile(
      `smooth ${radius}`,
      smoothWgsl(radius, sigma, steps),
      { ...pair, rough: 'float', ...(steps > 0 ? { slopes: 'float' as const, tensors: 'float' as const } : {}) },
      { blocks: 'rgba32float' },
      bounds,
    )
  return allOf({
    plane: blur > 0 ? blurredPlane(gpu) : compile('plane', planeWgsl, { image: 'float' }, { plane: 'r32float' }),
    tones: compile('tones', tonesWgsl, { image: 'float' }, { plane: 'r32float' }),
    halve: compile('halve', halveWgsl, { plane: 'float' }, { half: 'r32float' }, bounds),
    slopes: compile('slopes', slopesWgsl, { plane: 'float' }, { slopes: 'rgba16float' }, bounds),
    tensors: compile('tensors', tensorsWgsl, { slopes: 'float' }, { tensors: 'rgba32float' }, bounds),
    search: matching(true),
    match: matching(false),
    wide: smoothing(5, 2.5, 0),
    narrow: smoothing(3, 1.5, 1),
    light: compile('light', lightWgsl, { ...pair, vectors: 'float' }, { light: 'rgba32float' }, bounds),
    rest: compile('rest', restWgsl, pair, { rest: 'rgba32float' }, bounds),
    lost: compile(
      'lost',
      lostWgsl,
      { ...pair, vectors: 'float', light: 'float', rest: 'float' },
      { lost: 'rgba32float' },
      bounds,
    ),
    columns: compile('columns', meanWgsl('y'), { values: 'float' }, { mean: 'rgba32float' }),
    rows: compile('rows', meanWgsl('x'), { values: 'float' }, { mean: 'rgba32float' }),
    dense: compile('dense', denseWgsl, { ...pair, blocks: 'float' }, { vectors: 'rgba16float' }, bounds),
    confidence: compile(
      'confidence',
      confidenceWgsl,
      { current: 'float', vectors: 'float', lost: 'float', nearer: 'float' },
      { motion: 'rgba16float' },
      { ...bounds, noise: 'f32', cut: 'f32' },
    ),
  })
}

/** What each of them becomes, by the same names. Rejects as soon as one does. */
async function allOf<T extends Readonly<Record<string, Promise<unknown>>>>(
  parts: T,
): Promise<{ readonly [Name in keyof T]: Awaited<T[Name]> }> {
  const ends = await Promise.all(Object.entries(parts).map(async ([name, part]) => [name, await part] as const))
  return Object.fromEntries(ends) as { readonly [Name in keyof T]: Awaited<T[Name]> }
}

/** Where cuts are told. */
function levelOfCuts(sizes: readonly Size[]): number {
  const distance = (size: Size) => Math.abs(Math.log2((size.width * size.height) / cutArea))
  return sizes.reduce((best, size, i) => (distance(size) < distance(sizes[best]!) ? i : best), 0)
}

const sides = ({ width, height }: Size): [number, number] => [width, height]

type Format = 'r32float' | 'rgba16float' | 'rgba32float'
type Borrow = (size: Size, format: Format, what: string) => Lease<GPUTexture>

/** Measures what share of the blocks of a level is nowhere found again. */
function measureOfLost(passes: Awaited<ReturnType<typeof compilePasses>>, borrow: Borrow) {
  /** One pixel: the mean of what stands there for each block. */
  function meanOf(recorder: Recorder, values: GPUTexture, blocks: Size): Lease<GPUTexture> {
    const across = { width: blocks.width, height: 1 }
    using means = borrow(across, 'rgba32float', 'means')
    passes.columns.record(recorder, { reads: { values }, writes: { mean: means.value }, size: across })
    const single = { width: 1, height: 1 }
    const mean = borrow(single, 'rgba32float', 'mean')
    passes.rows.record(recorder, { reads: { values: means.value }, writes: { mean: mean.value }, size: single })
    return mean
  }

  return (recorder: Recorder, size: Size, current: GPUTexture, other: GPUTexture, vectors: GPUTexture) => {
    const blocks = grid(size)
    const common = { uniforms: { whole: sides(size) }, size: blocks }
    const reads = { current, other, vectors }
    using ofEach = borrow(blocks, 'rgba32float', 'of each block')
    passes.light.record(recorder, { reads, writes: { light: ofEach.value }, ...common })
    using ofAll = meanOf(recorder, ofEach.value, blocks)
    passes.rest.record(recorder, { reads: { current, other }, writes: { rest: ofEach.value }, ...common })
    using meanOfRest = meanOf(recorder, ofEach.value, blocks)
    passes.lost.record(recorder, {
      reads: { ...reads, light: ofAll.value, rest: meanOfRest.value },
      writes: { lost: ofEach.value },
      ...common,
    })
    return meanOf(recorder, ofEach.value, blocks)
  }
}

/** @param blur standard deviation in pixels of a blur before the search, against noise; 0: none */
export async function createMotionSearch(gpu: Gpu, whole: Size, blur: number): Promise<MotionSearch> {
  const sizes = sizesOf(whole)
  const passes = await compilePasses(gpu, blur)

  const cutLevel = levelOfCuts(sizes)
  const borrow: Borrow = ({ width, height }, format, what) =>
    gpu.pool.texture({ width, height, format }, `motion/${what}`)

  const measureLost = measureOfLost(passes, borrow)

  function toOther(recorder: Recorder, current: Pyramid, slopesOf: readonly Slopes[], other: Pyramid): BlockMotion {
    let coarser: Lease<GPUTexture> | undefined
    let share: Lease<GPUTexture> | undefined
    for (let level = sizes.length - 1; level >= 0; level--) {
      const size = sizes[level]!
      const blocks = grid(size)
      const reads = {
        current: current.levels[level]!.plane,
        other: other.levels[level]!.plane,
        ...slopesOf[level]!,
      }
      const uniforms = { whole: sides(size) }
      using rough = borrow(blocks, 'rgba32float', 'rough')
      const result = borrow(blocks, 'rgba32float', 'blocks')
      const run = (pass: ComputePass, more: Readonly<Record<string, GPUTexture>>, result: GPUTexture) =>
        pass.record(recorder, { reads: { ...reads, ...more }, writes: { blocks: result }, uniforms, size: blocks })
      if (coarser) run(passes.match, { coarser: coarser.value }, result.value)
      else run(passes.search, {}, result.value)
      coarser?.[Symbol.dispose]()
      for (let round = 0; round < (level >= smoothedMore.from ? smoothedMore.rounds : 1); round++) {
        run(passes.wide, { rough: result.value }, rough.value)
        run(passes.narrow, { rough: rough.value }, result.value)
      }
      if (level === cutLevel) share = measureLost(recorder, size, reads.current, reads.other, result.value)
      coarser = result
    }
    const [blocks, lostShare] = [coarser!, share!]
    return {
      blocks: blocks.value,
      lostShare: lostShare.value,
      [Symbol.dispose]() {
        blocks[Symbol.dispose]()
        lostShare[Symbol.dispose]()
      },
    }
  }

  return {
    pyramid(recorder, image) {
      const leases = new DisposableStack()
      const levels = sizes.map((size) => ({ ...size, plane: leases.use(borrow(size, 'r32float', 'plane')).value }))
      if ('record' in passes.plane && blur > 0)
        (passes.plane as Filter).record(
          recorder,
          whole,
          { image },
          { texture: levels[0]!.plane, part: { x: 0, y: 0, ...whole } },
          blur,
        )
      else
        (passes.plane as ComputePass).record(recorder, {
          reads: { image: image.texture },
          writes: { plane: levels[0]!.plane },
          size: whole,
        })
      for (const [i, { width, height, plane: texture }] of levels.entries()) {
        const before = levels[i - 1]
        if (before)
          passes.halve.record(recorder, {
            reads: { plane: before.plane },
            writes: { half: texture },
            uniforms: { whole: sides(before) },
            size: { width, height },
          })
      }
      return { levels, [Symbol.dispose]: () => leases.dispose() }
    },
    blocks(recorder, current, others) {
      if (others.length === 0) return []
      using leases = new DisposableStack()
      const slopesOf = current.levels.map((size) => {
        const slopeMap = leases.use(borrow(size, 'rgba16float', 'slopes')).value
        passes.slopes.record(recorder, {
          reads: { plane: size.plane },
          writes: { slopes: slopeMap },
          uniforms: { whole: sides(size) },
          size,
        })
        const tensorMap = leases.use(borrow(grid(size), 'rgba32float', 'tensors')).value
        passes.tensors.record(recorder, {
          reads: { slopes: slopeMap },
          writes: { tensors: tensorMap },
          uniforms: { whole: sides(size) },
          size: grid(size),
        })
        return { slopes: slopeMap, tensors: tensorMap }
      })
      return others.map((other) => toOther(recorder, current, slopesOf, other))
    },
    dense(recorder, current, other, { blocks, lostShare: share }, noise, result, nearer) {
      using vectors = borrow(whole, 'rgba16float', 'vectors')
      const uniforms = { whole: sides(whole) }
      // Not those searched in: what is softened differs less where it should not be believed.
      using leases = new DisposableStack()
      const tonesOf = ({ texture }: StagePicture) => {
        const { value } = leases.use(borrow(whole, 'r32float', 'tones'))
        passes.tones.record(recorder, { reads: { image: texture }, writes: { plane: value }, size: whole })
        return value
      }
      const reads = { current: tonesOf(current), other: tonesOf(other) }
      passes.dense.record(recorder, {
        reads: { ...reads, blocks },
        writes: { vectors: vectors.value },
        uniforms,
        size: whole,
      })
      passes.confidence.record(recorder, {
        reads: { current: reads.current, vectors: vectors.value, lost: share, nearer: nearer?.lostShare ?? share },
        writes: { motion: result },
        uniforms: { ...uniforms, noise, cut: cutShare },
        size: whole,
      })
    },
  }
}

const blurredPlane = (gpu: Gpu): Promise<Filter> =>
  createGaussian(gpu, {
    label: 'motion/plane',
    format: 'r32float',
    reads: ['image'],
    source: 'return vec4f(255.0 * luma(image_at(at).rgb));',
  })
