/**
 * What this machine's own server refuses before anything reads it: a request that is not one of a page served from
 * here. Whoever can reach the port may send anything, other pages in the same browser among them.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'

/**
 * Sent with every answer: no guessing of types, nothing for pages of other origins. What the app's own files may do, and
 * how memory is isolated, are other matters; see `content-policy.ts` and `isolation-headers.ts`.
 */
export const safetyHeaders = {
  'X-Content-Type-Options': 'nosniff',
  'Cross-Origin-Resource-Policy': 'same-origin',
}

/**
 * Whether a Host header names this machine. Of any port, since a tunnel or a container may have given this server another.
 * A name that somebody else points at this machine is not among them, so no page of theirs can pass for ours.
 */
function isLocal(host: string): boolean {
  const port = /^(?:127\.0\.0\.1|localhost)(?::(\d{1,5}))?$/i.exec(host)
  return port !== null && Number(port[1] ?? 80) <= 65_535
}

/**
 * Whether the target is a path that URL and file look-up read alike. `//[` would be an address with a broken host,
 * `http://…` one of another server.
 */
function isPath(target: string): boolean {
  if (!/^\/(?!\/)[^\\]*$/.test(target)) return false
  try {
    // Both throw on what only looks like a path.
    decodeURIComponent(new URL(target, 'http://localhost').pathname)
    return true
  } catch {
    return false
  }
}

/** Answers what is malformed, or meant for another host, with 400. @returns whether it did. */
export function refuseBadRequest(request: IncomingMessage, response: ServerResponse): boolean {
  const local = isLocal(request.headers.host ?? '')
  if (local && isPath(request.url ?? '')) return false
  response.writeHead(400, { ...safetyHeaders, 'Content-Type': 'text/plain', Connection: 'close' })
  response.end(local ? 'This address cannot be read.' : 'This server answers only to 127.0.0.1 and localhost.')
  return true
}

/** For a server's `clientError`: what is no HTTP at all, or has headers beyond all measure, is answered and cut off. */
export function refuseBadBytes(_error: Error, socket: Duplex): void {
  if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
  else socket.destroy()
}
