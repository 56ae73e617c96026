/** A body of code: written in an editor of code, compiled as one writes, and put into the graph once it compiles. */
import { CircleAlert, CircleCheck, ShieldAlert } from 'lucide-react'
import { useEffect, useEffectEvent, useId, useRef, useState } from 'react'
import { useStore } from 'zustand'
import type { NodeRecord } from '../../graph/document/document.ts'
import { flatId, nodeAt } from '../../graph/document/levels.ts'
import { innermost, ownParam } from '../../graph/document/subgraph.ts'
import { codeFault } from '../../graph/node/code-guard.ts'
import type { CodeParam } from '../../graph/node/params.ts'
import { useEditor } from '../editor.ts'
import { dialogText } from '../text/dialogs.ts'
import { text } from '../text/text.ts'
import { type CodeEditor, type CodeMistake, openCodeEditor } from './code-editor.ts'
import type { ControlProps } from './control.ts'

const words = dialogText.code.editor

/** Milliseconds of rest after which what was written is compiled. */
const idleDelayMs = 350

/** The type of the node that has the code: one inside, where it stands on the card of a subgraph. */
function typeOf(record: NodeRecord, name: string): string {
  const { inside = [] } = innermost(record, name) ?? {}
  return inside.reduce<NodeRecord | undefined>((at, id) => at?.body?.nodes[id], record)?.type ?? record.type
}

/** The text as it stands in the graph, also where it is none that could run. */
const textOf = (record: NodeRecord | undefined, name: string, param: CodeParam): string => {
  const ownValue = record && ownParam(record, name)
  return typeof ownValue === 'string' ? ownValue : param.default
}

/** What is wrong with a text before and while it is compiled; `null`: nothing. */
function useMistakes(param: CodeParam, type: string): (code: string) => Promise<CodeMistake | null> {
  const { engine } = useEditor()
  return async (code) => {
    const fault = codeFault(param, code)
    if (fault) return fault
    const outcome = await engine.compileCode(type, code)
    if (outcome.ok) return null
    const [problem] = outcome.problems
    return { place: problem?.place ?? { line: 1, column: 1 }, message: problem?.message ?? '' }
  }
}

export function CodeControl(props: ControlProps<CodeParam>) {
  const { labelId, name, node, param } = props
  const { codeConsent, document, commands } = useEditor()
  const [flat] = useState(() => flatId(document.getState().path, node))
  const record = useStore(document, (state) => nodeAt(state.document, flat))
  const savedCode = textOf(record, name, param)
  const standing = useStore(codeConsent, () => codeConsent.standing(savedCode, param))
  const findMistake = useMistakes(param, record ? typeOf(record, name) : '')
  const field = useRef<HTMLDivElement>(null)
  const editor = useRef<CodeEditor | null>(null)
  const [mistake, setMistake] = useState<CodeMistake | null>(null)
  const [isChecked, setChecked] = useState(false)
  const waiting = useRef<number | undefined>(undefined)
  const keysId = useId()

  /** What a person has written is the person's own. */
  const commit = useEffectEvent((code: string) => {
    if (!record || code === savedCode || standing === 'foreign') return
    codeConsent.allow([code])
    commands.setParamOf(flat, name, code)
  })
  const check = useEffectEvent(async (code: string, isWritten: boolean) => {
    const firstMistake = await findMistake(code)
    // What was typed meanwhile has a check of its own.
    if (editor.current?.text !== code) return
    editor.current.showMistake(
      firstMistake && { ...firstMistake, message: words.problem(firstMistake.place.line, firstMistake.message) },
    )
    setMistake(firstMistake)
    setChecked(true)
    if (isWritten && !firstMistake) commit(code)
  })
  const onChange = useEffectEvent((code: string) => {
    window.clearTimeout(waiting.current)
    waiting.current = window.setTimeout(() => void check(code, true), idleDelayMs)
  })
  /** What is half written is kept as well: the graph then says what is wrong with it. */
  const keep = useEffectEvent(() => {
    window.clearTimeout(waiting.current)
    if (editor.current) commit(editor.current.text)
  })

  // biome-ignore lint/correctness/useExhaustiveDependencies: an editor to a node's param; what it holds comes below.
  useEffect(() => {
    if (!field.current) return
    const newEditor = openCodeEditor({
      parent: field.current,
      text: savedCode,
      label: param.label,
      describedBy: keysId,
      names: param.names,
      readOnly: standing === 'foreign',
      onChange,
      onLeave: keep,
    })
    editor.current = newEditor
    void check(savedCode, false)
    return () => {
      keep()
      editor.current = null
      newEditor.close()
    }
  }, [node, name, keysId])
  useEffect(() => {
    editor.current?.setText(savedCode)
    void check(savedCode, false)
  }, [savedCode])
  useEffect(() => editor.current?.setReadOnly(standing === 'foreign'), [standing])

  return (
    <fieldset className="code-control" aria-labelledby={labelId}>
      {standing !== 'allowed' && (
        <div className="code-standing" role="status">
          <ShieldAlert size={15} aria-hidden />
          <span>{words[standing]}</span>
          <button type="button" className="button" onClick={() => codeConsent.allow([savedCode])}>
            {standing === 'foreign' ? dialogText.code.allow : text.code.runAgain}
          </button>
        </div>
      )}
      <div ref={field} className="code-field" data-readonly={standing === 'foreign'} />
      <p id={keysId} className="visually-hidden">
        {words.keys}
      </p>
      {isChecked && standing === 'allowed' && (
        <p className="code-state" data-wrong={mistake !== null} role="status">
          {mistake ? <CircleAlert size={13} aria-hidden /> : <CircleCheck size={13} aria-hidden />}
          <span>
            {mistake ? words.problem(mistake.place.line, mistake.message) : words.runs}
            {mistake && <span className="hint">{words.notCommitted}</span>}
          </span>
        </p>
      )}
    </fieldset>
  )
}
