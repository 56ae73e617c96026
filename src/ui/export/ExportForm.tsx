/** What to write, of which clips, with which graphs, and where to. */

import { useEffect, useMemo, useState } from 'react'
import { useStore } from 'zustand'
import type { OutputTarget } from '../../engine/door/api.ts'
import { expand } from '../../graph/analysis/expand.ts'
import { fileNameOf, fileNameParam, stemOf } from '../../graph/analysis/file-names.ts'
import { mediumPlace } from '../../graph/analysis/medium.ts'
import { messageOf } from '../../graph/document/coded-error.ts'
import type { FlatId, GraphDocument, NodeRecord } from '../../graph/document/document.ts'
import { titleOf } from '../../graph/document/naming.ts'
import type { Problem } from '../../graph/document/problems.ts'
import type { AssetRef } from '../../graph/node/params.ts'
import type { Specs } from '../../graph/node/spec.ts'
import { isStreamType, mainPort } from '../../graph/node/value-types.ts'
import { useEditor } from '../editor.ts'
import { describe } from '../kit/value-text.ts'
import { ProblemCard } from '../problems/ProblemCard.tsx'
import type { NewExport } from '../store/export-queue.ts'
import { canSaveToDisk, chooseFolder, chooseTarget, forsakeTarget } from '../store/export-targets.ts'
import type { PreviewState } from '../store/preview.ts'
import { dialogText } from '../text/dialogs.ts'
import { BatchRow } from './BatchRow.tsx'
import { exportsOf, fetchRecipe, mediumName, sinksOf } from './batch.ts'
import { Estimate } from './Estimate.tsx'
import { extensionOf, FileRow, PlaceRow, type Range, RangeRow, rangeOf } from './ExportFields.tsx'
import { recalledSettings, rememberSettings } from './export-settings.ts'
import { MediaNotes } from './MediaNotes.tsx'

const words = dialogText.export.form

interface ExportFormProps {
  readonly onBegun: () => void
  /** What stands beside the button that begins. */
  readonly children: React.ReactNode
}

