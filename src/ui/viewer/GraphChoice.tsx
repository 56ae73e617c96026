/** Which whole graph stands beside the open one: an earlier version, a recipe of the person's own or of the editor's, a file. */

import { FolderOpen } from 'lucide-react'
import * as Dialog from 'radix-ui/dialog'
import { useEffect, useRef, useState } from 'react'
import { messageOf } from '../../graph/document/coded-error.ts'
import type { GraphDocument } from '../../graph/document/document.ts'
import { useEditor } from '../editor.ts'
import type { Version } from '../files/earlier-versions.ts'
import { acceptedGraphs } from '../files/graph-reader.ts'
import { shippedGraphs } from '../files/shipped-recipes.ts'
import { DialogHead } from '../kit/DialogHead.tsx'
import { FileInput } from '../kit/FileInput.tsx'
import { DialogContent } from '../shell/DialogContent.tsx'
import { moment } from '../text/format.ts'
import { text } from '../text/text.ts'

const words = text.viewer.graphs

export interface ChosenGraph {
  readonly title: string
  readonly document: GraphDocument
}

interface GraphChoiceProps {
  readonly onChoose: (graph: ChosenGraph) => void
  readonly onClose: () => void
}

const when = (version: Version) => moment(version.at, 'medium')

export function GraphChoice({ onChoose, onClose }: GraphChoiceProps) {
  const { commands } = useEditor()
  const { ownRecipes } = commands.sharing
  const [recipes] = useState(() => ownRecipes.list())
  const [versions, setVersions] = useState<readonly Version[]>([])
  const [failure, setFailure] = useState<string | null>(null)
  const picker = useRef<HTMLInputElement>(null)
  useEffect(() => {
    let isMounted = true
    commands
      .versions()
      .then((list) => isMounted && setVersions(list))
      .catch((error: unknown) => isMounted && setFailure(messageOf(error)))
    return () => {
      isMounted = false
    }
  }, [commands])
  /** What cannot be read has been told of, and the list stays to choose another. */
  const take = (title: string, document: GraphDocument | null) => {
    if (document) onChoose({ title, document })
  }
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <DialogContent>
        <DialogHead title={words.title} />
        <div className="dialog-body graph-choice">
          <p className="muted">{words.explained}</p>
          <button type="button" className="button" onClick={() => picker.current?.click()}>
            <FolderOpen size={14} aria-hidden />
            {words.file}
          </button>
          <FileInput
            ref={picker}
            label={words.fileLabel}
            accept={acceptedGraphs}
            onFiles={async ([file]) => take(file.name, await commands.graphs.inFile(file))}
          />
          <h3>{words.recipes}</h3>
          <ul className="graph-list" aria-label={words.recipesLabel}>
            {shippedGraphs.map(({ name, title, purpose }) => (
              <li key={name}>
                <Entry
                  title={title}
                  about={purpose}
                  onClick={async () => take(title, await commands.graphs.shippedGraph(name))}
                />
              </li>
            ))}
          </ul>
          {recipes.length > 0 && (
            <>
              <h3>{words.own}</h3>
              <ul className="graph-list" aria-label={words.own}>
                {recipes.map(({ key, title, purpose, text: source }) => (
                  <li key={key}>
                    <Entry
                      title={title}
                      about={purpose}
                      onClick={() => take(title, commands.graphs.read(source, title))}
                    />
                  </li>
                ))}
              </ul>
            </>
          )}
          {versions.length > 0 && (
            <>
              <h3>{words.versions}</h3>
              <ul className="graph-list" aria-label={words.versions}>
                {versions.map((version) => (
                  <li key={version.id}>
                    <Entry
                      title={version.title}
                      about={words.version(when(version), version.label)}
                      onClick={() =>
                        take(
                          words.versionTitle(version.title, when(version)),
                          commands.graphs.read(version.text, version.title),
                        )
                      }
                    />
                  </li>
                ))}
              </ul>
            </>
          )}
          {failure && <p className="error-text">{words.versionsUnreadable(failure)}</p>}
        </div>
      </DialogContent>
    </Dialog.Root>
  )
}

function Entry({ title, about, onClick }: { title: string; about: string; onClick: () => void }) {
  return (
    <button type="button" className="graph-entry" onClick={onClick}>
      <strong>{title}</strong>
      <span className="muted">{about}</span>
    </button>
  )
}
