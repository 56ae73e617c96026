/**
 * Makes a graph ready to render: hands its files to the page, learns what is known of them, and says what
 * is wrong before anything runs.
 */
import { existsSync, statSync } from 'node:fs'
import { basename, dirname, isAbsolute, resolve } from 'node:path'
import { assetKinds, assets, kindOfName } from '../assets/assets.ts'
import { problemsOfCode } from '../graph/analysis/code-problems.ts'
import { expand } from '../graph/analysis/expand.ts'
import { validate } from '../graph/analysis/validate.ts'
import type { FlatId, GraphDocument } from '../graph/document/document.ts'
import { nodeAt } from '../graph/document/levels.ts'
import type { Problem } from '../graph/document/problems.ts'
import { specOf } from '../graph/document/subgraph.ts'
import type { AssetFacts, AssetFactsOf, AssetKind } from '../graph/node/facts.ts'
import type { AssetRef } from '../graph/node/params.ts'
import type { Specs } from '../graph/node/spec.ts'
import { paramValues } from '../graph/node/values.ts'
import { CommandFailure, type ExitCode, usage } from '../host/command-failure.ts'
import type { HeadlessSession } from '../host/headless-session.ts'
import { paramForAsset, withParams } from './edit-document.ts'
import { type InputFiles, inputFiles, leftOutSentence } from './input-files.ts'

/** What the document says each source reads, replaced by `--input`, with the files that go with it. */
export interface MediaPlan {
  readonly document: GraphDocument
  /** By the id under which the document now names them. */
  readonly files: ReadonlyMap<string, InputFiles>
}

/** An id that `filesByName` has not yet: `clip.mp4`, then `clip.mp4 (2)`. */
function freeName(name: string, filesByName: ReadonlyMap<string, InputFiles>): string {
  let id = name
  for (let n = 2; filesByName.has(id); n += 1) id = `${name} (${n})`
  return id
}

/**
 * Finds the files a document needs: those of `--input` first; else, for what is named and does not ship with the product, a
 * file of that name beside the graph or in the current folder. What is known by its content is then named by its whole path, so
 * that the document means the same from any folder. Throws `CommandFailure`.
 * @param knownFiles files that were found before
 */
export function planMedia(
  document: GraphDocument,
  specs: Specs,
  inputs: ReadonlyMap<FlatId, string>,
  graphPath: string | undefined,
  knownFiles: ReadonlyMap<string, InputFiles> = new Map(),
): MediaPlan {
  const files = new Map(knownFiles)
  let editedDocument = document
  for (const [id, input] of inputs) {
    const spec = specOf(specs, nodeAt(document, id))
    const param = spec && paramForAsset(spec, 'media')
    if (param === undefined) throw usage(`--input ${input}: ${id} reads no file.`, 'Leave it out.')
    const ownFiles = inputFiles(input)
    const name = freeName(ownFiles.name, files)
    files.set(name, ownFiles)
    editedDocument = withParams(editedDocument, id, { [param]: { id: name } })
  }
  const folders = [process.cwd(), ...(graphPath === undefined ? [] : [dirname(resolve(graphPath))])]
  for (const { node, param, kind, ref } of assetsOf(editedDocument, specs)) {
    const firstFolder = (fits: (path: string) => boolean) => folders.map((folder) => resolve(folder, ref.id)).find(fits)
    if (assets[kind].knownBy === 'content') {
      const path = kindOfName(ref.id) === kind ? firstFolder(isFile) : undefined
      if (path !== undefined) editedDocument = withParams(editedDocument, node, { [param]: { ...ref, id: path } })
    } else if (!files.has(ref.id) && !assets[kind].ships(ref.id)) {
      const path = firstFolder(existsSync)
      if (path !== undefined) files.set(ref.id, inputFiles(path))
    }
  }
  return { document: editedDocument, files }
}

interface Named {
  readonly node: FlatId
  readonly param: string
  readonly kind: AssetKind
  readonly ref: AssetRef
}

/** What the nodes that will run name, defaults included. */
function assetsOf(document: GraphDocument, specs: Specs): readonly Named[] {
  return Object.values(expand(document, specs).document.nodes).flatMap((record) => {
    const spec = specOf(specs, record)
    if (!spec || record.bypass || record.mute) return []
    const values = paramValues(spec, record)
    return Object.entries(spec.params).flatMap(([param, paramSpec]): readonly Named[] => {
      const ref = values[param] as AssetRef | null | undefined
      return paramSpec.kind === 'asset' && ref ? [{ node: record.id, param, kind: paramSpec.asset, ref }] : []
    })
  })
}

const isFile = (path: string): boolean => existsSync(path) && statSync(path).isFile()

/** Whether it is a file known by its content that was found here, and is named by its path. */
const isFoundFile = ({ kind, ref }: Named): boolean =>
  assets[kind].knownBy === 'content' && isAbsolute(ref.id) && kindOfName(ref.id) === kind && isFile(ref.id)

/** The paths by which the document names files. */
export const namedFiles = (document: GraphDocument, specs: Specs): readonly string[] =>
  assetsOf(document, specs).flatMap((file) => (isFoundFile(file) ? [file.ref.id] : []))

/**
 * Gives the page the files that the document names by their paths; it then names them as the page does. Of those that cannot
 * be used, `reasons` says why, by `node.param`.
 */
