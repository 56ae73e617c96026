/** The browser's composition root: starts the engine, and hands it to the editor. */
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import '@xyflow/react/dist/base.css'
import './ui/style/tokens.css'
import './ui/style/base.css'
import './ui/style/floating.css'
import './ui/style/shell.css'
import './ui/style/palette.css'
import './ui/style/status-bar.css'
import './ui/style/shortcuts.css'
import './ui/style/canvas.css'
import './ui/style/card-ports.css'
import './ui/style/card-settings.css'
import './ui/style/cards.css'
import './ui/style/breadcrumbs.css'
import './ui/style/wires.css'
import './ui/style/adding.css'
import './ui/style/marks.css'
import './ui/style/viewer.css'
import './ui/style/comparing.css'
import './ui/style/check.css'
import './ui/style/instruments.css'
import './ui/style/thumbnails.css'
import './ui/style/time-panel.css'
import './ui/style/region.css'
import './ui/style/settings.css'
import './ui/style/inspector.css'
import './ui/style/key-frames.css'
import './ui/style/model-chooser.css'
import './ui/style/problem-list.css'
import './ui/style/subgraph-panel.css'
import './ui/style/export.css'
import './ui/style/sharing.css'
import './ui/style/code.css'
import './ui/style/tour.css'
import { connectEngine } from './engine/door/client.ts'
import { specs } from './nodes/registry.ts'
import { keepForOffline } from './offline/register.ts'
import { App } from './ui/App.tsx'
import { createEditor } from './ui/create-editor.ts'

const root = document.getElementById('root')
if (!root) throw new Error('index.html has no element #root.')
const editor = createEditor(connectEngine(), specs)
createRoot(root).render(
  <StrictMode>
    <App editor={editor} />
  </StrictMode>,
)

// The files to store are many: they wait until the first picture, or what stands in its way, is shown.
const waiting = editor.preview.subscribe(({ result, problems }) => {
  if (!result && problems.length === 0) return
  waiting()
  keepForOffline()
})
