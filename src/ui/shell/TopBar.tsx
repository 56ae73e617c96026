/** The bar at the top: files, history, the graph's name, and the way out: Export. */
import { Check, ChevronDown, CircleHelp, Monitor, Moon, Plus, Redo2, Sun, Undo2, Upload } from 'lucide-react'
import * as DropdownMenu from 'radix-ui/dropdown-menu'
import { Fragment } from 'react'
import { useStore } from 'zustand'
import { type CommandName, titleOfCommand } from '../commands/command-table.ts'
import { keysOf } from '../commands/key-names.ts'
import { editMenu, fileMenu } from '../commands/menus.ts'
import { useEditor } from '../editor.ts'
import { quickRecipes } from '../files/shipped-recipes.ts'
import { IconButton } from '../kit/IconButton.tsx'
import { MenuContent } from '../kit/MenuContent.tsx'
import type { ThemeChoice } from '../store/view.ts'
import { text } from '../text/text.ts'
import { CommandItem } from './CommandItem.tsx'
import { HistoryList } from './HistoryList.tsx'

const { bar, edit, file, history, theme } = text.shell

const Items = ({ commands }: { commands: readonly CommandName[] }) =>
  commands.map((command) => <CommandItem key={command} command={command} />)

function FileMenu() {
  const { commands } = useEditor()
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger asChild>
        <button type="button" className="button plain">
          {file.menu}
          <ChevronDown size={13} aria-hidden />
        </button>
      </DropdownMenu.Trigger>
      <MenuContent align="start">
        <Items commands={fileMenu.graph} />
        <div className="menu-line" />
        <DropdownMenu.Label className="menu-label">{file.recipes}</DropdownMenu.Label>
        {quickRecipes.map((recipe) => (
          <DropdownMenu.Item
            key={recipe.name}
            className="menu-item"
            onSelect={() => void commands.openShipped(recipe.name)}
          >
            {recipe.title}
          </DropdownMenu.Item>
        ))}
        <Items commands={fileMenu.recipes} />
        <UnsavedGraphs />
        <div className="menu-line" />
        <Items commands={fileMenu.out} />
      </MenuContent>
    </DropdownMenu.Root>
  )
}

/** Graphs of other tabs or earlier visits that were never saved to a file. */
function UnsavedGraphs() {
  const { commands } = useEditor()
  const graphs = commands.unsavedGraphs()
  if (graphs.length === 0) return null
  return (
    <>
      <DropdownMenu.Label className="menu-label">{file.kept}</DropdownMenu.Label>
      {graphs.slice(0, 6).map((entry) => (
        <DropdownMenu.Item key={entry.key} className="menu-item" onSelect={() => commands.openUnsaved(entry.key)}>
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
          {edit.menu}
          <ChevronDown size={13} aria-hidden />
        </button>
      </DropdownMenu.Trigger>
      <MenuContent align="start">
        {editMenu.map((section, n) => (
          <Fragment key={section[0]}>
            {n > 0 && <div className="menu-line" />}
            <Items commands={section} />
          </Fragment>
        ))}
      </MenuContent>
    </DropdownMenu.Root>
  )
}

const themes: readonly { value: ThemeChoice; label: string; icon: typeof Sun }[] = [
  { value: 'system', label: theme.system, icon: Monitor },
  { value: 'dark', label: theme.dark, icon: Moon },
  { value: 'light', label: theme.light, icon: Sun },
]

function ThemeMenu() {
  const { view } = useEditor()
  const themeChoice = useStore(view, (state) => state.theme)
  const Current = themes.find((one) => one.value === themeChoice)?.icon ?? Monitor
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger asChild>
        <button type="button" className="icon-button" aria-label={theme.menu} title={theme.menu}>
          <Current size={16} aria-hidden />
        </button>
      </DropdownMenu.Trigger>
      <MenuContent align="end">
        <DropdownMenu.RadioGroup value={themeChoice} onValueChange={(value) => view.setTheme(value as ThemeChoice)}>
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
      </MenuContent>
    </DropdownMenu.Root>
  )
}

function HistoryButtons() {
  const { document, commands } = useEditor()
  const undo = useStore(document, (state) => state.undoLabel)
  const redo = useStore(document, (state) => state.redoLabel)
  return (
    <>
      <IconButton
        label={titleOfCommand('edit.undo')}
        tip={undo === null ? history.nothingToUndo : history.undo(undo)}
        keys={keysOf('edit.undo')}
        aria-disabled={undo === null}
        onClick={() => commands.run('edit.undo')}
      >
        <Undo2 size={16} aria-hidden />
      </IconButton>
      <IconButton
        label={titleOfCommand('edit.redo')}
        tip={redo === null ? history.nothingToRedo : history.redo(redo)}
        keys={keysOf('edit.redo')}
        aria-disabled={redo === null}
        onClick={() => commands.run('edit.redo')}
      >
        <Redo2 size={16} aria-hidden />
      </IconButton>
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
        <span>{text.common.product}</span>
      </h1>
      <nav className="menus" aria-label={bar.menus}>
        <FileMenu />
        <EditMenu />
      </nav>
      <div className="history-buttons">
        <HistoryButtons />
        <HistoryList />
      </div>
      <p className="document-title" title={unsaved ? bar.unsaved : bar.saved}>
        <span>{title}</span>
        {unsaved && <span className="unsaved">{bar.edited}</span>}
      </p>
      <div className="top-actions">
        <button type="button" className="button" onClick={() => commands.run('canvas.add')}>
          <Plus size={14} aria-hidden />
          {bar.addNode}
        </button>
        <ThemeMenu />
        <IconButton label={bar.keys} keys={keysOf('help.shortcuts')} onClick={() => commands.run('help.shortcuts')}>
          <CircleHelp size={16} aria-hidden />
        </IconButton>
        <button type="button" className="button primary" onClick={() => commands.run('file.export')}>
          <Upload size={14} aria-hidden />
          {bar.export}
        </button>
      </div>
    </header>
  )
}
