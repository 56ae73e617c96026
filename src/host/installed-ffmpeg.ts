/**
 * The ffmpeg of this machine: the one that `FRAMEWRIGHT_FFMPEG` names, else the first on the path. It is asked what it is
 * and what it can; nothing of it is taken for granted.
 */

import { execFile } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { messageOf } from '../graph/document/coded-error.ts'
import type { InstalledEncoder } from '../media/encoders/encoding.ts'
import { usage } from './command-failure.ts'

const execute = promisify(execFile)

export interface InstalledFfmpeg {
  readonly path: string
  /** As it tells: `7.1`, `5.1.9-0+deb12u1`. */
  readonly version: string
  /** Its encoders of pictures: by name, what it says of them. */
  readonly encoders: ReadonlyMap<string, string>
}

const runnable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

function pathOf(environment: NodeJS.ProcessEnv): string | undefined {
  const path = environment.FRAMEWRIGHT_FFMPEG
  if (path) {
    if (!runnable(path)) throw usage(`FRAMEWRIGHT_FFMPEG names ${path}, which cannot be run.`, 'Correct or unset it.')
    return path
  }
  const name = process.platform === 'win32' ? 'ffmpeg.exe' : 'ffmpeg'
  return (environment.PATH ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .find(runnable)
}

/** Seconds for ffmpeg to say something of itself. */
const patience = 20

async function outputOf(path: string, ...args: readonly string[]): Promise<string> {
  const { stdout } = await execute(path, ['-hide_banner', ...args], {
    timeout: patience * 1000,
    maxBuffer: 16 * 1024 * 1024,
  })
  return stdout
}

/** Of what `-encoders` prints the pictures' names, and what stands behind each. */
export function encodersIn(text: string): ReadonlyMap<string, string> {
  const lines = [...text.matchAll(/^ V[.A-Z]{5} (\S+) +(.*)$/gm)]
  // The legend above the list is of the same form.
  return new Map(lines.flatMap(([, name = '', about = '']) => (name === '=' ? [] : [[name, about.trim()] as const])))
}

/** `undefined` where there is none. Throws `CommandFailure` where it is there and does not work. */
export async function findFfmpeg(environment: NodeJS.ProcessEnv = process.env): Promise<InstalledFfmpeg | undefined> {
  const path = pathOf(environment)
  if (path === undefined) return undefined
  try {
    const version = /^ffmpeg version (\S+)/m.exec(await outputOf(path, '-version'))?.[1]
    if (version === undefined) throw new Error('it does not say which version it is')
    return { path, version, encoders: encodersIn(await outputOf(path, '-encoders')) }
  } catch (error) {
    const [line] = messageOf(error).split('\n')
    throw usage(`The ffmpeg at ${path} does not work (${line}).`, 'Repair it, or set FRAMEWRIGHT_FFMPEG to another.')
  }
}

/** Names that begin as `name` does, or share a part with it: for whoever mistyped one. */
export function near(name: string, names: Iterable<string>): readonly string[] {
  const lowerCase = name.toLowerCase()
  const alike = (encoder: string): number => {
    let bestCount = 0
    while (bestCount < encoder.length && encoder[bestCount] === lowerCase[bestCount]) bestCount += 1
    const sharedParts = lowerCase.split(/[^a-z0-9]+/).filter((part) => part.length > 2 && encoder.includes(part))
    return Math.max(bestCount, ...sharedParts.map((part) => part.length))
  }
  return [...names]
    .map((encoder) => ({ encoder, score: alike(encoder) }))
    .filter(({ score }) => score >= 4)
    .sort((a, b) => b.score - a.score)
    .slice(0, 5)
    .map(({ encoder }) => encoder)
}

/** What the encoder takes. Throws `CommandFailure` where this ffmpeg has none of that name, or there is no ffmpeg. */
export async function installedEncoder(ffmpeg: InstalledFfmpeg | undefined, name: string): Promise<InstalledEncoder> {
  if (!ffmpeg)
    throw usage(
      'Encode asks for an encoder of an installed ffmpeg, and there is none on this machine.',
      'Install ffmpeg, name it in FRAMEWRIGHT_FFMPEG, or choose another encoder: --set encode.encoder=ffmpeg is the built-in one.',
    )
  if (!ffmpeg.encoders.has(name)) {
    const names = near(name, ffmpeg.encoders.keys())
    throw usage(
      `ffmpeg ${ffmpeg.version} (${ffmpeg.path}) has no encoder “${name}”.`,
      names.length > 0
        ? `Did you mean ${names.join(', ')}? --list-encoders lists them all.`
        : '--list-encoders lists those it has.',
    )
  }
  const help = await outputOf(ffmpeg.path, '-h', `encoder=${name}`)
  const formats = /Supported pixel formats: (.*)/.exec(help)?.[1] ?? ''
  return { name, pixelFormats: formats.split(/\s+/).filter((one) => one !== '') }
}
