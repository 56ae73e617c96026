/**
 * The declarative half of a kind of file that a param may name: what it is called, how it is told from others, chosen and
 * described. The editor, the command line and the docs read only this; `<kind>.store.ts` is what the engine does with it.
 */
import type { AssetFactsOf, AssetKind } from '../graph/node/facts.ts'
import type { AssetRef } from '../graph/node/params.ts'

export interface AssetDeclaration<K extends AssetKind = AssetKind> {
  readonly kind: K
  /** As a person calls it, also on a button. */
  readonly title: string
  /** Lower case, without the dot; by them a file is known before it is read. Those of no kind are media. */
  readonly endings: readonly string[]
  /** For a file input, beside the endings: media types. */
  readonly mediaTypes: readonly string[]
  /** Several files may be one of these, as pictures are a sequence. */
  readonly several: boolean
  /**
   * By what a graph knows it again. `name`: the name and the size, of files too large to be read for it; the command line takes them
   * by `--input`. `content`: a hash of the bytes; the command line takes them by `--set node.param=<file>`.
   */
  readonly knownBy: 'name' | 'content'
  /** Whether what is called so ships with the product, or may. */
  ships(id: string): boolean
  /**
   * What becomes of a file that is dropped on the page. `opened`: it takes the place of one that the graph has.
   * `kept`: it is there to be chosen. `inserted`: a node with it comes into the graph.
   */
  readonly onDrop: 'opened' | 'kept' | 'inserted'
  /** One that ships and may stand in for any that is missing. */
  readonly sample?: AssetRef
  /** Whether there is a list to choose from: of those that ship and those that were added, each of which may stand in for another. */
  readonly listed: boolean
  /** In the middle of a sentence, for the command line: 'a model’s id, or an ONNX file'. */
  readonly phrase: string
  readonly words: {
    /** Where none is chosen: 'Choose a LUT'. */
    readonly choose: string
    /** Where one was chosen and is not here, on a button. */
    readonly locate: string
  }
  /** Lines below its name on a card of the inspector; absent where the editor has a control of its own for it. */
  describe?(facts: AssetFactsOf[K]): readonly string[]
}

/** A file that was added: how a graph names it, and what is known of it. */
export interface AddedAsset<K extends AssetKind = AssetKind> {
  readonly ref: AssetRef
  readonly facts: AssetFactsOf[K]
}

/** Ties a record to the exact facts of its kind. */
export const defineAsset = <K extends AssetKind>(declaration: AssetDeclaration<K>): AssetDeclaration<K> => declaration

/** For a file input: endings and media types, with commas between. */
export const acceptOf = ({ endings, mediaTypes }: Pick<AssetDeclaration, 'endings' | 'mediaTypes'>): string =>
  [...mediaTypes, ...endings.map((ending) => `.${ending}`)].join()
