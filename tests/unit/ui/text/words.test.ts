/**
 * All words of the editor stand in `src/ui/text`, so that another language is a matter of that folder alone. This reads
 * the rest of `src/ui` with TypeScript's own parser and names every string that a person would read there.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import ts from 'typescript'
import { describe, expect, test } from 'vitest'

const project = join(import.meta.dirname, '../../../..')
const folder = join(project, 'src/ui')

/** Told to whoever writes the editor, never to whoever uses it. */
const forAuthors = new Set(['This component stands outside the editor.'])

/** Attributes and fields that end up before a person's eyes or ears. */
const read =
  /^(ariaLabel|aria-(label|description|roledescription|valuetext|placeholder)|title|placeholder|alt|label|text|hint|message|summary|purpose|description)$/
/** Whose first argument is the name of a step in the history. */
const naming = /\.(edit|editWhole|drag)$/

const hasLetters = (words: string): boolean => /\p{L}/u.test(words)
/** Begins like a sentence and goes on with another word; class names, selectors and the paths of drawings do not. */
const isSentence = (words: string): boolean => /^[“"\p{Lu}…].*\s\p{L}/su.test(words) && /\p{L}{2}/u.test(words)

/** The strings that `expression` may come to, and not those it only compares with or hands on. */
function stringsOf(expression: ts.Node): ts.Node[] {
  if (ts.isStringLiteralLike(expression) || ts.isTemplateExpression(expression)) return [expression]
  if (ts.isParenthesizedExpression(expression) || ts.isJsxExpression(expression) || ts.isAsExpression(expression))
    return expression.expression ? stringsOf(expression.expression) : []
  if (ts.isConditionalExpression(expression))
    return [...stringsOf(expression.whenTrue), ...stringsOf(expression.whenFalse)]
  if (ts.isBinaryExpression(expression)) {
    const { kind } = expression.operatorToken
    if (kind === ts.SyntaxKind.AmpersandAmpersandToken) return stringsOf(expression.right)
    if (
      kind === ts.SyntaxKind.BarBarToken ||
      kind === ts.SyntaxKind.QuestionQuestionToken ||
      kind === ts.SyntaxKind.PlusToken
    )
      return [...stringsOf(expression.left), ...stringsOf(expression.right)]
  }
  return []
}

/** What a string says, whatever is put into it left out. */
function said(node: ts.Node): string {
  if (ts.isTemplateExpression(node))
    return [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)].join('…')
  return ts.isStringLiteralLike(node) || ts.isJsxText(node) ? node.text : ''
}

/** @returns each string that should stand in `src/ui/text`, as `line: words` */
function strayWords(fileName: string, source: string): string[] {
  const file = ts.createSourceFile(fileName, source, ts.ScriptTarget.Latest, true)
  const found = new Map<ts.Node, string>()
  const note = (nodes: readonly ts.Node[], counts: (words: string) => boolean) => {
    for (const node of nodes) {
      const words = said(node).replace(/\s+/g, ' ').trim()
      if (!counts(words) || forAuthors.has(words)) continue
      const { line } = file.getLineAndCharacterOfPosition(node.getStart(file))
      found.set(node, `${line + 1}: ${words}`)
    }
  }
  const visit = (node: ts.Node): void => {
    if (ts.isTypeNode(node) || ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return
    // What the console says is for those who look for a fault.
    if (ts.isCallExpression(node) && node.expression.getText(file).startsWith('console.')) return
    if (ts.isJsxText(node)) note([node], hasLetters)
    else if (ts.isJsxAttribute(node) && node.initializer && read.test(node.name.getText(file)))
      note(stringsOf(node.initializer), hasLetters)
    else if (ts.isJsxExpression(node) && !ts.isJsxAttribute(node.parent)) note(stringsOf(node), hasLetters)
    else if (ts.isPropertyAssignment(node) && read.test(node.name.getText(file).replaceAll("'", '')))
      note(stringsOf(node.initializer), hasLetters)
    else if (ts.isCallExpression(node) && naming.test(node.expression.getText(file)))
      note(node.arguments.slice(0, 1).flatMap(stringsOf), hasLetters)
    else if (ts.isStringLiteralLike(node) || ts.isTemplateExpression(node)) note([node], isSentence)
    ts.forEachChild(node, visit)
  }
  visit(file)
  return [...found.values()]
}

const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.tsx?$/.test(name))
  .map((name) => ({ name: relative(project, join(folder, name)).replaceAll('\\', '/'), path: join(folder, name) }))
  .filter(({ name }) => !name.startsWith('src/ui/text/'))
  .map(({ name, path }) => ({ name, words: strayWords(name, readFileSync(path, 'utf8')) }))

