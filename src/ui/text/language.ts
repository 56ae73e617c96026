/**
 * Which language the editor speaks. Every place that takes its words by `inUse` must have them in each language that
 * stands here, so TypeScript names what a new one still lacks.
 */

/** BCP 47 tags: `Intl` is asked by them, too. */
export type Language = 'en'

/** The one in use. */
export const language: Language = 'en'

/**
 * What a translation of `T` must give: the same names and the same questions (a number of nodes, a file's name), and
 * any words for an answer.
 */
export type Words<T> = T extends string
  ? string
  : T extends (...args: infer Args) => string
    ? (...args: Args) => string
    : { readonly [Name in keyof T]: Words<T[Name]> }

/** The words of the language in use. */
export const inUse = <T>(languages: Readonly<Record<Language, T>>): T => languages[language]
