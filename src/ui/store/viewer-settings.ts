/** How the person looks: what is compared and how, which instruments are on, and how much may be kept. */
import { createStore, type StoreApi } from 'zustand/vanilla'
import type { CompareLayout, DifferenceTone, OverlayLook, ScopeKind } from '../../engine/door/api.ts'
import type { FlatEndpoint, FlatId, GraphDocument, NodeId } from '../../graph/document/document.ts'
import type { Json } from '../../graph/document/json.ts'
import type { StrokeTool } from '../../graph/node/drawing.ts'
import type { AssetRef } from '../../graph/node/params.ts'
import type { RegionShare } from '../../graph/plan/region.ts'
import type { Overlay } from './maps.ts'
import { recall, remember } from './view.ts'

/**
 * What a picture beside A shows. `source`: what the Decode that A begins with gives. `plain`: the same as large as A,
 * by the plain upscale, which invents nothing: what A has beyond it is predicted.
 */
export type Compared =
  | { readonly kind: 'plain' }
  | { readonly kind: 'source' }
  /** A, a frame earlier. */
  | { readonly kind: 'previous' }
  | { readonly kind: 'output'; readonly at: FlatEndpoint }
  | { readonly kind: 'reference' }
  /** What another whole graph makes of the same frame. */
  | { readonly kind: 'graph'; readonly title: string; readonly document: GraphDocument }

export type CompareMode = CompareLayout['mode']

/** A spot of the picture over time: a row of pixels of each frame below the next, or a crop of each beside the next. */
export type TimeStrip = 'slit' | 'strip'
/** What is looked at over time; `difference`: from each frame to the next. */
export type TimeView = 'difference' | TimeStrip
export const timeViews: readonly TimeView[] = ['difference', 'slit', 'strip']

/**
 * Of the difference to the plain upscale B = U(source): all of it, which is predicted, or a part of it. With D shrinking to the
 * source's size and U enlarging again: what the source denies, U(D(A)) − B as far as it goes beyond U(D(B)) − B and
 * rounding, and what the source cannot check, A − U(D(A)).
 */
export type PredictedPart = 'all' | 'contradiction' | 'invention'
export const predictedParts: readonly PredictedPart[] = ['all', 'contradiction', 'invention']

/** Several values of one parameter, side by side; the first is drawn as A. At most four. */
export interface Variants {
  readonly node: FlatId
  readonly param: string
  readonly values: readonly Json[]
}

/** Width ÷ height of what other screens show. */
export const cropAspects = { '2.39:1': 2.39, '1.85:1': 1.85, '4:3': 4 / 3, '1:1': 1 } as const
export type CropAspect = keyof typeof cropAspects

/** Marks over the pictures: those that are chosen, and whether they are shown. */
export interface CropMarks {
  readonly on: boolean
  readonly middle: boolean
  readonly safe: boolean
  /** What a screen of this aspect would cut away. */
  readonly aspect: CropAspect | null
}

/** What the hand does over the picture for a setting of a node: paint on it, or draw a box. */
export interface Painting {
  /** On the level that is open. */
  readonly node: NodeId
  readonly tool: StrokeTool | 'box'
  /** Of what is painted; of a box `null`. */
  readonly param: string | null
  readonly erase: boolean
  /** Of the brush, as a share of the picture's height. */
  readonly radius: number
}

export interface ViewerSettings {
  readonly mode: CompareMode
  /** B, and what else stands side by side; at most three. */
  readonly others: readonly Compared[]
  /** A file to compare with, outside the graph. */
  readonly reference: AssetRef | null
  readonly variants: Variants | null
  /** The part of the pictures that is rendered alone; `null`: all of them. */
  readonly region: RegionShare | null
  /** The next drag over the picture draws a region. */
  readonly boxing: boolean
  /** Until it is ended, drags over the picture paint. */
  readonly painting: Painting | null
  /** Of the wipe's line, across the canvas, in [0,1]. */
  readonly position: number
  readonly gain: number
  readonly tone: DifferenceTone
  readonly part: PredictedPart
  /** The mask or map that lies over A, and how one does. */
  readonly overlay: Overlay | null
  /** The one that lay there last. */
  readonly lastOverlay: Overlay | null
  readonly overlayLook: OverlayLook
  readonly time: TimeStrip | null
  /** Numbers of the graph as curves over the timeline. */
  readonly lanes: boolean
  /** The row of a slit scan, as a share of the picture's height. */
  readonly line: number
  readonly mix: number
  /** B is shown instead, while a key is held. */
  readonly flicker: boolean
  /** The picture pixel of A under the pointer. */
  readonly cursor: { readonly x: number; readonly y: number } | null
  readonly grid: boolean
  readonly marks: CropMarks
  readonly scope: ScopeKind | null
  readonly thumbnails: boolean
  readonly times: boolean
  readonly ahead: boolean
  readonly draft: 1 | 2 | 4
  /** Bytes the preview may keep. */
  readonly budget: number
}

