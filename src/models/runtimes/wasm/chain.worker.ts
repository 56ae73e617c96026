/** A thread that computes chains of convolutions, apart from the engine: which goes on recording the frames beside it. */
import * as comlink from 'comlink'
import type { Chain } from './chain.ts'
import { ChainProgram, shapeOf } from './chain-program.ts'

interface Loaded {
  readonly shape: string
  readonly program: ChainProgram
}

const programs = new Map<number, Loaded>()
/** Programs without a user, the latest last: a dial that turns asks for the same shape again and again. */
const idle: Loaded[] = []
const maxIdle = 2

const thread = {
  /** Makes the code of a chain, to be called by `id`. */
  async load(id: number, chain: Chain): Promise<void> {
    const shape = shapeOf(chain)
    const place = idle.findIndex((each) => each.shape === shape)
    const [idleInstance] = place < 0 ? [] : idle.splice(place, 1)
    idleInstance?.program.take(chain)
    programs.set(id, idleInstance ?? { shape, program: await ChainProgram.make(chain) })
  },
  /** The picture that comes of `input`, and the milliseconds that it took. */
  run(id: number, input: Float32Array<ArrayBuffer>, width: number, height: number) {
    const began = performance.now()
    const result = programs.get(id)!.program.run(input, { width, height })
    return comlink.transfer({ result, milliseconds: performance.now() - began }, [result.buffer])
  },
  /** The same of a chain from luma to luma, on pixels of red, green and blue. */
  runOnColours(id: number, colours: Float32Array<ArrayBuffer>, width: number, height: number) {
    const began = performance.now()
    const run = programs.get(id)!.program.runOnColours(colours, { width, height })
    const { result, luma } = run
    return comlink.transfer({ ...run, milliseconds: performance.now() - began }, [
      result.buffer,
      luma.input.buffer,
      luma.output.buffer,
    ])
  },
  drop(id: number): void {
    const loadedProgram = programs.get(id)
    programs.delete(id)
    if (loadedProgram) idle.push(loadedProgram)
    if (idle.length > maxIdle) idle.shift()
  },
}

export type ChainThread = typeof thread

comlink.expose(thread)
