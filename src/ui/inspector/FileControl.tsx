/** Picks a file of a kind that needs no more than its name and what it is: by click or by dropping one on it. */
import { FilePlus2, FileText } from 'lucide-react'
import { useRef, useState } from 'react'
import { useStore } from 'zustand'
import { acceptOf } from '../../assets/asset.ts'
import { assets, describeAsset, kindOfName } from '../../assets/assets.ts'
import type { AssetParam } from '../../graph/node/params.ts'
import { useEditor } from '../editor.ts'
import { FileInput } from '../kit/FileInput.tsx'
import { assetRef } from '../kit/value-text.ts'
import { knownAsset } from '../store/facts-store.ts'
import { text } from '../text/text.ts'
import type { ControlProps } from './control.ts'
import { DropSection } from './DropSection.tsx'

const words = text.inspector.file

export function FileControl({ labelId, value, set, param }: ControlProps<AssetParam>) {
  const { facts, commands, view } = useEditor()
  const field = useRef<HTMLInputElement>(null)
  const [reading, setReading] = useState(false)
  const kind = param.asset
  const declaration = assets[kind]
  const ref = assetRef(value)
  const state = useStore(facts, (state) => (ref ? knownAsset(state.assets, kind, ref) : undefined))

  const take = async (files: readonly File[]) => {
    setReading(true)
    const newRef = await commands.register(kind, files)
    setReading(false)
    if (newRef) set({ ...newRef })
  }
  const onDrop = (transfer: DataTransfer) => {
    const droppedFiles = [...transfer.files]
    const fileOfKind = droppedFiles.find((file) => kindOfName(file.name) === kind)
    if (fileOfKind) void take([fileOfKind])
    else
      view.toast({
        tone: 'error',
        message: words.otherKind(droppedFiles[0]?.name ?? ''),
        hint: declaration.words.choose,
      })
  }
  const lines = state?.state === 'known' ? describeAsset(kind, state.facts) : []
  return (
    <DropSection labelId={labelId} onDrop={onDrop}>
      <button type="button" className="media-drop" onClick={() => field.current?.click()}>
        {ref ? <FileText size={20} aria-hidden /> : <FilePlus2 size={20} aria-hidden />}
        <span className="media-text">
          <strong>{ref?.id ?? declaration.words.choose}</strong>
          {reading || state?.state === 'asking' ? (
            <span>{words.reading}</span>
          ) : state?.state === 'failed' ? (
            <span className="error-text">{state.problems[0]?.message}</span>
          ) : ref ? (
            lines.map((line) => <span key={line}>{line}</span>)
          ) : (
            <span>{words.drop}</span>
          )}
        </span>
      </button>
      <FileInput
        ref={field}
        accept={acceptOf(declaration)}
        multiple={declaration.several}
        label={declaration.words.choose}
        onFiles={take}
      />
    </DropSection>
  )
}
