import { describe, expect, it, vi } from 'vitest'
import { createOwnRecipes, type Shelf } from '../../../../src/ui/sharing/own-recipes.ts'

/** A shelf with room for so many characters, as browsers count them. */
function shelf(room: number): Shelf {
  const entries = new Map<string, string>()
  const used = (without: string) =>
    [...entries].reduce((sum, [key, value]) => sum + (key === without ? 0 : key.length + value.length), 0)
  return {
    get length() {
      return entries.size
    },
    key: (index) => [...entries.keys()][index] ?? null,
    getItem: (key) => entries.get(key) ?? null,
    setItem(key, value) {
      if (used(key) + key.length + value.length > room) throw new DOMException('full', 'QuotaExceededError')
      entries.set(key, value)
    },
    removeItem: (key) => void entries.delete(key),
  }
}

const recipe = (title: string, text = '{}') => ({ title, purpose: 'a test', text })

describe('own recipes', () => {
  it('are listed by title, replaced by title and removed', () => {
    const store = shelf(10_000)
    const own = createOwnRecipes(() => store)
    for (const title of ['b', 'a', 'b']) expect(own.save(recipe(title, `{"${title}":1}`)).ok).toBe(true)
    expect(own.list().map(({ title, text }) => [title, text])).toEqual([
      ['a', '{"a":1}'],
      ['b', '{"b":1}'],
    ])
    own.remove(own.list()[0]!.key)
    expect(own.list().map(({ title }) => title)).toEqual(['b'])
  })

  it('say so when the store is full, and lose nothing', () => {
    const store = shelf(300)
    const own = createOwnRecipes(() => store)
    vi.spyOn(console, 'warn').mockReturnValue()
    expect(own.save(recipe('first')).ok).toBe(true)
    const refused = own.save(recipe('first', 'x'.repeat(400)))
    expect(refused).toMatchObject({ ok: false, message: expect.stringMatching(/^“first” was not saved: .*full\.$/) })
    expect(own.list()).toMatchObject([recipe('first')])
  })

  it('say so when there is no store at all, and leave alone what is not theirs', () => {
    vi.spyOn(console, 'warn').mockReturnValue()
    const none = createOwnRecipes(() => {
      throw new DOMException('denied', 'SecurityError')
    })
    expect(none.list()).toEqual([])
    expect(none.save(recipe('a'))).toMatchObject({
      ok: false,
      message: expect.stringContaining('allows this page no storage'),
    })
    const store = shelf(1000)
    store.setItem('framewright/recipe/1/x', 'not JSON')
    store.setItem('other', '{"title":"t","purpose":"p","text":"x"}')
    expect(createOwnRecipes(() => store).list()).toEqual([])
    expect(store.length).toBe(2)
  })
})
