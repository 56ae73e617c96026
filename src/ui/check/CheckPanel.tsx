/** What stands out in the clip, worst first, and one click to mend it. */
import { CircleAlert, Scale, ScanSearch, X } from 'lucide-react'
import { type ReactNode, useEffect } from 'react'
import { useStore } from 'zustand'
import { type Finding, isTold, standsOut } from '../../graph/measures/findings.ts'
import { isAssetOf } from '../../graph/node/params.ts'
import { paramValues } from '../../graph/node/values.ts'
import { useEditor } from '../editor.ts'
import { assetRef, measured } from '../kit/value-text.ts'
import { assetFacts } from '../store/facts-store.ts'
import { dialogText } from '../text/dialogs.ts'
import { list, number } from '../text/format.ts'
import { language } from '../text/language.ts'
import { Segments } from '../viewer/bar-controls.tsx'
import { ComparisonResult } from './ComparisonResult.tsx'
import { type CheckState, type CheckStore, checkOf } from './check-store.ts'
import { comparisonOf } from './comparison-store.ts'
import { FindingCard } from './FindingCard.tsx'
import { RecipesAgainst } from './RecipesAgainst.tsx'

const words = dialogText.check

const kinds = [
  { value: 'result', label: words.comparison.result, hint: words.comparison.resultHint },
  { value: 'comparison', label: words.comparison.sideBySide, hint: words.comparison.sideBySideHint },
] as const

/** Of one picture, or of those that stand side by side. */
export function CheckPanel() {
  const { view } = useEditor()
  const kind = useStore(view, (state) => state.checkKind)
  const choice = (
    <Segments
      label={words.comparison.shown}
      options={kinds}
      value={kind}
      onChange={(checkKind) => view.setState({ checkKind })}
    />
  )
  return kind === 'result' ? <ResultPanel choice={choice} /> : <ComparisonPanel choice={choice} />
}

function ResultPanel({ choice }: { choice: ReactNode }) {
  const editor = useEditor()
  const check = checkOf(editor)
  const requestCount = useStore(editor.view, (state) => state.checks)
  const phase = useStore(check, (state) => state.phase)
  const framesDone = useStore(check, (state) => state.measuredFrames.length)
  const frames = useStore(check, (state) => state.frames)
  const startedShare = useStore(check, (state) => state.startedShare)
  useEffect(() => check.answer(requestCount), [requestCount, check])
  const running = phase === 'measuring' || phase === 'finding'
  return (
    <section className="check-panel" aria-label={words.title} data-phase={phase}>
      <header>
        {choice}
        {running ? (
          <Progress
            label={
              phase === 'finding' ? words.finding : progressLabel(startedShare, words.progress(framesDone, frames))
            }
            {...{ framesDone, frames, startedShare }}
            onCancel={() => check.cancel()}
          />
        ) : (
          <button type="button" className="button" onClick={() => editor.commands.run('viewer.check')}>
            <ScanSearch size={14} aria-hidden />
            {phase === 'none' ? words.begin : words.again}
          </button>
        )}
      </header>
      {phase === 'none' ? <p className="check-intro">{words.intro}</p> : <Result check={check} running={running} />}
    </section>
  )
}

function ComparisonPanel({ choice }: { choice: ReactNode }) {
  const editor = useEditor()
  const comparison = comparisonOf(editor)
  const requestCount = useStore(editor.view, (state) => state.comparisons)
  const phase = useStore(comparison, (state) => state.phase)
  const framesDone = useStore(comparison, (state) => state.framesDone)
  const frames = useStore(comparison, (state) => state.frames)
  const startedShare = useStore(comparison, (state) => state.startedShare)
  useEffect(() => comparison.answer(requestCount), [requestCount, comparison])
  const running = phase === 'measuring' || phase === 'shots'
  return (
    <section className="check-panel" aria-label={words.comparison.sideBySide} data-phase={phase}>
      <header>
        {choice}
        {running ? (
          <Progress
            label={progressLabel(
              startedShare,
              phase === 'shots' ? words.comparison.shots(framesDone, frames) : words.progress(framesDone, frames),
            )}
            {...{ framesDone, frames, startedShare }}
            onCancel={() => comparison.cancel()}
          />
        ) : (
          <button type="button" className="button" onClick={() => editor.commands.run('viewer.compareClip')}>
            <Scale size={14} aria-hidden />
            {phase === 'none' ? words.comparison.begin : words.comparison.again}
          </button>
        )}
      </header>
      <ComparisonResult comparison={comparison} />
    </section>
  )
}

/** @param startedShare see `CheckState` */
const progressLabel = (startedShare: number | null, measuring: string) =>
  startedShare === null ? words.preparing : measuring

interface ProgressProps {
  readonly label: string
  readonly framesDone: number
  readonly frames: number
  readonly startedShare: number | null
  readonly onCancel: () => void
}

function Progress({ label, framesDone, frames, startedShare, onCancel }: ProgressProps) {
  return (
    <div className="check-progress">
      <div
        className="progress"
        role="progressbar"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={frames}
        aria-valuenow={framesDone}
      >
        <div
          className="progress-bar"
          style={{ width: `${100 * Math.max(startedShare ?? 0, framesDone / Math.max(1, frames))}%` }}
        />
      </div>
      <p>{label}</p>
      <button type="button" className="button" onClick={onCancel}>
        <X size={14} aria-hidden />
        {words.cancel}
      </button>
    </div>
  )
}

