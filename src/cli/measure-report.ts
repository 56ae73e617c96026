/** What `npm run measure` tells: as text, as JSON, and as a page by itself. */
import { type ComparedRow, comparedRows, type Shot, shotsSeen } from '../graph/measures/comparison.ts'
import { type Finding, type MeasuredFrame, readIn, standsOut } from '../graph/measures/findings.ts'
import { readingKey } from '../graph/measures/measured-graph.ts'
import { type Symptom, type SymptomId, symptoms } from '../graph/measures/symptoms.ts'
import { escapeHtml, lane, page } from './measure-page.ts'

/** What was measured of one graph. */
export interface Measured {
  readonly path: string
  readonly title: string
  readonly frames: readonly MeasuredFrame[]
  /** Worst first. */
  readonly findings: readonly Finding[]
  /** What could not be measured: a sentence each. */
  readonly notes: readonly string[]
}

/** The same place of every graph, where one of them is worst. */
export interface WorstPicture {
  readonly symptom: Symptom
  readonly frame: number
  /** PNGs as addresses, one a graph. */
  readonly pictures: readonly string[]
}

export interface MeasureReport {
  /** Files of `--input`; empty: the graph's own. */
  readonly clip: string
  readonly frames: readonly number[]
  readonly shots: readonly Shot[]
  /** A, and B where there are two. */
  readonly graphs: readonly Measured[]
  readonly pictures: readonly WorstPicture[]
  /** What the scores are called. */
  readonly titles: ReadonlyMap<SymptomId, string>
}

const letters = ['A', 'B']
const figure = (value: number | null | undefined): string =>
  value === null || value === undefined ? '–' : String(Number(Number(value.toPrecision(3)).toFixed(4)))

/** Shots in which frames were measured. */
const seenShots = ({ shots, frames }: MeasureReport): readonly Shot[] => shotsSeen(shots, frames)

/** Where B lies against A; `null`: there is no B, or one of them could not be measured. */
const changeOf = ({ changes }: ComparedRow) => changes[1] ?? null

const whole = ({ frames }: MeasureReport): Shot => ({ first: frames[0] ?? 0, last: frames.at(-1) ?? 0 })

const titleOf = ({ titles }: MeasureReport, { id, measure }: Symptom): string => titles.get(id) ?? measure

export function reportJson(report: MeasureReport) {
  const { clip, frames, graphs } = report
  const rowJson = (row: ComparedRow) => ({
    measure: row.symptom.measure,
    scores: row.scores,
    ...(changeOf(row) ? { change: changeOf(row) } : {}),
  })
  return {
    ok: true,
    ...(clip ? { clip } : {}),
    frames,
    graphs: graphs.map(({ path, title, findings, notes }) => ({
      path,
      title,
      standsOut: findings.filter(standsOut).map(({ symptom, frame, worst, plain, mean: average, times }) => ({
        measure: symptom.measure,
        ...{ frame, worst, mean: average, bicubic: plain, from: symptom.from, times },
      })),
      notes,
    })),
    whole: comparedRows(whole(report), graphs).map(rowJson),
    shots: seenShots(report).map((shot) => ({ ...shot, rows: comparedRows(shot, graphs).map(rowJson) })),
    lanes: symptoms.map((symptom) => ({
      measure: symptom.measure,
      ...(symptom.unit ? { unit: symptom.unit } : {}),
      graphs: graphs.map((one) => one.frames.map((frame) => readIn(symptom, symptom.score, frame) ?? null)),
    })),
  }
}

/** What B does better and worse, in a sentence each. */
function differences(report: MeasureReport, rows: readonly ComparedRow[]): readonly string[] {
  const symptomList = (which: 'better' | 'worse') =>
    rows
      .filter((row) => changeOf(row) === which)
      .map((row) => `${titleOf(report, row.symptom)} (${row.scores.map(figure).join(' → ')})`)
      .join(', ')
  const [better, worse] = [symptomList('better'), symptomList('worse')]
  if (!better && !worse) return ['A and B measure alike.']
  return [...(better ? [`B is better in ${better}.`] : []), ...(worse ? [`B is worse in ${worse}.`] : [])]
}

export function reportText(report: MeasureReport): string {
  const { graphs, frames } = report
  const width = Math.max(...symptoms.map((symptom) => titleOf(report, symptom).length)) + 2
  const lines = graphs.map(({ path, title }, i) => `${graphs.length > 1 ? `${letters[i]}: ` : ''}${title} (${path})`)
  lines.push(
    `${frames.length} ${frames.length === 1 ? 'frame' : 'frames'}, ${seenShots(report).length} ${seenShots(report).length === 1 ? 'shot' : 'shots'}`,
  )
  for (const [i, { findings, notes }] of graphs.entries()) {
    const standing = findings.filter(standsOut)
    const of = graphs.length > 1 ? ` of ${letters[i]}` : ''
    lines.push('', standing.length > 0 ? `Stands out${of}, worst first:` : `Nothing stands out${of}.`)
    for (const { symptom, worst, plain, frame, times } of standing) {
      const against = plain === null ? '' : `, Bicubic ${figure(plain)}`
      lines.push(
        `  ${titleOf(report, symptom).padEnd(width)}${figure(worst).padStart(8)} at frame ${frame} (${figure(times)} times the level${against})`,
      )
    }
    for (const note of notes) lines.push(`  ${note}`)
  }
  if (graphs.length > 1)
    for (const shot of seenShots(report)) {
      lines.push('', `Frames ${shot.first}–${shot.last}`)
      for (const sentence of differences(report, comparedRows(shot, graphs))) lines.push(`  ${sentence}`)
    }
  return `${lines.join('\n')}\n`
}

