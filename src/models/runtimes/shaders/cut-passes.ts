/**
 * Cuts a network into passes. A pass stores one tensor; what stands between that and the stored tensors that it reads
 * is computed on the way, for each pixel anew: at most one convolution, with all that follows it up to the next place
 * where neighbours or several readers need the numbers.
 */
import {
  type Convolution,
  type Extent,
  type Network,
  type Operation,
  type Sides,
  sameExtent,
  sidesOf,
  sourcesOf,
  type TensorId,
} from './network.ts'

/** A stored tensor that a convolution reads, each pixel of it `repeat` times along either axis. */
export interface ConvolvedSource {
  readonly tensor: TensorId
  readonly repeat: number
}

export interface Pass {
  /** What it stores. */
  readonly result: TensorId
  /** The convolution that it computes, and of what: channels of the sources follow one another. */
  readonly convolution: { readonly id: TensorId; readonly sources: readonly ConvolvedSource[] } | null
  /** A thread makes a pixel of this, and of the result a square of `factor` × `factor` pixels. */
  readonly grid: Extent
  readonly factor: number
  /** The stored tensors that it reads. */
  readonly reads: readonly TensorId[]
}

export interface Lowering {
  readonly network: Network
  readonly passes: readonly Pass[]
  /** Tensors that lie in memory: the input, and one for each pass. */
  readonly storedTensors: ReadonlySet<TensorId>
  /** Pixels of zeros around each stored tensor, so that convolutions need not ask where a picture ends. */
  readonly borders: ReadonlyMap<TensorId, number>
}

/** What of an enlarging operation decides who may share a pass with it. */
interface Enlarging {
  readonly factor: number
  readonly grid: Extent
}

/** What a value that is not stored brings into the pass that computes it. */
interface Content {
  readonly convolutions: readonly TensorId[]
  readonly enlarging: Enlarging | null
}

const nothing: Content = { convolutions: [], enlarging: null }

export function fuse(network: Network): Lowering {
  const storedTensors = new Set<TensorId>([network.output])
  for (const [id, operation] of network.operations.entries()) {
    if (operation.kind === 'input' || operation.kind === 'mean') storedTensors.add(id)
    for (const source of storedSources(network, operation)) storedTensors.add(source)
  }
  for (;;) {
    const size = storedTensors.size
    settleConflicts(network, storedTensors)
    storeShared(network, storedTensors)
    if (storedTensors.size === size) break
  }
  const usedIds = reachable(network, storedTensors)
  for (const id of storedTensors) if (!usedIds.has(id)) storedTensors.delete(id)
  const passes = [...storedTensors]
    .filter((id) => network.operations[id]!.kind !== 'input')
    .sort((a, b) => a - b)
    .map((id) => passOf(network, storedTensors, id))
  return { network, passes, storedTensors, borders: bordersOf(network, passes) }
}

/** What an operation needs lying in memory, since it reads more of it than the pixel at its own place. */
function storedSources(network: Network, operation: Operation): readonly TensorId[] {
  switch (operation.kind) {
    case 'convolution':
      return convolvedSources(network, operation).map(({ tensor }) => tensor)
    case 'resize':
    case 'space-to-depth':
    case 'pad':
    case 'mean':
      return [operation.source]
    default:
      return []
  }
}

/** The tensors behind a convolution's source: those that are concatenated, and pixels that are merely repeated. */
function convolvedSources(network: Network, convolution: Convolution): readonly ConvolvedSource[] {
  const behind = (id: TensorId): readonly ConvolvedSource[] => {
    const operation = network.operations[id]!
    if (operation.kind === 'concatenation') return operation.sources.flatMap(behind)
    if (operation.kind === 'resize' && repeats(operation))
      return [{ tensor: operation.source, repeat: operation.factor }]
    return [{ tensor: id, repeat: 1 }]
  }
  return behind(convolution.source)
}

const repeats = ({ taps }: Operation & { readonly kind: 'resize' }): boolean =>
  taps.every(([tap, ...more]) => tap?.offset === 0 && more.length === 0)

/** Stores what cannot be computed in one pass with the rest: a second convolution, a second way of enlarging. */
function settleConflicts(network: Network, storedTensors: Set<TensorId>) {
  const contents: Content[] = []
  const contentOf = (id: TensorId): Content => (storedTensors.has(id) ? nothing : contents[id]!)
  for (const [id, operation] of network.operations.entries()) {
    if (operation.kind === 'convolution') {
      contents[id] = { convolutions: [id], enlarging: null }
      continue
    }
    if (operation.kind === 'resize') {
      const { extent } = network.tensors[operation.source]!
      contents[id] = { convolutions: [], enlarging: { factor: operation.factor, grid: extent } }
      continue
    }
    if (operation.kind === 'depth-to-space') {
      if (contentOf(operation.source).enlarging) storedTensors.add(operation.source)
      const { extent } = network.tensors[operation.source]!
      contents[id] = {
        convolutions: contentOf(operation.source).convolutions,
        enlarging: { factor: operation.factor, grid: extent },
      }
      continue
    }
    contents[id] = sourcesOf(operation).reduce<Content>((sum, source) => {
      // A value of the whole picture is computed once, not at every pixel.
      if (network.tensors[source]!.extent.kind !== network.tensors[id]!.extent.kind) storedTensors.add(source)
      const next = join(sum, contentOf(source))
      if (next) return next
      storedTensors.add(source)
      return sum
    }, nothing)
  }
}

