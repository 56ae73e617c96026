/** A and what stands beside it, measure by measure: which is better, where each is worst, and shot by shot. */
import { ChevronRight, CircleAlert, TrendingDown, TrendingUp } from 'lucide-react'
import { useStore } from 'zustand'
import { type Change, type ComparedRow, comparedRows } from '../../graph/measures/comparison.ts'
import type { SymptomId } from '../../graph/measures/symptoms.ts'
import { useEditor } from '../editor.ts'
import { measured } from '../kit/value-text.ts'
import { dialogText } from '../text/dialogs.ts'
import { list } from '../text/format.ts'
import { letters } from '../viewer/letters.ts'
import { ComparisonChart } from './ComparisonChart.tsx'
import { Crop } from './Crop.tsx'
import type { ComparedPicture, ComparisonState, ComparisonStore } from './comparison-store.ts'

const words = dialogText.check
const comparisonWords = words.comparison

const letterOf = (k: number): string => letters[k] ?? ''

export function ComparisonResult({ comparison }: { comparison: ComparisonStore }) {
  const state = useStore(comparison)
  const { phase, pictures, rows, shots, openRow } = state
  if (phase === 'none') return <p className="check-intro">{comparisonWords.intro}</p>
  if (phase === 'failed' && state.failure)
    return (
      <p className="problem" role="alert">
        <CircleAlert size={15} aria-hidden />
        <span>{state.of ? comparisonWords.failed(state.failure) : state.failure}</span>
      </p>
    )
  if (rows.length === 0) return null
  const measuring = phase === 'measuring'
  return (
    <>
      <ul className="compared-names">
        {pictures.map(({ label }, k) => (
          <li key={letterOf(k)} data-letter={letterOf(k)}>
            <span className="letter">{letterOf(k)}</span> {label}
          </li>
        ))}
      </ul>
      {!measuring && <p className="check-of">{comparisonWords.frames(pictures[0]?.frames.length ?? 0)}</p>}
      {!measuring && <Outdated comparison={comparison} />}
      {!measuring && <Summary rows={rows} count={pictures.length} />}
      <table className="comparison-table">
        <caption className="visually-hidden">{comparisonWords.table}</caption>
        <thead>
          <tr>
            <th scope="col">{comparisonWords.measure}</th>
            {pictures.map((_, k) => (
              <th scope="col" key={letterOf(k)}>
                <span className="letter">{letterOf(k)}</span>
              </th>
            ))}
          </tr>
        </thead>
        {rows.map((row) => (
          <tbody key={row.symptom.id} data-symptom={row.symptom.id}>
            <Row row={row} comparison={comparison} open={openRow === row.symptom.id} />
            {openRow === row.symptom.id && !measuring && (
              <tr>
                <td className="comparison-detail" colSpan={pictures.length + 1}>
                  <Detail row={row} comparison={comparison} state={state} />
                </td>
              </tr>
            )}
          </tbody>
        ))}
      </table>
      {!measuring && shots && shots.length > 1 && <Shots pictures={pictures} shots={shots} />}
      <Left pictures={pictures} />
    </>
  )
}

function Outdated({ comparison }: { comparison: ComparisonStore }) {
  const { derived, viewerSettings, preview } = useEditor()
  // What stands side by side follows from these.
  useStore(derived, (state) => state.expansion.document)
  useStore(viewerSettings)
  useStore(preview, (state) => state.view)
  return comparison.outdated() ? <p className="check-outdated">{comparisonWords.outdated}</p> : null
}

function Summary({ rows, count }: { rows: readonly ComparedRow[]; count: number }) {
  const counted = (k: number, which: Change) => rows.filter(({ changes }) => changes[k] === which).length
  return (
    <div role="status" className="comparison-summary">
      {Array.from({ length: count - 1 }, (_, i) => i + 1).map((k) => {
        const [better, worse, equal] = [counted(k, 'better'), counted(k, 'worse'), counted(k, 'same')]
        return <p key={letterOf(k)}>{comparisonWords.summary(letterOf(k), better, worse, better + worse + equal)}</p>
      })}
    </div>
  )
}

