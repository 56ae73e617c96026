/** Picks a video, a picture or the pictures of a sequence: by click or by dropping files on it. */
import { Clapperboard, FileVideo, FolderOpen, ImagePlus } from 'lucide-react'
import { useRef, useState } from 'react'
import { useStore } from 'zustand'
import { acceptOf } from '../../assets/asset.ts'
import { assets } from '../../assets/assets.ts'
import type { MediaFacts } from '../../graph/node/facts.ts'
import type { AssetParam } from '../../graph/node/params.ts'
import { useEditor } from '../editor.ts'
import { type Dropped, droppedFiles, ofFolder } from '../files/dropped-files.ts'
import { FileInput } from '../kit/FileInput.tsx'
import { Tip } from '../kit/Tip.tsx'
import { assetRef, timecode } from '../kit/value-text.ts'
import { knownAsset } from '../store/facts-store.ts'
import { number } from '../text/format.ts'
import { text } from '../text/text.ts'
import type { ControlProps } from './control.ts'
import { DropSection } from './DropSection.tsx'

const words = text.inspector.media

const { sample } = assets.media

const facts = (media: MediaFacts): string =>
  [
    `${media.width} × ${media.height}`,
    media.kind === 'image' ? words.still : words.rate(number(media.frameRate, 3, 0)),
    media.kind === 'image' ? null : (media.counting ? words.aboutFrames : words.frames)(media.frameCount),
    media.kind === 'image' ? null : timecode(media.duration),
  ]
    .filter((part) => part !== null)
    .join(' · ')

const streams = (media: MediaFacts): string =>
  [media.container, media.codec, media.audio ? words.sound(media.audio.codec.toUpperCase()) : words.noSound]
    .filter((part) => part !== '')
    .join(' · ')

export function MediaControl({ labelId, value, set }: ControlProps<AssetParam>) {
  const { facts: factsStore, commands, view } = useEditor()
  const files = useRef<HTMLInputElement>(null)
  const folder = useRef<HTMLInputElement>(null)
  const [reading, setReading] = useState(false)
  const ref = assetRef(value)
  const state = useStore(factsStore, (state) => (ref ? knownAsset(state.assets, 'media', ref) : undefined))

  const take = async ({ files: clips, problems }: Dropped) => {
    for (const { message, hint } of problems) view.toast({ tone: 'error', message, hint })
    if (clips.length === 0) return
    setReading(true)
    const newRef = await commands.register('media', clips)
    setReading(false)
    if (newRef) set({ ...newRef })
  }
  const takeFolder = (folderFiles: readonly File[]) => {
    const [name = ''] = folderFiles[0]?.webkitRelativePath.split('/') ?? []
    // What lies in folders within is not meant.
    return take(
      ofFolder(
        name,
        folderFiles.filter((file) => file.webkitRelativePath.split('/').length <= 2),
      ),
    )
  }
  const onDrop = (transfer: DataTransfer) => {
    void droppedFiles(transfer).then(take)
  }
  const name = ref?.id.replace(/^samples\//, '')
  return (
    <DropSection labelId={labelId} onDrop={onDrop}>
      <button type="button" className="media-drop" onClick={() => files.current?.click()}>
        {ref ? <FileVideo size={20} aria-hidden /> : <ImagePlus size={20} aria-hidden />}
        <span className="media-text">
          <strong>{name ?? words.choose}</strong>
          {reading || state?.state === 'asking' ? (
            <span>{words.reading}</span>
          ) : state?.state === 'known' ? (
            <>
              <span>{facts(state.facts)}</span>
              <span>{streams(state.facts)}</span>
            </>
          ) : state?.state === 'failed' ? (
            <span className="error-text">{state.problems[0]?.message}</span>
          ) : (
            <span>{words.drop}</span>
          )}
        </span>
      </button>
      {state?.state === 'known' && state.facts.notes.length > 0 && (
        <ul className="media-notes">
          {state.facts.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
      <div className="media-actions">
        <button type="button" className="button" onClick={() => files.current?.click()}>
          {ref ? words.replace : words.chooseButton}
        </button>
        <Tip text={words.folderHint}>
          <button type="button" className="button" onClick={() => folder.current?.click()}>
            <FolderOpen size={14} aria-hidden />
            {words.folder}
          </button>
        </Tip>
        {sample && ref?.id !== sample.id && (
          <Tip text={words.sampleHint}>
            <button type="button" className="button" onClick={() => set({ id: sample.id })}>
              <Clapperboard size={14} aria-hidden />
              {words.sample}
            </button>
          </Tip>
        )}
      </div>
      <FileInput
        ref={files}
        multiple
        accept={acceptOf(assets.media)}
        onFiles={(clips) => take({ files: clips, problems: [] })}
      />
      <FileInput ref={folder} multiple folder onFiles={takeFolder} />
    </DropSection>
  )
}
