/**
 * Averages each frame with those around it, moved onto it by their motion, after MDegrain of MVTools (A. Vassiliev, A. Balakhnin,
 * M. Finger): a block of a neighbour weighs (T² − s²)/(T² + s²), where s is how far it lies from the frame's own and T the
 * threshold, and nothing from T on. Brightness and colour have thresholds of their own. Both motion and s are found in a copy that
 * is blurred by 1.5 pixels, in which noise counts little; blocks overlap by half under a Hann window.
 */
import {
  blockReads,
  catmullRom,
  createStage,
  cutShare,
  defineNode,
  framesAround,
  layOver,
  motionsAround,
  onEachSide,
  openMotions,
  param,
  port,
  range,
  type StagePicture,
  sizeMismatch,
  zeroPixel,
} from './define.ts'

const maxRadius = 3
const blur = 1.5

const frameOf = (i: number) => `frame${i}`
const blocksOf = (i: number) => `blocks${i}`

/** A block's vector and its weights in brightness and in colour; nothing past a cut. */
const weighWgsl = /* wgsl */ `
fn colour(at: vec2i) -> vec2f { return toYcc(textureLoad(image, clamp(at, vec2i(0), u.whole - 1), 0).rgb).yz; }
fn theirColour(at: vec2i) -> vec2f { return toYcc(textureLoad(other, clamp(at, vec2i(0), u.whole - 1), 0).rgb).yz; }
fn weight(s: f32, threshold: f32) -> f32 {
  return select(0.0, (threshold * threshold - s * s) / (threshold * threshold + s * s), s < threshold);
}
fn main(at: vec2u) {
  let block = textureLoad(blocks, at, 0);
  let share = max(textureLoad(lost, vec2u(0u), 0).r, textureLoad(nearer, vec2u(0u), 0).r);
  var weights = vec2f(0.0);
  if (share <= ${cutShare}) {
    let corner = ${blockReads.corner('at')};
    let moved = corner + vec2i(round(block.xy));
    // Quarters of the block are compared by their means, in which noise counts little.
    var off = vec2f(0.0);
    for (var quarter = 0; quarter < 4; quarter++) {
      let first = ${blockReads.side / 2} * vec2i(quarter & 1, quarter >> 1);
      var mean = vec2f(0.0);
      for (var i = 0; i < ${blockReads.side ** 2 / 4}; i++) {
        let p = first + vec2i(i % ${blockReads.side / 2}, i / ${blockReads.side / 2});
        mean += colour(corner + p) - theirColour(moved + p);
      }
      off += abs(mean) / ${blockReads.side ** 2 / 4}.0;
    }
    weights = vec2f(weight(block.z, u.luma), weight(255.0 * (off.x + off.y) / 8.0, u.chroma));
  }
  textureStore(weighed, at, vec4f(block.xy, weights));
}`

const averageWgsl = (neighbours: number, masked: boolean) => /* wgsl */ `
${catmullRom(range(neighbours).map(frameOf))}
// Of a pixel so many from where its block begins: squares of sines, which add up to 1 where blocks overlap by half.
fn hann(i: u32) -> f32 {
  let s = sin(3.14159265359 * (f32(i) + 0.5) / ${blockReads.side}.0);
  return s * s;
}
fn make(at: vec2i) -> vec4f {
  let own = toYcc(image_at(at).rgb);
  let first = vec2u(at) / ${blockReads.step}u;
  let within = vec2u(at) % ${blockReads.step}u;
  // Of the four blocks that the pixel lies in: what is added up, and its weights.
  var sums = array<vec3f, 4>(own, own, own, own);
  var totals = array<vec2f, 4>(vec2f(1.0), vec2f(1.0), vec2f(1.0), vec2f(1.0));
  ${range(neighbours)
    .map(
      (i) => /* wgsl */ `{
    var known = vec2f(1e6);
    var moved = vec3f(0.0);
    for (var b = 0u; b < 4u; b++) {
      let last = textureDimensions(${blocksOf(i)}) - 1u;
      let block = textureLoad(${blocksOf(i)}, min(first + vec2u(b & 1u, b >> 1u), last), 0);
      if (block.z <= 0.0 && block.w <= 0.0) { continue; }
      // Most neighbours move alike: what was read for one stands for the other.
      if (distance(block.xy, known) > 0.02) {
        known = block.xy;
        moved = toYcc(${frameOf(i)}_warped(vec2f(at) + known).rgb);
      }
      sums[b] += block.zww * moved;
      totals[b] += block.zw;
    }
  }`,
    )
    .join('\n  ')}
  var mixed = vec3f(0.0);
  for (var b = 0u; b < 4u; b++) {
    // The first of two blocks began ${blockReads.step} pixels before.
    let i = within + ${blockReads.step}u * (vec2u(1u) - vec2u(b & 1u, b >> 1u));
    mixed += hann(i.x) * hann(i.y) * sums[b] / totals[b].xyy;
  }
  ${layOver('fromYcc(mixed)', masked)}
}`

