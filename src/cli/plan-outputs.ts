/** Where each Encode of a graph writes, and what is refused about that before anything runs. */
import { existsSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, extname, join, resolve } from 'node:path'
import { expand } from '../graph/analysis/expand.ts'
import { fileNameOf, fileNameParam } from '../graph/analysis/file-names.ts'
import type { FlatId, GraphDocument } from '../graph/document/document.ts'
import { nodeAt } from '../graph/document/levels.ts'
import type { Problem } from '../graph/document/problems.ts'
import { specOf } from '../graph/document/subgraph.ts'
import type { Specs } from '../graph/node/spec.ts'
import { usage } from '../host/command-failure.ts'
import { folderProblem, nameProblem } from '../host/output-server.ts'
import type { RenderArguments } from './arguments.ts'
import { assign, withParams } from './edit-document.ts'
import type { MediaPlan } from './prepare-graph.ts'

export interface PlannedOutput {
  readonly node: FlatId
  readonly folder: string
  readonly fileName: string
}

export const pathOf = ({ folder, fileName }: PlannedOutput): string => join(folder, fileName)

/** What the files of a sink may end in. */
function endingsOf(document: GraphDocument, specs: Specs, sink: FlatId): readonly string[] {
  const paramSpec = specOf(specs, nodeAt(document, sink))?.params[fileNameParam]
  return (paramSpec?.kind === 'text' && paramSpec.endings) || []
}

/** Without `--output`: named by the graph, or after the clip, in the folder `out`. */
const defaultOutput = (document: GraphDocument, specs: Specs, sink: FlatId): string =>
  join('out', basename(fileNameOf(document, specs, sink) ?? 'enhanced.mp4'))

export const writingSinks = (document: GraphDocument, specs: Specs): readonly FlatId[] =>
  Object.values(expand(document, specs).document.nodes).flatMap((record) => {
    const writes = specOf(specs, record)?.kernel.kind === 'sink' && !record.bypass && !record.mute
    return writes ? [record.id] : []
  })

export const nothingToWrite = {
  message: 'This graph writes nothing: it has no Encode and no Report.',
  hint: 'Add one, or render another graph.',
} as const

export const nothingWritten = (document: GraphDocument, specs: Specs): readonly Problem[] =>
  writingSinks(document, specs).length > 0 ? [] : [{ code: 'no-output', severity: 'error', ...nothingToWrite }]

/** Room for what is put behind the name: the numbers of pictures (of up to a million), `.parts` of the kept pieces. */
const longestBehind = '-000000'

function planOutput(node: FlatId, file: string, endings: readonly string[]): PlannedOutput {
  const path = resolve(file)
  const problem = nameProblem(path, longestBehind) ?? folderProblem(dirname(path))
  if (problem !== undefined) throw usage(problem)
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory())
    throw usage(`--output ${file} is a folder.`, 'Name a file in it.')
  const extension = extname(file).toLowerCase()
  if (!endings.includes(extension.slice(1)))
    throw usage(
      `--output ${file}: ${extension === '' ? 'there is no extension' : `“${extension}” is not a format that is written`}.`,
      `Use one of ${endings.map((ending) => `.${ending}`).join(', ')}.`,
    )
  return { node, folder: dirname(path), fileName: basename(path) }
}

/**
 * Where each Encode writes; nothing is made on disk yet. Throws `CommandFailure`.
 * @param document with the clips that are read
 */
export function planOutputs(args: RenderArguments, specs: Specs, document: GraphDocument): readonly PlannedOutput[] {
  const sinks = writingSinks(document, specs)
  const files = new Map(assign(document, specs, 'sink', args.outputs))
  if (files.size === 0) for (const sink of sinks) files.set(sink, defaultOutput(document, specs, sink))
  const outputs = [...files].map(([node, file]) => planOutput(node, file, endingsOf(document, specs, node)))
  const paths = outputs.map(pathOf)
  const twice = paths.find((path, index) => paths.indexOf(path) !== index)
  if (twice !== undefined)
    throw usage(`Two outputs would both write ${twice}.`, `Give each its own: --output ${outputs[0]!.node}=<file>.`)
  return outputs
}

/** A render reads its input to the end while it writes, and a result is no substitute for its source. */
export function refuseOverwriting({ files }: MediaPlan, plannedOutputs: readonly PlannedOutput[]): void {
  const real = (path: string) => (existsSync(path) ? realpathSync(path) : path)
  const inputs = new Set([...files.values()].flatMap(({ paths }) => paths.map(real)))
  for (const output of plannedOutputs)
    if (inputs.has(real(pathOf(output))))
      throw usage(`--output ${output.fileName} is the file that is being read.`, 'Name another file.')
}

/** The document says what the command line says: its checks look at the file's extension. */
export function withFileNames(
  document: GraphDocument,
  specs: Specs,
  plannedOutputs: readonly Pick<PlannedOutput, 'node' | 'fileName'>[],
): GraphDocument {
  let editedDocument = document
  for (const { node, fileName } of plannedOutputs) {
    const spec = specOf(specs, nodeAt(editedDocument, node))
    if (spec && Object.hasOwn(spec.params, fileNameParam))
      editedDocument = withParams(editedDocument, node, { [fileNameParam]: fileName })
  }
  return editedDocument
}
