/** How long it will take and how large it becomes, measured on the first frames while the form is looked at. */

import { useEffect, useRef, useState } from 'react'
import type { ExportEstimate, ExportRequest } from '../../engine/door/api.ts'
import { messageOf } from '../../graph/document/coded-error.ts'
import { useEditor } from '../editor.ts'
import { Marked } from '../kit/Marked.tsx'
import { about, bytes } from '../kit/value-text.ts'
import { dialogText } from '../text/dialogs.ts'

const words = dialogText.export.estimate

type Measured =
  /** The one of these that is being measured, from 1. */
  | { readonly kind: 'measuring'; readonly at: number }
  | { readonly kind: 'known'; readonly estimate: ExportEstimate }
  | { readonly kind: 'unknown'; readonly why: string }

/** Typing goes on for a while; measuring with every letter would only heat the room. */
const calm = 500

/** The names of the files matter for their kind alone. */
const keyOf = (request: ExportRequest): string => JSON.stringify([request.document, request.range, kinds(request)])

const namesOf = ({ outputs }: ExportRequest): string =>
  Object.values(outputs)
    .map(({ fileName }) => fileName)
    .join(', ')

/** All of them, one after the other. */
const sumOf = (estimates: readonly ExportEstimate[]): ExportEstimate =>
  estimates.reduce((sum, each) => ({
    frames: sum.frames + each.frames,
    framesMeasured: sum.framesMeasured + each.framesMeasured,
    seconds: sum.seconds + each.seconds,
    bytes: sum.bytes + each.bytes,
  }))

/**
 * Measures each export in its turn; what was measured once is not measured again.
 * @param requests what would be exported; none where that is not known yet or something else is running
 */
function useEstimate(requests: readonly ExportRequest[]): Measured | null {
  const { engine } = useEditor()
  const [measurement, setMeasurement] = useState<Measured | null>(null)
  const estimatesByKey = useRef(new Map<string, ExportEstimate>())
  const keys = requests.map(keyOf)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the keys tell whether the requests mean other exports
  useEffect(() => {
    if (requests.length === 0) {
      setMeasurement(null)
      return
    }
    let over = false
    const unknown = (request: ExportRequest, why: string) =>
      setMeasurement({ kind: 'unknown', why: requests.length > 1 ? words.whyOf(namesOf(request), why) : why })
    async function measure() {
      for (const [i, request] of requests.entries()) {
        if (estimatesByKey.current.has(keyOf(request))) continue
        setMeasurement({ kind: 'measuring', at: i + 1 })
        try {
          const outcome = await engine.estimateExport(request)
          if (over || (outcome.ok && outcome.value.state === 'superseded')) return
          if (!outcome.ok) return unknown(request, outcome.problems[0]?.message ?? '')
          if (outcome.value.state === 'measured') estimatesByKey.current.set(keyOf(request), outcome.value.estimate)
        } catch (error) {
          if (!over) unknown(request, messageOf(error))
          return
        }
      }
      setMeasurement({ kind: 'known', estimate: sumOf(keys.flatMap((key) => estimatesByKey.current.get(key) ?? [])) })
    }
    const timer = setTimeout(() => void measure(), keys.every((key) => estimatesByKey.current.has(key)) ? 0 : calm)
    return () => {
      over = true
      clearTimeout(timer)
      void engine.stopEstimate()
    }
  }, [engine, keys.join()])
  return measurement
}

const kinds = ({ outputs }: ExportRequest): string[] =>
  Object.entries(outputs).map(([node, { fileName }]) => `${node} ${fileName.split('.').pop()}`)

const estimateText = ({ seconds, bytes: size, framesMeasured, frames }: ExportEstimate, exports: number): string =>
  words.known(about(seconds), bytes(size), exports, framesMeasured, frames)

/** @param requests every export that would be begun; none where they are not known */
export function Estimate({ requests }: { readonly requests: readonly ExportRequest[] }) {
  const estimate = useEstimate(requests)
  return (
    <p className="estimate muted small" role="status" data-state={estimate?.kind ?? 'none'}>
      {estimate?.kind === 'measuring' &&
        (requests.length > 1 ? words.measuringOf(estimate.at, requests.length) : words.measuring)}
      {estimate?.kind === 'unknown' && words.unknown(estimate.why)}
      {estimate?.kind === 'known' && <Marked>{estimateText(estimate.estimate, requests.length)}</Marked>}
    </p>
  )
}
