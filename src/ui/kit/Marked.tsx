import { Fragment } from 'react'

/**
 * A sentence of `src/ui/text` some of whose words are set apart: `*so*` or `**stronger**`, and in backticks what is to
 * be typed. The sentence stays whole that way, and each language puts the marks where they belong. What a person wrote
 * must not be put into such a sentence, since it may hold asterisks of its own.
 */
export function Marked({ children }: { children: string }) {
  return children.split(/(\*\*[^*]+\*\*|\*[^*]+\*|`[^`]+`)/).map((part, i) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a sentence have no name but their place.
    <Fragment key={i}>{setApart(part)}</Fragment>
  ))
}

function setApart(part: string) {
  if (part.startsWith('**')) return <strong>{part.slice(2, -2)}</strong>
  if (part.startsWith('*')) return <em>{part.slice(1, -1)}</em>
  return part.startsWith('`') ? <code>{part.slice(1, -1)}</code> : part
}
