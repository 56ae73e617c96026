/**
 * Runs a measure's steps over whole pictures: a score is of the whole, so that a part of a map is cut out of the whole one.
 * Only what a wanted output is made of runs; what lies between is borrowed from its first use to its last.
 */
import type {
  ComputePass,
  Gpu,
  GpuNumber,
  GpuPicture,
  Lease,
  Recorder,
  UniformTypes,
  UniformValue,
} from '../../gpu/types.ts'
import { type Size, type Step, tally } from './measure-steps.ts'
import { openShelf } from './shelf.ts'

export interface OutputSpec {
  readonly reads: readonly string[]
  /** WGSL functions that `value` calls. */
  readonly functions?: string
  readonly uniforms?: UniformTypes
  /**
   * WGSL expression of `at`, a pixel of the node's image (of a number, 0): an `f32`. In scope is what a step has.
   */
  readonly value: string
}

export interface MeasureSpec {
  /** The node's type. */
  readonly label: string
  /** The pictures that are given, and their sizes. Where a pixel of one is no number, no score is one. */
  readonly inputSizes: Readonly<Record<string, Size>>
  readonly steps: readonly Step[]
  /** Masks by the names of their outputs: the value divided by the uniform `full`, cut to [0,1]. */
  readonly maps: Readonly<Record<string, OutputSpec>>
  /** Numbers by the names of their outputs, as they are. */
  readonly scores: Readonly<Record<string, OutputSpec>>
}

export interface Measure extends Disposable {
  record(
    recorder: Recorder,
    /** Whose `content` is known, of those what is worked out for other measures too is worked out once. */
    inputPictures: Readonly<Record<string, Pick<GpuPicture, 'texture'> & { readonly content?: string }>>,
    outputs: Readonly<Record<string, GpuPicture | GpuNumber | undefined>>,
    uniforms: Readonly<Record<string, UniformValue>>,
  ): void
}

/** Pictures that several measures are made of; each stands for the same steps wherever it is written. */
const sharedNames = ['fit']

const onePixel = { x: 0, y: 0, width: 1, height: 1 } as const

const isUsed = (name: string, wgsl: string) => new RegExp(`\\b${name}\\b`).test(wgsl)

/** Functions by which a shader whose results are `whole` pixels large reads the pictures `reads`, those alone that `wgsl` calls. */
function readers(reads: readonly string[], wgsl: string, whole: string): string {
  return reads
    .flatMap((name) => [
      [`${name}_size`, `fn ${name}_size() -> vec2i { return vec2i(textureDimensions(${name})); }`],
      [
        `${name}_at`,
        `fn ${name}_at(at: vec2i) -> vec4f {
  return textureLoad(${name}, clamp(at, vec2i(0), vec2i(textureDimensions(${name})) - 1), 0);
}`,
      ],
      [
        `${name}_between`,
        `fn ${name}_between(at: vec2i) -> vec4f {
  return bilinear(${name}, (vec2f(at) + 0.5) * vec2f(textureDimensions(${name})) / vec2f(${whole}) - 0.5);
}`,
      ],
      [
        `${name}_nearest`,
        `fn ${name}_nearest(at: vec2i) -> vec4f {
  let place = vec2i((vec2f(at) + 0.5) * vec2f(textureDimensions(${name})) / vec2f(${whole}));
  return textureLoad(${name}, clamp(place, vec2i(0), vec2i(textureDimensions(${name})) - 1), 0);
}`,
      ],
    ])
    .filter(([name]) => isUsed(name!, wgsl))
    .map(([, text]) => text)
    .join('\n')
}

interface Compiled {
  readonly step: Step
  readonly pass: ComputePass
}

