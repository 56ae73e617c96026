/** A person's code as the body of a pixel node. */
import { type CodeLimits, guardCode } from './code-guard.ts'

/** Stands on the line before the code's first. */
export const codeMark = '/* code */'

/**
 * The code behind what is put `before` it, as WGSL. Code that the guard refuses gets nowhere near a shader: it never is a
 * param's value (see `checkParam`).
 */
export function codeBody(code: string, { names }: Pick<CodeLimits, 'names'>, before: string): string {
  const outcome = guardCode(code, names)
  if (!outcome.ok) throw new Error(`code that is not guarded: ${outcome.fault.message}`)
  return `${before} ${codeMark}\n${outcome.code.wgsl}\n`
}

/** Whether the code uses what it is given as `name`. */
export function codeUses(code: string, { names }: Pick<CodeLimits, 'names'>, name: string): boolean {
  const outcome = guardCode(code, names)
  return outcome.ok && outcome.code.uses.has(name)
}
