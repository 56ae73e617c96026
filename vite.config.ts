import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { stampPlugin } from './src/cli/build-stamp.ts'
import { isolationHeaders } from './src/cli/isolation-headers.ts'

export default defineConfig({
  base: './',
  plugins: [react(), stampPlugin()],
  worker: { format: 'es' },
  assetsInclude: ['**/*.onnx'],
  // These load their own WASM beside them by URL; pre-bundling would tear the two apart.
  optimizeDeps: { exclude: ['onnxruntime-web', '@ffmpeg/ffmpeg', '@ffmpeg/core'] },
  server: { headers: isolationHeaders },
  preview: { headers: isolationHeaders },
  build: {
    target: 'es2022',
    rolldownOptions: { input: { editor: 'index.html', headless: 'headless.html' } },
  },
})
