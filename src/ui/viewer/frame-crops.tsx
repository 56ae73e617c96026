/**
 * What other graphs, or other settings of this one, would make of a spot of the frame that is seen: small pictures, rendered
 * one after the other in the background for as long as somebody looks at them.
 */
import { useEffect, useRef, useState } from 'react'
import type { Engine, Picture8, PreviewRequest } from '../../engine/door/api.ts'
import type { RegionShare } from '../../graph/plan/region.ts'
import { useEditor } from '../editor.ts'
import { text } from '../text/text.ts'
import type { Size } from './viewport.ts'

/** A crop that is wanted: what it shows by `key`, which names the request's content as well. */
export interface CropJob {
  readonly key: string
  readonly request: Pick<PreviewRequest, 'document' | 'view'>
  /** Of the frame that is seen where absent. */
  readonly frame?: number
}

export type Crop = { readonly state: 'shown'; readonly picture: Picture8 } | { readonly state: 'failed'; why: string }

/** The part of a picture that is `size` pixels large and has `spot` (a share of its sides) in the middle, as far as it can. */
export function cropAround(spot: { readonly x: number; readonly y: number }, picture: Size, size: Size): RegionShare {
  const [width, height] = [Math.min(1, size.width / picture.width), Math.min(1, size.height / picture.height)]
  const from = (middle: number, length: number) => Math.min(1 - length, Math.max(0, middle - length / 2))
  return { x: from(spot.x, width), y: from(spot.y, height), width, height }
}

/** Milliseconds until what gave way to something that shows is tried again. */
const retryDelay = 400

/** Renders the jobs in order and tells of each; ends when the signal aborts. */
export async function renderCrops(
  engine: Pick<Engine, 'thumbnail'>,
  jobs: readonly CropJob[],
  at: { readonly frame: number; readonly region: RegionShare; readonly side: number },
  tell: (key: string, crop: Crop) => void,
  signal: AbortSignal,
  wait: (ms: number) => Promise<void> = (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
): Promise<void> {
  const { side, ...where } = at
  for (const { key, request, frame = at.frame } of jobs)
    while (!signal.aborted) {
      const outcome = await engine.thumbnail({ ...request, ...where, frame, thrifty: true }, side)
      if (signal.aborted) return
      if (!outcome.ok) tell(key, { state: 'failed', why: outcome.problems[0]?.message ?? '' })
      else if (outcome.value) tell(key, { state: 'shown', picture: outcome.value })
      if (!outcome.ok || outcome.value) break
      await wait(retryDelay)
    }
}

/**
 * Crops of the frame that is seen, around the spot that is looked at; empty where nothing is seen.
 * @param jobs `null`: not known yet
 * @param size in pixels of the picture that is seen
 */
export function useCrops(jobs: readonly CropJob[] | null, size: Size): ReadonlyMap<string, Crop> {
  const { engine, preview, commands, idle } = useEditor()
  const [crops, setCrops] = useState<ReadonlyMap<string, Crop>>(new Map())
  const sizeRef = useRef(size)
  useEffect(() => {
    const { result, frame } = preview.getState()
    const desc = result?.desc
    if (!jobs || jobs.length === 0 || !desc || !('width' in desc)) return
    const abortion = new AbortController()
    const resume = idle.holdOff()
    const { width, height } = sizeRef.current
    renderCrops(
      engine,
      jobs,
      { frame, region: cropAround(commands.spot(), desc, sizeRef.current), side: Math.max(width, height) },
      (key, crop) => setCrops((before) => new Map(before).set(key, crop)),
      abortion.signal,
    ).catch((error: unknown) => console.warn('The crops could not be rendered:', error))
    return () => {
      abortion.abort()
      resume()
      engine.stopBackground().catch((error: unknown) => console.warn('The crops could not be ended:', error))
    }
  }, [jobs, engine, preview, commands, idle])
  return crops
}

/** One of them, or that it is on its way. */
export function CropPicture({ crop, label, size }: { crop: Crop | undefined; label: string; size: Size }) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const picture = crop?.state === 'shown' ? crop.picture : null
  useEffect(() => {
    if (!picture) return
    const context = canvas.current?.getContext('2d')
    context?.putImageData(new ImageData(picture.pixels, picture.width, picture.height), 0, 0)
  }, [picture])
  if (picture)
    return (
      <canvas
        ref={canvas}
        className="crop"
        role="img"
        aria-label={label}
        width={picture.width}
        height={picture.height}
      />
    )
  return (
    <span className="crop pending" style={{ aspectRatio: `${size.width} / ${size.height}` }}>
      {crop?.state === 'failed' ? (
        <span className="crop-failure">{crop.why}</span>
      ) : (
        <span className="spinner" role="status" aria-label={text.viewer.rendering} />
      )}
    </span>
  )
}
