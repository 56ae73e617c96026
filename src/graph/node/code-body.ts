/** A person's code as the body of a pixel node. */
import { type CodeLimits, guardCode } from './code-guard.ts'

/** Stands on the line before the code's first. */
export const codeMark = '/* code */'

/** The code as WGSL. Throws for code that the guard refuses, which gets nowhere near a shader. */
export function codeBody(code: string, { names }: Pick<CodeLimits, 'names'>): string {
  const outcome = guardCode(code, names)
  if (!outcome.ok) throw new Error(`code that is not guarded: ${outcome.fault.message}`)
  return `${codeMark}\n${outcome.code.wgsl}\n`
}
