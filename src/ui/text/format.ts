/** Numbers, dates and lists as the language in use writes them, and the plural that goes with a number. */
import { language } from './language.ts'

const numbers = new Map<string, Intl.NumberFormat>()

/** @param least and @param most digits after the decimal sign; thousands are not set apart */
export function number(value: number, maxDecimals = 0, minDecimals = maxDecimals): string {
  const key = `${minDecimals}/${maxDecimals}`
  const cached = numbers.get(key)
  const format =
    cached ??
    new Intl.NumberFormat(language, {
      minimumFractionDigits: minDecimals,
      maximumFractionDigits: maxDecimals,
      useGrouping: false,
    })
  if (!cached) numbers.set(key, format)
  return format.format(value)
}

const large = new Intl.NumberFormat(language)

/** A count that may be so large that thousands are set apart: 12,345. */
export const count = (value: number): string => large.format(value)

/** A moment to the minute, as the person's own system writes dates. @param at milliseconds since 1970 */
export const moment = (at: number, dateStyle: 'short' | 'medium'): string =>
  new Date(at).toLocaleString(undefined, { dateStyle, timeStyle: 'short' })

const enumeration = new Intl.ListFormat(language, { type: 'unit', style: 'short' })

/** “a, b, c”. */
export const list = (items: Iterable<string>): string => enumeration.format(items)

/**
 * Chooses the form that goes with a number, by the rules of `tag`: `const plural = plurals('en')`, and then
 * `plural(n, { one: 'node', other: 'nodes' })`. Languages with more forms name more of them.
 */
export function plurals(tag: string) {
  const rules = new Intl.PluralRules(tag)
  return (value: number, forms: Partial<Record<Intl.LDMLPluralRule, string>> & { readonly other: string }): string =>
    forms[rules.select(value)] ?? forms.other
}
