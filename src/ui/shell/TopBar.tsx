/** The bar at the top: files, history, the graph's name, and the way out: Export. */
import { Check, ChevronDown, CircleHelp, Monitor, Moon, Plus, Redo2, Sun, Undo2, Upload } from 'lucide-react'
import { DropdownMenu } from 'radix-ui'
import { useStore } from 'zustand'
import { useEditor } from '../editor.ts'
import { quickRecipes } from '../recipes.ts'
import { type CommandName, keysOf } from '../shortcuts.ts'
import type { ThemeChoice } from '../store/view.ts'
import { HistoryList } from './HistoryList.tsx'
import { Tip } from './Tip.tsx'

function Item({ command, children }: { command: CommandName; children: string }) {
  const { commands } = useEditor()
  return (
    <DropdownMenu.Item className="menu-item" onSelect={() => commands.run(command)}>
      {children}
      <span className="keys">{keysOf(command)}</span>
    </DropdownMenu.Item>
  )
}

function FileMenu() {
  const { commands } = useEditor()
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger asChild>
        <button type="button" className="button plain">
          File
          <ChevronDown size={13} aria-hidden />
        </button>
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" align="start" sideOffset={4}>
          <Item command="file.new">New graph</Item>
          <Item command="file.open">Open…</Item>
          <Item command="file.save">Save</Item>
          <Item command="file.link">Copy link</Item>
          <Item command="file.versions">Earlier versions…</Item>
          <div className="menu-line" />
          <DropdownMenu.Label className="menu-label">Recipes</DropdownMenu.Label>
          {quickRecipes.map((recipe) => (
            <DropdownMenu.Item
              key={recipe.name}
              className="menu-item"
              onSelect={() => void commands.openShipped(recipe.name)}
            >
              {recipe.title}
            </DropdownMenu.Item>
          ))}
          <Item command="file.recipes">All recipes…</Item>
          <Kept />
          <div className="menu-line" />
          <Item command="file.export">Export…</Item>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}

/** Graphs of other tabs or earlier visits that were never saved to a file. */
function Kept() {
  const { commands } = useEditor()
  const kept = commands.keptGraphs()
  if (kept.length === 0) return null
  return (
    <>
      <DropdownMenu.Label className="menu-label">Kept from earlier</DropdownMenu.Label>
      {kept.slice(0, 6).map((entry) => (
        <DropdownMenu.Item key={entry.key} className="menu-item" onSelect={() => commands.openKept(entry.key)}>
          <span className="ellipsis">{entry.title}</span>
          <span className="keys">{entry.when}</span>
        </DropdownMenu.Item>
      ))}
    </>
  )
}

function EditMenu() {
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger asChild>
        <button type="button" className="button plain">
          Edit
          <ChevronDown size={13} aria-hidden />
        </button>
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" align="start" sideOffset={4}>
          <Item command="edit.undo">Undo</Item>
          <Item command="edit.redo">Redo</Item>
          <div className="menu-line" />
          <Item command="edit.cut">Cut</Item>
          <Item command="edit.copy">Copy</Item>
          <Item command="edit.paste">Paste</Item>
          <Item command="edit.pasteWired">Paste with incoming wires</Item>
          <Item command="edit.duplicate">Duplicate</Item>
          <Item command="edit.duplicateLoose">Duplicate alone</Item>
          <Item command="edit.delete">Delete</Item>
          <Item command="edit.deleteLoose">Delete and leave a gap</Item>
          <Item command="edit.bypass">Bypass</Item>
          <Item command="edit.mute">Mute</Item>
          <Item command="edit.selectAll">Select all</Item>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}

const themes: readonly { value: ThemeChoice; label: string; icon: typeof Sun }[] = [
  { value: 'system', label: 'As the system', icon: Monitor },
  { value: 'dark', label: 'Dark', icon: Moon },
  { value: 'light', label: 'Light', icon: Sun },
]

function ThemeMenu() {
  const { view } = useEditor()
  const theme = useStore(view, (state) => state.theme)
  const Current = themes.find((one) => one.value === theme)?.icon ?? Monitor
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger asChild>
        <button type="button" className="icon-button" aria-label="Theme" title="Theme">
          <Current size={16} aria-hidden />
        </button>
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" align="end" sideOffset={4}>
          <DropdownMenu.RadioGroup value={theme} onValueChange={(value) => view.setTheme(value as ThemeChoice)}>
            {themes.map(({ value, label, icon: Icon }) => (
              <DropdownMenu.RadioItem key={value} value={value} className="menu-item">
                <Icon size={15} aria-hidden />
                {label}
                <DropdownMenu.ItemIndicator className="trailing">
                  <Check size={14} aria-hidden />
                </DropdownMenu.ItemIndicator>
              </DropdownMenu.RadioItem>
            ))}
          </DropdownMenu.RadioGroup>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}

function HistoryButtons() {
  const { document, commands } = useEditor()
  const undo = useStore(document, (state) => state.undoLabel)
  const redo = useStore(document, (state) => state.redoLabel)
  return (
    <>
      <Tip text={undo === null ? 'Nothing to undo' : `Undo: ${undo}`} keys={keysOf('edit.undo')}>
        <button
          type="button"
          className="icon-button"
          aria-label="Undo"
          aria-disabled={undo === null}
          onClick={() => commands.run('edit.undo')}
        >
          <Undo2 size={16} aria-hidden />
        </button>
      </Tip>
      <Tip text={redo === null ? 'Nothing to redo' : `Redo: ${redo}`} keys={keysOf('edit.redo')}>
        <button
          type="button"
          className="icon-button"
          aria-label="Redo"
          aria-disabled={redo === null}
          onClick={() => commands.run('edit.redo')}
        >
          <Redo2 size={16} aria-hidden />
        </button>
      </Tip>
    </>
  )
}

export function TopBar() {
  const { document, commands } = useEditor()
  const title = useStore(document, (state) => state.document.title)
  const unsaved = useStore(document, (state) => state.edited)
  return (
    <header className="top-bar">
      <h1 className="brand">
        <svg width="20" height="20" viewBox="0 0 20 20" aria-hidden>
          <path d="M3 17V3h14" fill="none" stroke="currentColor" strokeWidth="2.4" strokeLinecap="square" />
          <path d="M8 17V8h9" fill="none" stroke="var(--accent)" strokeWidth="2.4" strokeLinecap="square" />
        </svg>
        <span>Framewright</span>
      </h1>
      <nav className="menus" aria-label="Menus">
        <FileMenu />
        <EditMenu />
      </nav>
      <div className="history-buttons">
        <HistoryButtons />
        <HistoryList />
      </div>
      <p className="document-title" title={unsaved ? 'Not saved to a file yet' : 'Saved'}>
        <span>{title}</span>
        {unsaved && <span className="unsaved">edited</span>}
      </p>
      <div className="top-actions">
        <button type="button" className="button" onClick={() => commands.run('canvas.add')}>
          <Plus size={14} aria-hidden />
          Add node
        </button>
        <ThemeMenu />
        <Tip text="Keys and gestures" keys={keysOf('help.shortcuts')}>
          <button
            type="button"
            className="icon-button"
            aria-label="Keys and gestures"
            onClick={() => commands.run('help.shortcuts')}
          >
            <CircleHelp size={16} aria-hidden />
          </button>
        </Tip>
        <button type="button" className="button primary" onClick={() => commands.run('file.export')}>
          <Upload size={14} aria-hidden />
          Export
        </button>
      </div>
    </header>
  )
}
