/** Encoders of the ffmpeg installed on this machine: those that outputs ask for, and all there are. */
import type { FlatId, GraphDocument } from '../graph/document/document.ts'
import { nodeAt } from '../graph/document/levels.ts'
import type { Problem } from '../graph/document/problems.ts'
import { specOf } from '../graph/document/subgraph.ts'
import type { Specs } from '../graph/node/spec.ts'
import { paramValues } from '../graph/node/values.ts'
import { CommandFailure } from '../host/command-failure.ts'
import { findFfmpeg, type InstalledFfmpeg, installedEncoder } from '../host/installed-ffmpeg.ts'
import type { InstalledEncoder } from '../media/encoders/encoding.ts'
import type { PlannedOutput } from './plan-outputs.ts'

export interface AskedEncoder {
  readonly ffmpeg: InstalledFfmpeg
  readonly encoder: InstalledEncoder
}

/** What the sink of an output calls the installed encoder it wants; `undefined`: it wants none. @param file absent: its own */
function wantedEncoder(document: GraphDocument, specs: Specs, node: FlatId, file?: string): string | undefined {
  const record = nodeAt(document, node)
  const spec = specOf(specs, record)
  const values = record && spec ? paramValues(spec, record) : {}
  const isPicture = /\.(png|apng|gif|webp)$/i.test(file ?? String(values.fileName))
  return values.encoder === 'native' && !isPicture ? String(values.encoderName ?? '') : undefined
}

/** By output, where it asks for one. Throws `CommandFailure` where it cannot be had. */
export async function encodersFor(
  document: GraphDocument,
  specs: Specs,
  plannedOutputs: readonly PlannedOutput[],
): Promise<ReadonlyMap<FlatId, AskedEncoder>> {
  const names = plannedOutputs.flatMap(({ node, fileName }) => {
    const name = wantedEncoder(document, specs, node, fileName)
    return name === undefined ? [] : [[node, name] as const]
  })
  const encoders = new Map<FlatId, AskedEncoder>()
  if (names.length === 0) return encoders
  const ffmpeg = await findFfmpeg()
  for (const [node, name] of names) {
    const encoder = await installedEncoder(ffmpeg, name)
    if (ffmpeg) encoders.set(node, { ffmpeg, encoder })
  }
  return encoders
}

/** For each of the sinks that asks for an installed encoder which this machine does not have, the problem. */
export async function encoderProblems(
  document: GraphDocument,
  specs: Specs,
  sinks: readonly FlatId[],
): Promise<readonly Problem[]> {
  const problems: Problem[] = []
  for (const node of sinks) {
    const name = wantedEncoder(document, specs, node)
    if (name === undefined) continue
    try {
      await installedEncoder(await findFfmpeg(), name)
    } catch (error) {
      if (!(error instanceof CommandFailure)) throw error
      const { message, hint } = error
      problems.push({ code: 'bad-param', severity: 'error', node, param: 'encoderName', message, hint })
    }
  }
  return problems
}

const sentence = ({ ffmpeg, encoder }: AskedEncoder): string =>
  `${encoder.name} of ffmpeg ${ffmpeg.version} (${ffmpeg.path})`

/** What encodes, for people: one line an encoder. */
export const encoderLines = (encoders: ReadonlyMap<FlatId, AskedEncoder>): readonly string[] => [
  ...new Set([...encoders.values()].map((one) => `Encoding with ${sentence(one)}.`)),
]

/** What pieces must have in common to be joined; `undefined` where no installed encoder is asked for. */
export const encoderMark = (encoders: ReadonlyMap<FlatId, AskedEncoder>): string | undefined =>
  encoders.size === 0
    ? undefined
    : [...encoders].map(([node, { ffmpeg, encoder }]) => `${node}: ${encoder.name} of ${ffmpeg.version}`).join(', ')

export const listEncodersJson = (ffmpeg: InstalledFfmpeg | undefined) => ({
  ok: true,
  ffmpeg: ffmpeg
    ? {
        path: ffmpeg.path,
        version: ffmpeg.version,
        encoders: [...ffmpeg.encoders].map(([name, about]) => ({ name, about })),
      }
    : null,
})

export function listEncodersText(ffmpeg: InstalledFfmpeg | undefined): string {
  if (!ffmpeg)
    return 'There is no ffmpeg on this machine: install it, or name one in FRAMEWRIGHT_FFMPEG. Encode has a built-in one as well (encoder “ffmpeg”).\n'
  const width = Math.max(0, ...[...ffmpeg.encoders.keys()].map((name) => name.length))
  const lines = [...ffmpeg.encoders].map(([name, about]) => `  ${name.padEnd(width)}  ${about}`)
  return `${[
    `ffmpeg ${ffmpeg.version} (${ffmpeg.path})`,
    'Its encoders, for Encode’s encoder “native” (--set encode.encoder=native --set encode.encoderName=<name>).',
    'Encoders of graphics cards are listed if ffmpeg was built with them; whether there is such a card shows only when they start.',
    ...lines,
  ].join('\n')}\n`
}
