/** The words of what is fetched when it is first wanted. Only such parts may import this. */
import { enDialogs } from './en-dialogs.ts'
import { inUse, type Words } from './language.ts'

/** What a language must have words for; `en-dialogs.ts` is the measure. */
export type DialogText = Words<typeof enDialogs>

export const dialogText = inUse<DialogText>({ en: enDialogs })
