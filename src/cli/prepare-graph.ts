/**
 * Makes a graph ready to render: hands its media and models to the page, learns what is known of them, and says what
 * is wrong before anything runs.
 */
import { existsSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { expand } from '../graph/analysis/expand.ts'
import { validate } from '../graph/analysis/validate.ts'
import type { FlatId, GraphDocument } from '../graph/document/document.ts'
import { nodeAt } from '../graph/document/levels.ts'
import type { Problem } from '../graph/document/problems.ts'
import { specOf } from '../graph/document/subgraph.ts'
import type { AssetFacts, MediaFacts, ModelFacts } from '../graph/node/facts.ts'
import type { AssetRef } from '../graph/node/params.ts'
import type { Specs } from '../graph/node/spec.ts'
import { paramValues } from '../graph/node/values.ts'
import { CommandFailure, type ExitCode, exitCodes, usage } from '../host/command-failure.ts'
import type { HeadlessSession } from '../host/headless-session.ts'
import { paramOfKind, withParams } from './edit-document.ts'
import { type InputFiles, inputFiles, leftOutSentence } from './input-files.ts'

/** What the document says each source reads, replaced by `--input`, with the files that go with it. */
export interface MediaPlan {
  readonly document: GraphDocument
  /** By the id under which the document now names them. */
  readonly files: ReadonlyMap<string, InputFiles>
}

/** An id that is free in `taken`: `clip.mp4`, then `clip.mp4 (2)`. */
function freeName(name: string, taken: ReadonlyMap<string, InputFiles>): string {
  let id = name
  for (let n = 2; taken.has(id); n += 1) id = `${name} (${n})`
  return id
}

/**
 * Finds the files a document needs: those of `--input` first; else, for a medium that is named and does not ship with
 * the product, a file of that name beside the graph or in the current folder. Throws `CommandFailure`.
 * @param known files that were found before
 */
export function planMedia(
  document: GraphDocument,
  specs: Specs,
  inputs: ReadonlyMap<FlatId, string>,
  graphPath: string | undefined,
  known: ReadonlyMap<string, InputFiles> = new Map(),
): MediaPlan {
  const files = new Map(known)
  let changed = document
  for (const [id, input] of inputs) {
    const spec = specOf(specs, nodeAt(document, id))
    const param = spec && paramOfKind(spec, 'media')
    if (param === undefined) throw usage(`--input ${input}: ${id} reads no file.`, 'Leave it out.')
    const found = inputFiles(input)
    const name = freeName(found.name, files)
    files.set(name, found)
    changed = withParams(changed, id, { [param]: { id: name } })
  }
  const folders = [...new Set([...(graphPath === undefined ? [] : [dirname(resolve(graphPath))]), process.cwd()])]
  for (const { ref } of assetsOf(changed, specs, 'media')) {
    if (obtainable(files, ref)) continue
    const path = folders.map((folder) => resolve(folder, ref.id)).find(existsSync)
    if (path !== undefined) files.set(ref.id, inputFiles(path))
  }
  return { document: changed, files }
}

interface Named {
  readonly node: FlatId
  readonly param: string
  readonly ref: AssetRef
}

/** What the nodes that will run name, defaults included. */
function assetsOf(document: GraphDocument, specs: Specs, kind: 'media' | 'model'): readonly Named[] {
  return Object.values(expand(document, specs).document.nodes).flatMap((record) => {
    const spec = specOf(specs, record)
    if (!spec || record.bypass || record.mute) return []
    const values = paramValues(spec, record)
    return Object.entries(spec.params).flatMap(([param, declared]) => {
      const ref = values[param] as AssetRef | null | undefined
      return declared.kind === kind && ref ? [{ node: record.id, param, ref }] : []
    })
  })
}

const isModelFile = (path: string): boolean => /\.onnx$/i.test(path) && existsSync(path) && statSync(path).isFile()

/** The ONNX files that the document names by their paths. */
export const modelFiles = (document: GraphDocument, specs: Specs): readonly string[] =>
  assetsOf(document, specs, 'model').flatMap(({ ref }) => (isModelFile(ref.id) ? [resolve(ref.id)] : []))

/** The same document from any folder: it names ONNX files by whole paths. */
export function withWholePaths(document: GraphDocument, specs: Specs): GraphDocument {
  return assetsOf(document, specs, 'model')
    .filter(({ ref }) => isModelFile(ref.id))
    .reduce(
      (changed, { node, param, ref }) => withParams(changed, node, { [param]: { id: resolve(ref.id) } }),
      document,
    )
}

/** Gives the page the ONNX files that `--set node.model=file.onnx` names; the document then names them as the catalog does. */
async function addModels(session: HeadlessSession, document: GraphDocument, specs: Specs): Promise<GraphDocument> {
  let changed = document
  for (const { node, param, ref } of assetsOf(document, specs, 'model')) {
    if (!isModelFile(ref.id)) continue
    const added = await session.addModel(resolve(ref.id))
    if (!added.ok) throw problemsFailure(exitCodes.usage, added.problems)
    const { id, sha256, size } = added.value
    changed = withParams(changed, node, { [param]: { id, sha256, size } })
  }
  return changed
}

export function problemsFailure(exitCode: ExitCode, problems: readonly Problem[]): CommandFailure {
  const first = problems.find((problem) => problem.severity === 'error') ?? problems[0]
  return new CommandFailure(exitCode, first?.message ?? 'It cannot be rendered.', first?.hint ?? '', problems)
}

export interface Checked {
  readonly document: GraphDocument
  readonly facts: AssetFacts
  readonly problems: readonly Problem[]
  /** What a person should know of the media (damage, guesses): whole sentences. */
  readonly notes: readonly string[]
}

/** In place of “not open here”: why it could not be opened, or how to name it on the command line. */
function withReason(
  problem: Problem,
  reasons: ReadonlyMap<string, readonly Problem[]>,
  document: GraphDocument,
): readonly Problem[] {
  if (problem.code !== 'missing-media' && problem.code !== 'missing-model') return [problem]
  const node = problem.node
  const reason = node === undefined ? undefined : reasons.get(`${node}.${problem.param ?? ''}`)
  if (reason) return reason.map((one) => ({ ...one, severity: problem.severity, ...(node ? { node } : {}) }))
  if (problem.code === 'missing-media' && node !== undefined && nodeAt(document, node))
    return [{ ...problem, hint: `Name the file with --input ${node}=<file>.` }]
  return [problem]
}

/** Whether a medium can be had: a file was found for it, or it ships with the product. */
const obtainable = (files: MediaPlan['files'], { id }: AssetRef): boolean => files.has(id) || id.startsWith('samples/')

const nothingKnown: AssetFacts = { media: () => undefined, model: () => undefined }

/** Errors that no file can mend: told before a browser is started, which takes seconds. */
export function errorsOfGraph({ document, files }: MediaPlan, specs: Specs): readonly Problem[] {
  const there = new Set(
    assetsOf(document, specs, 'media')
      .filter(({ ref }) => obtainable(files, ref))
      .map(({ node, param }) => `${node}.${param}`),
  )
  return validate(document, specs, nothingKnown).flatMap((problem) => {
    const unknown =
      problem.code === 'missing-model' ||
      (problem.code === 'missing-media' && there.has(`${problem.node}.${problem.param}`))
    return problem.severity === 'error' && !unknown ? withReason(problem, new Map(), document) : []
  })
}

/** Registers media and models in the page, gathers what is known of them and validates the whole. */
export async function checkInPage(session: HeadlessSession, plan: MediaPlan, specs: Specs): Promise<Checked> {
  const reasons = new Map<string, readonly Problem[]>()
  const media = new Map<string, MediaFacts>()
  const models = new Map<string, ModelFacts>()
  const failed = new Map<string, readonly Problem[]>()
  for (const [id, { paths }] of plan.files) {
    const added = await session.addMedia(id, paths)
    if (added.ok) media.set(id, added.value)
    else failed.set(id, added.problems)
  }
  const document = await addModels(session, plan.document, specs)
  for (const { node, param, ref } of assetsOf(document, specs, 'media')) {
    const why = failed.get(ref.id)
    if (why) reasons.set(`${node}.${param}`, why)
    // What nobody found is asked for by name only where it ships with the product: else it is simply missing.
    if (why || !obtainable(plan.files, ref)) continue
    const facts = await session.mediaFacts(ref)
    if (facts.ok) media.set(ref.id, facts.value)
    else {
      media.delete(ref.id)
      reasons.set(`${node}.${param}`, facts.problems)
    }
  }
  for (const { node, param, ref } of assetsOf(document, specs, 'model')) {
    const facts = await session.modelFacts(ref)
    if (facts.ok) models.set(ref.id, facts.value)
    else reasons.set(`${node}.${param}`, facts.problems)
  }
  const facts: AssetFacts = { media: (ref) => media.get(ref.id), model: (ref) => models.get(ref.id) }
  const textureSize = session.status.adapter?.maxTextureSize
  const problems = validate(document, specs, facts, ...(textureSize === undefined ? [] : [{ textureSize }]))
  return {
    document,
    facts,
    problems: problems.flatMap((problem) => withReason(problem, reasons, document)),
    notes: [
      ...[...plan.files.values()].flatMap((files) => leftOutSentence(files) ?? []),
      ...[...media].flatMap(([id, known]) => known.notes.map((note) => `${id}: ${note}`)),
    ],
  }
}