async function addFiles(
  session: HeadlessSession,
  document: GraphDocument,
  specs: Specs,
  reasons: Map<string, readonly Problem[]>,
): Promise<GraphDocument> {
  let editedDocument = document
  for (const file of assetsOf(document, specs)) {
    if (!isFoundFile(file)) continue
    const { node, param, kind, ref } = file
    const outcome = await session.addAsset(kind, basename(ref.id), [ref.id])
    if (!outcome.ok) reasons.set(`${node}.${param}`, outcome.problems)
    else if (ref.sha256 !== undefined && ref.sha256 !== outcome.value.ref.sha256)
      reasons.set(`${node}.${param}`, [
        {
          code: 'asset-failed',
          severity: 'error',
          message: `The file ${ref.id} is not the one that the graph was made with: its contents differ.`,
          hint: `Name the file to use: --set ${node}.${param}=<file>.`,
        },
      ])
    else editedDocument = withParams(editedDocument, node, { [param]: { ...outcome.value.ref } })
  }
  return editedDocument
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
  specs: Specs,
): readonly Problem[] {
  const { node, param } = problem
  if (problem.code !== 'missing-asset' || node === undefined || param === undefined) return [problem]
  const reason = reasons.get(`${node}.${param}`)
  if (reason) return reason.map((one) => ({ ...one, severity: problem.severity, node }))
  const paramSpec = specOf(specs, nodeAt(document, node))?.params[param]
  if (paramSpec?.kind !== 'asset') return [problem]
  const flag = assets[paramSpec.asset].knownBy === 'name' ? `--input ${node}` : `--set ${node}.${param}`
  return [{ ...problem, hint: `Name the file with ${flag}=<file>.` }]
}

/** Whether it can be had: a file was found for it, or it ships with the product. */
const obtainable = (files: MediaPlan['files'], file: Named): boolean =>
  files.has(file.ref.id) || assets[file.kind].ships(file.ref.id) || isFoundFile(file)

/** Errors that no file can mend: told before a browser is started, which takes seconds. */
export function errorsOfGraph({ document, files }: MediaPlan, specs: Specs): readonly Problem[] {
  const there = new Set(
    assetsOf(document, specs)
      .filter((file) => obtainable(files, file))
      .map(({ node, param }) => `${node}.${param}`),
  )
  // What is known by its content is looked for whether or not what arrives at its node is known yet.
  const absent = assetsOf(document, specs)
    .filter((file) => assets[file.kind].knownBy === 'content' && !obtainable(files, file))
    .map(({ node, param, kind, ref }): Problem => {
      const message = `The ${assets[kind].title} “${ref.id}” of ${node} is neither beside the graph nor in this folder.`
      return { code: 'missing-asset', severity: 'error', node, param, message, hint: '' }
    })
  const wrongCode = problemsOfCode(expand(document, specs).document, specs)
  const errors = [...validate(document, specs, {}), ...wrongCode].filter(({ severity, code, node, param }) => {
    const isTold = absent.some((one) => one.node === node && one.param === param)
    const unknown = code === 'missing-asset' && (isTold || there.has(`${node}.${param}`))
    return severity === 'error' && !unknown
  })
  return [...errors, ...absent].flatMap((problem) => withReason(problem, new Map(), document, specs))
}

/** Registers files in the page, gathers what is known of them and validates the whole. */
export async function checkInPage(session: HeadlessSession, plan: MediaPlan, specs: Specs): Promise<Checked> {
  const reasons = new Map<string, readonly Problem[]>()
  const factsById = new Map<string, AssetFactsOf[AssetKind]>()
  const problemsById = new Map<string, readonly Problem[]>()
  for (const [id, { paths }] of plan.files) {
    const outcome = await session.addAsset('media', id, paths)
    if (!outcome.ok) problemsById.set(id, outcome.problems)
  }
  const document = await addFiles(session, plan.document, specs, reasons)
  for (const file of assetsOf(document, specs)) {
    const { node, param, kind, ref } = file
    const why = assets[kind].knownBy === 'name' ? problemsById.get(ref.id) : undefined
    if (why) reasons.set(`${node}.${param}`, why)
    // What nobody found is asked for by name only where it may ship with the product: else it is simply missing.
    const askedFor = assets[kind].knownBy === 'content' || obtainable(plan.files, file)
    if (!askedFor || reasons.has(`${node}.${param}`)) continue
    const outcome = await session.assetFacts(kind, ref)
    if (outcome.ok) factsById.set(`${kind} ${ref.id}`, outcome.value)
    else reasons.set(`${node}.${param}`, outcome.problems)
  }
  const facts = Object.fromEntries(
    assetKinds.map((kind) => [kind, ({ id }: AssetRef) => factsById.get(`${kind} ${id}`)]),
  ) as AssetFacts
  const textureSize = session.status.adapter?.maxTextureSize
  const problems = validate(document, specs, facts, ...(textureSize === undefined ? [] : [{ textureSize }]))
  return {
    document,
    facts,
    problems: problems.flatMap((problem) => withReason(problem, reasons, document, specs)),
    notes: [
      ...[...plan.files.values()].flatMap((files) => leftOutSentence(files) ?? []),
      ...[...new Set(assetsOf(document, specs).map(({ ref }) => ref.id))].flatMap(
        (id) => facts.media?.({ id })?.notes.map((note) => `${id}: ${note}`) ?? [],
      ),
    ],
  }
}
