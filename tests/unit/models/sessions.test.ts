/** What the pinned onnxruntime says when it fails: it gives no code in a field, so that words of its are matched. */
import { readFileSync } from 'node:fs'
import * as ort from 'onnxruntime-web'
import { expect, test } from 'vitest'
import { isMemoryError } from '../../../src/models/sessions.ts'

ort.env.wasm.numThreads = 1

const open = (name: string) =>
  ort.InferenceSession.create(
    new Uint8Array(readFileSync(new URL(`../../fixtures/models/${name}.onnx`, import.meta.url))),
    { logSeverityLevel: 4 },
  )

const failure = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  )

test('a result that is larger than its memory can be is known by its words, and a damaged file is not taken for one', async () => {
  const session = await open('nearest-x8')
  // Made 64 times as large: beyond the 4 GB that 32 bits can address.
  const side = 2400
  const input = new ort.Tensor('float32', new Float32Array(3 * side * side), [1, 3, side, side])
  const full = await failure(session.run({ input }))
  await session.release()
  const damaged = await failure(open('truncated'))
  expect([isMemoryError(full), isMemoryError(damaged)]).toEqual([true, false])
  expect((damaged as Error).message).toMatch(/protobuf/)
  // Once there is one, it is to be asked instead.
  for (const error of [full, damaged]) expect(error).not.toHaveProperty('code')
})
