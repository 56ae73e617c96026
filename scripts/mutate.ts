/**
 * How much of the code the unit tests really hold: small faults are put into it, one at a time, and each ought to make
 * a test fail. Those that no test notices are listed, to be looked at; not all of them are faults.
 *
 *     npx tsx scripts/mutate.ts [--area edits|commands|plan]… [--sample 120] [--seed 1] [--only src/graph/edits/dots.ts]
 *
 * The faults are those of Offutt et al., "An experimental determination of sufficient mutant operators" (1996), as far
 * as TypeScript has them: conditions negated, `&&` for `||`, boundaries of comparisons, arithmetic, constants, and
 * statements left out.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import ts from 'typescript'
import { createVitest, type TestModule } from 'vitest/node'

const root = fileURLToPath(new URL('..', import.meta.url))

/** What is mutated, and the tests that ought to notice: in this order, where those that import the very file did not. */
const areas = {
  edits: { code: 'src/graph/edits', tests: [['tests/unit/graph/edits'], ['tests/unit/ui/']] },
  commands: {
    code: 'src/ui/commands',
    tests: [['tests/unit/ui/commands', 'tests/unit/ui/editor'], ['tests/unit/ui/']],
  },
  plan: { code: 'src/graph/plan', tests: [['tests/unit/graph/plan'], ['tests/unit/engine', 'tests/unit/models']] },
} as const
type Area = keyof typeof areas

interface Mutant {
  readonly area: Area
  /** Below the project's folder. */
  readonly file: string
  readonly line: number
  /** What stands in the file between these offsets, and what is put there instead. */
  readonly from: number
  readonly to: number
  readonly original: string
  readonly replacement: string
}

/** For each operator what it is mistaken for. */
const operators: Partial<Record<ts.SyntaxKind, string>> = {
  [ts.SyntaxKind.LessThanToken]: '<=',
  [ts.SyntaxKind.LessThanEqualsToken]: '<',
  [ts.SyntaxKind.GreaterThanToken]: '>=',
  [ts.SyntaxKind.GreaterThanEqualsToken]: '>',
  [ts.SyntaxKind.EqualsEqualsEqualsToken]: '!==',
  [ts.SyntaxKind.ExclamationEqualsEqualsToken]: '===',
  [ts.SyntaxKind.AmpersandAmpersandToken]: '||',
  [ts.SyntaxKind.BarBarToken]: '&&',
  [ts.SyntaxKind.PlusToken]: '-',
  [ts.SyntaxKind.MinusToken]: '+',
  [ts.SyntaxKind.AsteriskToken]: '/',
  [ts.SyntaxKind.SlashToken]: '*',
}

/** The faults that can be put at `node`: which part of it, and what instead. */
function faultsAt(node: ts.Node): readonly (readonly [part: ts.Node, replacement: string])[] {
  const negated = (condition: ts.Expression) => [condition, `!(${condition.getText()})`] as const
  if (ts.isIfStatement(node) || ts.isWhileStatement(node)) return [negated(node.expression)]
  if (ts.isConditionalExpression(node)) return [negated(node.condition)]
  if (ts.isBinaryExpression(node)) {
    const mistaken = operators[node.operatorToken.kind]
    const isText = [node.left, node.right].some((side) => ts.isStringLiteral(side) || ts.isTemplateLiteral(side))
    return mistaken === undefined || (mistaken === '-' && isText) ? [] : [[node.operatorToken, mistaken]]
  }
  if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.ExclamationToken)
    return [[node, node.operand.getText()]]
  if (ts.isNumericLiteral(node)) return [[node, `(${node.text} + 1)`]]
  if (node.kind === ts.SyntaxKind.TrueKeyword) return [[node, 'false']]
  if (node.kind === ts.SyntaxKind.FalseKeyword) return [[node, 'true']]
  if (ts.isExpressionStatement(node) && !node.getText().startsWith('console.')) return [[node, ';']]
  return []
}

/** All faults of a file, in their order. Types, imports and error messages have none. */
function mutantsOf(area: Area, file: string, text: string): readonly Mutant[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true)
  const mutants: Mutant[] = []
  const visit = (node: ts.Node) => {
    if (ts.isTypeNode(node) || ts.isImportDeclaration(node) || ts.isThrowStatement(node)) return
    for (const [part, replacement] of faultsAt(node)) {
      const [from, to] = [part.getStart(), part.getEnd()]
      const line = source.getLineAndCharacterOfPosition(from).line + 1
      mutants.push({ area, file, line, from, to, original: text.slice(from, to), replacement })
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return mutants
}

/** So many of them, in an order that the seed alone decides (mulberry32, Fisher and Yates). */
function sampleOf<T>(all: readonly T[], count: number, seed: number): readonly T[] {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const shuffled = [...all]
  for (let last = shuffled.length - 1; last > 0; last--) {
    const other = Math.floor(next() * (last + 1))
    ;[shuffled[last], shuffled[other]] = [shuffled[other]!, shuffled[last]!]
  }
  return shuffled.slice(0, count)
}

const filesOf = (area: Area): readonly string[] =>
  readdirSync(join(root, areas[area].code), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(areas[area].code, name))
    .sort()

/** Tests that import the file itself. */
function testsOf(file: string): readonly string[] {
  const folder = join(root, 'tests/unit')
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => join(folder, name))
    .filter((path) => readFileSync(path, 'utf8').includes(`/${file}'`))
}

type Verdict = { readonly state: 'survived' } | { readonly state: 'killed'; readonly by: readonly string[] }

