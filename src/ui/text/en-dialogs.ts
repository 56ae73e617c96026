/** English in the parts that are fetched when they are first wanted. */
import { exportDialog } from './en/dialogs/export.ts'
import { help } from './en/dialogs/help.ts'
import { looking } from './en/dialogs/looking.ts'
import { recipesDialog } from './en/dialogs/recipes.ts'
import { tour } from './en/dialogs/tour.ts'
import { versions } from './en/dialogs/versions.ts'

export const enDialogs = { export: exportDialog, help, looking, recipes: recipesDialog, tour, versions }
