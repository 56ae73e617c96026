/** English, and with it the measure of what every other language must say. One area of the editor to a file. */
import { canvas } from './en/canvas.ts'
import { commands } from './en/commands.ts'
import { common } from './en/common.ts'
import { edits } from './en/edits.ts'
import { exporting } from './en/exporting.ts'
import { files } from './en/files.ts'
import { inspector } from './en/inspector.ts'
import { keys } from './en/keys.ts'
import { missing } from './en/missing.ts'
import { palette } from './en/palette.ts'
import { problems } from './en/problems.ts'
import { recipes } from './en/recipes.ts'
import { sharing } from './en/sharing.ts'
import { shell } from './en/shell.ts'
import { subgraphs } from './en/subgraphs.ts'
import { values } from './en/values.ts'
import { viewer } from './en/viewer.ts'

export const en = {
  canvas,
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
