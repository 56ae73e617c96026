/** What the files that a graph writes are called where nobody has named them: after the clip that they are made of. */
import type { AnyDocument, FlatId, NodeRecord } from '../document/document.ts'
import { type AssetRef, isAssetOf } from '../node/params.ts'
import type { NodeSpec, Specs } from '../node/spec.ts'
import { paramValues } from '../node/values.ts'
import { expand } from './expand.ts'
import { above } from './upstream.ts'

/** What a sink calls its file in the document. */
export const fileNameParam = 'fileName'

/** Longer ones leave no room for what is put behind them: file systems take 255 bytes, a letter may take four. */
const maxStem = 48

export const stemOf = (name: string): string => name.replace(/\.[^.]+$/, '')

/** The name of a clip without folder and ending, as a file can be called. */
export function clipStem(id: string): string {
  const stem = stemOf(id.split(/[\\/]/).pop() ?? '')
  const letters = [...stem].map((letter) => (letter < ' ' || '\\/:*?"<>|'.includes(letter) ? '-' : letter))
  return letters.slice(0, maxStem).join('').trim()
}

function mediumOf(spec: NodeSpec, record: NodeRecord<FlatId>): string | undefined {
  const values: Readonly<Record<string, unknown>> = paramValues(spec, record)
  for (const [name, param] of Object.entries(spec.params)) {
    const ref = isAssetOf(param, 'media') ? (values[name] as AssetRef | null) : null
    if (typeof ref?.id === 'string') return ref.id
  }
  return undefined
}

/** The clip that a sink's pictures are made of: the nearest that is opened before it. */
export function clipBefore(document: AnyDocument, specs: Specs, sink: FlatId): string | undefined {
  const flat = expand(document, specs).document
  for (const id of above(flat, sink)) {
    const record = flat.nodes[id]
    const spec = record && specs.get(record.type)
    const clip = spec && mediumOf(spec, record)
    if (clip !== undefined) return clip
  }
  return undefined
}

/**
 * The name of a sink's file: the document's own, or else the clip's with what the sink's type is called by default, as
 * `holiday-enhanced.mp4`. `undefined`: it writes none.
 */
export function fileNameOf(document: AnyDocument, specs: Specs, sink: FlatId): string | undefined {
  const record = expand(document, specs).document.nodes[sink]
  const paramSpec = record && specs.get(record.type)?.params[fileNameParam]
  if (!record || paramSpec?.kind !== 'text') return undefined
  const ownName = record.params[fileNameParam]
  if (typeof ownName === 'string' && ownName.trim() !== '') return ownName
  const stem = clipStem(clipBefore(document, specs, sink) ?? '')
  return stem === '' ? paramSpec.default : `${stem}-${paramSpec.default}`
}
