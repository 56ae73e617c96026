/** What `npm run measure` takes. */
import { parseArgs } from 'node:util'
import { usage } from '../host/command-failure.ts'
import type { RuntimeChoice } from '../models/types.ts'
import { type NamedFile, namedFile, parseErrors, runtimes, wholeNumber } from './arguments.ts'

export const measureHelp = `Measures what one or two graphs make of a clip, and compares them with each other and with plain Bicubic.

  npm run measure -- enhanced.json --input holiday.mp4
  npm run measure -- a.json b.json --input holiday.mp4 --report compared.html

  <graph.json> [<graph.json>]  the graphs; the first is A, the second B
  --input [name=]<file>        a video, a picture or a folder of pictures in place of the graphs’ own
  --report <file>              .html, a self-contained page with curves, shots and pictures of the worst frames; or .json, the numbers
  --frames <n>                 how many frames, spread over the clip, are measured (default: 24)
  --allow-code                 run the code that the graphs carry (in Shader nodes); read it first
  --runtime <r>                auto (default), shaders, webgpu or wasm: how models run
  --json                       one JSON object on standard output, everything else on standard error
  --help                       this text

What stands out is listed worst first, shot by shot, with what B does better and worse than A. Numbers say how far something
stands out, not that it is bad. What goes into Encode is measured, against what comes out of Decode.

Exit codes: 0 done, 2 bad arguments or graph, 3 bad input media, 4 failed while measuring, 130 interrupted.
`

export interface MeasureArguments {
  readonly command: 'measure' | 'help'
  /** One or two. */
  readonly graphs: readonly string[]
  readonly inputs: readonly NamedFile[]
  readonly report: { readonly path: string; readonly kind: 'html' | 'json' } | undefined
  readonly frames: number
  readonly runtime: RuntimeChoice
  /** Code that the graphs carry may run. */
  readonly allowCode: boolean
  readonly json: boolean
}

const seeHelp = 'See npm run measure -- --help.'

const options = {
  input: { type: 'string', multiple: true },
  report: { type: 'string' },
  frames: { type: 'string' },
  runtime: { type: 'string' },
  'allow-code': { type: 'boolean' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const

function reportOf(path: string | undefined): MeasureArguments['report'] {
  if (path === undefined) return undefined
  const kind = /\.(html|json)$/i.exec(path)?.[1]?.toLowerCase()
  if (kind === 'html' || kind === 'json') return { path, kind }
  throw usage(`--report must end in .html or .json, but is “${path}”.`, 'Give it one of these endings.')
}

/** Reads `args` (without the interpreter and script); see `parseArguments`. Throws `CommandFailure`. */
export function parseMeasureArguments(args: readonly string[], exists: (path: string) => boolean): MeasureArguments {
  const { values, positionals: graphs } = parseErrors(seeHelp, () =>
    parseArgs({ args: [...args], options, allowPositionals: true, strict: true }),
  )
  const command = values.help ? 'help' : 'measure'
  if (command === 'measure' && graphs.length === 0)
    throw usage('No graph was given.', 'Give one or two graph files (.json).')
  if (graphs.length > 2) throw usage(`At most two graphs are compared: got ${graphs.join(', ')}.`, seeHelp)
  if (graphs.includes('')) throw usage('The name of a graph is empty.', seeHelp)
  const runtime = runtimes.find((choice) => choice === (values.runtime ?? 'auto'))
  if (!runtime) throw usage(`--runtime must be ${runtimes.join(', ')}, but is “${values.runtime}”.`, seeHelp)
  return {
    command,
    graphs,
    inputs: (values.input ?? []).map((text) => namedFile(text, 'input', exists)),
    report: reportOf(values.report),
    frames: wholeNumber('frames', values.frames, 'a whole number of frames', seeHelp) ?? 24,
    runtime,
    allowCode: values['allow-code'] ?? false,
    json: values.json ?? false,
  }
}
