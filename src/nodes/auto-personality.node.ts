/**
 * How far a model's dial may go, place by place: all the way where nothing speaks against the inventive render, and back to the
 * faithful one where its source denies it, where it has halos, where it bends letters, and where it leaves a net of dots; there alone where the two
 * renders differ, since elsewhere the dial changes nothing. Held over the frames around: what was allowed for one frame only
 * is taken back, so that no place flips between two models.
 *
 * The net comes of models that make a pixel of the source into four by four sets of weights (A. Odena et al., "Deconvolution and
 * Checkerboard Artifacts", 2016): values that alternate from pixel to pixel along a row or a column. No source at half the size
 * can say so, and the other maps, which compare at its size, cannot see it.
 */
import { defineNode, param, port, sizeMismatch } from './define.ts'

/** Weights of a window, which leave the alternation alone and take what is coarser: binomial, their signs in turn. */
const alternate = [1, -4, 6, -4, 1]
const half = 2
/** Where the windows lie in all of which it must go on: thin lines and fine texture fill a few of them. */
const windows = [-6, -4, -2, 0, 2, 4, 6]
const reach = windows.at(-1)! + half
/** Nets of this strength begin to speak against a place, and speak against it wholly, in steps of 8 bits. */
const net = { from: 2, full: 6 }

/** WGSL that sets `name` to the strength of the net at `at`, of the picture that `reader` reads. */
const netOf = (name: string, reader: string) => /* wgsl */ `
  // Windows lie an even number of pixels apart: the same alternation has one sign in all.
  var ${name} = 0.0;
  for (var axis = 0; axis < 2; axis++) {
    let along = select(vec2i(0, 1), vec2i(1, 0), axis == 0);
    var row = array<vec3f, ${2 * reach + 1}>();
    for (var i = 0; i < ${2 * reach + 1}; i++) { row[i] = ${reader}(at + along * (i - ${reach})).rgb; }
    var up = vec3f(1e3);
    var down = vec3f(1e3);
    for (var i = 0; i < ${2 * reach + 1 - 2 * half}; i += ${windows[1]! - windows[0]!}) {
      let here = window(row[i], row[i + 1], row[i + 2], row[i + 3], row[i + 4]);
      up = min(up, here);
      down = min(down, -here);
    }
    let strongest = max(up, down);
    ${name} = max(${name}, max(strongest.r, max(strongest.g, strongest.b)));
  }`

export default defineNode({
  type: 'auto-personality',
  title: 'Auto Personality',
  category: 'mask',
  cost: 'heavy',
  summary:
    'A mask of how far a model’s personality may go, place by place: it is held back where the source contradicts it. What nobody can check stays as bold as it was.',
  keywords: ['automatic', 'dial', 'gan', 'best of both', 'safe', 'how far', 'per region'],
  inputs: {
    contradiction: port.mask('Contradiction', { help: 'Of the inventive render: what its source contradicts.' }),
    halo: port.optionalMask('Halo', 0, { help: 'Of the inventive render: its outlines along edges.' }),
    drift: port.optionalMask('Text drift', 0, { help: 'Of the inventive render: letters it bends.' }),
    render: {
      type: 'image',
      label: 'Inventive',
      fallback: 0,
      help: 'The inventive render itself: where it has a net of dots, pixel by pixel, as such models leave beside lines, it is held back.',
    },
    disagreement: port.optionalMask('Disagreement', 1, {
      help: 'Of the faithful and the inventive render: 0 where they are the same, so that it does not matter.',
    }),
  },
  outputs: { mask: port.mask('Mask', { help: '1 for the inventive render, 0 for the faithful one.' }) },
  params: {
    caution: param.float('Caution', {
      default: 1,
      min: 0,
      max: 4,
      step: 0.05,
      help: 'Multiplies the maps. 0 lets the dial go all the way everywhere; more keeps more of the faithful render.',
    }),
    steady: param.bool('Steady', {
      default: true,
      affects: 'plan',
      help: 'The maps of the frames before and after count as well: what flips from frame to frame is held back. Those frames are rendered too.',
    }),
  },
  infer: ({ contradiction, halo, drift, render, disagreement }) =>
    sizeMismatch('halo', halo, contradiction) ??
    sizeMismatch('drift', drift, contradiction) ??
    sizeMismatch('render', render, contradiction) ??
    sizeMismatch('disagreement', disagreement, contradiction) ?? { mask: contradiction },
  kernel: {
    kind: 'pixel',
    needs: ({ steady }) => {
      const frames = steady ? { before: 1, after: 1 } : { before: 0, after: 0 }
      const around = { reach: 0, frames }
      return {
        ...{ contradiction: around, halo: around, drift: around, disagreement: around },
        render: { reach, frames },
      }
    },
    wgsl({ steady }) {
      const frames = steady ? ['', '_before1', '_after1'] : ['']
      const objections = frames.map((frame) => {
        const of = (port: string) => (frame === '' ? port : `${port}${frame}_at(at)`)
        const maps = ['contradiction', 'halo', 'drift', 'disagreement'].map(of).join(', ')
        return `${netOf(`net${frame}`, `render${frame}_at`)}
  let against${frame} = objection(${maps}, net${frame}, p.caution);`
      })
      const steadyWgsl = 'max(against, (against + against_before1 + against_after1) / 3.0)'
      return /* wgsl */ `
  let at = vec2i(px.at);${objections.join('')}
  return 1.0 - ${steady ? steadyWgsl : 'against'};`
    },
    functions: /* wgsl */ `
fn window(a: vec3f, b: vec3f, c: vec3f, d: vec3f, e: vec3f) -> vec3f {
  return (${alternate.map((weight, i) => `${weight.toFixed(1)} * ${'abcde'[i]}`).join(' + ')}) / 16.0;
}
fn objection(contradiction: f32, halo: f32, drift: f32, disagreement: f32, net: f32, caution: f32) -> f32 {
  let dots = clamp((255.0 * net - ${net.from.toFixed(1)}) / ${(net.full - net.from).toFixed(1)}, 0.0, 1.0);
  return clamp(caution * max(max(contradiction, dots), max(halo, drift)), 0.0, 1.0) * clamp(disagreement, 0.0, 1.0);
}`,
  },
})
