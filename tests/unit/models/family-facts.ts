/** Families as the catalog tells of them, without files. */
import type { DialPlace, FamilyFacts, Personality, SourceKind } from '../../../src/graph/node/facts.ts'

const names: readonly Personality[] = ['l1', 'perceptual', 'gan']
const sources: readonly SourceKind[] = ['clean', 'coded']

/**
 * A family with members of the first `personalities` personalities, for clean sources alone or for both; `without` at some places.
 * Members are called 'l1', 'perceptual', 'gan', and 'coded-l1' and so on. @param place of the model that the facts are of
 */
export function familyFacts(
  personalities: 1 | 2 | 3,
  kinds: 1 | 2 = 1,
  place: DialPlace = { personality: 0, source: 0 },
  without: readonly DialPlace[] = [],
): FamilyFacts {
  const members = sources.slice(0, kinds).flatMap((source, atSource) =>
    names.slice(0, personalities).flatMap((personality, at) => {
      if (without.some((one) => one.personality === at && one.source === atSource)) return []
      const id = source === 'coded' ? `coded-${personality}` : personality
      const own = { personality: at, source: atSource }
      return [{ id, name: id, sha256: id, personality, source: kinds === 2 ? source : null, place: own }]
    }),
  )
  return { name: 'any', members, ends: { personality: personalities - 1, source: kinds - 1 }, place }
}
