/** The whole window: look and tune above, build below. */
import { ReactFlowProvider } from '@xyflow/react'
import * as Tabs from 'radix-ui/tabs'
import * as Tooltip from 'radix-ui/tooltip'
import { Suspense, useEffect, useState } from 'react'
import { useStore } from 'zustand'
import { Canvas } from './canvas/Canvas.tsx'
import { keymap } from './commands/keymap.ts'
import { listenToKeys } from './commands/listen-to-keys.ts'
import { type Editor, EditorContext, useEditor } from './editor.ts'
import { Inspector } from './inspector/Inspector.tsx'
import { lazyPart } from './kit/lazy-part.tsx'
import { Splitter } from './kit/Splitter.tsx'
import { Palette } from './palette/Palette.tsx'
import { DropZone } from './shell/DropZone.tsx'
import { Later } from './shell/Later.tsx'
import { StatusBar } from './shell/StatusBar.tsx'
import { PanelToasts } from './shell/Toasts.tsx'
import { TopBar } from './shell/TopBar.tsx'
import { type DialogName, recall, remember, type SidePanel, type ViewState } from './store/view.ts'
import { text } from './text/text.ts'
import { Viewer } from './viewer/Viewer.tsx'

const exportDialog = async () => (await import('./export/ExportDialog.tsx')).ExportDialog
const shortcutsDialog = async () => (await import('./shell/ShortcutsDialog.tsx')).ShortcutsDialog
const commandPalette = async () => (await import('./shell/CommandPalette.tsx')).CommandPalette
const versionsDialog = async () => (await import('./shell/VersionsDialog.tsx')).VersionsDialog
const missingDialog = async () => (await import('./sharing/MissingDialog.tsx')).MissingDialog
const codeDialog = async () => (await import('./sharing/CodeDialog.tsx')).CodeDialog
const recipesDialog = async () => (await import('./sharing/RecipesDialog.tsx')).RecipesDialog

const ProblemList = lazyPart(async () => (await import('./problems/ProblemList.tsx')).ProblemList)
const CheckPanel = lazyPart(async () => (await import('./check/CheckPanel.tsx')).CheckPanel)

const tour = async () => (await import('./tour/Tour.tsx')).Tour

const dialog =
  (name: DialogName) =>
  (state: ViewState): boolean =>
    state.dialog === name
const dialogs = {
  export: dialog('export'),
  shortcuts: dialog('shortcuts'),
  commands: dialog('commands'),
  recipes: dialog('recipes'),
  missing: dialog('missing'),
  code: dialog('code'),
  versions: dialog('versions'),
  tour: ({ touring }: ViewState): boolean => touring,
}

export function App({ editor }: { editor: Editor }) {
  useEffect(() => listenToKeys(editor), [editor])
  useEffect(() => {
    void editor.start()
  }, [editor])
  return (
    <EditorContext value={editor}>
      <Tooltip.Provider delayDuration={500}>
        <ReactFlowProvider>
          <Window />
        </ReactFlowProvider>
      </Tooltip.Provider>
    </EditorContext>
  )
}

/** Follows the system's theme unless the person chose one. */
function useTheme() {
  const { view } = useEditor()
  const theme = useStore(view, (state) => state.theme)
  useEffect(() => {
    const light = window.matchMedia('(prefers-color-scheme: light)')
    const apply = () => {
      document.documentElement.dataset.theme = theme === 'system' ? (light.matches ? 'light' : 'dark') : theme
    }
    apply()
    light.addEventListener('change', apply)
    return () => light.removeEventListener('change', apply)
  }, [theme])
}

const sizesKey = 'framewright/sizes'
interface Sizes {
  /** Part of the window's height that the viewer has. */
  readonly viewer: number
  /** Width of the panel beside the viewer, pixels. */
  readonly panel: number
}
const usualSizes: Sizes = { viewer: 0.55, panel: 320 }

function recalledSizes(): Sizes {
  const [viewer, panel] = (recall(sizesKey) ?? '').split(' ').map(Number)
  return {
    viewer: viewer && viewer > 0.1 && viewer < 0.9 ? viewer : usualSizes.viewer,
    panel: panel && panel >= 240 && panel <= 640 ? panel : usualSizes.panel,
  }
}

