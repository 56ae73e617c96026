/**
 * Graphs that go out and come in by other ways than files: links, recipes by name in the page's address, recipes of
 * the person's own, and what an exported file carries in its comment. Whatever cannot be opened is said in a sentence,
 * and the open graph stays.
 */
import type { Engine } from '../../engine/door/api.ts'
import { expand } from '../../graph/analysis/expand.ts'
import type { GraphDocument } from '../../graph/document/document.ts'
import type { Problem } from '../../graph/document/problems.ts'
import { serializeGraph } from '../../graph/file/write.ts'
import type { Specs } from '../../graph/node/spec.ts'
import { shippedGraphs } from '../files/shipped-recipes.ts'
import type { DocumentStore } from '../store/document-store.ts'
import type { FactsStore } from '../store/facts-store.ts'
import type { ViewStore } from '../store/view.ts'
import { count } from '../text/format.ts'
import { text } from '../text/text.ts'
import { createGraphsInFiles, type GraphDoor } from './graphs-in-files.ts'
import { isGraphFragment, packFragment, safeLength, unpackFragment } from './link.ts'
import { findMissing } from './missing-parts.ts'
import { createOwnRecipes } from './own-recipes.ts'

const words = text.sharing

interface Parts {
  readonly engine: Pick<Engine, 'readComment'>
  readonly specs: Specs
  readonly document: DocumentStore
  readonly facts: FactsStore
  readonly view: ViewStore
  readonly tell: (problems: readonly Problem[]) => void
}

/** What the page's address asks for. */
export interface AddressRequest {
  /** `null`: it could not be had; the reason was told. */
  readonly document: GraphDocument | null
  /** It ships with the editor. */
  readonly recipe: boolean
}

const recipeKey = 'graph'

/** The address without what it asked for: a reload then brings back what was made of it. */
function clearAddress() {
  const url = new URL(window.location.href)
  if (isGraphFragment(url.hash)) url.hash = ''
  url.searchParams.delete(recipeKey)
  window.history.replaceState(window.history.state, '', url)
}

export function createSharing({ engine, specs, document, facts, view, tell }: Parts) {
  const ownRecipes = createOwnRecipes()
  /** A graph of somebody's was opened, and what it misses has not been told yet. */
  let expecting = false

  /** Waits until everything the graph names was looked for, then says what is missing. */
  function look() {
    const { engine: status, engineFailure } = facts.getState()
    // Without a GPU no model can be looked at; the page says so elsewhere.
    if (!expecting || engineFailure !== null || status === null || status.adapter === null) return
    const { missingParts, looking } = findMissing(
      expand(document.getState().document, specs).document,
      specs,
      facts.getState(),
    )
    if (looking) return
    expecting = false
    if (missingParts.length > 0 && view.getState().dialog === null) view.setState({ dialog: 'missing' })
  }
  facts.subscribe(look)

  async function graphOfLink(door: GraphDoor, fragment: string): Promise<GraphDocument | null> {
    const link = await unpackFragment(fragment)
    if (link.ok) return door.read(link.text, words.graphOfLink)
    tell([link.problem])
    return null
  }

  return {
    ownRecipes,
    /** To be called whenever a graph was opened that may come from elsewhere. */
    expectMissing() {
      expecting = true
      look()
    },

    async copyLink() {
      const fragment = await packFragment(serializeGraph(document.getState().document, specs))
      const url = new URL(window.location.href)
      url.search = ''
      url.hash = fragment
      const { href } = url
      const long = href.length > safeLength ? words.longLink(count(href.length)) : undefined
      try {
        await navigator.clipboard.writeText(href)
        view.toast({
          tone: 'info',
          message: words.copied,
          hint: long ?? words.copiedHint,
        })
      } catch (error) {
        console.warn('The clipboard refused the link:', error)
        window.history.replaceState(window.history.state, '', href)
        view.toast({
          tone: 'error',
          message: words.copyRefused,
          hint: long ?? words.copyRefusedHint,
        })
      }
    },

    /** What the page's address asks for, by `#graph=…` or `?graph=name`; `undefined`: nothing. */
    async fromAddress(door: GraphDoor): Promise<AddressRequest | undefined> {
      const { hash, search } = window.location
      const name = new URLSearchParams(search).get(recipeKey)
      if (isGraphFragment(hash)) {
        const linkedGraph = await graphOfLink(door, hash)
        clearAddress()
        return { document: linkedGraph, recipe: false }
      }
      if (name === null) return undefined
      if (shippedGraphs.some((recipe) => recipe.name === name))
        return { document: await door.fetchShipped(name), recipe: true }
      clearAddress()
      tell([
        {
          code: 'bad-file',
          severity: 'error',
          message: words.noSuchRecipe(name.slice(0, 60)),
          hint: words.noSuchRecipeHint,
        },
      ])
      return { document: null, recipe: false }
    },

    clearAddress,
    ...createGraphsInFiles({ engine, view, tell }),

    /** Follows links that are put into the address bar of the open page. */
    followAddress(door: GraphDoor) {
      window.addEventListener('hashchange', () => {
        const { hash } = window.location
        if (!isGraphFragment(hash)) return
        void graphOfLink(door, hash).then((linkedGraph) => {
          clearAddress()
          if (linkedGraph) door.show(linkedGraph)
        })
      })
    },

    saveOwn(title: string, purpose: string): boolean {
      const now = document.getState().document
      const text = serializeGraph({ ...now, title, description: purpose }, specs)
      const outcome = ownRecipes.save({ title, purpose, text })
      if (outcome.ok) view.toast({ tone: 'info', message: words.ownSaved(title) })
      else view.toast({ tone: 'error', message: outcome.message, hint: outcome.hint })
      return outcome.ok
    },
  }
}

export type Sharing = ReturnType<typeof createSharing>
