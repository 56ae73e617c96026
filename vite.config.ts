import { existsSync } from 'node:fs'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { stampPlugin } from './src/host/build-stamp.ts'
import { contentPolicyPlugin } from './src/host/content-policy.ts'
import { declarativeNodes, kernelParts } from './src/host/declarative-nodes.ts'
import { demuxerMend } from './src/host/demuxer-mend.ts'
import { firstChunks } from './src/host/first-chunk.ts'
import { firstPaintPlugin } from './src/host/first-paint.ts'
import { isolationHeaders } from './src/host/isolation-headers.ts'
import { offlinePlugin } from './src/host/offline-files.ts'

/** Found late, any of these would make the development server reload the page (and the tests that run in it). */
const prebundled = [
  '@bufbuild/protobuf',
  '@bufbuild/protobuf/codegenv2',
  '@codemirror/autocomplete',
  '@codemirror/commands',
  '@codemirror/language',
  '@codemirror/lint',
  '@codemirror/state',
  '@codemirror/view',
  '@dagrejs/dagre',
  '@lezer/highlight',
  '@xyflow/react',
  '@xyflow/system',
  'comlink',
  'fast-png',
  'geotiff',
  'idb',
  'immer',
  'lucide-react',
  'mediabunny',
  'radix-ui/context-menu',
  'radix-ui/dialog',
  'radix-ui/dropdown-menu',
  'radix-ui/popover',
  'radix-ui/radio-group',
  'radix-ui/select',
  'radix-ui/slider',
  'radix-ui/switch',
  'radix-ui/tabs',
  'radix-ui/toggle-group',
  'radix-ui/tooltip',
  'react-dom/client',
  'zod',
  'zod/mini',
  'zustand',
  'zustand/react/shallow',
  'zustand/vanilla',
]

export default defineConfig({
  base: './',
  // Models of this installation's own (`npm run models:add`). A fresh clone has none, and does not ask for any.
  define: { 'import.meta.env.ADDED_MODELS': existsSync(new URL('public/models/added/catalog.json', import.meta.url)) },
  plugins: [
    react(),
    declarativeNodes(),
    kernelParts(),
    demuxerMend(),
    contentPolicyPlugin(),
    firstPaintPlugin(),
    offlinePlugin(),
    stampPlugin(),
  ],
  worker: { format: 'es', plugins: () => [demuxerMend()] },
  assetsInclude: ['**/*.onnx'],
  // These load their own WASM beside them by URL; pre-bundling would tear the two apart.
  optimizeDeps: {
    include: prebundled,
    exclude: ['onnxruntime-web', '@ffmpeg/ffmpeg', '@ffmpeg/core'],
    rolldownOptions: { plugins: [demuxerMend()] },
  },
  server: { headers: isolationHeaders },
  preview: { headers: isolationHeaders },
  build: {
    target: 'es2022',
    rolldownOptions: {
      input: {
        editor: 'index.html',
        headless: 'headless.html',
        'service-worker': 'src/offline/service-worker.ts',
      },
      output: {
        codeSplitting: {
          groups: firstChunks('src/main.tsx', ['src/host/headless-page.ts', 'src/offline/service-worker.ts']),
        },
        // A service worker rules over the folder it lies in, and is found again by a name that stays.
        entryFileNames: ({ name }) => (name === 'service-worker' ? '[name].js' : 'assets/[name]-[hash].js'),
      },
    },
  },
})