export interface ViewerSettingsStore extends StoreApi<ViewerSettings> {
  setBudget(bytes: number): void
  /** To the next way of comparing, and from the last to A alone. */
  cycle(): void
  /** Shows these marks as well; where none were shown, these alone. */
  mark(change: Partial<Omit<CropMarks, 'on'>>): void
  /**
   * From the result to what is predicted of it, to what of that the source denies, to what it cannot check, to a map of a
   * measure laid over the result (the one that lay there last, else `map`), and back. The picture that A is compared with
   * becomes the plain upscale.
   */
  cyclePredicted(map: Overlay | null): void
  /** Lays the map over the picture that lay there last, else `first`; or takes away the one that lies there. */
  toggleOverlay(first: Overlay | null): void
  /** Shows this over time; `null`: nothing. */
  showOverTime(view: TimeView | null): void
  /** Compares with the source as it is instead of the plain upscale, or the other way round. */
  toggleSource(): void
  /** Lets a region be drawn; where one is, or was about to be drawn, leaves it. */
  toggleRegion(): void
}

const key = 'framewright/looking'

/** What outlives a visit; what is compared does not. */
const rememberedNames = [
  'position',
  'gain',
  'tone',
  'overlayLook',
  'mix',
  'grid',
  'marks',
  'scope',
  'thumbnails',
  'times',
  'lanes',
  'ahead',
  'budget',
] as const

const MiB = 1024 * 1024
export const budgets = [128, 256, 512, 1024, 2048, 4096].map((size) => size * MiB)

export const plain: Compared = { kind: 'plain' }

const usual: ViewerSettings = {
  mode: 'single',
  others: [plain],
  reference: null,
  variants: null,
  region: null,
  boxing: false,
  painting: null,
  position: 0.5,
  gain: 8,
  tone: 'amount',
  part: 'all',
  overlay: null,
  lastOverlay: null,
  time: null,
  lanes: false,
  line: 0.5,
  overlayLook: { tint: 'red', opacity: 0.7, gain: 1, alone: false },
  mix: 0.5,
  flicker: false,
  cursor: null,
  grid: true,
  marks: { on: false, middle: true, safe: true, aspect: null },
  scope: null,
  thumbnails: false,
  times: false,
  ahead: true,
  draft: 1,
  budget: 512 * MiB,
}

const areMarks = (value: unknown): value is CropMarks =>
  typeof value === 'object' &&
  value !== null &&
  ['on', 'middle', 'safe'].every((name) => typeof Reflect.get(value, name) === 'boolean') &&
  [null, ...Object.keys(cropAspects)].includes(Reflect.get(value, 'aspect'))

export const tones: readonly DifferenceTone[] = ['amount', 'signed', 'heat']

export const tints: readonly OverlayLook['tint'][] = ['heat', 'red', 'green', 'blue', 'white']

const isOverlayLook = (value: unknown): value is OverlayLook =>
  typeof value === 'object' &&
  value !== null &&
  tints.includes(Reflect.get(value, 'tint')) &&
  ['opacity', 'gain'].every((name) => typeof Reflect.get(value, name) === 'number') &&
  typeof Reflect.get(value, 'alone') === 'boolean'

