/** English in the parts that are fetched when they are first wanted. */

import { check } from './en/dialogs/check-words.ts'
import { codeDialog } from './en/dialogs/code-dialog-words.ts'
import { viewer } from './en/dialogs/comparison-words.ts'
import { exportDialog } from './en/dialogs/export-dialog-words.ts'
import { help } from './en/dialogs/help-words.ts'
import { lanes } from './en/dialogs/lane-words.ts'
import { recipesDialog } from './en/dialogs/recipes-dialog-words.ts'
import { tour } from './en/dialogs/tour-words.ts'
import { versions } from './en/dialogs/version-words.ts'

export const enDialogs = {
  check,
  code: codeDialog,
  export: exportDialog,
  help,
  lanes,
  recipes: recipesDialog,
  tour,
  versions,
  viewer,
}
