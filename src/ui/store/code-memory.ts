/** Which code a person wrote or allowed in this browser: known again by its SHA-256. */
import { recall, remember } from './view.ts'

const key = 'framewright/allowed-code'
/** Texts of a person's own that are remembered; the oldest go first. */
const maxRemembered = 500

const hashPattern = /^[0-9a-f]{64}$/

export const remembered = (): string[] => (recall(key) ?? '').split(' ').filter((hash) => hashPattern.test(hash))

export async function hashOf(code: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(code))
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

export async function memorize(codes: readonly string[], isAllowed: boolean): Promise<void> {
  const hashes = await Promise.all(codes.map(hashOf))
  const others = remembered().filter((hash) => !hashes.includes(hash))
  remember(key, (isAllowed ? [...others, ...hashes] : others).slice(-maxRemembered).join(' '))
}
