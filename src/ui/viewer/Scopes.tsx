/**
 * Draws what the engine counted: A in full colour, B over it in magenta, as outline or second light. Graticules:
 * 8-bit codes for histogram and waveform; for the vectorscope the 75 % colour bars and the line of skin tones
 * (123° from +Cb, the +I axis of NTSC), where people of any complexion lie.
 */
import { X } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { useStore } from 'zustand'
import type { ScopeCounts, ScopeKind } from '../../engine/door/api.ts'
import { useEditor } from '../editor.ts'
import { scopeKinds } from '../store/viewer-settings.ts'
import { text } from '../text/text.ts'
import { drawScope, scopeSize } from './scope-drawing.ts'

const words = text.viewer.scopes

const none: readonly ScopeCounts[] = []

function useCounts(kind: ScopeKind | null): readonly ScopeCounts[] {
  const { engine, preview } = useEditor()
  const result = useStore(preview, (state) => state.result)
  const [scopeCounts, setScopeCounts] = useState<{ kind: ScopeKind; counts: readonly ScopeCounts[] } | null>(null)
  const nextRequest = useRef<{ kind: ScopeKind; pictures: unknown } | null>(null)
  const asking = useRef(false)
  useEffect(() => {
    nextRequest.current = kind && result ? { kind, pictures: result } : null
    if (!nextRequest.current || asking.current) return
    asking.current = true
    const count = async () => {
      // While playing, pictures come faster than they are counted: each time the newest is.
      for (let now = nextRequest.current; now; now = nextRequest.current) {
        const next = await engine.scope(now.kind)
        setScopeCounts({ kind: now.kind, counts: next })
        if (nextRequest.current === now) return
      }
    }
    count()
      .catch((error: unknown) => console.warn('The scope could not be counted:', error))
      .finally(() => {
        asking.current = false
      })
  }, [engine, kind, result])
  return scopeCounts?.kind === kind ? scopeCounts.counts : none
}

export function Scopes() {
  const { viewerSettings, preview } = useEditor()
  const kind = useStore(viewerSettings, (state) => state.scope)
  const comparing = useStore(viewerSettings, (state) => state.mode !== 'single')
  const labels = useStore(preview, (state) => state.labels)
  const counts = useCounts(kind)
  const canvas = useRef<HTMLCanvasElement>(null)
  const visibleCounts = comparing ? counts : counts.slice(0, 1)
  // biome-ignore lint/correctness/useExhaustiveDependencies: `drawn` is a part of `counts`.
  useEffect(() => {
    const context = canvas.current?.getContext('2d')
    if (kind && context) drawScope(context, kind, visibleCounts)
  }, [kind, counts, comparing])
  if (!kind) return null
  const { width, height } = scopeSize[kind]
  return (
    <section className="scopes" aria-label={words.names[kind]} data-pictures={visibleCounts.length}>
      <header>
        <div className="segments">
          {scopeKinds.map((one) => (
            <button
              key={one}
              type="button"
              aria-pressed={one === kind}
              onClick={() => viewerSettings.setState({ scope: one })}
            >
              {words.names[one]}
            </button>
          ))}
        </div>
        <button
          type="button"
          className="icon-button tiny"
          aria-label={text.common.close}
          onClick={() => viewerSettings.setState({ scope: null })}
        >
          <X size={13} aria-hidden />
        </button>
      </header>
      <canvas
        ref={canvas}
        width={width}
        height={height}
        role="img"
        aria-label={words.of(kind, labels[0] ?? 'A', visibleCounts.length > 1 ? (labels[1] ?? 'B') : null)}
      />
      {visibleCounts.length > 1 && (
        <footer>
          <span className="scope-key a">{words.key('A', labels[0] ?? '')}</span>
          <span className="scope-key b">{words.key('B', labels[1] ?? '')}</span>
        </footer>
      )}
    </section>
  )
}
