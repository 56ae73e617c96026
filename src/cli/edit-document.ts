/** Puts what the command line says into a graph: which file a Decode reads, what a parameter is. */
import type { FlatId, GraphDocument, NodeRecord } from '../graph/document/document.ts'
import type { Json, JsonObject } from '../graph/document/json.ts'
import { allNodes, flatId, nodeAt, placeOf, withNode } from '../graph/document/levels.ts'
import { titleOfRecord } from '../graph/document/naming.ts'
import { innermost, sideOf, specOf } from '../graph/document/subgraph.ts'
import type { AssetKind } from '../graph/node/facts.ts'
import { isAssetOf, type ParamSpec } from '../graph/node/params.ts'
import type { KernelKind, NodeSpec, Specs } from '../graph/node/spec.ts'
import { checkParam } from '../graph/node/values.ts'
import { type CommandFailure, usage } from '../host/command-failure.ts'
import type { NamedFile, Setting } from './arguments.ts'

const plain = (text: string): string => text.trim().toLowerCase()

/** Of all levels: nodes inside subgraphs as `subgraph/node`. */
const idsOf = (document: GraphDocument): FlatId[] =>
  [...allNodes(document)].flatMap(([id, record]) => (sideOf(record) ? [] : [id]))

const specAt = (document: GraphDocument, specs: Specs, id: FlatId): NodeSpec | undefined =>
  specOf(specs, nodeAt(document, id))

const titleAt = (document: GraphDocument, specs: Specs, id: FlatId): string => {
  const record = nodeAt(document, id)
  return record ? titleOfRecord(specs, record) : id
}

const list = (document: GraphDocument, specs: Specs, ids: readonly FlatId[]): string => {
  const firstIds = ids.slice(0, 12).map((id) => `${id} (${titleAt(document, specs, id)})`)
  return ids.length > firstIds.length
    ? `${firstIds.join(', ')} and ${ids.length - firstIds.length} more`
    : firstIds.join(', ')
}

/** The node that `name` means among `ids`: by id, else by title, else by type. Throws `CommandFailure` where none or several do. */
export function findNode(document: GraphDocument, specs: Specs, name: string, ids = idsOf(document)): FlatId {
  const exact = ids.find((id) => id === name)
  if (exact !== undefined) return exact
  const plainName = plain(name)
  const readings: ((id: FlatId) => string)[] = [
    (id) => id,
    (id) => titleAt(document, specs, id),
    // A node inside a subgraph by its id there.
    (id) => placeOf(id).id,
    (id) => nodeAt(document, id)?.type ?? '',
    (id) => specAt(document, specs, id)?.title ?? '',
  ]
  for (const reading of readings) {
    const matches = ids.filter((id) => plain(reading(id)) === plainName)
    if (matches.length === 1) return matches[0]!
    if (matches.length > 1)
      throw usage(
        `“${name}” fits several nodes: ${list(document, specs, matches)}.`,
        'Name the one you mean by its id, which stands first.',
      )
  }
  throw usage(`There is no node “${name}” in this graph.`, `It has ${list(document, specs, ids) || 'no nodes'}.`)
}

/** Nodes of a kind, in the order of the document. */
export const nodesOfKind = (document: GraphDocument, specs: Specs, kind: KernelKind): FlatId[] =>
  idsOf(document).filter((id) => specAt(document, specs, id)?.kernel.kind === kind)

/** `look/decode=clip.mp4` looks like a folder until one knows that the graph has such a node. */
function insideSubgraph(namedFile: NamedFile, ids: readonly FlatId[]): NamedFile {
  const at = namedFile.file.indexOf('=')
  const name = namedFile.file.slice(0, Math.max(0, at))
  return namedFile.name === undefined && name.includes('/') && ids.some((id) => id === name)
    ? { name, file: namedFile.file.slice(at + 1) }
    : namedFile
}

/** For each of `files`, the source or sink it is meant for. Throws `CommandFailure` where that is not clear. */
export function assign(
  document: GraphDocument,
  specs: Specs,
  kind: 'source' | 'sink',
  files: readonly NamedFile[],
): ReadonlyMap<FlatId, string> {
  const ids = nodesOfKind(document, specs, kind)
  const flag = kind === 'source' ? '--input' : '--output'
  const filesById = new Map<FlatId, string>()
  for (const namedFile of files) {
    const { name, file } = insideSubgraph(namedFile, ids)
    if (ids.length === 0)
      throw usage(
        `${flag} ${file}: this graph has no ${kind === 'source' ? 'Decode' : 'Encode'}.`,
        `Leave ${flag} out.`,
      )
    const only = ids.length === 1 ? ids[0] : undefined
    if (name === undefined && only === undefined)
      throw usage(
        `${flag} ${file}: this graph has several it could be for: ${list(document, specs, ids)}.`,
        `Say which: ${flag} ${ids[0]}=${file}.`,
      )
    const id = name === undefined ? only! : findNode(document, specs, name, ids)
    if (filesById.has(id)) throw usage(`${flag} was given twice for ${id}.`, 'Give it once.')
    filesById.set(id, file)
  }
  return filesById
}

