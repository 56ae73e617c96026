/**
 * Two ways to denoise one frame, brightness and colour apart. Non-local means (A. Buades, B. Coll, J.-M. Morel, CVPR 2005): the mean of
 * the pixels around, each weighed by how alike the patches about it and about this pixel are, exp(−mean Δ²/h²); the pixel
 * itself weighs as much as the best of the others (J. Salmon, "On Two Parameters for Denoising with Non-Local Means",
 * 2010; KNLMeansCL's default). Bilateral (C. Tomasi, R. Manduchi, ICCV 1998): weighed by distance and by difference.
 */
import {
  borrowPicture,
  createStage,
  defineNode,
  type Gpu,
  layOver,
  type PictureDesc,
  param,
  port,
  type Stage,
  type StagePicture,
  sizeMismatch,
  widen,
} from './define.ts'

type Plane = 'luma' | 'chroma'

/** Y′ alone or Cb and Cr alone of a pixel. */
const quantity: Readonly<Record<Plane, string>> = {
  luma: 'fn quantity(at: vec2i) -> vec2f { return vec2f(luma(image_at(at).rgb), 0.0); }',
  chroma: 'fn quantity(at: vec2i) -> vec2f { return toYcc(image_at(at).rgb).yz; }',
}
/** Values of which a difference squared is the mean. */
const count: Readonly<Record<Plane, number>> = { luma: 1, chroma: 2 }

type Offset = readonly [x: number, y: number]
type Four = readonly [Offset, Offset, Offset, Offset]

/** Half of the places around a pixel: of two pixels one sees the other at one of these. */
function halfWindow(search: number): Offset[] {
  const offsets: Offset[] = []
  for (let y = 0; y <= search; y++) for (let x = y === 0 ? 1 : -search; x <= search; x++) offsets.push([x, y])
  return offsets
}

/** Fours of offsets: one texture holds the exponents of four weights. Half a window has a multiple of four. */
const groupsOf = (search: number): Four[] => {
  const offsets = halfWindow(search)
  return Array.from(
    { length: offsets.length / 4 },
    (_, i) => [0, 1, 2, 3].map((k) => offsets[4 * i + k]!) as unknown as Four,
  )
}

const vector = ([x, y]: Offset) => `vec2i(${x}, ${y})`

interface NonLocalMeans {
  /** Writes how much each value of the plane changes, in r (luma) or r and g (Cb, Cr). */
  record(
    run: { readonly recorder: Parameters<Stage['record']>[0]; readonly image: StagePicture },
    change: StagePicture,
    values: { readonly h: number; readonly patch: number },
  ): void
}

/**
 * Each pair of pixels is compared once: for a place q of half the window the squared differences of the picture and the
 * picture moved by q are summed over the patch, along rows and then along columns; the weight counts for both pixels.
 */
