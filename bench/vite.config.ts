/** The benchmark's page, built like the app and beside it, so that nothing of it is in what ships. */
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'
import { demuxerMend } from '../src/host/demuxer-mend.ts'
import app from '../vite.config.ts'

export default defineConfig({
  ...app,
  root: fileURLToPath(new URL('.', import.meta.url)),
  publicDir: fileURLToPath(new URL('../public', import.meta.url)),
  // The app's others find what the editor needs for its first paint and without a network.
  plugins: [demuxerMend()],
  build: {
    target: 'es2022',
    rolldownOptions: {
      input: ['bench.html', 'damage.html', 'fuzz.html'].map((page) => fileURLToPath(new URL(page, import.meta.url))),
    },
  },
})
