/**
 * A graph in a link: the text of its file, deflated, in base64url behind the `#`, which browsers never send to the
 * server. Length and checksum of the packed text stand before it, so that a link that was cut short can be told from
 * one that was altered, and neither is taken for a graph.
 *
 *     #graph=1.<length, base 36>.<FNV-1a of the packed text, base 36>.<packed text>
 */
import type { Problem } from '../../graph/document/problems.ts'
import { TextBound } from '../../graph/file/bounded-text.ts'
import { text } from '../text/text.ts'

const words = text.sharing.link

const key = 'graph'
/** Of the form above; a reader knows this one and all before it. */
const version = 1

/** Characters of a link beyond which mail, chats and some servers begin to cut. */
export const safeLength = 8000

export type UnpackedLink =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly problem: Problem }

const refuse = (message: string, hint: string, code: Problem['code'] = 'bad-file'): UnpackedLink => ({
  ok: false,
  problem: { code, severity: 'error', message, hint },
})

/** FNV-1a, 32 bits (Fowler, Noll, Vo), of ASCII text. */
function checksum(text: string): string {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return (hash >>> 0).toString(36)
}

function toBase64Url(bytes: Uint8Array): string {
  let binary = ''
  for (let at = 0; at < bytes.length; at += 8192) binary += String.fromCharCode(...bytes.subarray(at, at + 8192))
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
}

const fromBase64Url = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (character) => character.charCodeAt(0))

async function deflate(text: string): Promise<Uint8Array> {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream('deflate-raw'))
  return new Uint8Array(await new Response(stream).arrayBuffer())
}

/** `null`: there was more than a graph may have; a few kilobytes can be made to unfold into gigabytes. */
async function inflate(bytes: Uint8Array<ArrayBuffer>): Promise<string | null> {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'))
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  const textBound = new TextBound()
  const parts: string[] = []
  const reader = stream.getReader()
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    const part = decoder.decode(next.value, { stream: true })
    if (textBound.add(part)) {
      await reader.cancel()
      return null
    }
    parts.push(part)
  }
  parts.push(decoder.decode())
  return parts.join('')
}

/** @returns the fragment, `#` included, that carries `text`. */
export async function packFragment(text: string): Promise<string> {
  const packedText = toBase64Url(await deflate(text))
  return `#${key}=${version}.${packedText.length.toString(36)}.${checksum(packedText)}.${packedText}`
}

/** Whether the fragment means to be a graph; one that is cut or garbled does as well. */
export const isGraphFragment = (fragment: string): boolean => fragment.startsWith(`#${key}=`)

/** The text that a fragment carries. Never rejects, whatever the fragment. */
export async function unpackFragment(fragment: string): Promise<UnpackedLink> {
  const notOurs = () => refuse(words.notOurs, words.askAgain)
  const cutShort = () => refuse(words.cut, words.cutHint)
  if (!isGraphFragment(fragment)) return notOurs()
  const body = fragment.slice(key.length + 2)
  const head = /^([0-9]{1,6})\.(.*)$/s.exec(body)
  // Also what is left of a link that was cut within its first characters.
  if (!head) return /^[0-9]{0,6}$/.test(body) ? cutShort() : notOurs()
  const linkVersion = Number(head[1])
  if (linkVersion > version) return refuse(words.newer(linkVersion, version), words.newerHint, 'newer-version')
  const parts = /^([0-9a-z]{1,7})\.([0-9a-z]{1,7})\.([\w-]*)(.*)$/s.exec(head[2] ?? '')
  if (linkVersion < 1 || !parts)
    return linkVersion >= 1 && /^[0-9a-z]*(\.[0-9a-z]*)?$/.test(head[2] ?? '') ? cutShort() : notOurs()
  const [, length = '', sum = '', packedText = '', trailing = ''] = parts
  const expectedLength = Number.parseInt(length, 36)
  if (packedText.length < expectedLength && trailing === '') return cutShort()
  // What a chat or a mail program put behind the link, such as a full stop, is not of it.
  const whole = packedText.slice(0, expectedLength)
  const altered = () => refuse(words.altered, words.askAgain)
  if (whole.length !== expectedLength || checksum(whole) !== sum) return altered()
  try {
    const inside = await inflate(fromBase64Url(whole))
    return inside === null ? refuse(words.tooMuch, words.tooMuchHint) : { ok: true, text: inside }
  } catch (error) {
    console.warn('A link has the right checksum but cannot be unpacked:', error)
    return altered()
  }
}
