/** From what `--input` names to the files the browser is given: one video or picture, or a folder's pictures in order. */
import { accessSync, constants, type Dirent, readdirSync, statSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { CommandFailure, exitCodes, usage } from '../host/command-failure.ts'

const picture = /\.(png|jpe?g|webp|avif|bmp|gif)$/i

/** `frame-2` before `frame-10`: the order in which a person numbers pictures. */
const byNumber = new Intl.Collator('en', { numeric: true, sensitivity: 'base' })

export interface InputFiles {
  /** What a document calls it: the name of the file or folder. */
  readonly name: string
  readonly paths: readonly string[]
}

function picturesIn(folder: string): readonly string[] {
  const entries: Dirent[] = readdirSync(folder, { withFileTypes: true })
  return entries
    .filter((entry) => !entry.isDirectory() && !entry.name.startsWith('.') && picture.test(entry.name))
    .map((entry) => entry.name)
    .sort(byNumber.compare)
    .map((name) => join(folder, name))
}

/** Throws `CommandFailure`: 2 where there is no such file or it may not be read, 3 where a folder holds no picture. */
export function inputFiles(input: string): InputFiles {
  const path = resolve(input)
  const name = basename(path)
  try {
    if (statSync(path).isDirectory()) {
      const paths = picturesIn(path)
      if (paths.length === 0)
        throw new CommandFailure(
          exitCodes.media,
          `The folder ${input} holds no pictures.`,
          'Name a folder of PNG, JPEG, WebP, AVIF, BMP or GIF files, or a video.',
        )
      return { name, paths }
    }
    accessSync(path, constants.R_OK)
  } catch (error) {
    if (error instanceof CommandFailure) throw error
    const code = (error as NodeJS.ErrnoException).code
    throw code === 'ENOENT' || code === 'ENOTDIR'
      ? usage(`There is no file ${input}.`, 'Check its name and the folder you are in.')
      : usage(`${input} cannot be read (${code}).`, 'Check who may read it.')
  }
  return { name, paths: [path] }
}
