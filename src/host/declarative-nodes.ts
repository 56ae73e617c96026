/**
 * Leaves the kernels of nodes out of the page's bundle. The page describes, checks and plans graphs, for which the
 * declarative half of a node is enough; only the engine's worker, which is bundled by itself, runs kernels, and their
 * shaders would be the larger part of what the page loads before its first paint.
 */
import { type Plugin, parseSync } from 'vite'

/** What `KernelSpec` in `graph/node/spec.ts` has: all that anybody but the engine reads of a kernel. */
const declarative: ReadonlySet<string> = new Set(['kind', 'needs', 'readsFrame', 'clock'])

/** A node of the syntax tree, as far as it is looked into. */
interface Syntax {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly [field: string]: unknown
}

const isSyntax = (value: unknown): value is Syntax => typeof value === 'object' && value !== null && 'type' in value
const listOf = (value: unknown): readonly Syntax[] => (Array.isArray(value) ? value.filter(isSyntax) : [])
const nameOf = ({ key }: Syntax): unknown => (isSyntax(key) ? (key.name ?? key.value) : undefined)

/** The properties of the kernel in `export default defineNode({ …, kernel: { … } })`. */
function kernelOf(program: Syntax): readonly Syntax[] | undefined {
  const declaration = listOf(program.body).find(({ type }) => type === 'ExportDefaultDeclaration')?.declaration
  const [definition] = isSyntax(declaration) ? listOf(declaration.arguments) : []
  const kernel = definition && listOf(definition.properties).find((property) => nameOf(property) === 'kernel')?.value
  return isSyntax(kernel) && kernel.type === 'ObjectExpression' ? listOf(kernel.properties) : undefined
}

/**
 * @param code JavaScript of a `*.node.ts`
 * @returns the same, whose kernel has its declarative fields alone
 * @throws where the file is written otherwise than nodes are
 */
export function withoutKernel(file: string, code: string): string {
  const properties = kernelOf(parseSync(file, code).program as unknown as Syntax)
  if (!properties)
    throw new Error(
      `${file} does not read \`export default defineNode({ …, kernel: { … } })\`: write it like the other nodes.`,
    )
  // From the end, so that what is still to be cut stays where it is; each with the comma behind it.
  return [...properties]
    .reverse()
    .filter((property) => !declarative.has(String(nameOf(property))))
    .reduce((text, { start, end }) => text.slice(0, start) + text.slice(end).replace(/^\s*,/, ''), code)
}

/** For the page's build alone: in development and in tests a page may run kernels itself. */
export const declarativeNodes = (): Plugin => ({
  name: 'declarative-nodes',
  apply: 'build',
  enforce: 'post',
  transform: {
    filter: { id: /[\\/]src[\\/]nodes[\\/][^\\/]+\.node\.ts$/ },
    handler: (code, id) => ({ code: withoutKernel(`${id}.js`, code), map: null }),
  },
})

/** What kernels are written with does nothing by being loaded: where no kernel uses it, it goes with its shaders. */
export const kernelParts = (): Plugin => ({
  name: 'kernel-parts',
  apply: 'build',
  transform: {
    filter: { id: /[\\/]src[\\/]nodes[\\/].+(?<!\.node)\.ts$/ },
    handler: () => ({ moduleSideEffects: false }),
  },
})
