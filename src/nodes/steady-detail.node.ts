/**
 * Holds what a model predicts steady from frame to frame. The residual, which is the detail less the base and thus all that was
 * predicted, is averaged over the frames around by the motion of the source; each neighbour's is first held within the spread of
 * the frame's own (history clipping, B. Karis, "High Quality Temporal Supersampling", 2014) and counts by how far its motion is
 * to be believed: by the root of it, since what is held so does little harm where the motion is only nearly right. The source itself
 * is never averaged, so that nothing real can leave a ghost.
 */
import {
  borrowPicture,
  catmullRom,
  createStage,
  defineNode,
  farthestFollowed,
  framesAround,
  inferProblem,
  layOver,
  motionsAround,
  onEachSide,
  openMotions,
  param,
  port,
  range,
  type StagePicture,
  sizeMismatch,
  warpReach,
  widen,
  zeroPixel,
} from './define.ts'

const maxRadius = 2

/**
 * What a neighbour counts that is fully believed, where the frame's own counts 1: of what was made up the own is no better than another, and
 * counting as much it would outweigh those that are believed by half. Of eight clips it brings each nearer to its original than 1 does.
 */
const neighbourWeight = 3

/** Names of a neighbour's residual and of the motion to it, in the shader. */
const residualOf = (i: number) => `residual${i}`
const motionOf = (i: number) => `motion${i}`

const steadyWgsl = (neighbours: number, masked: boolean) => /* wgsl */ `
${catmullRom(range(neighbours).map(residualOf))}
fn make(at: vec2i) -> vec4f {
  let own = residual_at(at).rgb;
  var mean = vec3f(0.0);
  var squares = vec3f(0.0);
  for (var j = -1; j <= 1; j++) {
    for (var i = -1; i <= 1; i++) {
      let near = residual_at(at + vec2i(i, j)).rgb;
      mean += near;
      squares += near * near;
    }
  }
  mean /= 9.0;
  let spread = u.clip * sqrt(max(squares / 9.0 - mean * mean, vec3f(0.0)));
  var sum = own;
  var total = 1.0;
  let place = (vec2f(at) + 0.5) * u.source / vec2f(u.whole) - 0.5;
  ${range(neighbours)
    .map(
      (i) => /* wgsl */ `{
    let motion = bilinear(${motionOf(i)}, place);
    let v = motion.xy * vec2f(u.whole) / u.source;
    let weight = select(0.0, ${neighbourWeight}.0 * u.steadiness * sqrt(motion.z), length(v) <= ${farthestFollowed}.0);
    if (weight > 0.002) {
      sum += weight * clamp(${residualOf(i)}_warped(vec2f(at) + v).rgb, mean - spread, mean + spread);
      total += weight;
    }
  }`,
    )
    .join('\n  ')}
  ${layOver('under.rgb + (sum / total - own)', masked)}
}`