function Outdated({ check }: { check: CheckStore }) {
  const { derived } = useEditor()
  // A fix is one change of the graph that the check knows of.
  useStore(check, (state) => state.of)
  const flat = useStore(derived, (state) => state.expansion.document)
  return check.outdated(flat) ? <p className="check-outdated">{words.outdated}</p> : null
}

/**
 * What is known of the media that the graph reads and no measure sees: that parts are transparent, and what reading them found, such as values
 * that are no numbers and are shown as black.
 */
function OfMedia() {
  const { derived, facts, specs } = useEditor()
  const flat = useStore(derived, (state) => state.expansion.document)
  const factsState = useStore(facts)
  const { media } = assetFacts(factsState)
  const refs = Object.values(flat.nodes).flatMap((record) => {
    const spec = specs.get(record.type)
    const values = spec ? paramValues(spec, record) : {}
    return Object.entries(spec?.params ?? {}).flatMap(([name, param]) =>
      isAssetOf(param, 'media') ? (assetRef(values[name]) ?? []) : [],
    )
  })
  const known = [...new Map(refs.map((ref) => [ref.id, ref])).values()].flatMap((ref) => {
    const its = media(ref)
    return its ? [{ name: ref.id.replace(/^samples\//, ''), facts: its }] : []
  })
  const sentences = [
    ...(known.some(({ facts }) => facts.samples?.alpha) ? [words.alpha] : []),
    ...known.flatMap(({ name, facts }) => facts.notes.map((note) => words.note(known.length > 1 ? name : '', note))),
  ]
  return sentences.map((sentence) => (
    <p key={sentence} className="check-of">
      {sentence}
    </p>
  ))
}

function Result({ check, running }: { check: CheckStore; running: boolean }) {
  const state = useStore(check)
  const { phase, findings, of, frames } = state
  if (phase === 'failed' && state.failure)
    return (
      <p className="problem" role="alert">
        <CircleAlert size={15} aria-hidden />
        <span>{of ? words.failed(state.failure) : state.failure}</span>
      </p>
    )
  const standing = findings.filter(standsOut)
  const saidFindings = findings.filter((finding) => finding.said && !standsOut(finding))
  const coveredFindings = findings.filter((each) => each.standing === 0 && (each.plain ?? 0) >= each.symptom.from)
  const framesDone = state.measuredFrames.length
  return (
    <>
      {of && !running && (
        <p className="check-of">
          {phase === 'cancelled' ? words.cancelled(framesDone, frames) : words.checked(of.name, framesDone)}
        </p>
      )}
      {!running && <Outdated check={check} />}
      {!running && <OfMedia />}
      {framesDone > 0 && (
        <h3 role="status">{standing.length > 0 ? words.standsOut(standing.length) : words.nothing}</h3>
      )}
      <ul className="check-findings">
        {standing.map((finding) => (
          <FindingCard key={finding.symptom.id} check={check} finding={finding} running={running} />
        ))}
      </ul>
      {saidFindings.length > 0 && (
        <>
          <h3>{words.fileSays}</h3>
          <ul className="check-findings">
            {saidFindings.map((finding) => (
              <FindingCard key={finding.symptom.id} check={check} finding={finding} running={running} />
            ))}
          </ul>
        </>
      )}
      <Covered findings={coveredFindings} />
      {!running && (
        <RecipesAgainst symptoms={[...standing, ...saidFindings, ...coveredFindings].map(({ symptom }) => symptom)} />
      )}
      <Others findings={findings.filter((finding) => !isTold(finding))} />
      <Left omissions={state.omissions} />
    </>
  )
}

/** What is wrong with the clip and not with what is seen: the graph makes up for it. */
function Covered({ findings }: Pick<CheckState, 'findings'>) {
  if (findings.length === 0) return null
  return (
    <p className="check-of check-covered" title={words.coveredHint}>
      {words.covered(list(findings.map(({ symptom }) => words.symptoms[symptom.id].name.toLocaleLowerCase(language))))}
    </p>
  )
}

/** A score, with its unit. */
export const scoreText = (value: number, { symptom }: Pick<Finding, 'symptom'>): string =>
  measured(value, symptom.unit, 'as needed')

function Others({ findings }: { findings: readonly Finding[] }) {
  if (findings.length === 0) return null
  return (
    <details className="check-others" open>
      <summary>{words.others}</summary>
      <table>
        <tbody>
          {findings.map((finding) => (
            <tr key={finding.symptom.id} title={words.symptoms[finding.symptom.id].about}>
              <th scope="row">{words.symptoms[finding.symptom.id].name}</th>
              {/* That of the frame that counts, as how many times the level it is: the worst alone may lie above the level. */}
              <td>{scoreText(finding.times * finding.symptom.from, finding)}</td>
              <td title={words.timesHint(scoreText(finding.symptom.from, finding))}>
                {words.times(number(finding.times, 2))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  )
}

function Left({ omissions }: Pick<CheckState, 'omissions'>) {
  if (omissions.length === 0) return null
  const reasons = [...new Set(omissions.map(({ why }) => why))]
  return (
    <details className="check-left" open>
      <summary>{words.left}</summary>
      {reasons.map((why) => (
        <p key={why}>
          <strong>
            {omissions
              .filter((one) => one.why === why)
              .map(({ symptom }) => words.symptoms[symptom.id].name)
              .join(', ')}
          </strong>
          {why}
        </p>
      ))}
    </details>
  )
}
