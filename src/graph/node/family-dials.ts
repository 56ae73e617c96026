/**
 * The two dials of a family of models that differ in their weights alone: Personality (faithful, textured, crisp) and
 * Source (clean, compressed). Between members their weights are mixed, along both dials at once.
 *
 * A family need not have a member at every place: where a personality was trained for one kind of source only, its member
 * serves the other kind, too. So every weight that runs lies between trained ones, and none is guessed from a difference.
 */
import type { DialPlace, FamilyFacts, ModelFacts } from './facts.ts'
import type { ImageDesc } from './ports.ts'

/** A member by its index, and how much of the mix is its own. */
export interface MemberShare {
  readonly member: number
  /** In (0, 1]; those of a mix sum to 1. */
  readonly share: number
}

export const samePlace = (a: DialPlace | undefined, b: DialPlace | undefined): boolean =>
  a?.personality === b?.personality && a?.source === b?.source

/** The member at whole numbers of both dials, or the one of that personality for the other kind of source. */
function memberAt({ members }: FamilyFacts, personality: number, source: number): number {
  const place = members.findIndex(({ place }) => place.personality === personality && place.source === source)
  return place >= 0 ? place : members.findIndex(({ place }) => place.personality === personality)
}

/**
 * What the model at a place is mixed of, bilinear: one member at most places where the dials stand at whole numbers, up to four
 * between them. Throws `RangeError` beyond the dials' ends.
 */
export function sharesAt(family: FamilyFacts, { personality, source }: DialPlace): readonly MemberShare[] {
  const { ends } = family
  if (!(personality >= 0 && personality <= ends.personality))
    throw new RangeError(`Personality goes from 0 to ${ends.personality}, not to ${personality}`)
  if (!(source >= 0 && source <= ends.source))
    throw new RangeError(`Source damage goes from 0 to ${ends.source}, not to ${source}`)
  const shares = new Map<number, number>()
  for (const [atPersonality, ofPersonality] of neighbours(personality))
    for (const [atSource, ofSource] of neighbours(source)) {
      const member = memberAt(family, atPersonality, atSource)
      shares.set(member, (shares.get(member) ?? 0) + ofPersonality * ofSource)
    }
  return Array.from(shares, ([member, share]) => ({ member, share }))
}

/** The whole numbers on both sides of a position, and the share of each; that number alone where it is whole. */
function neighbours(position: number): readonly (readonly [at: number, share: number])[] {
  const low = Math.floor(position)
  const share = position - low
  return share === 0
    ? [[low, 1]]
    : [
        [low, 1 - share],
        [low + 1, share],
      ]
}

/** Which of its family’s dials a model turns: along each dial the first does, a later one stays where it is. */
export function dialsOf({ family }: Pick<ModelFacts, 'family'>): Readonly<Record<keyof DialPlace, boolean>> {
  return {
    personality: family !== undefined && family.ends.personality > 0 && family.place.personality === 0,
    source: family !== undefined && family.ends.source > 0 && family.place.source === 0,
  }
}

/** Where the model runs when a node’s dials stand at `asked`: along those that it does not turn, where it is itself. */
export function turnedTo(model: Pick<ModelFacts, 'family' | 'standsFor'>, place: DialPlace): DialPlace {
  const { family, standsFor } = model
  // What is measured of a source says nothing to a model that stands alone.
  if (!family) return { personality: standsFor === undefined ? place.personality : 0, source: 0 }
  const turns = dialsOf(model)
  // The family that a graph was made with may have gone on for longer.
  if (standsFor !== undefined && place.personality > family.ends.personality)
    return turnedTo(model, { ...place, personality: family.ends.personality })
  return {
    personality: turns.personality ? place.personality : family.place.personality,
    source: turns.source ? place.source : family.place.source,
  }
}

/** What is told of a model that runs in place of another; nothing where it is the one that the graph names. */
export function replacementNotes({
  id,
  name,
  standsFor,
}: Pick<ModelFacts, 'id' | 'name' | 'standsFor'>): readonly string[] {
  if (standsFor === undefined) return []
  if (standsFor === id) return [`“${name}” was trained further since this graph was made: its new weights run.`]
  return [`“${standsFor}” no longer ships: the nearest model, “${name}”, runs in its place.`]
}

/**
 * Where Source damage stands while nothing is known of what a codec took: most clips that need enlarging were compressed, and of
 * all places this one is the least behind the best, from crf 12 to 36.
 */
export const unknownDamage = 0.75

/** Where Source damage stands by itself for a picture of this description. */
export const measuredDamage = ({ compression }: Pick<ImageDesc, 'compression'>): number =>
  compression?.damage ?? unknownDamage

/** As a person reads it: what a codec took of the picture, and how that is known. */
export function damageSentence({ compression }: Pick<ImageDesc, 'compression'>): string {
  if (!compression) return 'Not measured: the source does not say how it was coded, so it is treated as compressed.'
  const { damage, evidence } = compression
  const kind = damage < 0.25 ? 'clean' : damage > 0.75 ? 'compressed' : 'slightly compressed'
  return `Measured: ${kind}, ${evidence}.`
}