function useWindowSize() {
  const [size, setSize] = useState({ width: window.innerWidth, height: window.innerHeight })
  useEffect(() => {
    const onResize = () => setSize({ width: window.innerWidth, height: window.innerHeight })
    window.addEventListener('resize', onResize)
    return () => window.removeEventListener('resize', onResize)
  }, [])
  return size
}

function Window() {
  useTheme()
  // Every hint of a key is read anew when the person sets one.
  useStore(keymap)
  const { width, height } = useWindowSize()
  const [sizes, setSizes] = useState(recalledSizes)
  const resize = (next: Sizes) => {
    setSizes(next)
    remember(sizesKey, `${next.viewer.toFixed(4)} ${next.panel}`)
  }
  // The graph keeps 280 pixels; in a low window (a zoom of 200 % makes one) both parts give way.
  const maxTop = height - Math.min(280, Math.round(height * 0.42))
  const top = Math.round(Math.min(maxTop, Math.max(220, sizes.viewer * height)))
  const panel = Math.min(sizes.panel, Math.max(264, Math.round(width * 0.27)))
  return (
    <div className="window">
      <TopBar />
      <main className="work">
        <div className="upper" style={{ height: top }}>
          <Viewer />
          <Splitter
            direction="column"
            label={text.shell.panels.width}
            value={panel}
            min={240}
            max={Math.min(640, width - 400)}
            onChange={(next) => resize({ ...sizes, panel: next })}
          />
          <SidePanels width={panel} />
        </div>
        <Splitter
          direction="row"
          label={text.shell.panels.viewerHeight}
          value={top}
          min={220}
          max={maxTop}
          onChange={(next) => resize({ ...sizes, viewer: next / height })}
        />
        <div className="lower">
          <Palette />
          <Canvas />
        </div>
      </main>
      <StatusBar />
      <Later when={dialogs.export} load={exportDialog} />
      <Later when={dialogs.shortcuts} load={shortcutsDialog} />
      <Later when={dialogs.commands} load={commandPalette} />
      <Later when={dialogs.recipes} load={recipesDialog} />
      <Later when={dialogs.versions} load={versionsDialog} />
      <Later when={dialogs.tour} load={tour} />
      <Later when={dialogs.missing} load={missingDialog} />
      <Later when={dialogs.code} load={codeDialog} />
      <DropZone />
    </div>
  )
}

function SidePanels({ width }: { width: number }) {
  const { view, derived } = useEditor()
  const panel = useStore(view, (state) => state.sidePanel)
  const handedType = useStore(view, (state) => state.draggedWireType)
  const count = useStore(derived, (state) => state.problems.length)
  const errors = useStore(derived, (state) => state.problems.some((problem) => problem.severity === 'error'))
  return (
    <Tabs.Root
      className="side"
      data-hand={handedType ?? undefined}
      style={{ width }}
      value={panel}
      onValueChange={(value) => view.setState({ sidePanel: value as SidePanel })}
    >
      <Tabs.List className="side-tabs" aria-label={text.shell.panels.label}>
        <Tabs.Trigger value="node">{text.shell.panels.settings}</Tabs.Trigger>
        <Tabs.Trigger value="problems">
          {text.shell.panels.problems}
          {count > 0 && (
            <span className="count" data-tone={errors ? 'error' : 'warning'}>
              {count}
            </span>
          )}
        </Tabs.Trigger>
        <Tabs.Trigger value="check">{text.shell.panels.check}</Tabs.Trigger>
      </Tabs.List>
      <Tabs.Content className="side-content" value="node" tabIndex={-1}>
        <Inspector />
      </Tabs.Content>
      <Tabs.Content className="side-content" value="problems" tabIndex={-1}>
        <Suspense fallback={null}>
          <ProblemList />
        </Suspense>
      </Tabs.Content>
      <Tabs.Content className="side-content" value="check" tabIndex={-1}>
        <Suspense fallback={null}>
          <CheckPanel />
        </Suspense>
      </Tabs.Content>
      <PanelToasts />
    </Tabs.Root>
  )
}