function table(report: MeasureReport, rows: readonly ComparedRow[]): string {
  const { graphs } = report
  const head = ['', 'stands out from', ...graphs.map((_, i) => (graphs.length > 1 ? letters[i] : 'mean')), '']
  const body = rows.map((row) => {
    const { symptom, scores } = row
    const to = changeOf(row)
    const cells = scores.map((score, i) => {
      // What is told of the whole clip: one shot beyond the level may be too little of it.
      const isFlagged = graphs[i]?.findings.some((finding) => finding.symptom === symptom && standsOut(finding))
      const out = isFlagged && score !== null && score >= symptom.from
      return `<td${out ? ' class="out"' : ''}>${figure(score)}</td>`
    })
    const unit = symptom.unit ? ` ${symptom.unit}` : ''
    const verdict = to && to !== 'same' ? `B ${to}` : ''
    return `<tr><th scope="row">${escapeHtml(titleOf(report, symptom))}</th><td>${figure(symptom.from)}${unit}</td>${cells.join('')}<td class="${to ?? ''}">${verdict}</td></tr>`
  })
  return `<table><thead><tr>${head.map((cell) => `<th>${cell}</th>`).join('')}</tr></thead><tbody>${body.join('')}</tbody></table>`
}

function lanes(report: MeasureReport): string {
  const { graphs, shots } = report
  return symptoms
    .flatMap((symptom) => {
      const lines = graphs.map(({ frames }) =>
        frames.flatMap((frame) => {
          const value = readIn(symptom, symptom.score, frame)
          return value === undefined ? [] : [{ frame: frame.frame, value }]
        }),
      )
      if (lines.every((line) => line.length === 0)) return []
      const key = readingKey({ of: 'plain', measure: symptom.measure, output: symptom.score })
      const plain = (graphs[0]?.frames ?? []).flatMap(({ frame, values }) => {
        const value = values.get(key)
        return value === undefined ? [] : [{ frame, value }]
      })
      const title = `${titleOf(report, symptom)}${symptom.unit ? `, ${symptom.unit}` : ''}`
      return [lane({ title, lines, plain, level: symptom.from, shots, range: whole(report) })]
    })
    .join('\n')
}

export function reportHtml(report: MeasureReport): string {
  const { graphs, pictures } = report
  const several = graphs.length > 1
  const named = (i: number) => (several ? `${letters[i]}: ` : '')
  const graphSections = graphs
    .map(({ findings, notes }, i) => {
      const standing = findings.filter(standsOut)
      const items = standing.map(
        ({ symptom, worst, plain, frame, times }) =>
          `<li><strong>${escapeHtml(titleOf(report, symptom))}</strong> ${figure(worst)} at frame ${frame}, ${figure(times)} times the level${plain === null ? '' : `; Bicubic ${figure(plain)}`}</li>`,
      )
      const list = items.length > 0 ? `<ol>${items.join('')}</ol>` : '<p>Nothing stands out.</p>'
      return `<div><h3>${named(i)}what stands out</h3>${list}${notes.map((note) => `<p class="muted">${escapeHtml(note)}</p>`).join('')}</div>`
    })
    .join('')
  const crops = pictures
    .map(({ symptom, frame, pictures: of }) => {
      const figures = of.map(
        (address, i) =>
          `<figure><img src="${address}" alt=""><figcaption>${several ? letters[i] : ''}</figcaption></figure>`,
      )
      return `<section class="worst"><h3>${escapeHtml(titleOf(report, symptom))}, frame ${frame}</h3><div>${figures.join('')}</div></section>`
    })
    .join('')
  const perShot = seenShots(report)
    .map((shot) => {
      const rows = comparedRows(shot, graphs)
      const sentences = several ? differences(report, rows).map((line) => `<p>${escapeHtml(line)}</p>`) : []
      return `<section><h3>Frames ${shot.first}–${shot.last}</h3>${sentences.join('')}${table(report, rows)}</section>`
    })
    .join('')
  return page({
    title: several ? `${graphs[0]!.title} and ${graphs[1]!.title}` : (graphs[0]?.title ?? ''),
    subtitle: [
      ...graphs.map(({ path, title }, i) => `${named(i)}${title} (${path})`),
      `${report.frames.length} frames${report.clip ? ` of ${report.clip}` : ''}`,
    ],
    several,
    sections: [
      ['', `<div class="found">${graphSections}</div>`],
      ['Over the clip', lanes(report)],
      ['The worst places', crops],
      ['Shot by shot', perShot],
    ],
  })
}
