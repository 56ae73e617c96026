/** Where one shot ends and the next begins, as a number of each frame. */
import { cutShare, defineNode, numberDesc, openMotions, port } from './define.ts'

export default defineNode({
  type: 'scene-cut',
  title: 'Scene Cut',
  category: 'measure',
  cost: 'heavy',
  summary: 'Marks the first frame of each shot. Slow fades do not count as cuts; motion too fast to follow may.',
  keywords: ['shot', 'shots', 'shot detection', 'scene change', 'scene detection', 'edit', 'split', 'per shot'],
  inputs: { image: port.image('Image') },
  outputs: {
    cut: port.number('Cut', { help: '1 at the first frame of a shot, else 0; 0 at the first frame of the clip.' }),
    lost: port.number('Lost', { help: 'The share of the picture that is found nowhere in the frame before.' }),
  },
  params: {},
  infer: () => ({ cut: numberDesc({ min: 0, max: 1, isMark: true }), lost: numberDesc({ min: 0, max: 1 }) }),
  kernel: {
    kind: 'pass',
    scratch: () => ({ running: 18, resident: 12 }),
    needs: () => ({ image: { reach: Number.POSITIVE_INFINITY, frames: { before: 1, after: 0 } } }),
    async prepare({ gpu, inputs: { image: whole } }) {
      const judge = (label: string, expression: string) =>
        gpu.compute({
          label: `scene-cut/${label}`,
          reads: { lost: 'float' },
          writes: { number: 'r32float' },
          wgsl: `fn main(at: vec2u) {
  let share = textureLoad(lost, vec2u(0u), 0).r;
  textureStore(number, at, vec4f(${expression}, 0.0, 0.0, 1.0));
}`,
        })
      const [motions, cut, lost, none] = await Promise.all([
        openMotions(gpu, whole, 1),
        judge('cut', `select(0.0, 1.0, share > ${cutShare})`),
        judge('lost', 'share'),
        gpu.compute({
          label: 'scene-cut/none',
          writes: { number: 'r32float' },
          wgsl: 'fn main(at: vec2u) { textureStore(number, at, vec4f(0.0)); }',
        }),
      ])
      const size = { width: 1, height: 1 }
      return {
        record({ recorder, inputs: { image }, outputs }) {
          // At the first frame of the clip it is its own neighbour.
          const [motion] = motions.between(recorder, image, [image.at(-1)])
          for (const [pass, number] of [
            [cut, outputs.cut],
            [lost, outputs.lost],
          ] as const) {
            if (!number) continue
            const writes = { number: number.texture }
            if (motion) pass.record(recorder, { reads: { lost: motion.lostShare }, writes, size })
            else none.record(recorder, { writes, size })
          }
        },
        dispose: () => motions[Symbol.dispose](),
      }
    },
  },
})