/** Takes over what has the type it should have; anything else stays as usual. */
function recallSettings(): ViewerSettings {
  let record: unknown
  try {
    record = JSON.parse(recall(key) ?? '{}')
  } catch {
    // Not ours: the usual settings stand, and the next change writes over it.
    record = {}
  }
  if (typeof record !== 'object' || record === null) return usual
  const scopes: readonly unknown[] = ['histogram', 'waveform', 'vectorscope', null]
  const fits = (name: (typeof rememberedNames)[number], value: unknown) => {
    if (name === 'scope') return scopes.includes(value)
    if (name === 'overlayLook') return isOverlayLook(value)
    if (name === 'tone') return tones.some((tone) => tone === value)
    return name === 'marks' ? areMarks(value) : typeof value === typeof usual[name]
  }
  const entries = Object.entries(record).filter(([name, value]) =>
    rememberedNames.some((one) => one === name && fits(one, value)),
  )
  return { ...usual, ...Object.fromEntries(entries) }
}

export const modes: readonly CompareMode[] = ['single', 'wipe', 'side', 'difference', 'onion']

export const scopeKinds: readonly ScopeKind[] = ['histogram', 'waveform', 'vectorscope']

/** After the last none, after none the first. */
export const nextScope = (scope: ScopeKind | null): ScopeKind | null =>
  scope === null ? 'histogram' : (scopeKinds[scopeKinds.indexOf(scope) + 1] ?? null)

/** What is looked at over time now. */
export const timeViewOf = ({ mode, others, time }: Pick<ViewerSettings, 'mode' | 'others' | 'time'>): TimeView | null =>
  time ?? (mode === 'difference' && others[0]?.kind === 'previous' ? 'difference' : null)

export function createViewerSettingsStore(): ViewerSettingsStore {
  const store = createStore<ViewerSettings>(recallSettings)
  store.subscribe(({ overlay }, before) => {
    if (overlay && overlay !== before.overlay) store.setState({ lastOverlay: overlay })
  })
  store.subscribe((state, before) => {
    if (rememberedNames.every((name) => state[name] === before[name])) return
    remember(key, JSON.stringify(Object.fromEntries(rememberedNames.map((name) => [name, state[name]]))))
  })
  return {
    ...store,
    setBudget(budget) {
      store.setState({ budget })
    },
    mark(change) {
      store.setState(({ marks }) => {
        const visibleMarks = marks.on ? marks : { middle: false, safe: false, aspect: null }
        return { marks: { ...visibleMarks, ...change, on: true } }
      })
    },
    toggleRegion() {
      store.setState(({ region, boxing }) => ({ region: null, boxing: region === null && !boxing }))
    },
    cyclePredicted(map) {
      store.setState(({ mode, others, part, tone, overlay, lastOverlay }) => {
        const predicted = mode === 'difference' && others[0]?.kind === 'plain'
        const next = predicted ? predictedParts[predictedParts.indexOf(part) + 1] : 'all'
        if (!predicted && overlay) return { mode: 'single', overlay: null }
        // An amount does not say on which side of the plain upscale a prediction lies.
        const visibleTone = predicted || tone !== 'amount' ? tone : 'signed'
        if (next)
          return {
            mode: 'difference',
            others: [plain, ...others.slice(1)],
            part: next,
            tone: visibleTone,
            variants: null,
          }
        return { mode: 'single', overlay: lastOverlay?.kind === 'measure' ? lastOverlay : map }
      })
    },
    showOverTime(view) {
      store.setState((state) => {
        const { others } = state
        const comparison = timeViewOf(state) === 'difference' && {
          mode: 'single' as const,
          others: [plain, ...others.slice(1)],
        }
        if (view !== 'difference') return { ...comparison, time: view }
        const [, ...laterOthers] = others
        return { mode: 'difference', others: [{ kind: 'previous' }, ...laterOthers], time: null, variants: null }
      })
    },
    toggleOverlay(first) {
      store.setState(({ overlay, lastOverlay, mode }) => {
        if (overlay) return { overlay: null }
        // A difference or a mix has no picture of its own for a map to lie on.
        const alone = mode === 'difference' || mode === 'onion'
        return { overlay: lastOverlay ?? first, ...(alone && { mode: 'single' }) }
      })
    },
    toggleSource() {
      store.setState(({ mode, others: [first, ...others] }) => ({
        others: [first?.kind === 'source' ? plain : { kind: 'source' }, ...others],
        ...(mode === 'single' && { mode: 'wipe' }),
      }))
    },
    cycle() {
      store.setState(({ mode }) => ({ mode: modes[(modes.indexOf(mode) + 1) % modes.length] ?? 'single' }))
    },
  }
}