export function ExportForm({ onBegun, children }: ExportFormProps) {
  const { document, specs, derived, preview, exportQueue, facts } = useEditor()
  const graph = useStore(document, (state) => state.document)
  const inference = useStore(derived, (state) => state.all)
  const problems = useStore(derived, (state) => state.standing)
  const [clips, setClips] = useState<readonly AssetRef[]>([])
  // Of other clips nobody knows the frames yet.
  const clock = useStore(preview, (state) => (clips.length > 0 ? null : (state.result?.clock ?? null)))
  const isExporting = useStore(exportQueue.store, ({ jobs }) => jobs.some(({ state }) => state.kind === 'running'))
  const noGpu = useStore(facts, (state) => state.engine !== null && state.engine.adapter === null)
  const sinks = useMemo(() => sinksOf(graph, specs), [graph, specs])
  const [settings] = useState(() => recalledSettings({ place: canSaveToDisk() ? 'disk' : 'store' }))
  const [fileNames, setFileNames] = useState<Readonly<Record<FlatId, string>>>(() =>
    Object.fromEntries(sinks.map((sink) => [sink.id, ownName(graph, sink, specs, settings.extension)])),
  )
  const [checkedSinks, setCheckedSinks] = useState<ReadonlySet<FlatId>>(
    // What writes no pictures costs nothing beside what does.
    () => new Set(sinks.filter((sink, i) => i === 0 || !mainPort(specs.get(sink.type)?.inputs)).map(({ id }) => id)),
  )
  const [place, setPlace] = useState(settings.place)
  const [range, setRange] = useState<Range>(() => partOf(preview.getState()))
  const [recipes, setRecipes] = useState<ReadonlySet<string>>(new Set())
  const [refusal, setRefusal] = useState<string | null>(null)

  const errors = problems.filter((problem) => problem.severity === 'error')
  const frameRange = rangeOf(range, clock)
  const names = new Map([...checkedSinks].map((sink) => [sink, (fileNames[sink] ?? '').trim()]))
  const endings = new Map(sinks.map((sink) => [sink.id, endingsOf(sink, specs)]))
  const hasKnownEnding = (sink: FlatId, name: string) => endings.get(sink)?.includes(extensionOf(name)) === true
  const hasBadName = [...names].some(([sink, name]) => !hasKnownEnding(sink, name))
  const canExport = checkedSinks.size > 0 && errors.length === 0 && frameRange !== null && !hasBadName && !noGpu
  const writesPictures = [...names.values()].some((name) => extensionOf(name) === 'png')
  const outputs = sinks.flatMap(({ id, type }) => {
    const inputs = specs.get(type)?.inputs
    const fileName = names.get(id)
    if (fileName === undefined || !mainPort(inputs)) return []
    const streams = Object.entries(inputs ?? {}).filter(([, port]) => isStreamType(port.type))
    return [{ fileName, hasSound: streams.some(([port]) => inference.source(id, port)) }]
  })
  const count = Math.max(1, clips.length) * (1 + recipes.size)
  const intoFolder = writesPictures || count > 1
  const batch = { graph, names, clips, range: frameRange ?? {} }
  const recipeGraphs = useRecipes(recipes, specs)
  const measurableExports =
    canExport && !isExporting && recipeGraphs !== null ? exportsOf({ ...batch, recipes: recipeGraphs }, specs) : []

  const submit = async () => {
    setRefusal(null)
    const recipeGraphs = new Map<string, GraphDocument>()
    const targets = place === 'disk' ? await chooseTargets(names, intoFolder) : null
    if (targets === 'dismissed') return
    if (targets && 'refusal' in targets) {
      setRefusal(targets.refusal)
      return
    }
    try {
      for (const name of recipes) recipeGraphs.set(name, await fetchRecipe(name, specs))
    } catch (error) {
      setRefusal(messageOf(error))
      return
    }
    preview.pause()
    const exports = exportsOf({ ...batch, recipes: recipeGraphs }, specs)
    onBegun()
    await exportQueue.add(targets ? exports.map((each) => aimed(each, targets.of)) : exports)
  }

  if (sinks.length === 0)
    return (
      <>
        <div className="dialog-body">
          <p>{words.nothing}</p>
          <p className="muted">{words.nothingHint}</p>
        </div>
        <footer>{children}</footer>
      </>
    )
  return (
    <form
      className="export-form"
      onSubmit={(event) => {
        event.preventDefault()
        if (canExport) void submit()
      }}
    >
      <div className="dialog-body form-grid">
        {sinks.map((sink) => {
          const source = inference.source(sink.id, mainPort(specs.get(sink.type)?.inputs) ?? '')
          const desc = source && inference.descs.get(`${source.node}.${source.port}`)
          return (
            <FileRow
              key={sink.id}
              id={sink.id}
              label={sinks.length > 1 ? titleOf(expand(graph, specs).document, specs, sink.id) : words.fileName}
              name={fileNames[sink.id] ?? ''}
              endings={endings.get(sink.id) ?? []}
              checked={sinks.length > 1 ? checkedSinks.has(sink.id) : null}
              about={desc ? describe(desc) : ''}
              onName={(name) => {
                setFileNames({ ...fileNames, [sink.id]: name })
                if (hasKnownEnding(sink.id, name)) rememberSettings({ extension: extensionOf(name) })
              }}
              onCheck={(on) => {
                const next = new Set(checkedSinks)
                if (on) next.add(sink.id)
                else next.delete(sink.id)
                setCheckedSinks(next)
              }}
            />
          )
        })}
        {mediumPlace(graph, specs) && (
          <BatchRow
            ownName={mediumName(graph, specs)}
            clips={clips}
            recipes={recipes}
            onClips={setClips}
            onRecipes={setRecipes}
          />
        )}
        <PlaceRow
          place={place}
          folder={intoFolder}
          onPlace={(next) => {
            setPlace(next)
            rememberSettings({ place: next })
          }}
        />
        <RangeRow range={range} clock={clock} onRange={setRange} />
        <MediaNotes graph={graph} clips={clips} outputs={outputs} />
        {noGpu && <p className="error-text">{words.noGpu}</p>}
        {refusal && <p className="error-text">{refusal}</p>}
        <ToMend problems={errors} />
      </div>
      <footer>
        <Estimate requests={measurableExports.map(({ request }) => request)} />
        {children}
        <button type="submit" className="button primary" disabled={!canExport}>
          {place === 'store'
            ? count > 1
              ? words.beginSeveral(count)
              : words.begin
            : intoFolder
              ? words.beginInFolder
              : words.beginInFile}
        </button>
      </footer>
    </form>
  )
}

