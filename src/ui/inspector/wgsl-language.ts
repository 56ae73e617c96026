/** How WGSL is coloured: by its words alone, which is all that a body of code needs. */
import { HighlightStyle, StreamLanguage, syntaxHighlighting } from '@codemirror/language'
import { tags } from '@lezer/highlight'
import { computingWords, statementWords } from '../../graph/node/wgsl-words.ts'

interface State {
  /** Comments that are open within one another. */
  depth: number
}

/** @param names what the code is given */
export const wgsl = (names: ReadonlySet<string>) => [
  StreamLanguage.define<State>({
    name: 'wgsl',
    startState: () => ({ depth: 0 }),
    copyState: ({ depth }) => ({ depth }),
    token(stream, state) {
      if (state.depth > 0 || stream.match('/*')) {
        if (state.depth === 0) state.depth = 1
        while (!stream.eol() && state.depth > 0) {
          if (stream.match('/*')) state.depth += 1
          else if (stream.match('*/')) state.depth -= 1
          else stream.next()
        }
        return 'comment'
      }
      if (stream.eatSpace()) return null
      if (stream.match('//')) {
        stream.skipToEnd()
        return 'comment'
      }
      if (stream.match(/^(0[xX][0-9a-fA-F.]+([pP][+-]?\d+)?|(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?)[iufh]?/)) return 'number'
      const [word] = (stream.match(/^[A-Za-z_]\w*/) as RegExpMatchArray | null) ?? []
      if (word === undefined) {
        stream.next()
        return null
      }
      if (names.has(word)) return 'variableName.special'
      if (statementWords.has(word)) return 'keyword'
      return computingWords.has(word) ? 'typeName' : 'variableName'
    },
    languageData: {
      commentTokens: { line: '//', block: { open: '/*', close: '*/' } },
      closeBrackets: { brackets: ['(', '[', '{'] },
    },
  }),
  syntaxHighlighting(
    HighlightStyle.define([
      { tag: tags.comment, class: 'code-comment' },
      { tag: tags.number, class: 'code-number' },
      { tag: tags.keyword, class: 'code-keyword' },
      { tag: tags.typeName, class: 'code-function' },
      { tag: tags.special(tags.variableName), class: 'code-given' },
    ]),
  ),
]
