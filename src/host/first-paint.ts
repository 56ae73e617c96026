/**
 * What a visitor's browser must load before the editor can be drawn: the scripts that `index.html` names and what
 * they import. The engine, models and codecs come after the first paint, in a worker, and are not counted.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Plugin } from 'vite'

/** Bytes, gzipped. */
export const firstPaintLimit = 350_000

export interface FirstPaint {
  readonly scripts: readonly { readonly file: string; readonly bytes: number }[]
  /** Bytes of all of them, each gzipped by itself as a server does. */
  readonly bytes: number
}

const attribute = (tag: string, name: string): string | undefined => tag.match(new RegExp(`\\s${name}="([^"]*)"`))?.[1]

/** Static imports and re-exports of a built module; dynamic ones have a bracket behind `import`. */
const staticImports = (code: string): string[] =>
  [...code.matchAll(/(?:\bfrom|\bimport)\s*["'](\.[^"']+\.js)["']/g)].flatMap(([, path]) => (path ? [path] : []))

/** Reads a built `dist`. Throws where its page names no script. */
export function firstPaint(dist: string): FirstPaint {
  const page = readFileSync(join(dist, 'index.html'), 'utf8')
  const urls = [...page.matchAll(/<(?:script|link)\b[^>]*>/g)].flatMap(([tag]) => {
    const file = tag.startsWith('<script')
      ? attribute(tag, 'src')
      : attribute(tag, 'rel') === 'modulepreload'
        ? attribute(tag, 'href')
        : undefined
    return file === undefined ? [] : [join('.', file)]
  })
  if (urls.length === 0) throw new Error(`${join(dist, 'index.html')} names no script; build the app again.`)
  const sizes = new Map<string, number>()
  const waiting = [...urls]
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (sizes.has(file)) continue
    const code = readFileSync(join(dist, file))
    sizes.set(file, gzipSync(code).byteLength)
    for (const path of staticImports(code.toString('utf8'))) waiting.push(join(file, '..', path))
  }
  const scripts = [...sizes].map(([file, bytes]) => ({ file, bytes })).sort((a, b) => b.bytes - a.bytes)
  return { scripts, bytes: scripts.reduce((sum, script) => sum + script.bytes, 0) }
}

const kilobytes = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB`

export const firstPaintReport = ({ scripts, bytes }: FirstPaint): string =>
  [
    `JavaScript for the first paint: ${kilobytes(bytes)} gzipped, of ${kilobytes(firstPaintLimit)} allowed`,
    ...scripts.map((script) => `  ${kilobytes(script.bytes).padStart(9)}  ${script.file}`),
  ].join('\n')

/** Says at the end of a build what the first paint takes. */
export function firstPaintPlugin(): Plugin {
  let dist = ''
  return {
    name: 'framewright-first-paint',
    apply: 'build',
    writeBundle: {
      sequential: true,
      order: 'post',
      handler(options) {
        dist = options.dir ?? ''
      },
    },
    closeBundle() {
      // A build that failed, and that of a worker inside it, has no page.
      if (dist) this.info(firstPaintReport(firstPaint(dist)))
      dist = ''
    },
  }
}
