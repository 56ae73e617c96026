/** What is said of a model in a line, and the mark of its personality. */
import type { ModelFacts, Personality, SourceKind } from '../../graph/node/facts.ts'
import { bytes, parameterCount } from '../kit/value-text.ts'
import { text } from '../text/text.ts'

const words = text.inspector.model

export function PersonalityTag({ personality }: { personality: Personality | null }) {
  if (!personality) return <span className="tag">{words.noPersonality}</span>
  return (
    <span className="tag" data-personality={personality}>
      {words.personalities[personality]}
    </span>
  )
}

export function SourceTag({ source }: { source: SourceKind | null }) {
  return source && <span className="tag">{words.sources[source]}</span>
}

export const figures = (model: ModelFacts): string =>
  [
    `×${model.scale}`,
    model.parameters === null ? null : words.parameters(parameterCount(model.parameters)),
    bytes(model.size),
    model.channels === 'y' ? words.luma : words.rgb,
    words.numbers(model.numbers.in, model.numbers.out),
  ]
    .filter((part) => part !== null)
    .join(' · ')
