/** The list to choose what is looked at. */
import { useId } from 'react'
import { useStore } from 'zustand'
import { useEditor } from '../editor.ts'
import { Choice } from '../inspector/Choice.tsx'
import { text } from '../text/text.ts'
import { keyOf, outputOf, usePictureOutputs } from './picture-outputs.ts'

const words = text.viewer.output

const automatic = 'automatic'

export function OutputChoice() {
  const { preview } = useEditor()
  const output = useStore(preview, (state) => state.chosenOutput)
  const view = useStore(preview, (state) => state.view)
  const labelId = useId()
  const { label, options } = usePictureOutputs()
  const currentLabel = view ? (label(output ?? view) ?? null) : null
  const result = currentLabel && !output ? words.resultOf(currentLabel) : words.result
  return (
    <div className="output-choice">
      <span id={labelId} className="visually-hidden">
        {words.label}
      </span>
      <Choice
        labelId={labelId}
        value={output && view ? keyOf(output) : automatic}
        valueText={output && currentLabel ? currentLabel : result}
        options={() => [{ value: automatic, label: result }, ...options()]}
        onChange={(value) => preview.choose(value === automatic ? null : outputOf(value))}
      />
    </div>
  )
}