export default defineNode({
  type: 'temporal-denoise',
  title: 'Temporal Denoise',
  category: 'look',
  cost: 'heavy',
  summary:
    'Takes noise out by averaging each frame with those around it along their motion. Film grain is noise to it, and what moves too fast to be followed keeps its noise.',
  keywords: [
    'noise',
    'noisy',
    'grainy',
    'grain',
    'video noise',
    'low light',
    'high iso',
    'speckle',
    'colour noise',
    'degrain',
    'MDegrain',
    'temporal',
  ],
  inputs: {
    image: port.image('Image'),
    mask: port.areaMask(),
  },
  outputs: { image: port.image('Image') },
  params: {
    luma: param.float('Luma', {
      default: 3,
      min: 0,
      max: 12,
      step: 0.1,
      help: 'How far a place may lie from what it was, in grey levels of 255, before it no longer counts. 2 for clean footage, 3 to 4 where there is noise, 6 to 8 for heavy noise. Too much smears fine detail.',
    }),
    chroma: param.float('Chroma', {
      default: 4,
      min: 0,
      max: 12,
      step: 0.1,
      help: 'The same for colour. Too much lets colours drag behind.',
    }),
    radius: framesAround({
      default: 2,
      max: maxRadius,
      help: 'More is cleaner, and slower.',
    }),
  },
  onCard: ['luma'],
  infer: ({ image, mask }) => sizeMismatch('mask', mask, image) ?? { image },
  kernel: {
    kind: 'pass',
    scratch: ({ radius }) => ({ running: 24, resident: 12 + 9 * radius }),
    needs: ({ radius }) => ({
      image: { reach: Number.POSITIVE_INFINITY, frames: onEachSide(radius) },
      mask: { reach: 0 },
    }),
    async prepare({ gpu, inputs: { image: whole, mask: maskDesc }, params: { radius } }) {
      const neighbours = 2 * radius
      const [motions, weigh, average] = await Promise.all([
        openMotions(gpu, whole, neighbours, blur),
        gpu.compute({
          label: 'temporal-denoise/weigh',
          reads: { image: 'float', other: 'float', blocks: 'float', lost: 'float', nearer: 'float' },
          writes: { weighed: 'rgba32float' },
          uniforms: { whole: 'vec2i', luma: 'f32', chroma: 'f32' },
          wgsl: weighWgsl,
        }),
        createStage(gpu, {
          label: 'temporal-denoise/average',
          reads: [
            'image',
            ...range(neighbours).flatMap((i) => [frameOf(i), blocksOf(i)]),
            ...(maskDesc ? ['mask'] : []),
          ],
          format: 'rgba16float',
          wgsl: averageWgsl(neighbours, maskDesc !== undefined),
        }),
      ])
      const grid = blockReads.grid(whole)
      const blocksPart = { x: 0, y: 0, ...grid }
      /** Stands for a frame that is not there: it weighs nothing. */
      const nothing = zeroPixel(gpu, 'rgba32float', 'temporal-denoise/nothing')

      return {
        record({ recorder, inputs: { image, mask }, outputs, params: { luma, chroma } }) {
          if (!outputs.image) return
          using leases = new DisposableStack()
          const { offsets, motionTo } = motionsAround(motions, recorder, image)
          const reads: Record<string, StagePicture> = {}
          for (const [i, offset] of offsets.entries()) {
            const other = image.at(offset)
            const motion = motionTo(offset)
            reads[frameOf(i)] = other
            reads[blocksOf(i)] = nothing
            if (!motion) continue
            const weightTexture = leases.use(
              gpu.pool.texture({ ...grid, format: 'rgba32float' }, 'temporal-denoise/weighed'),
            )
            const nearer = motionTo(offset - Math.sign(offset)) ?? motion
            weigh.record(recorder, {
              reads: {
                image: image.texture,
                other: other.texture,
                blocks: motion.blocks,
                lost: motion.lostShare,
                nearer: nearer.lostShare,
              },
              writes: { weighed: weightTexture.value },
              uniforms: { whole: [whole.width, whole.height], luma, chroma },
              size: grid,
            })
            reads[blocksOf(i)] = { texture: weightTexture.value, part: blocksPart }
          }
          average.record(recorder, whole, { image, ...reads, ...(mask && { mask }) }, outputs.image)
        },
        dispose() {
          motions[Symbol.dispose]()
          nothing[Symbol.dispose]()
        },
      }
    },
  },
})
