/**
 * All words a person reads in the editor before a dialog is fetched, in the language in use. Those of dialogs stand in
 * `dialogs.ts`, so that the first paint does not wait for them.
 */
import { en } from './en.ts'
import { inUse, type Words } from './language.ts'

/** What a language must have words for; `en.ts` is the measure. */
export type Text = Words<typeof en>

export const text = inUse<Text>({ en })
