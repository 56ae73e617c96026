/** A session that is closed lets go of what it had open, decoded ahead or not. */
import { afterEach, expect, test } from 'vitest'
import { createSession } from '../../src/engine/door/session.ts'
import { emptyDocument, type GraphDocument, type OutermostId } from '../../src/graph/document/document.ts'

const NativeDecoder = globalThis.VideoDecoder
afterEach(() => {
  globalThis.VideoDecoder = NativeDecoder
})

const decode = 'decode' as OutermostId
const graph: GraphDocument = {
  ...emptyDocument,
  nodes: {
    [decode]: {
      id: decode,
      type: 'decode',
      params: { media: { id: 'samples/field-guide.mp4' } },
      position: { x: 0, y: 0 },
    },
  },
}

test('every decoder is closed, and every frame that it gave', async () => {
  const decoders: VideoDecoder[] = []
  const frames: VideoFrame[] = []
  globalThis.VideoDecoder = class extends NativeDecoder {
    constructor({ output, error }: VideoDecoderInit) {
      super({
        error,
        output(frame) {
          frames.push(frame)
          output(frame)
        },
      })
      decoders.push(this)
    }
  }
  const session = createSession(`${location.origin}/`)
  const shown = await session.preview({ document: graph, view: { node: decode, port: 'image' }, frame: 30 })
  expect(shown).toMatchObject({ ok: true, value: { state: 'shown' } })
  // Closed ones have no format.
  const open = () => frames.filter(({ format }) => format !== null).length
  // Beyond the one shown, some are decoded ahead.
  await expect.poll(open).toBeGreaterThan(1)
  await session[Symbol.asyncDispose]()
  await expect.poll(() => [open(), decoders.filter(({ state }) => state !== 'closed').length]).toEqual([0, 0])
  expect(await session.preview({ document: graph, view: { node: decode, port: 'image' }, frame: 30 })).toMatchObject({
    ok: false,
    problems: [{ message: expect.stringContaining('closed') }],
  })
})
