/** The benchmark's page, built like the app and beside it, so that nothing of it is in what ships. */
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'
import app from '../vite.config.ts'

export default defineConfig({
  ...app,
  root: fileURLToPath(new URL('.', import.meta.url)),
  publicDir: fileURLToPath(new URL('../public', import.meta.url)),
  // Those of the app find what the editor needs for its first paint and without a network.
  plugins: [],
  build: { target: 'es2022', rolldownOptions: { input: fileURLToPath(new URL('bench.html', import.meta.url)) } },
})
