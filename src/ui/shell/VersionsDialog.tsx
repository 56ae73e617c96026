/** Earlier versions of what was worked on in this browser, to be brought back. */

import * as Dialog from 'radix-ui/dialog'
import { useEffect, useState } from 'react'
import { useStore } from 'zustand'
import { messageOf } from '../../graph/document/coded-error.ts'
import { useEditor } from '../editor.ts'
import type { Version } from '../files/earlier-versions.ts'
import { DialogHead } from '../kit/DialogHead.tsx'
import { dialogText } from '../text/dialogs.ts'
import { moment } from '../text/format.ts'
import { DialogContent } from './DialogContent.tsx'

const words = dialogText.versions

export function VersionsDialog() {
  const { view } = useEditor()
  const open = useStore(view, (state) => state.dialog === 'versions')
  return (
    <Dialog.Root open={open} onOpenChange={(next) => view.setState({ dialog: next ? 'versions' : null })}>
      <DialogContent>
        <DialogHead title={words.title} />
        <VersionList />
      </DialogContent>
    </Dialog.Root>
  )
}

type VersionsOutcome = { readonly versions: readonly Version[] } | { readonly failure: string } | null

function VersionList() {
  const { commands, view } = useEditor()
  const [outcome, setOutcome] = useState<VersionsOutcome>(null)
  useEffect(() => {
    let isMounted = true
    commands
      .versions()
      .then((versions) => isMounted && setOutcome({ versions }))
      .catch((error: unknown) => {
        const failure = messageOf(error)
        if (isMounted) setOutcome({ failure })
      })
    return () => {
      isMounted = false
    }
  }, [commands])
  return (
    <div className="dialog-body">
      <p className="muted">{words.explained}</p>
      {outcome && 'failure' in outcome && (
        <p className="problem" data-severity="error">
          {words.unreadable(outcome.failure)}
        </p>
      )}
      {outcome && 'versions' in outcome && outcome.versions.length === 0 && (
        <p className="problem-none">{words.none}</p>
      )}
      {outcome && 'versions' in outcome && (
        <ul className="missing-list version-list" aria-label={words.list}>
          {outcome.versions.map((version) => (
            <li key={version.id}>
              <div>
                <strong>{version.title}</strong>
                <span className="muted">
                  {moment(version.at, 'medium')}
                  {` · ${words.nodes(version.nodes)}`}
                  {version.label && ` · ${version.label}`}
                </span>
              </div>
              <div className="missing-actions">
                <button
                  type="button"
                  className="button"
                  onClick={() => {
                    view.setState({ dialog: null })
                    commands.bringBack(version)
                  }}
                >
                  {words.bringBack}
                </button>
              </div>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
