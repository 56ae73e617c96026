/** English in the parts that are fetched when they are first wanted. */
import { exportDialog } from './en/dialogs/export.ts'
import { help } from './en/dialogs/help.ts'
import { recipesDialog } from './en/dialogs/recipes.ts'
import { tour } from './en/dialogs/tour.ts'
import { versions } from './en/dialogs/versions.ts'

export const enDialogs = { export: exportDialog, help, recipes: recipesDialog, tour, versions }
