import { Dialog } from 'radix-ui'
import { useStore } from 'zustand'
import { useEditor } from '../editor.ts'
import { keyText, shortcuts } from '../shortcuts.ts'
import { DialogHead } from './DialogHead.tsx'

const groups = ['Graph', 'Edit', 'Viewer', 'File and help'] as const

const withMouse = [
  ['Double-click the canvas', 'Add a node there'],
  ['Drag from a port into space', 'Add a node that fits, wired'],
  ['Drop a node onto a wire', 'Put it into the wire'],
  ['Drag the end of a wire', 'Wire it elsewhere; let go in space to remove it'],
  ['Double-click a node', 'Show it in the viewer'],
  ['Shift and drag on the canvas', 'Select everything in a box'],
  ['Wheel over the picture', 'Zoom; drag to move, double-click to fit'],
] as const

export function ShortcutsDialog() {
  const { view } = useEditor()
  const open = useStore(view, (state) => state.dialog === 'shortcuts')
  return (
    <Dialog.Root open={open} onOpenChange={(next) => view.setState({ dialog: next ? 'shortcuts' : null })}>
      <Dialog.Portal>
        <Dialog.Overlay className="scrim" />
        <Dialog.Content className="dialog wide" aria-describedby={undefined}>
          <DialogHead title="Keys and gestures" />
          <div className="dialog-body shortcut-groups">
            {groups.map((group) => (
              <section key={group}>
                <h3>{group}</h3>
                <dl>
                  {shortcuts
                    .filter((shortcut) => shortcut.group === group)
                    .map((shortcut) => (
                      <div key={shortcut.command}>
                        <dt>{shortcut.title}</dt>
                        <dd>
                          {shortcut.keys.map((key) => (
                            <kbd key={key}>{keyText(key)}</kbd>
                          ))}
                        </dd>
                      </div>
                    ))}
                </dl>
              </section>
            ))}
            <section className="gestures">
              <h3>With the mouse</h3>
              <dl>
                {withMouse.map(([gesture, does]) => (
                  <div key={gesture}>
                    <dt>{gesture}</dt>
                    <dd>{does}</dd>
                  </div>
                ))}
              </dl>
            </section>
          </div>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  )
}
