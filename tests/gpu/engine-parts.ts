/** What an executor is made of where its nodes use neither files nor models. */
import { CodePermits } from '../../src/engine/run/code-permits.ts'
import type { EngineParts } from '../../src/engine/run/prepare-request.ts'
import type { Gpu } from '../../src/gpu/types.ts'
import type { NodeDefinition } from '../../src/nodes/define.ts'

const unused = (): never => {
  throw new Error('the nodes under test use no files and no models')
}

/** What a test uses after all. */
export interface PartsInUse {
  readonly media?: Partial<EngineParts['media']>
  readonly download?: Partial<EngineParts['download']>
}

export const partsWithoutFiles = (
  gpu: Gpu,
  definitions: ReadonlyMap<string, NodeDefinition>,
  { media, download }: PartsInUse = {},
): EngineParts => ({
  gpu,
  definitions,
  permits: new CodePermits(definitions),
  codeLimitMs: 30_000,
  assets: { facts: {}, open: unused, version: () => 0 },
  media: {
    open: unused,
    mastering: unused,
    createSink: unused,
    createSampleSink: unused,
    createPictureSink: unused,
    createAnimationSink: unused,
    createNumbersSink: unused,
    ...media,
  },
  models: { open: unused },
  upload: unused,
  download: {
    readable: unused,
    videoFrame: unused,
    frames: unused,
    rgba8: unused,
    png: unused,
    samples: unused,
    ...download,
  },
})
