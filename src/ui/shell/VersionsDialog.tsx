/** Earlier versions of what was worked on in this browser, to be brought back. */
import { Dialog } from 'radix-ui'
import { useEffect, useState } from 'react'
import { useStore } from 'zustand'
import { useEditor } from '../editor.ts'
import type { Version } from '../versions.ts'
import { DialogHead } from './DialogHead.tsx'

export function VersionsDialog() {
  const { view } = useEditor()
  const open = useStore(view, (state) => state.dialog === 'versions')
  return (
    <Dialog.Root open={open} onOpenChange={(next) => view.setState({ dialog: next ? 'versions' : null })}>
      <Dialog.Portal>
        <Dialog.Overlay className="scrim" />
        <Dialog.Content className="dialog" aria-describedby={undefined}>
          <DialogHead title="Earlier versions" />
          <VersionList />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

type Found = { readonly versions: readonly Version[] } | { readonly failure: string } | null

function VersionList() {
  const { commands, view } = useEditor()
  const [found, setFound] = useState<Found>(null)
  useEffect(() => {
    let wanted = true
    commands
      .versions()
      .then((versions) => wanted && setFound({ versions }))
      .catch((error: unknown) => {
        const failure = error instanceof Error ? error.message : String(error)
        if (wanted) setFound({ failure })
      })
    return () => {
      wanted = false
    }
  }, [commands])
  return (
    <div className="dialog-body">
      <p className="muted">
        This browser notes the graph when you first change it, about once a minute while you go on, and before another
        takes its place.
      </p>
      {found && 'failure' in found && (
        <p className="problem" data-severity="error">
          The browser’s storage cannot be read: {found.failure}. Save graphs to files meanwhile.
        </p>
      )}
      {found && 'versions' in found && found.versions.length === 0 && (
        <p className="problem-none">Nothing has been changed in this browser yet.</p>
      )}
      {found && 'versions' in found && (
        <ul className="missing-list version-list" aria-label="Versions">
          {found.versions.map((version) => (
            <li key={version.id}>
              <div>
                <strong>{version.title}</strong>
                <span className="muted">
                  {new Date(version.at).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' })}
                  {` · ${version.nodes} ${version.nodes === 1 ? 'node' : 'nodes'}`}
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
                  Bring back
                </button>
              </div>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
