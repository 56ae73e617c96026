/** Pictures through a node that measures: its maps and its numbers. */
import type { NodeDefinition } from '../../../src/nodes/define.ts'
import { type Bench, defaults, download, maskDesc, type Numbers, prepareNode, upload } from '../harness.ts'

export interface Measured extends Numbers {
  /** What is white in a map, in the unit of the measure. */
  readonly white: number
}

export async function measured(
  bench: Bench,
  definition: NodeDefinition,
  inputs: Readonly<Record<string, Numbers | ReadonlyMap<number, Numbers>>>,
  params: Readonly<Record<string, unknown>> = {},
): Promise<Readonly<Record<string, Measured>>> {
  const pictures = Object.fromEntries(
    Object.entries(inputs).map(([name, given]) => {
      const frames = 'data' in given ? new Map([[0, given]]) : given
      return [name, new Map([...frames].map(([offset, numbers]) => [offset, upload(bench, numbers)]))]
    }),
  )
  const descs = Object.fromEntries(Object.entries(pictures).map(([name, frames]) => [name, frames.get(0)!.desc]))
  const node = await prepareNode(bench, definition, descs, { params })
  const outputs = await node.run(pictures, 0)
  const { full = 1 } = { ...defaults(definition), ...params } as { full?: number }
  const unit = (definition.params.full as { unit?: string } | undefined)?.unit
  const white = unit === '/255' ? full / 255 : unit === '%' ? full / 100 : full
  const result: Record<string, Measured> = {}
  for (const [name, picture] of Object.entries(outputs)) {
    const { width, height } = picture.desc
    result[name] = { ...(await download(bench, { ...picture, desc: maskDesc(width, height) })), white }
  }
  await node.close()
  for (const frames of Object.values(pictures)) for (const { texture } of frames.values()) texture.destroy()
  return result
}
