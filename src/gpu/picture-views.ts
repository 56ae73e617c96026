/**
 * Pictures whose numbers lie elsewhere than in their texture, as a model's result lies in a buffer: whoever reads them by a pass that is
 * made for it saves the pass that would bring them there.
 */
import type {
  BufferBinding,
  ComputePass,
  ComputeSpec,
  Gpu,
  GpuPicture,
  PictureView,
  Recorder,
  UniformType,
  UniformValue,
} from './types.ts'

/** What a pass that reads views needs beside what is its own. */
interface ViewParts {
  readonly buffers: Record<string, BufferBinding>
  readonly uniforms: Record<string, UniformType>
  /** A function `<name>_view(at: vec2i) -> vec4f` of each view. */
  readonly wgsl: string
}

type NamedViews = ReadonlyMap<string, PictureView>

const ownName = (name: string) => (member: string) => `${name}_${member}`

/** By the names of the pictures that they stand for. */
export function viewParts(views: NamedViews): ViewParts {
  const parts: { buffers: Record<string, BufferBinding>; uniforms: Record<string, UniformType>; wgsl: string } = {
    buffers: {},
    uniforms: {},
    wgsl: '',
  }
  for (const [name, view] of views) {
    const own = ownName(name)
    for (const [buffer, { binding }] of Object.entries(view.buffers)) parts.buffers[own(buffer)] = binding
    for (const [uniform, { type }] of Object.entries(view.uniforms)) parts.uniforms[own(uniform)] = type
    parts.wgsl += `fn ${name}_view(at: vec2i) -> vec4f {${view.wgsl(own)}\n}\n`
  }
  return parts
}

const nothingBound = { buffers: {}, uniforms: {} }

/** What is bound to such a pass when it runs. */
export function viewBindings(views: NamedViews): {
  readonly buffers: Record<string, GPUBuffer>
  readonly uniforms: Record<string, UniformValue>
} {
  if (views.size === 0) return nothingBound
  const buffers: Record<string, GPUBuffer> = {}
  const uniforms: Record<string, UniformValue> = {}
  for (const [name, view] of views) {
    for (const [buffer, { value }] of Object.entries(view.buffers)) buffers[`${name}_${buffer}`] = value
    for (const [uniform, { value }] of Object.entries(view.uniforms)) uniforms[`${name}_${uniform}`] = value
  }
  return { buffers, uniforms }
}

/** Texts of passes that read these views are the same where this is. */
export const viewKey = (views: NamedViews): string => [...views].map(([name, view]) => `${name}: ${view.name}`).join()

/** Brings a picture into its texture `result`. */
export function drawView(view: PictureView): ComputeSpec {
  const { wgsl, ...parts } = viewParts(new Map([['seen', view]]))
  return {
    label: `view/${view.name}`,
    writes: { result: 'rgba16float' },
    buffers: parts.buffers,
    uniforms: { ...parts.uniforms, corner: 'vec2i' },
    wgsl: `${wgsl}fn main(at: vec2u) { textureStore(result, at, seen_view(vec2i(at) + u.corner)); }`,
  }
}

/** Of most passes, at no cost for each frame. */
export const noViews: NamedViews = new Map()

/** Passes that read views, each compiled once; `ownSpec`: the caller's, as it reads this view as `picture`. */
export function createViewPasses(gpu: Gpu, ownSpec: (view: PictureView) => ComputeSpec) {
  const passes = new Map<string, { readonly ownPass: ComputePass; readonly draw: ComputePass }>()

  function of({ name }: PictureView) {
    const existing = passes.get(name)
    if (!existing) throw new Error(`nothing was compiled to read ${name}`)
    return existing
  }

  return {
    async compile(view: PictureView): Promise<void> {
      if (passes.has(view.name)) return
      const [ownPass, draw] = await Promise.all([gpu.compute(ownSpec(view)), gpu.compute(drawView(view))])
      passes.set(view.name, { ownPass, draw })
    },
    /** Of a view that was compiled. */
    of,
    /** The picture in its texture, for whoever reads nothing else. */
    drawn(recorder: Recorder, picture: GpuPicture): GpuPicture {
      const { view, ...plain } = picture
      if (!view) return picture
      const { buffers, uniforms } = viewBindings(new Map([['seen', view]]))
      of(view).draw.record(recorder, {
        writes: { result: picture.texture },
        buffers,
        uniforms: { ...uniforms, corner: [picture.part.x, picture.part.y] },
        size: picture.part,
      })
      return plain
    },
  }
}
