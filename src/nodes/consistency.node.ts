/**
 * Holds a result to its source: shrunk again, it must be the source. What the source denies, L − D(Y), is enlarged and added
 * (iterative back-projection: M. Irani, S. Peleg, "Improving Resolution by Image Registration", 1991). With the right
 * inverse of D in place of the plain enlargement one pass leaves nothing (Y. Bahat, T. Michaeli, "Explorable Super Resolution",
 * CVPR 2020), but for what black and white cut off. What lies above the source's resolution, the invention, stays.
 *
 * Held to the plain upscale, a result shrunk again is what that is, D(U(L)), a little softer than the source: where all measures of
 * results read what they read of plain upscaling, and the source's noise comes back weaker.
 */
import {
  axisWeights,
  borrowPicture,
  chainedWeights,
  createResampler,
  defineNode,
  inferProblem,
  inverseWeights,
  param,
  port,
  type Region,
  resampleKernels,
  type StagePicture,
  sizeMismatch,
  union,
} from './define.ts'

/** How many times larger than the source a result may be. */
const largestScale = 8

export default defineNode({
  type: 'consistency',
  title: 'Consistency',
  category: 'blend',
  cost: 'heavy',
  summary: 'Removes from a result what contradicts its source. The source’s noise and blocks come back with it.',
  keywords: [
    'contradiction',
    'wrong letters',
    'faithful',
    'true to the source',
    'back-projection',
    'back projection',
    'ibp',
    'data consistency',
    'shifted',
    'misaligned',
    'changed',
    'evidence',
    'text warped',
    'warped',
  ],
  inputs: {
    image: port.image('Image', { help: 'The enlarged picture.' }),
    source: port.image('Source', { help: 'The picture that it was made from, before it was enlarged.' }),
    mask: port.areaMask(),
  },
  outputs: { image: port.image('Image') },
  params: {
    to: param.choice('Held to', ['source', 'plain'], {
      default: 'source',
      affects: 'plan',
      labels: { source: 'The source', plain: 'Its plain upscale' },
      help: 'What it must be once shrunk again. The plain upscale is softer: less of the source’s noise comes back, and nothing is smoother than Bicubic.',
    }),
    exact: param.bool('Zero contradiction', {
      default: true,
      affects: 'plan',
      help: 'Each pass takes out all of it, and steep edges may ring. Off, each takes out what is coarse and a share of what is fine.',
    }),
    passes: param.int('Passes', {
      default: 2,
      min: 1,
      max: 4,
      help: 'One after the other on what is left: more than one matters where black and white cut off, or without Zero contradiction.',
    }),
    shrinking: param.choice('Shrunk by', ['catmull-rom', 'area', 'bilinear', 'lanczos-3'], {
      default: 'catmull-rom',
      labels: {
        'catmull-rom': 'Bicubic (usual)',
        area: 'Mean of an area (cameras, old scalers)',
        bilinear: 'Bilinear',
        'lanczos-3': 'Lanczos 3',
      },
      help: 'How the source is thought to have been shrunk. A wrong guess brings halos or softness.',
    }),
    tolerance: param.float('Tolerance', {
      default: 0,
      min: 0,
      max: 16,
      step: 0.1,
      unit: '/255',
      help: 'Contradiction up to this is left alone: about 2 keeps a codec’s own errors out.',
    }),
  },
  infer({ image, source, mask }) {
    const across = image.width / source.width
    const down = image.height / source.height
    // Sides are rounded to whole pixels, and pixels that are not square made so.
    const skew = Math.abs((image.width * source.height) / image.height - source.width) - 0.02 * source.width
    if (across < 1 || down < 1 || across > largestScale || down > largestScale || skew > 1)
      return inferProblem({
        code: 'size-mismatch',
        port: 'source',
        message: `The source is ${source.width}×${source.height} and the image ${image.width}×${image.height}, which is not the same picture enlarged by 1 to ${largestScale}.`,
        hint: 'Wire the picture from before the model or the Bicubic to this input.',
      })
    return sizeMismatch('mask', mask, image) ?? { image }
  },
  bypass: { image: 'image' },
  kernel: {
    kind: 'pass',
    scratch: ({ to }) => ({ running: to === 'plain' ? 48 : 40, resident: 6 }),
    // In pixels of the source a pass reads what shrinking and enlarging read; the image's are up to so many times smaller.
    needs({ to, exact, passes, shrinking }, { ratio }) {
      const pass = resampleKernels[shrinking].radius + (exact ? 16 : 2) + 1
      const softened = to === 'plain' ? resampleKernels[shrinking].radius + 3 : 0
      const reach = Math.ceil((passes * pass + softened) * (ratio < 1 ? 1 : largestScale))
      return { image: { reach }, source: { reach }, mask: { reach } }
    },
    async prepare({ gpu, inputs: { image: large, source: small, mask: maskDesc }, params: { to, exact, shrinking } }) {
      const axis = (side: 'width' | 'height') => {
        const shrink = axisWeights(resampleKernels[shrinking], large[side], small[side])
        const enlarge = axisWeights(resampleKernels['catmull-rom'], small[side], large[side])
        return {
          shrink,
          plain: chainedWeights(enlarge, shrink),
          enlarge: exact ? inverseWeights(shrink, enlarge) : enlarge,
        }
      }
      const across = axis('width')
      const down = axis('height')
      const [soften, deny, add] = await Promise.all([
        to === 'plain'
          ? createResampler(gpu, { label: 'consistency/soften', across: across.plain, down: down.plain })
          : undefined,
        createResampler(gpu, {
          label: 'consistency/deny',
          across: across.shrink,
          down: down.shrink,
          finish: {
            reads: ['source'],
            uniforms: { tolerance: 'f32' },
            wgsl: /* wgsl */ `
  let denied = source_at(at).rgb - clamp(resampled.rgb, vec3f(0.0), vec3f(1.0));
  return vec4f(sign(denied) * max(abs(denied) - u.tolerance, vec3f(0.0)), 0.0);`,
          },
        }),
        createResampler(gpu, {
          label: 'consistency/add',
          across: across.enlarge,
          down: down.enlarge,
          finish: {
            reads: maskDesc ? ['image', 'mask'] : ['image'],
            wgsl: /* wgsl */ `
  let under = image_at(at);
  return vec4f(clamp(under.rgb + ${maskDesc ? 'mask_at(at).r * ' : ''}resampled.rgb, vec3f(0.0), vec3f(1.0)), under.a);`,
          },
        }),
      ])
      return {
        record({ recorder, inputs: { image, source, mask }, outputs, params: { passes, tolerance } }) {
          if (!outputs.image) return
          using leases = new DisposableStack()
          // The part that each pass makes, the last first: the one before needs what this one shrinks.
          const parts: Region[] = [outputs.image.part]
          for (let pass = 1; pass < passes; pass++) parts.unshift(union(parts[0]!, deny.reads(add.reads(parts[0]!))))
          const held = () => {
            if (!soften) return source
            const needed = parts.map((part) => add.reads(part)).reduce(union)
            const plain = leases.use(borrowPicture(gpu, needed, 'rgba16float', 'consistency/plain'))
            soften.record(recorder, source, plain)
            return plain
          }
          const target = held()
          let now: StagePicture = image
          const { image: result } = outputs
          parts.forEach((part, pass) => {
            const next =
              pass === passes - 1
                ? result
                : leases.use(borrowPicture(gpu, part, 'rgba16float', `consistency/pass ${pass}`))
            using deniedPicture = borrowPicture(gpu, add.reads(part), 'rgba16float', 'consistency/denied')
            deny.record(recorder, now, deniedPicture, { source: target }, { tolerance: tolerance / 255 })
            add.record(recorder, deniedPicture, next, { image: now, ...(mask && { mask }) })
            now = next
          })
        },
        dispose() {
          soften?.[Symbol.dispose]()
          deny[Symbol.dispose]()
          add[Symbol.dispose]()
        },
      }
    },
  },
})
