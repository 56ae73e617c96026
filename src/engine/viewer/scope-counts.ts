/**
 * Scopes: how often each value occurs in a picture. One thread a pixel counts into storage with atomics; every
 * pixel counts, so the numbers are exact. Luma and colour differences are those of ITU-R BT.709-6 (items 3.2 and
 * 3.3) on gamma-encoded values; columns and rows are laid out as `ScopeKind` says.
 */

import type { ComputePass, ComputeSpec, Gpu, GpuPicture } from '../../gpu/types.ts'
import { visibleColour } from '../../gpu/wgsl/wgsl-library.ts'
import { type ColourMapping, colourMappingOf } from '../../graph/node/value-types.ts'
import type { ScopeCounts, ScopeKind } from '../door/api.ts'

const levels = 256
/** Strips of a waveform: as many as a panel shows apart. */
const maxStrips = 256

const bodies: Readonly<Record<ScopeKind, string>> = {
  histogram: `
  count(code(rgb.r));
  count(${levels}u + code(rgb.g));
  count(${levels * 2}u + code(rgb.b));
  count(${levels * 3}u + code(luma(rgb)));`,
  waveform: `
  count(code(luma(rgb)) * u.columns + at.x * u.columns / u.width);`,
  vectorscope: `
  let y = luma(rgb);
  let cb = code((rgb.b - y) / 1.8556 + 0.5);
  let cr = code((rgb.r - y) / 1.5748 + 0.5);
  count(cr * u.columns + cb);`,
}

const labelOf = (kind: ScopeKind): string => `scope/${kind}`

const spec = (kind: ScopeKind, mapping: ColourMapping): ComputeSpec => ({
  label: labelOf(kind),
  reads: { picture: 'float' },
  buffers: { counts: { type: 'array<atomic<u32>>', access: 'read_write' } },
  uniforms: { width: 'u32', columns: 'u32' },
  wgsl: `
fn code(value: f32) -> u32 { return u32(clamp(value, 0.0, 1.0) * ${levels - 1}.0 + 0.5); }
fn count(bin: u32) { atomicAdd(&counts[bin], 1u); }
fn main(at: vec2u) {
  let p = textureLoad(picture, at, 0);
  let rgb = clamp(${visibleColour(mapping, 'p')}.rgb, vec3f(0.0), vec3f(1.0));${bodies[kind]}
}`,
})

const shape = (kind: ScopeKind, width: number) => {
  if (kind === 'histogram') return { columns: levels, rows: 4 }
  return { columns: kind === 'waveform' ? Math.min(maxStrips, width) : levels, rows: levels }
}

/** Compiles; the counter then submits at once, so that the picture may be given back while the numbers are on their way. */
export async function scopeCounter(gpu: Gpu, kind: ScopeKind): Promise<(picture: GpuPicture) => Promise<ScopeCounts>> {
  const pass = (colours: ColourMapping) => gpu.compute(spec(kind, colours))
  const [colour, grey, flow] = await Promise.all([pass('colour'), pass('grey'), pass('flow')])
  const passes: Readonly<Record<ColourMapping, ComputePass>> = { colour, grey, flow }
  return (picture) => countScope(gpu, kind, passes[colourMappingOf(picture.desc.type)], picture)
}

async function countScope(gpu: Gpu, kind: ScopeKind, pass: ComputePass, picture: GpuPicture): Promise<ScopeCounts> {
  const { width, height } = picture.part
  const { columns, rows } = shape(kind, width)
  const size = columns * rows * 4
  const recorder = gpu.recorder()
  using staging = gpu.pool.buffer({ size, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST }, labelOf(kind))
  {
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST
    using counts = gpu.pool.buffer({ size, usage }, labelOf(kind))
    recorder.encoder.clearBuffer(counts.value)
    pass.record(recorder, {
      reads: { picture: picture.texture },
      buffers: { counts: counts.value },
      uniforms: { width, columns },
      size: { width, height },
    })
    recorder.encoder.copyBufferToBuffer(counts.value, 0, staging.value, 0, size)
    recorder.submit()
  }
  await staging.value.mapAsync(GPUMapMode.READ)
  try {
    return { columns, rows, counts: new Uint32Array(staging.value.getMappedRange(0, size).slice(0)) }
  } finally {
    staging.value.unmap()
  }
}