export default defineNode({
  type: 'steady-detail',
  title: 'Steady Detail',
  category: 'blend',
  cost: 'heavy',
  summary:
    'Calms detail that a model makes up anew in each frame. It costs a little sharpness and much time, since the model runs for the neighbouring frames too.',
  keywords: [
    'shimmer',
    'shimmering',
    'flicker',
    'crawling',
    'boiling',
    'texture changes every frame',
    'temporal consistency',
    'unstable detail',
    'twinkle',
  ],
  inputs: {
    detail: port.image('Detail', { help: 'The model’s picture.' }),
    base: port.image('Base', {
      help: 'The plain upscale, of the same size: what the model has added is the difference.',
    }),
    source: port.image('Source', { help: 'What the model was given: motion is found in it.' }),
    mask: port.areaMask('detail'),
  },
  outputs: { image: port.image('Image') },
  params: {
    steadiness: param.float('Steadiness', {
      default: 1,
      min: 0,
      max: 1,
      step: 0.01,
      help: 'How much the frames around count. 0 changes nothing.',
    }),
    radius: framesAround({
      default: 2,
      max: maxRadius,
      help: 'Two are steadier, and slower.',
    }),
    // With less, what a crisp model overdoes goes too (at 1.15 five of eight clips come nearer to their originals by 0.3 dB and more), and with it
    // a fifth of the texture that is really there.
    clip: param.float('Latitude', {
      default: 1.5,
      min: 0.25,
      max: 4,
      step: 0.05,
      help: 'How far a neighbour’s detail may lie from the frame’s own, in deviations. Less is softer, and nearer to the source; more keeps what the model makes too crisp, and smears where motion is wrong.',
    }),
    noise: param.float('Noise', {
      default: 0,
      min: 0,
      max: 20,
      step: 0.5,
      help: 'Standard deviation of the source’s noise, in grey levels of 255. Motion is then trusted in spite of it.',
    }),
  },
  onCard: ['steadiness'],
  infer({ detail, base, source, mask }) {
    if (source.width > detail.width || source.height > detail.height)
      return inferProblem({
        code: 'size-mismatch',
        port: 'source',
        message: `The source is ${source.width}×${source.height}, larger than the detail with its ${detail.width}×${detail.height}.`,
        hint: 'Wire the picture that the model was given to this input.',
      })
    return sizeMismatch('base', base, detail) ?? sizeMismatch('mask', mask, detail) ?? { image: detail }
  },
  bypass: { image: 'detail' },
  kernel: {
    kind: 'pass',
    scratch: () => ({ running: 80, resident: 30 }),
    needs({ radius }) {
      const frames = onEachSide(radius)
      return {
        detail: { reach: warpReach, frames },
        base: { reach: warpReach, frames },
        source: { reach: Number.POSITIVE_INFINITY, frames },
        mask: { reach: 0 },
      }
    },
    async prepare({ gpu, inputs: { detail: whole, source, mask: maskDesc }, params: { radius } }) {
      const neighbours = 2 * radius
      const [motions, subtract, steady] = await Promise.all([
        openMotions(gpu, source, neighbours),
        createStage(gpu, {
          label: 'steady-detail/residual',
          reads: ['detail', 'base'],
          format: 'rgba16float',
          wgsl: 'fn make(at: vec2i) -> vec4f { return detail_at(at) - base_at(at); }',
        }),
        createStage(gpu, {
          label: 'steady-detail/steady',
          reads: [
            'image',
            'residual',
            ...range(neighbours).flatMap((i) => [residualOf(i), motionOf(i)]),
            ...(maskDesc ? ['mask'] : []),
          ],
          format: 'rgba16float',
          uniforms: { source: 'vec2f', steadiness: 'f32', clip: 'f32' },
          wgsl: steadyWgsl(neighbours, maskDesc !== undefined),
        }),
      ])
      /** Stands for motion to a frame that is not there: believed nowhere. */
      const nowhere = zeroPixel(gpu, 'rgba16float', 'steady-detail/nowhere')
      const sourceWhole = { x: 0, y: 0, width: source.width, height: source.height }

      return {
        record({ recorder, inputs: { detail, base, source: sourceFrames, mask }, outputs, params }) {
          if (!outputs.image) return
          using leases = new DisposableStack()
          const borrowed = (part: StagePicture['part'], what: string) =>
            leases.use(borrowPicture(gpu, part, 'rgba16float', `steady-detail/${what}`))
          const around = widen(outputs.image.part, whole, warpReach, warpReach)
          const residualAt = (offset: number) => {
            const residual = borrowed(around, 'residual')
            subtract.record(recorder, whole, { detail: detail.at(offset), base: base.at(offset) }, residual)
            return residual
          }
          const residual = residualAt(0)
          const { offsets, motionTo } = motionsAround(motions, recorder, sourceFrames)
          const reads: Record<string, StagePicture> = {}
          for (const [i, offset] of offsets.entries()) {
            const motion = motionTo(offset)
            reads[residualOf(i)] = motion ? residualAt(offset) : residual
            reads[motionOf(i)] = nowhere
            if (!motion) continue
            const field = borrowed(sourceWhole, 'motion')
            const nearer = Math.abs(offset) > 1 ? motionTo(Math.sign(offset)) : undefined
            motions.dense(recorder, sourceFrames, sourceFrames.at(offset), motion, params.noise, field.texture, nearer)
            reads[motionOf(i)] = field
          }
          steady.record(recorder, whole, { image: detail, residual, ...reads, ...(mask && { mask }) }, outputs.image, {
            source: [source.width, source.height],
            steadiness: params.steadiness,
            clip: params.clip,
          })
        },
        dispose() {
          motions[Symbol.dispose]()
          nowhere[Symbol.dispose]()
        },
      }
    },
  },
})
