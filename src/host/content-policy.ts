/**
 * What the built app may load and run: its own files, and nothing from anywhere else. It stands in the built pages, so
 * that it holds on any host, and our own server sends it as a header with every file, so that workers have it, too.
 *
 * - Runtimes of models and ffmpeg are WebAssembly: compiling that is allowed, evaluating text is not.
 * - Interface libraries set styles, and lay their own style elements beside ours.
 * - Pictures of the canvas, thumbnails and finished exports are blobs; icons are data.
 */
import type { Plugin } from 'vite'

const directives = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' blob: data:",
  "media-src 'self' blob:",
  "font-src 'self'",
  "connect-src 'self' blob: data:",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
]

/** For a page's own `meta`, where browsers heed neither frames around the page nor addresses for reports. */
const inPage = directives.join('; ')

/** For a header. @param reports the address that takes what a page was kept from */
export const contentPolicy = (reports?: string): string =>
  [...directives, "frame-ancestors 'none'", ...(reports === undefined ? [] : [`report-uri ${reports}`])].join('; ')

/** Puts the policy into the built pages. Development pages cannot have it: Vite puts scripts of its own into them. */
export function contentPolicyPlugin(): Plugin {
  return {
    name: 'framewright-content-policy',
    apply: 'build',
    transformIndexHtml: () => [
      {
        tag: 'meta',
        attrs: { 'http-equiv': 'Content-Security-Policy', content: inPage },
        injectTo: 'head-prepend',
      },
    ],
  }
}
