/** The text field in which code is written: CodeMirror, with the compiler's word in its gutter. */
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap, indentWithTab, toggleComment } from '@codemirror/commands'
import { bracketMatching, indentOnInput } from '@codemirror/language'
import { type Diagnostic, lintGutter, lintKeymap, setDiagnostics } from '@codemirror/lint'
import { Compartment, EditorState } from '@codemirror/state'
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
} from '@codemirror/view'
import type { CodePlace } from '../../graph/document/problems.ts'
import { computingWords, statementWords } from '../../graph/node/wgsl-words.ts'
import { wgsl } from './wgsl-language.ts'

export interface CodeMistake {
  readonly place: CodePlace
  readonly message: string
}

export interface CodeEditor {
  readonly text: string
  /** Another text in place of the one that is there, such as by an undo. */
  setText(text: string): void
  setReadOnly(readOnly: boolean): void
  showMistake(mistake: CodeMistake | null): void
  close(): void
}

interface CodeEditorOptions {
  readonly parent: HTMLElement
  readonly text: string
  /** Read aloud. */
  readonly label: string
  readonly describedBy: string
  readonly names: readonly string[]
  readonly readOnly: boolean
  onChange(text: string): void
  /** The focus has left it. */
  onLeave(): void
}

/** Of the word at the place, else of the line. */
function rangeAt(state: EditorState, { line, column }: CodePlace): { from: number; to: number } {
  const { from, to } = state.doc.line(Math.min(state.doc.lines, Math.max(1, line)))
  const at = Math.min(to, from + Math.max(0, column - 1))
  const word = state.wordAt(at)
  if (word) return { from: word.from, to: word.to }
  return at < to ? { from: at, to: at + 1 } : { from, to }
}

export function openCodeEditor(options: CodeEditorOptions): CodeEditor {
  const names = new Set(options.names)
  const editable = new Compartment()
  const locked = (readOnly: boolean) => [EditorState.readOnly.of(readOnly), EditorView.editable.of(!readOnly)]
  const completions = [
    ...options.names.map((label) => ({ label, type: 'variable', boost: 1 })),
    ...[...computingWords].map((label) => ({ label, type: 'function' })),
    ...[...statementWords].map((label) => ({ label, type: 'keyword' })),
  ]
  let isSetting = false
  const view = new EditorView({
    parent: options.parent,
    state: EditorState.create({
      doc: options.text,
      extensions: [
        lineNumbers(),
        highlightActiveLine(),
        highlightActiveLineGutter(),
        lintGutter(),
        history(),
        drawSelection(),
        indentOnInput(),
        bracketMatching(),
        closeBrackets(),
        autocompletion({
          override: [
            (context) => {
              const word = context.matchBefore(/[A-Za-z_]\w*/)
              return word && (word.to - word.from > 1 || context.explicit)
                ? { from: word.from, options: completions }
                : null
            },
          ],
        }),
        keymap.of([
          { key: 'Mod-/', run: toggleComment },
          ...closeBracketsKeymap,
          ...defaultKeymap,
          ...historyKeymap,
          ...completionKeymap,
          ...lintKeymap,
          indentWithTab,
        ]),
        wgsl(names),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ 'aria-label': options.label, 'aria-describedby': options.describedBy }),
        editable.of(locked(options.readOnly)),
        EditorView.updateListener.of((update) => {
          if (update.docChanged && !isSetting) options.onChange(update.state.doc.toString())
          if (update.focusChanged && !update.view.hasFocus) options.onLeave()
        }),
      ],
    }),
  })
  return {
    get text() {
      return view.state.doc.toString()
    },
    setText(text) {
      if (text === view.state.doc.toString()) return
      isSetting = true
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } })
      isSetting = false
    },
    setReadOnly: (readOnly) => view.dispatch({ effects: editable.reconfigure(locked(readOnly)) }),
    showMistake(mistake) {
      const diagnostics: Diagnostic[] = mistake
        ? [{ ...rangeAt(view.state, mistake.place), severity: 'error', message: mistake.message }]
        : []
      view.dispatch(setDiagnostics(view.state, diagnostics))
    },
    close: () => view.destroy(),
  }
}
