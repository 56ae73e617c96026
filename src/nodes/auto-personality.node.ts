/**
 * How far a model's dial may go, place by place: all the way where nothing speaks against the inventive render, and back to the
 * faithful one where its source denies it, where it has halos, and where it bends letters; there alone where the two
 * renders differ, since elsewhere the dial changes nothing. Held over the frames around: what was allowed for one frame only
 * is taken back, so that no place flips between two models.
 */
import { defineNode, param, port, sizeMismatch } from './define.ts'

export default defineNode({
  type: 'auto-personality',
  title: 'Auto Personality',
  category: 'mask',
  summary:
    'A mask of how far a model’s personality may go, place by place: it is held back where the source contradicts it. What nobody can check stays as bold as it was.',
  keywords: ['automatic', 'dial', 'gan', 'best of both', 'safe', 'how far', 'per region'],
  inputs: {
    contradiction: port.mask('Contradiction', { help: 'Of the inventive render: what its source contradicts.' }),
    halo: port.optionalMask('Halo', 0, { help: 'Of the inventive render: its outlines along edges.' }),
    drift: port.optionalMask('Text drift', 0, { help: 'Of the inventive render: letters it bends.' }),
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
  infer: ({ contradiction, halo, drift, disagreement }) =>
    sizeMismatch('halo', halo, contradiction) ??
    sizeMismatch('drift', drift, contradiction) ??
    sizeMismatch('disagreement', disagreement, contradiction) ?? { mask: contradiction },
  kernel: {
    kind: 'pixel',
    needs: ({ steady }) => {
      const frames = steady ? { before: 1, after: 1 } : { before: 0, after: 0 }
      const around = { reach: 0, frames }
      return { contradiction: around, halo: around, drift: around, disagreement: around }
    },
    wgsl({ steady }) {
      const of = (frame: string) =>
        `objection(contradiction${frame}, halo${frame}, drift${frame}, disagreement${frame}, p.caution)`
      return /* wgsl */ `
  let at = vec2i(px.at);
  let own = ${of('')};
  return 1.0 - ${steady ? `max(own, (own + ${of('_before1_at(at)')} + ${of('_after1_at(at)')}) / 3.0)` : 'own'};`
    },
    functions: /* wgsl */ `
fn objection(contradiction: f32, halo: f32, drift: f32, disagreement: f32, caution: f32) -> f32 {
  return clamp(caution * max(contradiction, max(halo, drift)), 0.0, 1.0) * clamp(disagreement, 0.0, 1.0);
}`,
  },
})