async function compile(gpu: Gpu, step: Step): Promise<Compiled> {
  const { label, reads, writes, uniforms, tables = {}, counts = {}, functions = '', wgsl } = step
  const text = `${functions}\nfn make(at: vec2i) { ${wgsl} }`
  const writers = Object.keys(writes).map((name) => [name, new RegExp(`\\b${name}_is\\(`, 'g')] as const)
  const pass = await gpu.compute({
    label,
    reads: Object.fromEntries(reads.map((name) => [name, 'float' as const])),
    writes,
    buffers: {
      ...Object.fromEntries(
        Object.entries(tables).map(([name, table]) => [
          name,
          { type: table instanceof Uint32Array ? 'array<u32>' : 'array<f32>', access: 'read' as const },
        ]),
      ),
      ...Object.fromEntries(
        Object.entries(counts).map(([name, { atomic }]) => [
          name,
          { type: atomic ? 'array<atomic<u32>>' : 'array<u32>', access: 'read_write' as const },
        ]),
      ),
    },
    ...(uniforms && { uniforms }),
    wgsl: `${readers(reads, text, `textureDimensions(${Object.keys(writes)[0]})`)}
${writers.reduce((all, [name, call]) => all.replace(call, `textureStore(${name}, at, `), text)}
fn main(at: vec2u) { make(vec2i(at)); }`,
  })
  return { step, pass }
}

const compileOutput = (
  gpu: Gpu,
  label: string,
  { reads, functions = '', uniforms, value }: OutputSpec,
  finish: (value: string) => string,
) =>
  gpu.compute({
    label,
    reads: Object.fromEntries(reads.map((name) => [name, 'float' as const])),
    writes: { result: 'r32float' },
    uniforms: { whole: 'vec2i', corner: 'vec2i', full: 'f32', ...uniforms },
    wgsl: `${readers(reads, `${functions} ${value}`, 'u.whole')}
${functions}
fn value(at: vec2i) -> f32 { return ${value}; }
fn main(here: vec2u) { textureStore(result, here, vec4f(${finish('value(vec2i(here) + u.corner)')})); }`,
  })

/** Name of the count of a picture's pixels that are NaN or infinite. */
const faults = (picture: string) => `faults_${picture}`

/** Counts a picture's pixels that are NaN or infinite, by their bits: comparisons with NaN are left to the compiler. */
const faultSteps = (label: string, picture: string, size: Size): Step[] =>
  tally(`${label}/faults`, {
    name: faults(picture),
    reads: [picture],
    size,
    value: `vec4f(f32(any((bitcast<vec3u>(${picture}_at(at).rgb) & vec3u(0x7f800000u)) == vec3u(0x7f800000u))))`,
  })

/**
 * A score that is NaN where a picture has such a pixel: what is left of sums and maxima that meet one is up to the graphics
 * processor, and mostly looks like a number.
 */
function orNone(spec: OutputSpec, pictures: readonly string[]): OutputSpec {
  const count = pictures.map((picture) => `${faults(picture)}_at(vec2i(0)).r`).join(' + ')
  return {
    ...spec,
    reads: [...spec.reads, ...pictures.map(faults)],
    functions: /* wgsl */ `${spec.functions ?? ''}
fn or_none(number: f32, faults: f32) -> f32 { return select(number, bitcast<f32>(0x7fc00000u | u32(min(faults, 1.0))), faults > 0.0); }`,
    value: `or_none(${spec.value}, ${count})`,
  }
}

/** Compiles a measure; what it holds is given back when it is disposed. */
export async function createMeasure(
  gpu: Gpu,
  { label, inputSizes, steps: ownSteps, maps, scores }: MeasureSpec,
): Promise<Measure> {
  const steps = [
    ...ownSteps,
    ...Object.entries(inputSizes).flatMap(([picture, size]) => faultSteps(label, picture, size)),
  ]
  const sureScores = Object.fromEntries(
    Object.entries(scores).map(([name, spec]) => [name, orNone(spec, Object.keys(inputSizes))]),
  )
  // Two measures in one may name the same step; the first stands for both.
  const distinct = steps.filter(({ label }, i) => steps.findIndex((step) => step.label === label) === i)
  const outputsOf = (specs: typeof maps, finish: (value: string) => string) =>
    Object.entries(specs).map(async ([name, spec]) => {
      const pass = await compileOutput(gpu, `${label}/${name}`, spec, finish)
      return { name, spec, pass }
    })
  const [compiledSteps, outputSpecs] = await Promise.all([
    Promise.all(distinct.map((step) => compile(gpu, step))),
    Promise.all([
      ...outputsOf(maps, (value) => `clamp(${value} / u.full, 0.0, 1.0)`),
      ...outputsOf(sureScores, (value) => value),
    ]),
  ])
  const leases = new DisposableStack()
  const shelf = leases.use(openShelf(gpu))
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC
  const buffers = new Map<string, GPUBuffer>()
  const clearedBuffers: GPUBuffer[] = []
  for (const { label: owner, tables = {}, counts = {} } of distinct) {
    for (const [name, table] of Object.entries(tables)) {
      const { value } = leases.use(gpu.pool.buffer({ size: table.byteLength, usage }, `${owner}/${name}`))
      gpu.device.queue.writeBuffer(value, 0, table)
      buffers.set(`${owner} ${name}`, value)
    }
    for (const [name, { length }] of Object.entries(counts)) {
      if (!buffers.has(name)) {
        buffers.set(name, leases.use(gpu.pool.buffer({ size: 4 * length, usage }, `${label}/${name}`)).value)
        clearedBuffers.push(buffers.get(name)!)
      }
    }
  }

  /** The steps that these pictures are made of, but for those that are there already. */
  function stepsFor(names: Iterable<string>, there: ReadonlyMap<string, GPUTexture>): readonly Compiled[] {
    const scoreNames = new Set(names)
    const counting = new Set<string>()
    const neededSteps: Compiled[] = []
    for (const each of [...compiledSteps].reverse()) {
      const { writes, reads, counts = {} } = each.step
      const makes = Object.keys(writes).some((name) => scoreNames.has(name) && !there.has(name))
      if (!makes && !Object.keys(counts).some((name) => counting.has(name))) continue
      for (const name of reads) scoreNames.add(name)
      for (const name of Object.keys(counts)) counting.add(name)
      neededSteps.unshift(each)
    }
    return neededSteps
  }

  return {
    record(recorder, inputPictures, outputs, uniforms) {
      const wantedOutputs = outputSpecs.flatMap((each) => {
        const output = outputs[each.name]
        return output ? [{ ...each, output }] : []
      })
      const of = [inputPictures.image?.content, inputPictures.source?.content].join(' of ')
      const kinds = new Map(
        compiledSteps.flatMap(({ step }) =>
          sharedNames
            .filter((name) => name in step.writes && inputPictures.image?.content && inputPictures.source?.content)
            .map((name) => [name, `${name} ${step.size.width}×${step.size.height}`] as const),
        ),
      )
      const there = new Map(
        [...kinds].flatMap(([name, kind]) => {
          const texture = shelf.get(kind, of)
          return texture ? [[name, texture] as const] : []
        }),
      )
      const stepsToRun = stepsFor(
        wantedOutputs.flatMap(({ spec }) => spec.reads),
        there,
      )
      if (stepsToRun.some(({ step }) => step.counts))
        for (const buffer of clearedBuffers) recorder.encoder.clearBuffer(buffer)
      const lastUse = new Map<string, number>()
      stepsToRun.forEach(({ step }, i) => {
        for (const name of [...Object.keys(step.writes), ...step.reads]) lastUse.set(name, i)
      })
      for (const { spec } of wantedOutputs) for (const name of spec.reads) lastUse.set(name, stepsToRun.length)
      using leases = new DisposableStack()
      const borrowedPictures = new Map<string, Lease<GPUTexture>>()
      leases.defer(() => {
        for (const lease of borrowedPictures.values()) lease[Symbol.dispose]()
      })
      const texture = (name: string): GPUTexture => {
        const picture = borrowedPictures.get(name)?.value ?? there.get(name) ?? inputPictures[name]?.texture
        if (!picture) throw new Error(`${label}: no picture ${name}`)
        return picture
      }
      const values = (types: UniformTypes = {}) =>
        Object.fromEntries(Object.keys(types).map((name) => [name, uniforms[name] ?? 0]))
      stepsToRun.forEach(({ step, pass }, i) => {
        const { label: owner, reads, writes, size, tables = {}, counts = {} } = step
        for (const [name, format] of Object.entries(writes))
          borrowedPictures.set(name, gpu.pool.texture({ ...size, format }, `${label}/${name}`))
        pass.record(recorder, {
          reads: Object.fromEntries(reads.map((name) => [name, texture(name)])),
          writes: Object.fromEntries(Object.keys(writes).map((name) => [name, texture(name)])),
          buffers: Object.fromEntries([
            ...Object.keys(tables).map((name) => [name, buffers.get(`${owner} ${name}`)!] as const),
            ...Object.keys(counts).map((name) => [name, buffers.get(name)!] as const),
          ]),
          uniforms: values(step.uniforms),
          size,
        })
        for (const name of Object.keys(writes)) {
          const kind = kinds.get(name)
          const lease = borrowedPictures.get(name)
          if (kind === undefined || !lease) continue
          shelf.keep(kind, of, lease)
          there.set(name, lease.value)
          borrowedPictures.delete(name)
        }
        for (const [name, lease] of borrowedPictures)
          if (lastUse.get(name) === i) {
            lease[Symbol.dispose]()
            borrowedPictures.delete(name)
          }
      })
      for (const { spec, pass, output } of wantedOutputs) {
        const { desc, part } = 'part' in output ? output : { desc: onePixel, part: onePixel }
        pass.record(recorder, {
          reads: Object.fromEntries(spec.reads.map((name) => [name, texture(name)])),
          writes: { result: output.texture },
          uniforms: {
            whole: [desc.width, desc.height],
            corner: [part.x, part.y],
            full: uniforms.full ?? 1,
            ...values(spec.uniforms),
          },
          size: part,
        })
      }
    },
    [Symbol.dispose]: () => leases.dispose(),
  }
}