/** Params of a subgraph are those of the nodes inside that stand on its card. */
export function withParams(document: GraphDocument, id: FlatId, params: JsonObject): GraphDocument {
  let editedDocument = document
  for (const [name, value] of Object.entries(params)) {
    const record = nodeAt(document, id)
    const place = record && innermost(record, name)
    if (!place) continue
    const { path, id: nodeId } = placeOf(id)
    const inside = [...path, nodeId, ...place.inside]
    editedDocument = withNode(editedDocument, flatId(inside.slice(0, -1), inside.at(-1)!), (holder: NodeRecord) => ({
      ...holder,
      params: { ...holder.params, [place.param]: value },
    }))
  }
  return editedDocument
}

/** The name of the node's parameter for a file of this kind, such as the media of a Decode. */
export const paramForAsset = (spec: NodeSpec, kind: AssetKind): string | undefined =>
  Object.entries(spec.params).find(([, param]) => isAssetOf(param, kind))?.[0]

const truths: Readonly<Record<string, boolean>> = {
  true: true,
  on: true,
  yes: true,
  '1': true,
  false: false,
  off: false,
  no: false,
  '0': false,
}

/** `0=1, 48=0.2:hold` as keys; what is none comes back as text. */
function readKeys(text: string): Json {
  const keys = text.split(',').map((key) => key.match(/^\s*(\d+)\s*=\s*(-?[\d.]+(?:e-?\d+)?)\s*(?::\s*(\w+)\s*)?$/i))
  return keys.every((key) => key !== null)
    ? keys.map((key) => ({ frame: Number(key[1]), value: Number(key[2]), next: key[3] ?? 'linear' }))
    : text
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text) as Json
  } catch {
    return text
  }
}

/** `text` as a value of `spec`; what does not fit comes back as it is, for `checkParam` to complain of. */
function readValue(spec: ParamSpec, text: string): Json {
  switch (spec.kind) {
    case 'float':
    case 'int':
    case 'seed': {
      const value = text.trim() === '' ? Number.NaN : Number(text)
      return Number.isNaN(value) ? text : value
    }
    case 'bool':
      return truths[plain(text)] ?? text
    case 'choice': {
      const plainText = plain(text)
      return (
        spec.options.find(
          (option) => plain(option) === plainText || plain(spec.labels?.[option] ?? '') === plainText,
        ) ?? text
      )
    }
    case 'text':
    case 'code':
      return text
    case 'keys':
      return readKeys(text)
    // Nobody paints on a command line; what an editor wrote can be given as it stands in the file.
    case 'drawing':
      return parsed(text)
    case 'asset':
      return { id: text }
  }
}

function unknownParam(setting: Setting, spec: NodeSpec): CommandFailure {
  const names = Object.keys(spec.params)
  return usage(
    `${spec.title} has no parameter “${setting.param}”.`,
    names.length > 0 ? `It has ${names.join(', ')}.` : 'It has none.',
  )
}

/**
 * Applies one `--set`. The value is read as its parameter says; `bypass` and `mute` are true or false for any node. Throws
 * `CommandFailure` with the node, the parameter and what it takes.
 */
export function applySetting(document: GraphDocument, specs: Specs, setting: Setting): GraphDocument {
  const id = findNode(document, specs, setting.node)
  const spec = specAt(document, specs, id)
  if (!spec) throw usage(`The node ${id} is of a type this version does not know.`, 'Leave it out of --set.')
  const plainParam = plain(setting.param)
  const entries = Object.entries(spec.params)
  const entry =
    entries.find(([name]) => plain(name) === plainParam) ??
    entries.find(([, param]) => plain(param.label) === plainParam)
  if (!entry) {
    if (plainParam !== 'bypass' && plainParam !== 'mute') throw unknownParam(setting, spec)
    const on = truths[plain(setting.value)]
    if (on === undefined) throw usage(`${plainParam} is true or false, but is “${setting.value}”.`)
    return withNode(document, id, (record) => ({ ...record, [plainParam]: on }))
  }
  const [name, param] = entry
  const value = readValue(param, setting.value)
  const complaint = checkParam(param, value)
  if (complaint !== undefined) throw usage(`--set ${setting.node}.${setting.param}: ${complaint}`)
  return withParams(document, id, { [name]: value })
}

/** What sources call the choice of what becomes of damaged frames, and the option that refuses them. */
const damagedParam = 'damaged'
const refuse = 'refuse'

/** Every source that can hold damaged frames refuses them instead. */
export function refusingDamage(document: GraphDocument, specs: Specs): GraphDocument {
  return nodesOfKind(document, specs, 'source').reduce((editedDocument, id) => {
    const param = specAt(editedDocument, specs, id)?.params[damagedParam]
    const can = param?.kind === 'choice' && param.options.includes(refuse)
    return can ? withParams(editedDocument, id, { [damagedParam]: refuse }) : editedDocument
  }, document)
}
