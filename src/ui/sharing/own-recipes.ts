/** Recipes of the person's own: graph files in the browser's storage, beside those that ship. */
import { text as words } from '../text/text.ts'

const prefix = 'framewright/recipe/1/'

export interface OwnRecipe {
  readonly key: string
  readonly title: string
  /** What it is for, in the person's words. */
  readonly purpose: string
  /** The text of a graph file. */
  readonly text: string
}

/** The part of `Storage` that is used; tests bring one that is full. */
export type Shelf = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>

export type Saved =
  | { readonly ok: true; readonly key: string }
  | { readonly ok: false; readonly message: string; readonly hint: string }

function parse(key: string, value: string | null): OwnRecipe | null {
  if (value === null) return null
  try {
    const record: unknown = JSON.parse(value)
    if (typeof record !== 'object' || record === null) return null
    const { title, purpose, text } = record as Partial<Record<keyof OwnRecipe, unknown>>
    if (typeof title !== 'string' || typeof purpose !== 'string' || typeof text !== 'string') return null
    return { key, title, purpose, text }
  } catch (error) {
    console.warn(`The recipe ${key} cannot be read:`, error)
    return null
  }
}

const isFull = (error: unknown): boolean => error instanceof DOMException && error.name === 'QuotaExceededError'

export function createOwnRecipes(shelf: () => Shelf = () => localStorage) {
  return {
    /** In the order of their titles; what cannot be read is left out, and left where it is. */
    list(): readonly OwnRecipe[] {
      try {
        const store = shelf()
        const keys = Array.from({ length: store.length }, (_, index) => store.key(index) ?? '')
        return keys
          .filter((key) => key.startsWith(prefix))
          .flatMap((key) => parse(key, store.getItem(key)) ?? [])
          .sort((a, b) => a.title.localeCompare(b.title) || (a.key < b.key ? -1 : 1))
      } catch (error) {
        console.warn('The browser’s storage cannot be read:', error)
        return []
      }
    },
    /** Takes the place of an own recipe of the same title. */
    save(recipe: Omit<OwnRecipe, 'key'>): Saved {
      const earlier = this.list().find(({ title }) => title === recipe.title)
      const key = earlier?.key ?? `${prefix}${crypto.randomUUID()}`
      try {
        shelf().setItem(key, JSON.stringify({ title: recipe.title, purpose: recipe.purpose, text: recipe.text }))
        return { ok: true, key }
      } catch (error) {
        console.warn('A recipe could not be stored:', error)
        return isFull(error)
          ? {
              ok: false,
              message: words.sharing.ownStoreFull(recipe.title),
              hint: words.sharing.ownStoreFullHint,
            }
          : {
              ok: false,
              message: words.sharing.ownNoStore(recipe.title),
              hint: words.sharing.ownNoStoreHint,
            }
      }
    },
    remove(key: string) {
      try {
        shelf().removeItem(key)
      } catch (error) {
        console.warn(`The recipe ${key} could not be removed:`, error)
      }
    },
  }
}
