/** Which clips and which graphs: several of each make as many exports. */
import { X } from 'lucide-react'
import { useRef, useState } from 'react'
import { acceptOf } from '../../assets/asset.ts'
import { assets } from '../../assets/assets.ts'
import type { AssetRef } from '../../graph/node/params.ts'
import { useEditor } from '../editor.ts'
import { shippedGraphs } from '../files/shipped-recipes.ts'
import { FileInput } from '../kit/FileInput.tsx'
import { dialogText } from '../text/dialogs.ts'

const words = dialogText.export

interface BatchRowProps {
  /** The graph's own clip. */
  readonly ownName: string
  readonly clips: readonly AssetRef[]
  readonly recipes: ReadonlySet<string>
  readonly onClips: (clips: readonly AssetRef[]) => void
  readonly onRecipes: (recipes: ReadonlySet<string>) => void
}

export function BatchRow({ ownName, clips, recipes, onClips, onRecipes }: BatchRowProps) {
  const { commands } = useEditor()
  const files = useRef<HTMLInputElement>(null)
  const [reading, setReading] = useState(false)

  const read = async (newFiles: readonly File[]) => {
    setReading(true)
    const refs: AssetRef[] = []
    for (const file of newFiles) {
      const ref = await commands.register('media', [file])
      if (ref) refs.push(ref)
    }
    setReading(false)
    onClips([...clips.filter((clip) => !refs.some(({ id }) => id === clip.id)), ...refs])
  }

  return (
    <div className="form-row">
      <span>{words.clips.label}</span>
      <div className="batch">
        {clips.length === 0 ? (
          <p>{ownName}</p>
        ) : (
          <ul className="chips" aria-label={words.clips.list}>
            {clips.map((clip) => (
              <li key={clip.id}>
                <span className="ellipsis">{clip.id}</span>
                <button
                  type="button"
                  className="icon-button tiny"
                  aria-label={words.clips.leaveOut(clip.id)}
                  onClick={() => onClips(clips.filter((each) => each !== clip))}
                >
                  <X size={12} aria-hidden />
                </button>
              </li>
            ))}
          </ul>
        )}
        <button type="button" className="button" disabled={reading} onClick={() => files.current?.click()}>
          {reading ? words.clips.reading : clips.length > 0 ? words.clips.more : words.clips.other}
        </button>
        <FileInput ref={files} multiple accept={acceptOf(assets.media)} label={words.clips.list} onFiles={read} />
        <details className="more-graphs">
          <summary>{recipes.size > 0 ? words.recipes.some(recipes.size) : words.recipes.none}</summary>
          <ul>
            {shippedGraphs.map(({ name, title }) => (
              <li key={name}>
                <label>
                  <input
                    type="checkbox"
                    checked={recipes.has(name)}
                    onChange={(event) => {
                      const next = new Set(recipes)
                      if (event.target.checked) next.add(name)
                      else next.delete(name)
                      onRecipes(next)
                    }}
                  />
                  {title}
                </label>
              </li>
            ))}
          </ul>
        </details>
      </div>
    </div>
  )
}
