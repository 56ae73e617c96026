/** How long it will take and how large it becomes, measured on the first frames while the form is looked at. */
import { useEffect, useState } from 'react'
import type { ExportEstimate, ExportRequest } from '../../engine/api.ts'
import { useEditor } from '../editor.ts'
import { about, bytes } from '../values.ts'

type Measured =
  | { readonly kind: 'measuring' }
  | { readonly kind: 'known'; readonly estimate: ExportEstimate }
  | { readonly kind: 'unknown'; readonly why: string }

/** Typing goes on for a while; measuring with every letter would only heat the room. */
const calm = 500

/** @param request what would be exported, or `null` where that is not known yet or something else is running. */
function useEstimate(request: ExportRequest | null): Measured | null {
  const { engine } = useEditor()
  const [measured, setMeasured] = useState<Measured | null>(null)
  // The names of the files matter for their kind alone.
  const key = request && JSON.stringify([request.document, request.start, request.duration, kinds(request)])
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key tells whether the request means another export
  useEffect(() => {
    if (!request) {
      setMeasured(null)
      return
    }
    let over = false
    const timer = setTimeout(async () => {
      setMeasured({ kind: 'measuring' })
      try {
        const outcome = await engine.estimateExport(request)
        if (over || (outcome.ok && outcome.value.state === 'superseded')) return
        if (!outcome.ok) setMeasured({ kind: 'unknown', why: outcome.problems[0]?.message ?? '' })
        else if (outcome.value.state === 'measured') setMeasured({ kind: 'known', estimate: outcome.value.estimate })
      } catch (error) {
        if (!over) setMeasured({ kind: 'unknown', why: error instanceof Error ? error.message : String(error) })
      }
    }, calm)
    return () => {
      over = true
      clearTimeout(timer)
      void engine.stopEstimate()
    }
  }, [engine, key])
  return measured
}

const kinds = ({ outputs }: ExportRequest): string[] =>
  Object.entries(outputs).map(([node, { fileName }]) => `${node} ${fileName.split('.').pop()}`)

const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

interface EstimateProps {
  readonly request: ExportRequest | null
  /** How many exports the form means; the first one is measured. */
  readonly exports: number
}

export function Estimate({ request, exports }: EstimateProps) {
  const measured = useEstimate(request)
  return (
    <p className="estimate muted small" role="status" data-state={measured?.kind ?? 'none'}>
      {measured?.kind === 'measuring' && 'Measuring on the first frames…'}
      {measured?.kind === 'unknown' && `Time and size could not be measured. ${measured.why}`}
      {measured?.kind === 'known' && (
        <>
          <strong>
            {sentence(about(measured.estimate.seconds))} and {bytes(measured.estimate.bytes)}
          </strong>
          {exports > 1 && ' for the first of them'}, measured on {measured.estimate.measured} of{' '}
          {measured.estimate.frames} frames
        </>
      )}
    </p>
  )
}