/** The file, and what its first failed test says: without a fault, what is wrong with it. */
function failureOf(module: TestModule): string {
  const [test] = module.children.allTests('failed')
  const [error] = test?.result().errors ?? module.errors()
  return [relative(root, module.moduleId), test?.fullName, error?.message]
    .filter((part) => part !== undefined)
    .join(': ')
}

/** In a process of its own, which a fault may bring to run for ever: judges the mutants that it is sent. */
async function judge(): Promise<void> {
  let current: Mutant | undefined
  const vitest = await createVitest(
    'test',
    {
      ...{ config: false, root, watch: false, environment: 'node', isolate: false, pool: 'threads', bail: 1 },
      ...{ reporters: [{}], include: ['tests/unit/**/*.test.ts'], testTimeout: 30_000, maxWorkers: 1 },
    },
    {
      plugins: [
        {
          name: 'mutant',
          enforce: 'pre',
          transform(code, id) {
            if (!current || id.split('?')[0] !== join(root, current.file)) return undefined
            return code.slice(0, current.from) + current.replacement + code.slice(current.to)
          },
        },
      ],
    },
  )
  const run = async (area: Area): Promise<Verdict> => {
    const direct = (current ? [current.file] : filesOf(area)).flatMap(testsOf)
    for (const files of [direct, ...areas[area].tests].filter(({ length }) => length > 0)) {
      const specifications = await vitest.getRelevantTestSpecifications([...files])
      const { testModules, unhandledErrors } = await vitest.runTestSpecifications(specifications)
      if (testModules.length === 0) throw new Error(`There are no tests in ${files}.`)
      const failed = testModules.filter((module) => !module.ok()).map(failureOf)
      if (unhandledErrors.length > 0 || failed.length > 0) return { state: 'killed', by: failed }
    }
    return { state: 'survived' }
  }
  process.on('message', async ({ mutant, area }: { mutant?: Mutant; area: Area }) => {
    const changed = [current, mutant].flatMap((each) => each?.file ?? [])
    current = mutant
    for (const file of changed) vitest.invalidateFile(join(root, file))
    process.send?.(await run(area))
  })
  process.send?.('ready')
}

/** Milliseconds for the tests of an area without a fault, on a machine that does much else. */
const patience = 1_200_000
/** A mutant that takes so many times as long counts as killed: it runs for ever. */
const slowness = 4

class Judge {
  #process: ChildProcess | undefined

  async #start(): Promise<ChildProcess> {
    const child = fork(fileURLToPath(import.meta.url), ['--judge'], { detached: true, stdio: 'ignore' })
    await new Promise((resolve) => child.once('message', resolve))
    return child
  }

  /** `undefined`: the code as it is. */
  async judge(area: Area, milliseconds: number, mutant?: Mutant): Promise<Verdict> {
    this.#process ??= await this.#start()
    const child = this.#process
    return new Promise((resolve) => {
      const end = (verdict: Verdict) => {
        clearTimeout(timer)
        child.removeAllListeners()
        resolve(verdict)
      }
      const killed = () => {
        this.stop()
        end({ state: 'killed', by: ['the clock'] })
      }
      const timer = setTimeout(killed, milliseconds)
      child.once('message', (verdict: Verdict) => end(verdict))
      child.once('exit', killed)
      child.send({ mutant, area })
    })
  }

  stop(): void {
    const pid = this.#process?.pid
    this.#process = undefined
    if (pid === undefined) return
    try {
      // With the workers that it started.
      process.kill(-pid, 'SIGKILL')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
    }
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      area: { type: 'string', multiple: true, default: Object.keys(areas) },
      sample: { type: 'string', default: '120' },
      seed: { type: 'string', default: '1' },
      only: { type: 'string' },
    },
  })
  const judges = new Judge()
  process.once('exit', () => judges.stop())
  process.once('SIGINT', () => process.exit(130))
  for (const area of values.area as Area[]) {
    const all = filesOf(area)
      .filter((file) => values.only === undefined || values.only === file)
      .flatMap((file) => mutantsOf(area, file, readFileSync(join(root, file), 'utf8')))
    const mutants = sampleOf(all, Number(values.sample), Number(values.seed))
    // In a process of its own, so that nothing of another area's faults is left in it.
    judges.stop()
    const begun = performance.now()
    const before = await judges.judge(area, patience)
    const limit = Math.min(patience, Math.max(60_000, slowness * (performance.now() - begun)))
    if (before.state === 'killed') throw new Error(`Without a fault there fails: ${before.by.join(', ')}.`)
    const survivors: Mutant[] = []
    for (const [n, mutant] of mutants.entries()) {
      const verdict = await judges.judge(area, limit, mutant)
      if (verdict.state === 'survived') survivors.push(mutant)
      process.stderr.write(`${area} ${n + 1}/${mutants.length}: ${verdict.state} ${mutant.file}:${mutant.line}\n`)
    }
    const killed = mutants.length - survivors.length
    const share = ((100 * killed) / Math.max(1, mutants.length)).toFixed(1)
    const lines = survivors
      .sort((a, b) => a.file.localeCompare(b.file) || a.line - b.line)
      .map(({ file, line, original, replacement }) => {
        const short = (text: string) => text.replace(/\s+/g, ' ').slice(0, 70)
        return `  ${file}:${line}  ${short(original)}  →  ${short(replacement)}`
      })
    process.stdout.write(`${[`${area}: ${killed} of ${mutants.length} killed (${share} %)`, ...lines].join('\n')}\n`)
  }
  judges.stop()
}

await (process.argv.includes('--judge') ? judge() : main())