/** A score beside the others: whether it stands out, and whether it is better than that of A. */
function Score({ row, k }: { row: ComparedRow; k: number }) {
  const score = row.scores[k] ?? null
  const change = row.changes[k] ?? null
  const standing = score !== null && score >= row.symptom.from
  return (
    <td data-change={change ?? undefined} data-standing={standing}>
      {change === 'better' && <TrendingDown size={12} role="img" aria-label={comparisonWords.changes.better} />}
      {change === 'worse' && <TrendingUp size={12} role="img" aria-label={comparisonWords.changes.worse} />}
      {measured(score, undefined, 'as needed')}
      {standing && <span className="visually-hidden">{comparisonWords.standsOut}</span>}
    </td>
  )
}

function Row({ row, comparison, open }: { row: ComparedRow; comparison: ComparisonStore; open: boolean }) {
  const { id, unit } = row.symptom
  const { name, about } = words.symptoms[id]
  return (
    <tr>
      <th scope="row">
        <button
          type="button"
          className="comparison-open"
          aria-expanded={open}
          title={about}
          onClick={() => comparison.open(open ? null : id)}
        >
          <ChevronRight size={13} aria-hidden />
          <span>
            {name}
            {unit && <small> {unit}</small>}
          </span>
        </button>
      </th>
      {row.scores.map((_, k) => (
        <Score key={letterOf(k)} row={row} k={k} />
      ))}
    </tr>
  )
}

function Detail({
  row: { symptom },
  comparison,
  state: { pictures, places, shots },
}: {
  row: ComparedRow
  comparison: ComparisonStore
  state: ComparisonState
}) {
  const { name, about } = words.symptoms[symptom.id]
  const place = places.get(symptom.id)
  return (
    <>
      <p className="muted">{about}</p>
      <ComparisonChart symptom={symptom} pictures={pictures} shots={shots} />
      <div className="comparison-crops">
        {pictures.map(({ findings }, k) => {
          const finding = findings.find((each) => each.symptom === symptom)
          const letter = letterOf(k)
          return (
            <div key={letter}>
              <Crop picture={place?.pictures[k] ?? null} label={comparisonWords.place(letter, name)} />
              {finding && (
                <button
                  type="button"
                  className="comparison-worst"
                  title={comparisonWords.show(letter, name, finding.frame)}
                  onClick={() => comparison.show(symptom.id, k)}
                >
                  {comparisonWords.worst(letter, measured(finding.worst, symptom.unit, 'as needed'), finding.frame)}
                </button>
              )}
            </div>
          )
        })}
      </div>
    </>
  )
}

function Shots({
  pictures,
  shots,
}: {
  pictures: readonly ComparedPicture[]
  shots: NonNullable<ComparisonState['shots']>
}) {
  const { preview } = useEditor()
  const named = (rows: readonly ComparedRow[], k: number, which: Change) =>
    rows.filter(({ changes }) => changes[k] === which).map(({ symptom }) => words.symptoms[symptom.id].name)
  return (
    <section className="comparison-shots" aria-label={comparisonWords.shotTable}>
      <h3>{comparisonWords.shotTable}</h3>
      {shots.map((shot) => {
        const rows = comparedRows(shot, pictures)
        return (
          <div key={shot.first}>
            <button type="button" className="comparison-worst" onClick={() => preview.seek(shot.first)}>
              {comparisonWords.shot(shot.first, shot.last)}
            </button>
            {pictures.slice(1).map(({ label }, i) => {
              const k = i + 1
              const [better, worse] = [named(rows, k, 'better'), named(rows, k, 'worse')]
              return (
                <p key={`${letterOf(k)} ${label}`}>
                  {comparisonWords.shotSays(letterOf(k), list(better), list(worse))}
                </p>
              )
            })}
          </div>
        )
      })}
    </section>
  )
}

/** What could not be measured, and why, with the pictures of which that is so. */
function Left({ pictures }: { pictures: readonly ComparedPicture[] }) {
  const all = pictures.flatMap(({ omissions }, k) => omissions.map((one) => ({ ...one, k })))
  if (all.length === 0) return null
  const reasons = [...new Set(all.map(({ why }) => why))]
  return (
    <details className="check-left" open>
      <summary>{words.left}</summary>
      {reasons.map((why) => {
        const here = all.filter((one) => one.why === why)
        const names = [...new Set(here.map(({ symptom }): SymptomId => symptom))].map((id) => words.symptoms[id].name)
        const of = [...new Set(here.map(({ k }) => letterOf(k)))]
        return (
          <p key={why}>
            <strong>{comparisonWords.unread(list(of), list(names))}</strong>
            {why}
          </p>
        )
      })}
    </details>
  )
}
