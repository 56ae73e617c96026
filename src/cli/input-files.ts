/** From what `--input` names to the files the browser is given: one video or picture, or a folder's pictures in order. */
import { accessSync, constants, type Dirent, readdirSync, statSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { CommandFailure, exitCodes, usage } from '../host/command-failure.ts'

const picture = /\.(a?png|jpe?g|webp|avif|bmp|gif|tiff?|exr)$/i

/** `frame-2` before `frame-10`: the order in which a person numbers pictures. */
const byNumber = new Intl.Collator('en', { numeric: true, sensitivity: 'base' })

export interface InputFiles {
  /** What a document calls it: the name of the file or folder. */
  readonly name: string
  readonly paths: readonly string[]
  /** Names of files in a folder that are no pictures. */
  readonly leftOut: readonly string[]
}

function picturesIn(folder: string): Omit<InputFiles, 'name'> {
  const entries: Dirent[] = readdirSync(folder, { withFileTypes: true })
  const names = entries
    .filter((entry) => !entry.isDirectory() && !entry.name.startsWith('.'))
    .map((entry) => entry.name)
    .sort(byNumber.compare)
  return {
    paths: names.filter((name) => picture.test(name)).map((name) => join(folder, name)),
    leftOut: names.filter((name) => !picture.test(name)),
  }
}

/** Names told one by one; of more, how many. */
const namesTold = 3

/** A sentence on what a folder holds beside its pictures; `undefined` where it holds no more. */
export function leftOutSentence({ name, leftOut }: InputFiles): string | undefined {
  if (leftOut.length === 0) return undefined
  const more = leftOut.length - namesTold
  const names = `${leftOut.slice(0, namesTold).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
  return `${name}: ${leftOut.length === 1 ? '1 file is not a readable picture and was' : `${leftOut.length} files are not readable pictures and were`} left out (${names}).`
}

/** Throws `CommandFailure`: 2 where there is no such file or it may not be read, 3 where a folder holds no picture. */
export function inputFiles(input: string): InputFiles {
  const path = resolve(input)
  const name = basename(path)
  try {
    if (statSync(path).isDirectory()) {
      const pictures = picturesIn(path)
      if (pictures.paths.length === 0)
        throw new CommandFailure(
          exitCodes.media,
          `The folder ${input} holds no pictures.`,
          'Name a folder of PNG, JPEG, WebP, AVIF, TIFF, EXR, BMP or GIF files, or a video.',
        )
      return { name, ...pictures }
    }
    accessSync(path, constants.R_OK)
  } catch (error) {
    if (error instanceof CommandFailure) throw error
    const code = (error as NodeJS.ErrnoException).code
    throw code === 'ENOENT' || code === 'ENOTDIR'
      ? usage(`There is no file ${input}.`, 'Check its name and the folder you are in.')
      : usage(`${input} cannot be read (${code}).`, 'Check its permissions.')
  }
  return { name, paths: [path], leftOut: [] }
}