async function prepareNonLocalMeans(
  gpu: Gpu,
  whole: PictureDesc,
  plane: Plane,
  search: number,
): Promise<NonLocalMeans> {
  const groups = groupsOf(search)
  const format = 'rgba16float'
  const [rows, columns, mean] = await Promise.all([
    createStage(gpu, {
      label: `denoise/${plane} differences`,
      reads: ['image'],
      format,
      uniforms: { radius: 'i32', scale: 'f32', a: 'vec2i', b: 'vec2i', c: 'vec2i', d: 'vec2i' },
      wgsl: /* wgsl */ `
${quantity[plane]}
fn far(here: vec2f, at: vec2i) -> f32 { let d = here - quantity(at); return dot(d, d); }
fn make(at: vec2i) -> vec4f {
  var sums = vec4f(0.0);
  for (var i = -u.radius; i <= u.radius; i++) {
    let near = clamp(at + vec2i(i, 0), vec2i(0), u.whole - 1);
    let here = quantity(near);
    sums += vec4f(far(here, near + u.a), far(here, near + u.b), far(here, near + u.c), far(here, near + u.d));
  }
  // Exponents rather than weights, which half floats do not hold below 6e-5; cut where the weight is 0 anyway.
  return min(u.scale * sums, vec4f(1000.0));
}`,
    }),
    createStage(gpu, {
      label: 'denoise/exponents',
      reads: ['rows'],
      format,
      uniforms: { radius: 'i32' },
      wgsl: /* wgsl */ `
fn make(at: vec2i) -> vec4f {
  var sums = vec4f(0.0);
  for (var i = -u.radius; i <= u.radius; i++) { sums += rows_at(at + vec2i(0, i)); }
  return min(sums, vec4f(1000.0));
}`,
    }),
    createStage(gpu, {
      label: `denoise/${plane} mean`,
      reads: ['image', ...groups.map((_, i) => `exponents${i}`)],
      format,
      wgsl: /* wgsl */ `
${quantity[plane]}
fn make(at: vec2i) -> vec4f {
  let here = quantity(at);
  var sum = vec2f(0.0);
  var total = 0.0;
  // Where nothing is like it, the pixel weighs at least this much: KNLMeansCL's FLT_EPSILON.
  var most = 1.1920929e-7;
  ${groups
    .map(
      (offsets, group) => `
  for (var k = 0; k < 4; k++) {
    let away = array<vec2i, 4>(${offsets.map(vector).join(', ')})[k];
    for (var side = -1; side <= 1; side += 2) {
      let near = at + side * away;
      if (any(near < vec2i(0)) || any(near >= u.whole)) { continue; }
      let weight = exp(-exponents${group}_at(select(at, near, side < 0))[k]);
      sum += weight * (quantity(near) - here);
      total += weight;
      most = max(most, weight);
    }
  }`,
    )
    .join('')}
  return vec4f(sum / (total + most), 0.0, 0.0);
}`,
    }),
  ])
  return {
    record({ recorder, image }, change, { h, patch }) {
      using leases = new DisposableStack()
      const around = widen(change.part, whole, search, search)
      const side = 2 * patch + 1
      const scale = (255 * 255) / (count[plane] * side * side * h * h)
      const pictures = groups.map(([a, b, c, d], i) => {
        const picture = leases.use(borrowPicture(gpu, around, format, `denoise/${plane} exponents ${i}`))
        using sums = borrowPicture(gpu, widen(around, whole, 0, patch), format, `denoise/${plane} differences`)
        rows.record(recorder, whole, { image }, sums, { radius: patch, scale, a, b, c, d })
        columns.record(recorder, whole, { rows: sums }, picture, { radius: patch })
        return [`exponents${i}`, picture] as const
      })
      mean.record(recorder, whole, { image, ...Object.fromEntries(pictures) }, change)
    },
  }
}

const bilateralRadius = (spread: number) => Math.ceil(2 * spread)

