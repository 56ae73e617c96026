/** Every kind of file that a param may name, for whoever only describes them. To add one: its two files, and a line here and in `stores.ts`. */
import type { AssetFactsOf, AssetKind } from '../graph/node/facts.ts'
import type { AssetDeclaration } from './asset.ts'
import lut from './lut.asset.ts'
import media from './media.asset.ts'
import model from './model.asset.ts'

export const assets: { readonly [K in AssetKind]: AssetDeclaration<K> } = { media, model, lut }

export const assetKinds = Object.keys(assets) as readonly AssetKind[]

/** What a file is taken for whose name says nothing of a kind: there is no end of endings that a video or a picture may have. */
export const kindUnlessNamed = 'media' satisfies AssetKind

/** The kind that a file's name says it is of; `undefined`: of none that is told by a name alone. */
export const kindOfName = (name: string): AssetKind | undefined => {
  const ending = /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase() ?? ''
  return assetKinds.find((kind) => assets[kind].endings.includes(ending))
}

/** The lines that describe a file of a kind. */
export const describeAsset = <K extends AssetKind>(kind: K, facts: AssetFactsOf[K]): readonly string[] =>
  (assets[kind] as AssetDeclaration<K>).describe?.(facts) ?? []