/** Both in one pass; `undefined` where they do not fit. */
function join(a: Content, b: Content): Content | undefined {
  const convolutions = [...new Set([...a.convolutions, ...b.convolutions])]
  if (convolutions.length > 1) return undefined
  if (a.enlarging && b.enlarging) {
    if (a.enlarging.factor !== b.enlarging.factor || !sameExtent(a.enlarging.grid, b.enlarging.grid)) return undefined
    return { convolutions, enlarging: a.enlarging }
  }
  // A convolution's pixels are those of the grid: it cannot stand beside what is enlarged from one.
  const beside = (one: Content, other: Content) => one.enlarging && !other.enlarging && other.convolutions.length > 0
  if (beside(a, b) || beside(b, a)) return undefined
  return { convolutions, enlarging: a.enlarging ?? b.enlarging }
}

/** Stores what several passes would compute by a convolution each. */
function storeShared(network: Network, storedTensors: Set<TensorId>) {
  const readers = network.operations.map(() => new Set<TensorId>())
  const heavy: boolean[] = []
  for (const [id, operation] of network.operations.entries()) {
    heavy[id] =
      operation.kind === 'convolution' ||
      (!reads(operation) && sourcesOf(operation).some((source) => !storedTensors.has(source) && heavy[source]))
  }
  for (let id = network.operations.length - 1; id >= 0; id--) {
    const passes = storedTensors.has(id) ? new Set([id]) : readers[id]!
    if (passes.size > 1 && heavy[id]) {
      storedTensors.add(id)
      passes.clear()
      passes.add(id)
    }
    const operation = network.operations[id]!
    // What is read from memory is in no pass of its reader.
    if (reads(operation)) continue
    for (const source of sourcesOf(operation)) for (const pass of passes) readers[source]!.add(pass)
  }
}

const reads = ({ kind }: Operation): boolean =>
  kind === 'convolution' || kind === 'resize' || kind === 'space-to-depth' || kind === 'pad' || kind === 'mean'

/** The stored tensors and the convolution that the pass of `result` is made of. */
function visit(network: Network, storedTensors: ReadonlySet<TensorId>, result: TensorId) {
  const passParts = {
    reads: new Set<TensorId>(),
    convolution: null as TensorId | null,
    enlarging: null as Enlarging | null,
  }
  const readIds = new Set<TensorId>()
  const walk = (id: TensorId) => {
    if (readIds.has(id)) return
    readIds.add(id)
    const operation = network.operations[id]!
    if (operation.kind === 'convolution') passParts.convolution = id
    if (operation.kind === 'resize' || operation.kind === 'depth-to-space') {
      passParts.enlarging = { factor: operation.factor, grid: network.tensors[operation.source]!.extent }
    }
    if (reads(operation)) {
      for (const source of storedSources(network, operation)) passParts.reads.add(source)
      return
    }
    for (const source of sourcesOf(operation)) {
      if (storedTensors.has(source)) passParts.reads.add(source)
      else walk(source)
    }
  }
  walk(result)
  return passParts
}

function passOf(network: Network, storedTensors: ReadonlySet<TensorId>, result: TensorId): Pass {
  const { reads: tensors, convolution, enlarging } = visit(network, storedTensors, result)
  const operation = convolution === null ? undefined : network.operations[convolution]!
  return {
    result,
    convolution:
      convolution !== null && operation?.kind === 'convolution'
        ? { id: convolution, sources: convolvedSources(network, operation) }
        : null,
    grid: enlarging?.grid ?? network.tensors[result]!.extent,
    factor: enlarging?.factor ?? 1,
    reads: [...tensors],
  }
}

function reachable(network: Network, storedTensors: ReadonlySet<TensorId>): ReadonlySet<TensorId> {
  const reachedIds = new Set<TensorId>()
  const waiting = [network.output]
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (reachedIds.has(id)) continue
    reachedIds.add(id)
    waiting.push(...visit(network, storedTensors, id).reads)
  }
  return reachedIds
}

function bordersOf(network: Network, passes: readonly Pass[]): ReadonlyMap<TensorId, number> {
  const borders = new Map<TensorId, number>()
  for (const { convolution } of passes) {
    if (!convolution) continue
    const operation = network.operations[convolution.id]!
    if (operation.kind !== 'convolution') continue
    const { before, kernel } = operation
    const { extent } = network.tensors[operation.source]!
    const ownExtent = network.tensors[convolution.id]!.extent
    const sides = [0, 1].map((axis) => {
      // What lies beyond the far end: what the result has more than the source, and what the kernel takes of it.
      const growth =
        extent.kind === 'picture' && ownExtent.kind === 'picture' ? ownExtent.add[axis]! - extent.add[axis]! : 0
      return Math.max(before[axis]!, growth + kernel[axis]! - 1 - before[axis]!)
    })
    const around = Math.max(0, ...sides)
    for (const { tensor, repeat } of convolution.sources) {
      borders.set(tensor, Math.max(borders.get(tensor) ?? 0, Math.ceil(around / repeat)))
    }
  }
  return borders
}

/** What a lowered network costs on an input of a size. */
export interface Cost {
  readonly multiplyAdds: number
  /** Numbers read and written by all passes, each source counted once a pass. */
  readonly numbers: number
}

export function costOf({ network, passes }: Lowering, input: Sides): Cost {
  let multiplyAdds = 0
  let numbers = 0
  const size = (id: TensorId): number => {
    const { width, height } = sidesOf(network.tensors[id]!.extent, input)
    return width * height * network.tensors[id]!.channels
  }
  for (const { result, convolution, reads: sources } of passes) {
    numbers += size(result) + sources.reduce((sum, id) => sum + size(id), 0)
    const operation = convolution ? network.operations[convolution.id]! : undefined
    if (convolution && operation?.kind === 'convolution') {
      const { channels, extent } = network.tensors[convolution.id]!
      const { width, height } = sidesOf(extent, input)
      multiplyAdds += (width * height * channels * operation.weights.length) / channels
    }
  }
  return { multiplyAdds, numbers }
}
