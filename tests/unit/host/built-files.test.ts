/** What is counted as the first paint's, and what is stored for use without a network, of a made-up build. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { firstPaint } from '../../../src/host/first-paint.ts'
import { offlineFiles } from '../../../src/host/offline-files.ts'

let dist: string
beforeEach(() => {
  dist = mkdtempSync(join(tmpdir(), 'framewright-dist-'))
})
afterEach(() => rmSync(dist, { recursive: true, force: true }))

function put(file: string, text: string): void {
  mkdirSync(dirname(join(dist, file)), { recursive: true })
  writeFileSync(join(dist, file), text)
}

test('the first paint is what the page names and imports, and nothing that is imported later', () => {
  put(
    'index.html',
    '<script type="module" src="./assets/editor-1.js"></script><link rel="modulepreload" href="./assets/named-1.js"><link rel="stylesheet" href="./assets/style-1.css">',
  )
  put(
    'assets/editor-1.js',
    'import{a}from"./shared-1.js";import"./bare-1.js";export*from"./again-1.js";import("./later-1.js")',
  )
  for (const file of ['named-1.js', 'shared-1.js', 'bare-1.js', 'again-1.js', 'later-1.js']) put(`assets/${file}`, '0')
  const { scripts, bytes } = firstPaint(dist)
  expect(scripts.map(({ file }) => file).sort()).toEqual(
    ['again', 'bare', 'editor', 'named', 'shared'].map((name) => `assets/${name}-1.js`),
  )
  expect(bytes).toBe(scripts.reduce((sum, script) => sum + script.bytes, 0))
  put('assets/shared-1.js', Array.from({ length: 5000 }, (_, index) => `f${index}(${index * 7919})`).join(';'))
  expect(firstPaint(dist).bytes).toBeGreaterThan(bytes + 5000)
})

test('a page without a script is no build', () => {
  put('index.html', '<p>nothing</p>')
  expect(() => firstPaint(dist)).toThrow('names no script')
})

test('stores what the editor needs, by content where the name does not tell it', () => {
  for (const file of [
    'index.html',
    'headless.html',
    'service-worker.js',
    '.stamp',
    'assets/editor-1.js',
    // A script of that name may be one that the engine begins with.
    'assets/ffmpeg-core-1.js',
    'assets/ffmpeg-core-1.wasm',
    'models/catalog.json',
    'models/added/large.onnx',
  ])
    put(file, file)
  const { now, later } = offlineFiles(dist)
  expect(now.map(({ url }) => url)).toEqual([
    'assets/editor-1.js',
    'assets/ffmpeg-core-1.js',
    'index.html',
    'models/catalog.json',
  ])
  expect(later).toEqual(['assets/ffmpeg-core-1.wasm'])
  expect(now[0]?.revision).toBeNull()
  const [before] = now.filter(({ url }) => url === 'index.html')
  put('index.html', 'changed')
  const [after] = offlineFiles(dist).now.filter(({ url }) => url === 'index.html')
  expect(after?.revision).not.toBe(before?.revision)
})