/** What keeps the graph from being exported. */
function ToMend({ problems }: { problems: readonly Problem[] }) {
  if (problems.length === 0) return null
  return (
    <div className="form-problems">
      <p>{words.mendFirst}</p>
      {problems.slice(0, 3).map((problem) => (
        <ProblemCard key={problem.message} problem={problem} />
      ))}
      {problems.length > 3 && <p className="muted small">{words.more(problems.length - 3)}</p>}
    </div>
  )
}

/** The whole at first; a part is what is played between the points that are set. */
function partOf({ result, inPoint, outPoint }: PreviewState): Range {
  const { first = 0, last = 0 } = result?.clock ?? {}
  return { whole: true, first: String(inPoint ?? first), last: String(outPoint ?? last), keepTimestamps: false }
}

/** The chosen recipes, once all are loaded; one that cannot be had is told of when the export is to begin. */
function useRecipes(recipes: ReadonlySet<string>, specs: Specs): ReadonlyMap<string, GraphDocument> | null {
  const [graphs, setGraphs] = useState<ReadonlyMap<string, GraphDocument>>(new Map())
  const missingNames = [...recipes].filter((name) => !graphs.has(name)).join()
  useEffect(() => {
    let isMounted = true
    for (const name of missingNames === '' ? [] : missingNames.split(','))
      fetchRecipe(name, specs)
        .then((graph) => isMounted && setGraphs((graphsBefore) => new Map([...graphsBefore, [name, graph]])))
        .catch((error: unknown) => console.warn(`The recipe ${name} is not measured:`, error))
    return () => {
      isMounted = false
    }
  }, [missingNames, specs])
  return missingNames === '' ? new Map([...graphs].filter(([name]) => recipes.has(name))) : null
}

/** Asks for a folder, or for a file per output. */
async function chooseTargets(names: ReadonlyMap<FlatId, string>, folder: boolean) {
  if (folder) {
    const target = await chooseFolder()
    if (target === 'dismissed' || 'refusal' in target) return target
    return { of: () => target }
  }
  const targets = new Map<FlatId, OutputTarget>()
  for (const [node, name] of names) {
    const target = await chooseTarget(name)
    if (target === 'dismissed' || 'refusal' in target) {
      for (const earlier of targets.values()) await forsakeTarget(earlier)
      return target
    }
    targets.set(node, target)
  }
  return { of: (node: FlatId) => targets.get(node) ?? ({ kind: 'store' } as const) }
}

function aimed(each: NewExport, targetOf: (node: FlatId) => OutputTarget): NewExport {
  const outputs = Object.fromEntries(
    Object.entries(each.request.outputs).map(([node, { fileName }]) => {
      const target = targetOf(node as FlatId)
      return [node, { fileName: target.kind === 'file' ? target.handle.name : fileName, target }]
    }),
  ) as NewExport['request']['outputs']
  return { ...each, request: { ...each.request, outputs } }
}

/** What the files of a sink may end in. */
function endingsOf(sink: NodeRecord<FlatId>, specs: Specs): readonly string[] {
  const paramSpec = specs.get(sink.type)?.params.fileName
  return (paramSpec?.kind === 'text' && paramSpec.endings) || []
}

/** The name that the node itself proposes, or one after the clip; of the latter, the extension is the one last used. */
function ownName(graph: GraphDocument, sink: NodeRecord<FlatId>, specs: Specs, lastUsed: string): string {
  const endings = endingsOf(sink, specs)
  const extension = endings.includes(lastUsed) ? lastUsed : (endings[0] ?? lastUsed)
  const name = fileNameOf(graph, specs, sink.id) ?? ''
  return sink.params[fileNameParam] === undefined ? `${stemOf(name)}.${extension}` : name
}
