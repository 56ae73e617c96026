/** A few steps for the first visit: each waits until the person has done it, and the last leaves a changed picture. */
import { X } from 'lucide-react'
import * as Popover from 'radix-ui/popover'
import { useEffect, useEffectEvent, useState } from 'react'
import { useStore } from 'zustand'
import { titleOfCommand } from '../commands/command-table.ts'
import { keysOf } from '../commands/key-names.ts'
import { type Editor, useEditor } from '../editor.ts'
import { keepTakenFocus } from '../kit/focus-back.ts'
import { dialogText } from '../text/dialogs.ts'
import { text } from '../text/text.ts'
import { endTour } from './tour-memory.ts'
import { tourSteps } from './tour-steps.ts'

const words = dialogText.tour

/** Milliseconds between looks for what is pointed at: it may come, go and move. */
const lookEvery = 200

/** Marks what `selector` finds, and tells of it. */
function useTarget(selector: string | undefined): Element | null {
  const [target, setTarget] = useState<Element | null>(null)
  useEffect(() => {
    let markedElement: Element | null = null
    const look = () => {
      const element = selector === undefined ? null : document.querySelector(selector)
      if (element === markedElement) return
      markedElement?.removeAttribute('data-toured')
      element?.setAttribute('data-toured', '')
      markedElement = element
      setTarget(element)
    }
    look()
    const timer = setInterval(look, lookEvery)
    return () => {
      clearInterval(timer)
      markedElement?.removeAttribute('data-toured')
    }
  }, [selector])
  return target
}

/** Calls `look` whenever something changes that a step may wait for. */
function useChanges({ document, viewerSettings, preview, view }: Editor, look: () => void) {
  const changed = useEffectEvent(look)
  useEffect(() => {
    const ends = [document, viewerSettings, preview, view].map((store) => store.subscribe(changed))
    return () => {
      for (const end of ends) end()
    }
  }, [document, viewerSettings, preview, view])
}

export function Tour() {
  const editor = useEditor()
  const [steps] = useState(() => tourSteps(editor))
  const [at, setAt] = useState(0)
  const step = steps[at]
  const target = useTarget(step?.target ?? '.viewer-stage')
  // A dialog has the word while it is open.
  const busy = useStore(editor.view, (state) => state.dialog !== null)
  const close = () => endTour(editor.view)
  useChanges(editor, () => {
    if (step?.done(editor)) setAt(at + 1)
  })
  useEffect(() => {
    if (steps.length === 0) {
      endTour(editor.view)
      editor.view.toast({
        tone: 'info',
        message: words.noModel,
      })
    }
  }, [steps, editor])
  if (steps.length === 0 || !target || busy) return null
  const anchor = { current: { getBoundingClientRect: () => target.getBoundingClientRect() } }
  return (
    <Popover.Root open>
      <Popover.Anchor virtualRef={anchor} />
      <Popover.Portal>
        <Popover.Content
          onCloseAutoFocus={keepTakenFocus}
          // A new place for each step.
          key={at}
          className="tour"
          aria-label={step ? words.step(at + 1, steps.length) : words.end}
          side={step ? 'bottom' : 'top'}
          align={step ? 'center' : 'start'}
          sideOffset={step ? 10 : -160}
          alignOffset={16}
          collisionPadding={12}
          onOpenAutoFocus={(event) => event.preventDefault()}
          onEscapeKeyDown={(event) => {
            event.preventDefault()
            // Outside the card, Escape has other meanings.
            if (event.target instanceof Element && event.target.closest('.tour')) close()
          }}
        >
          <div aria-live="polite">
            <h2>{step ? step.title : words.yours.title}</h2>
            <p>{step?.text ?? words.yours.text(keysOf('edit.undo') ?? titleOfCommand('edit.undo'))}</p>
          </div>
          <footer>
            {step ? (
              <>
                <span className="tour-dots" aria-hidden>
                  {steps.map(({ title }, i) => (
                    <i key={title} data-state={i < at ? 'done' : i === at ? 'now' : 'next'} />
                  ))}
                </span>
                <button type="button" className="button" onClick={() => step.show(editor)}>
                  {words.doIt}
                </button>
              </>
            ) : (
              <>
                <button
                  type="button"
                  className="button"
                  onClick={() => {
                    close()
                    editor.commands.run('file.recipes')
                  }}
                >
                  {words.recipes}
                </button>
                <button type="button" className="button primary" onClick={close}>
                  {text.common.done}
                </button>
              </>
            )}
          </footer>
          <button type="button" className="icon-button tiny tour-close" aria-label={words.close} onClick={close}>
            <X size={14} aria-hidden />
          </button>
          <Popover.Arrow className="tour-arrow" width={14} height={7} />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  )
}