export default defineNode({
  type: 'denoise',
  title: 'Denoise',
  category: 'look',
  cost: 'heavy',
  summary:
    'Takes noise out of each frame by itself. Faint texture goes with it: skin and grass turn waxy where it is strong.',
  keywords: [
    'noise',
    'noisy',
    'grainy',
    'high iso',
    'speckles',
    'colour noise',
    'color noise',
    'chroma noise',
    'denoiser',
    'noise reduction',
    'nlmeans',
    'non-local means',
    'bilateral',
    'low light',
    'clean up',
  ],
  inputs: {
    image: port.image('Image'),
    mask: port.areaMask(),
  },
  outputs: { image: port.image('Image') },
  params: {
    method: param.choice('Method', ['nlmeans', 'bilateral'], {
      default: 'nlmeans',
      labels: { nlmeans: 'Non-local means', bilateral: 'Bilateral (faster, flatter)' },
    }),
    luma: param.float('Brightness', {
      default: 3,
      min: 0,
      max: 30,
      step: 0.1,
      unit: '/255',
      help: 'About the standard deviation of the noise, in steps of 8 bits: h of non-local means, the range of the bilateral. 0 leaves brightness as it is.',
    }),
    chroma: param.float('Colour', {
      default: 3,
      min: 0,
      max: 30,
      step: 0.1,
      unit: '/255',
      help: 'The same for colour, which tolerates more: too much lets colours run over faint edges. 0 leaves colour as it is.',
    }),
    search: param.int('Search radius', {
      default: 2,
      min: 1,
      max: 3,
      unit: 'px',
      affects: 'plan',
      help: 'How far like pixels are looked for. Time grows with its square.',
      visible: (values) => values.method !== 'bilateral',
    }),
    patch: param.int('Patch radius', {
      default: 3,
      min: 1,
      max: 8,
      unit: 'px',
      help: 'How much of the surroundings must be alike. Large keeps lines and leaves noise beside them.',
      visible: (values) => values.method !== 'bilateral',
    }),
    spread: param.float('Spread', {
      default: 3,
      min: 0.5,
      max: 8,
      step: 0.1,
      unit: 'px',
      help: 'Standard deviation of the weights by distance. Time grows with its square.',
      visible: (values) => values.method === 'bilateral',
    }),
  },
  onCard: ['luma'],
  infer: ({ image, mask }) => sizeMismatch('mask', mask, image) ?? { image },
  kernel: {
    kind: 'pass',
    scratch: () => ({ running: 72 }),
    needs: ({ method, search, patch, spread }) => ({
      image: { reach: method === 'bilateral' ? bilateralRadius(spread) : 2 * search + patch },
      mask: { reach: 0 },
    }),
    async prepare({ gpu, inputs, params: { method, search } }) {
      const { image: whole } = inputs
      const masked = inputs.mask !== undefined
      const reads = masked ? ['image', 'mask'] : ['image']
      if (method === 'bilateral') {
        const stage = await createStage(gpu, {
          label: 'denoise/bilateral',
          reads,
          format: 'rgba16float',
          uniforms: { radius: 'i32', falloff: 'f32', luma: 'f32', chroma: 'f32' },
          wgsl: /* wgsl */ `
fn make(at: vec2i) -> vec4f {
  let here = toYcc(image_at(at).rgb);
  var sum = vec3f(0.0);
  var total = vec2f(0.0);
  for (var j = -u.radius; j <= u.radius; j++) {
    for (var i = -u.radius; i <= u.radius; i++) {
      let gap = toYcc(image_at(at + vec2i(i, j)).rgb) - here;
      let distance = u.falloff * f32(i * i + j * j);
      let weight = exp(-vec2f(distance + u.luma * gap.x * gap.x, distance + u.chroma * dot(gap.yz, gap.yz)));
      sum += vec3f(weight.x, weight.yy) * gap;
      total += weight;
    }
  }
  let change = fromYcc(sum / vec3f(total.x, total.yy) * vec3f(f32(u.luma > 0.0), vec2f(f32(u.chroma > 0.0))));
  ${layOver('image_at(at).rgb + change', masked)}
}`,
        })
        /** Of exp(−rate · Δ²), Δ² the mean over \`values\` values; 0: off. */
        const rate = (codes: number, values: number) => (codes > 0 ? 255 ** 2 / (2 * values * codes * codes) : 0)
        return {
          record({ recorder, inputs: { image, mask }, outputs, params: { luma, chroma, spread } }) {
            if (!outputs.image) return
            stage.record(recorder, whole, { image, ...(mask && { mask }) }, outputs.image, {
              radius: bilateralRadius(spread),
              falloff: 1 / (2 * spread * spread),
              luma: rate(luma, count.luma),
              chroma: rate(chroma, count.chroma),
            })
          },
        }
      }
      const lay = (planes: readonly Plane[]) =>
        createStage(gpu, {
          label: `denoise/lay over ${planes.join(' and ')}`,
          reads: [...reads, ...planes],
          format: 'rgba16float',
          wgsl: /* wgsl */ `
fn make(at: vec2i) -> vec4f {
  let change = vec3f(${planes.includes('luma') ? 'luma_at(at).r' : '0.0'}, ${planes.includes('chroma') ? 'chroma_at(at).rg' : 'vec2f(0.0)'});
  ${layOver('image_at(at).rgb + fromYcc(change)', masked)}
}`,
        })
      const [luma, chroma, neither, lumaAlone, chromaAlone, both] = await Promise.all([
        prepareNonLocalMeans(gpu, whole, 'luma', search),
        prepareNonLocalMeans(gpu, whole, 'chroma', search),
        lay([]),
        lay(['luma']),
        lay(['chroma']),
        lay(['luma', 'chroma']),
      ])
      return {
        record({ recorder, inputs: { image, mask }, outputs, params }) {
          if (!outputs.image) return
          using leases = new DisposableStack()
          const changes: Partial<Record<Plane, StagePicture>> = {}
          for (const [plane, means] of [
            ['luma', luma],
            ['chroma', chroma],
          ] as const) {
            if (params[plane] === 0) continue
            const change = leases.use(borrowPicture(gpu, outputs.image.part, 'rgba16float', `denoise/${plane}`))
            means.record({ recorder, image }, change, { h: params[plane], patch: params.patch })
            changes[plane] = change
          }
          const stage = changes.luma ? (changes.chroma ? both : lumaAlone) : changes.chroma ? chromaAlone : neither
          stage.record(recorder, whole, { image, ...(mask && { mask }), ...changes }, outputs.image)
        },
      }
    },
  },
})
