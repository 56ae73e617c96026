/** English, and with it the measure of what every other language must say. One area of the editor to a file. */
import { canvas } from './en/canvas-words.ts'
import { code } from './en/code-words.ts'
import { commands } from './en/command-words.ts'
import { common } from './en/common-words.ts'
import { edits } from './en/edit-words.ts'
import { exporting } from './en/export-words.ts'
import { files } from './en/file-words.ts'
import { inspector } from './en/inspector-words.ts'
import { keys } from './en/key-words.ts'
import { missing } from './en/missing-part-words.ts'
import { palette } from './en/palette-words.ts'
import { problems } from './en/problem-words.ts'
import { recipes } from './en/recipe-words.ts'
import { sharing } from './en/sharing-words.ts'
import { shell } from './en/shell-words.ts'
import { subgraphs } from './en/subgraph-words.ts'
import { values } from './en/value-words.ts'
import { viewer } from './en/viewer-words.ts'

export const en = {
  canvas,
  code,
  commands,
  common,
  edits,
  exporting,
  files,
  inspector,
  keys,
  missing,
  palette,
  problems,
  recipes,
  sharing,
  shell,
  subgraphs,
  values,
  viewer,
}