test('no words of the editor stand outside src/ui/text', () => {
  const stray = files.flatMap(({ name, words }) => words.map((one) => `${name}:${one}`))
  expect(files).not.toEqual([])
  expect(stray).toEqual([])
})

/** The files that `path` cannot run without, itself among them; what it fetches later is not followed. */
function neededBy(path: string): ReadonlySet<string> {
  const found = new Set([path])
  for (const one of found) {
    const source = ts.createSourceFile(one, readFileSync(one, 'utf8'), ts.ScriptTarget.Latest)
    for (const statement of source.statements) {
      if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) continue
      const typesAlone = ts.isImportDeclaration(statement) ? statement.importClause?.isTypeOnly : statement.isTypeOnly
      const from = statement.moduleSpecifier
      if (typesAlone || !from || !ts.isStringLiteral(from) || !from.text.startsWith('.')) continue
      const needed = join(dirname(one), from.text)
      if (/\.tsx?$/.test(needed) && existsSync(needed)) found.add(needed)
    }
  }
  return found
}

test('the first paint does not wait for the words of dialogs', () => {
  const first = neededBy(join(folder, 'App.tsx'))
  expect(first).toContain(join(folder, 'text/text.ts'))
  expect(first).not.toContain(join(folder, 'text/dialogs.ts'))
})

describe('what counts as words', () => {
  test.each([
    ['text between tags', 'const a = <p>Done</p>'],
    ['text beside an expression', 'const a = <p>{count} frames</p>'],
    ['a string between tags', "const a = <p>{busy ? 'Reading…' : name}</p>"],
    ['a template between tags', 'const a = <p>{count > 1 && `\u0024{count} more`}</p>'],
    ['a name read aloud', 'const a = <button aria-label="Close" />'],
    ['a chosen title', "const a = <button title={saved ? 'Saved' : undefined} />"],
    ['a fallback', "const a = <input placeholder={name ?? 'untitled'} />"],
    ['a message', "toast({ tone: 'info', message: 'Saved' })"],
    ['a step of the history', "document.edit('Bypass', apply)"],
    ['a sentence handed on', "refuse('This link was cut short.', hint)"],
    ['a sentence with something put into it', 'const why = `“\u0024{name}” could not be read.`'],
  ])('%s', (_, source) => {
    expect(strayWords('a.tsx', source)).toHaveLength(1)
  })

  test.each([
    ['words asked of the language', 'const a = <p title={text.done}>{text.frames(3)}, </p>'],
    ['class names and ids', 'const a = <p className="icon-button tiny" id="list" role="listbox" />'],
    ['a comparison', "const a = <p>{kind === 'paused' && <b />}</p>"],
    ['a selector', `target.closest('input, textarea, [role="dialog"]')`],
    ['a path', "const a = <path d='M3 17V3h14' />"],
    ['a path with places put in', 'const a = <path d={`M \u0024{x} \u0024{y} h \u0024{width} Z`} />'],
    ['a type', "type Tone = 'Info or so'"],
    ['the console', "console.warn('The lock was refused:', error)"],
  ])('not %s', (_, source) => {
    expect(strayWords('a.tsx', source)).toEqual([])
  })
})
