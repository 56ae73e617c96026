import { Fragment } from 'react'

/**
 * A sentence of `src/ui/text` some of whose words are set apart: `*emphasised*`, and in backticks what is to be typed.
 * The sentence stays whole that way, and each language puts the marks where they belong.
 */
export function Marked({ children }: { children: string }) {
  return children.split(/(\*[^*]+\*|`[^`]+`)/).map((part, i) => {
    const inner = part.slice(1, -1)
    // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a sentence have no name but their place.
    return <Fragment key={i}>{setApart(part, inner)}</Fragment>
  })
}

function setApart(part: string, inner: string) {
  if (part.startsWith('*')) return <strong>{inner}</strong>
  return part.startsWith('`') ? <code>{inner}</code> : part
}
