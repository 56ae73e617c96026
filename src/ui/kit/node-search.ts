/** Finding a node or a recipe by what it is called, what kind it is, or what it fixes. */

import type { PortType } from '../../graph/node/ports.ts'
import type { NodeSpec, Specs } from '../../graph/node/spec.ts'
import type { LooseWire } from '../store/view.ts'
import { categories } from './categories.ts'

/** What may follow a keyword in what is typed: “flickering” means “flicker”, “upscaling” “upscale”, “noisy” “noise”. */
const endings = /^(e?s|y|ed|ing|ers?)$/
const inflects = (text: string, word: string): boolean => {
  const stem = text.replace(/e$/, '')
  return text.length > 3 && word.startsWith(stem) && endings.test(word.slice(stem.length))
}

/**
 * How well `word` fits `text`: 4 the beginning, 3 the beginning of a word, or the whole but for its ending, 2 inside,
 * 1 its letters in order, 0 not.
 */
function closeness(text: string, word: string): number {
  if (inflects(text, word)) return 3
  const at = text.indexOf(word)
  if (at === 0) return 4
  if (at > 0) return /[\s-]/.test(text[at - 1] ?? '') ? 3 : 2
  let matches = 0
  for (const letter of text) if (letter === word[matches]) matches += 1
  return matches === word.length && word.length > 1 ? 1 : 0
}

/** Of a word that begins the title. */
const bestOfWord = 16

function score(spec: NodeSpec, words: readonly string[]): number {
  // Measures are called after the faults they find; who types a fault wants it gone first, and measured second.
  const [titleWeight, share] = spec.category === 'measure' ? [2, 0.75] : [4, 1]
  let total = 0
  for (const word of words) {
    const title = closeness(spec.title.toLowerCase(), word) * titleWeight
    const keyword = Math.max(0, ...(spec.keywords ?? []).map((text) => closeness(text.toLowerCase(), word))) * 2
    const category = closeness(categories[spec.category].toLowerCase(), word)
    const summary = spec.summary.toLowerCase().includes(word) ? 1 : 0
    // Letters scattered over a keyword are chance, over a title they are an abbreviation.
    const best = Math.max(title, keyword > 2 ? keyword : 0, category > 1 ? category : 0, summary)
    if (best === 0) return 0
    total += best
  }
  // Whoever types a whole keyword of several words means just that.
  const phrase = words.length > 1 ? words.join(' ') : undefined
  const isSaid = phrase !== undefined && spec.keywords?.some((text) => text.toLowerCase() === phrase)
  return (isSaid ? words.length * bestOfWord : total) * share
}

/** The nodes that fit every word, best first; all of them, in their own order, for an empty query. */
export function searchNodes(specs: Iterable<NodeSpec>, query: string): readonly NodeSpec[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  const all = [...specs]
  if (words.length === 0) return all
  return all
    .map((spec) => ({ spec, score: score(spec, words) }))
    .filter((match) => match.score > 0)
    .sort((a, b) => b.score - a.score || a.spec.title.localeCompare(b.spec.title))
    .map((match) => match.spec)
}

/** The entries whose titles or words fit every word of the query, best first; all of them for an empty query. */
export function searchTexts<T extends { readonly title: string; readonly words?: readonly string[] }>(
  all: readonly T[],
  query: string,
): readonly T[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  const scoredEntries = all.map((entry) => {
    const each = words.map((word) => {
      const inTitle = closeness(entry.title.toLowerCase(), word) * 2
      const inWords = Math.max(0, ...(entry.words ?? []).map((text) => closeness(text.toLowerCase(), word)))
      return Math.max(inTitle, inWords > 1 ? inWords : 0)
    })
    return { entry, score: each.includes(0) ? -1 : each.reduce((sum, value) => sum + value, 0) }
  })
  // Of equals the shorter comes first, since more of it was typed.
  return scoredEntries
    .filter(({ score }) => score >= 0)
    .sort((a, b) => b.score - a.score || (words.length > 0 ? a.entry.title.length - b.entry.title.length : 0))
    .map(({ entry }) => entry)
}

/** Recipes by their titles, what they are for, and what people call that; none for an empty query. */
export function searchRecipes<
  T extends { readonly title: string; readonly purpose: string; readonly keywords?: readonly string[] },
>(recipes: readonly T[], query: string): readonly T[] {
  if (query.trim() === '') return []
  return searchTexts(
    recipes.map((recipe) => ({
      recipe,
      title: recipe.title,
      words: [...(recipe.keywords ?? []), ...recipe.purpose.split(/[\s,.:]+/)],
    })),
    query,
  ).map(({ recipe }) => recipe)
}

/** What to do about something that no node does, if that is what is typed; `entries` are the words for it. */
export function absentFor<T extends { readonly words: readonly string[] }>(
  entries: readonly T[],
  query: string,
): T | undefined {
  const queryText = query.trim().toLowerCase()
  const means = (word: string) =>
    word === queryText || inflects(word, queryText) || (queryText.length > 3 && word.startsWith(queryText))
  return entries.find(({ words }) => words.some(means))
}

/** The port of `spec` to which a loose wire of this type would go: its first of that type. */
export function fittingPort(spec: NodeSpec, type: PortType, side: LooseWire['side']): string | undefined {
  const ports = side === 'source' ? spec.inputs : spec.outputs
  return Object.entries(ports).find(([, port]) => port.type === type)?.[0]
}

/** In the order of the palette: by category, sources first and sinks last within one, then by title. */
export function inOrder(specs: Specs): readonly NodeSpec[] {
  const order = Object.keys(categories)
  const rank = (spec: NodeSpec) => (spec.kernel.kind === 'source' ? 0 : spec.kernel.kind === 'sink' ? 2 : 1)
  return [...specs.values()].sort(
    (a, b) =>
      order.indexOf(a.category) - order.indexOf(b.category) || rank(a) - rank(b) || a.title.localeCompare(b.title),
  )
}
