/** One thing that stands out: where it is worst, how far it goes, and the node that mends it. */
import { SlidersHorizontal, Undo2, Wand2 } from 'lucide-react'
import { useStore } from 'zustand'
import type { Picture8 } from '../../engine/door/api.ts'
import { nodeAt } from '../../graph/document/levels.ts'
import type { Finding } from '../../graph/measures/findings.ts'
import { titleOfScore } from '../../graph/measures/symptoms.ts'
import { useEditor } from '../editor.ts'
import { measured } from '../kit/value-text.ts'
import { dialogText } from '../text/dialogs.ts'
import { number } from '../text/format.ts'
import { Crop } from './Crop.tsx'
import type { CheckStore, Mending } from './check-store.ts'

const words = dialogText.check

interface FindingProps {
  readonly check: CheckStore
  readonly finding: Finding
}

export function FindingCard({ check, finding, running }: FindingProps & { running: boolean }) {
  const { specs, document } = useEditor()
  const { symptom, worst, plain, times, frame, standing, frames, said } = finding
  const place = useStore(check, (state) => state.places.get(symptom.id))
  const mending = useStore(check, (state) => state.mendings.get(symptom.id))
  const whole = useStore(document, (state) => state.document)
  const record = mending && nodeAt(whole, mending.node)
  const stands = record && (!mending.set || record.params[mending.set.param] === mending.set.value)
  const standingFix = mending && stands ? mending : null
  const after = standingFix?.after ?? null
  const { name, about } = words.symptoms[symptom.id]
  const score = (value: number) => measured(value, symptom.unit, 'as needed')
  // What reads the same before and after has not changed.
  const figure =
    after === null || score(after) === score(worst) ? score(worst) : words.changed(score(worst), score(after))
  return (
    <li className="check-finding" data-symptom={symptom.id} data-fixed={standingFix !== null}>
      <button type="button" className="check-where" title={words.show(name)} onClick={() => check.show(finding)}>
        <Crop picture={place?.picture ?? null} label={words.worstPlace(name)} />
        <span className="check-words">
          <strong>{name}</strong>
          <span className="muted">{about}</span>
        </span>
      </button>
      {standingFix ? <Fixed finding={finding} mending={standingFix} before={place?.picture ?? null} /> : null}
      {!standingFix && !running && <Fix check={check} finding={finding} />}
      <dl className="check-figures">
        <div title={words.timesHint(score(symptom.from))}>
          <dt>{titleOfScore(specs, symptom)}</dt>
          <dd data-figure>
            {figure}{' '}
            <em data-stands={after === null || after >= symptom.from}>
              {words.times(number(after === null ? times : after / symptom.from, 1))}
            </em>
          </dd>
        </div>
        <div title={plain === null ? undefined : words.againstHint}>
          <dt>{words.plain}</dt>
          <dd>{plain === null ? words.inClip : score(plain)}</dd>
        </div>
        <div>
          <dt>{words.worstFrame}</dt>
          <dd>{words.where(frame, standing, frames)}</dd>
        </div>
      </dl>
      {said && (!standingFix || times < 1) && (
        <p className="muted">{standingFix ? words.saidFixed : times < 1 ? words.saidOnly : words.saidToo}</p>
      )}
      {plain !== null && plain >= symptom.from && (
        <p className="muted check-inherited">{words.inherited(symptom.id)}</p>
      )}
    </li>
  )
}

function Fix({ check, finding }: FindingProps) {
  const { specs, derived } = useEditor()
  const { remedy } = finding.symptom
  // Whether it can be put in follows from the graph.
  useStore(derived, (state) => state.all)
  const why = check.whyNoFix(finding.symptom)
  const adjustment = check.adjustment(finding.symptom)
  const title = specs.get(remedy?.type ?? '')?.title ?? ''
  return (
    <>
      {why === null && (
        <button
          type="button"
          className="button fix"
          title={words.fixHint(title)}
          onClick={() => void check.fix(finding)}
        >
          <Wand2 size={13} aria-hidden />
          {words.fix(title)}
        </button>
      )}
      {adjustment && (
        <button
          type="button"
          className="button fix"
          title={words.adjustHint}
          onClick={() => void check.adjust(finding)}
        >
          <SlidersHorizontal size={13} aria-hidden />
          {words.adjust(adjustment.setting, adjustment.to)}
        </button>
      )}
      {why !== null && !adjustment && <p className="muted check-no-fix">{why}</p>}
    </>
  )
}

/** Before and after, with the numbers. */
function Fixed({ finding, mending, before }: { finding: Finding; mending: Mending; before: Picture8 | null }) {
  const { commands, document } = useEditor()
  const undoable = useStore(document, (state) => state.undoLabel)
  const { unit } = finding.symptom
  // Where the number did not stand out, there is little that could fall.
  const fell = mending.after === null || mending.after < mending.before || finding.times < 1
  const score = (value: number | null) => measured(value, unit, 'as needed')
  const isSame = mending.after !== null && score(mending.before) === score(mending.after)
  return (
    <div className="check-fixed">
      <div className="check-pair">
        <figure>
          <Crop picture={before} label={words.before} />
          <figcaption>
            {words.before} {!isSame && <strong>{score(mending.before)}</strong>}
          </figcaption>
        </figure>
        <figure>
          <Crop picture={mending.picture} label={words.after} />
          <figcaption>
            {words.after} {!isSame && <strong data-after>{mending.after === null ? '…' : score(mending.after)}</strong>}
          </figcaption>
        </figure>
      </div>
      <p className="check-done" data-fell={fell}>
        {mending.failure ?? (fell ? mending.sentence : words.notFallen(mending.sentence))}
        {undoable === mending.label && (
          <button type="button" className="button plain" onClick={() => commands.run('edit.undo')}>
            <Undo2 size={13} aria-hidden />
            {words.undo}
          </button>
        )}
      </p>
    </div>
  )
}
