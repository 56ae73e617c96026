/** The command line of `npm run render`, from words to a request. Every mistake is one sentence and exit code 2. */
import { parseArgs } from 'node:util'
import { usage } from '../host/command-failure.ts'
import type { RuntimeChoice } from '../models/types.ts'
import { readShard, type Shard } from './shard.ts'

export const help = `Renders a graph without a window.

  npm run render                              the default recipe on the sample clip, to out/field-guide-enhanced.mp4
  npm run render -- <graph.json> --input <file> --output <file>

  --input <file>            media for the graph's Decode: a video, a picture, or a folder of pictures;
                            <name>=<file> where there are several (by id, title or type; may be repeated)
  --output <file>           where Encode writes: .mp4, .mov, .webm, .mkv, .gif, .webp or .apng, or .png for pictures;
                            <name>=<file> where there are several
  --start <s>               start here, in seconds of the clip
  --duration <s>            stop after this many seconds
  --frames <n>              stop after this many frames
  --range <a>-<b>           instead of these: frames a to b, inclusive, numbered from 0 as in reports
  --keep-timestamps         a file of a range keeps its times in the whole clip, and pictures their numbers; otherwise it
                            starts at 0, as players expect
  --set <node>.<param>=<v>  change a parameter (node by id, title or type; may be repeated); “bypass” and “mute” work too
  --strict                  refuse damaged media, instead of holding the last good frame and reporting it
  --allow-code              run the code that the graph carries (in Shader nodes); read it first
  --runtime <r>             auto (default), shaders, webgpu or wasm: how models run
  --fresh                   start over, ignoring what an earlier run of this render has kept (see below)
  --json                    one JSON object on standard output, everything else on standard error

  --shard <k>/<n> --parts <folder>
                            render only the kth of n pieces, into a folder that all of them share; auto (or auto/<n>)
                            in an array job of Slurm, Kubernetes, AWS Batch or SGE takes its index
  join <folder> --output <file>
                            put the pieces together, once all are there; nothing is re-encoded
  --shards <n>              render all n pieces one after the other, into the same file as without it

  --list-nodes              the nodes there are, with their ports and parameters
  --list-encoders           the ffmpeg installed on this machine, and the encoders it has
  --check <graph.json>      report what is wrong with a graph, and render nothing
  --help                    this text

Finished work is kept in <output>.parts (or --parts <folder>) until the file is complete: after a crash or Ctrl+C the same
command resumes from it, and writes the file that an uninterrupted run would have written.

Exit codes: 0 done, 2 bad arguments or graph, 3 bad input media, 4 failed while rendering, 130 interrupted.
Environment: FRAMEWRIGHT_BROWSER names the browser to use; FRAMEWRIGHT_GPU is hardware or software (default: detected);
FRAMEWRIGHT_FFMPEG names the ffmpeg to encode with (default: the one on the path).
`

/** `--input name=file`; without a name, the graph's only one is meant. */
export interface NamedFile {
  readonly name: string | undefined
  readonly file: string
}

export interface Setting {
  readonly node: string
  readonly param: string
  readonly value: string
}

export interface RenderArguments {
  readonly command: 'render' | 'join' | 'check' | 'list-nodes' | 'list-encoders' | 'help'
  /** Absent: the default recipe. */
  readonly graph: string | undefined
  readonly inputs: readonly NamedFile[]
  readonly outputs: readonly NamedFile[]
  readonly start: number | undefined
  readonly duration: number | undefined
  readonly frames: number | undefined
  /** Of frames by their numbers in the whole: from `first` up to, not including, `next`. */
  readonly range: { readonly first: number; readonly next: number } | undefined
  readonly keepTimestamps: boolean
  readonly settings: readonly Setting[]
  /** Damaged media are refused. */
  readonly strict: boolean
  readonly runtime: RuntimeChoice
  /** Code that the graph carries may run. */
  readonly allowCode: boolean
  /** Where finished frames are kept; absent: beside the output. Of `join`: where the pieces lie. */
  readonly parts: string | undefined
  /** Nothing of an earlier run is used. */
  readonly fresh: boolean
  /** Only this piece. */
  readonly shard: Shard | undefined
  /** In so many pieces. */
  readonly shards: number | undefined
  readonly json: boolean
}

const options = {
  input: { type: 'string', multiple: true },
  output: { type: 'string', multiple: true },
  start: { type: 'string' },
  duration: { type: 'string' },
  frames: { type: 'string' },
  range: { type: 'string' },
  'keep-timestamps': { type: 'boolean' },
  set: { type: 'string', multiple: true },
  runtime: { type: 'string' },
  strict: { type: 'boolean' },
  'allow-code': { type: 'boolean' },
  parts: { type: 'string' },
  fresh: { type: 'boolean' },
  shard: { type: 'string' },
  shards: { type: 'string' },
  json: { type: 'boolean' },
  'list-nodes': { type: 'boolean' },
  'list-encoders': { type: 'boolean' },
  check: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const

export const runtimes: readonly RuntimeChoice[] = ['auto', 'shaders', 'webgpu', 'wasm']
const seeHelp = 'See npm run render -- --help.'

/** Of `--flag`, at least 1. @param what it is @param help where flags are listed */
export function wholeNumber(flag: string, text: string | undefined, what: string, help = seeHelp): number | undefined {
  if (text === undefined) return undefined
  const value = text.trim() === '' ? Number.NaN : Number(text)
  if (!Number.isFinite(value) || value < 1)
    throw usage(`--${flag} must be ${what}, at least 1, but is “${text}”.`, help)
  if (!Number.isInteger(value)) throw usage(`--${flag} must be a whole number, but is “${text}”.`, help)
  return value
}

function number(flag: string, text: string | undefined, minimum: number, what: string): number | undefined {
  if (text === undefined) return undefined
  const value = text.trim() === '' ? Number.NaN : Number(text)
  if (!Number.isFinite(value) || value < minimum) throw usage(`--${flag} must be ${what}, but is “${text}”.`, seeHelp)
  return value
}

/** The part before `=` is a name only where the whole is not a file itself and the name has no folder in it. */
export function namedFile(text: string, flag: string, exists: (path: string) => boolean): NamedFile {
  if (text === '') throw usage(`--${flag} names no file.`, seeHelp)
  const at = text.indexOf('=')
  const name = text.slice(0, Math.max(0, at))
  if (at <= 0 || /[\\/]/.test(name) || exists(text)) return { name: undefined, file: text }
  const file = text.slice(at + 1)
  if (file === '') throw usage(`--${flag} ${name}= names no file.`, seeHelp)
  return { name, file }
}

function setting(text: string): Setting {
  const equals = text.indexOf('=')
  const target = text.slice(0, Math.max(0, equals))
  const dot = target.lastIndexOf('.')
  if (equals < 0 || dot <= 0 || dot === target.length - 1)
    throw usage(`--set takes node.param=value, but got “${text}”.`, 'For example: --set grain.amount=0.1.')
  return { node: target.slice(0, dot), param: target.slice(dot + 1), value: text.slice(equals + 1) }
}

/**
 * What `read` gives; what Node says of flags it cannot read is said in our words. Of a wrong value Node has one code for three
 * faults, which its words alone tell apart. @param help where they are listed
 */
export function parseErrors<T>(help: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const flag = /'(-[^' ]+)/.exec(message)?.[1]
    if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') throw usage(`There is no flag ${flag ?? message}.`, help)
    if (code === 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE')
      throw usage(
        flag && /does not take/.test(message)
          ? `${flag} takes no value.`
          : /ambiguous/.test(message)
            ? `${flag ?? 'A flag'} takes no value that begins with “-”.`
            : `${flag ?? 'A flag'} needs a value after it.`,
        help,
      )
    throw error
  }
}

const parse = (args: readonly string[]) =>
  parseErrors(seeHelp, () => parseArgs({ args: [...args], options, allowPositionals: true, strict: true }))

type Values = ReturnType<typeof parse>['values']

/** Flags that say what pieces are of, which `join` takes from the pieces themselves. */
const ofPieces = [
  'input',
  'start',
  'duration',
  'frames',
  'range',
  'keep-timestamps',
  'set',
  'runtime',
  'strict',
  'allow-code',
  'parts',
  'shard',
  'shards',
  'fresh',
] as const

/** `48-95`, or `48` for one frame. */
function frameNumbers(values: Values): RenderArguments['range'] {
  const { range } = values
  if (range === undefined) return undefined
  const other = (['start', 'duration', 'frames'] as const).find((flag) => values[flag] !== undefined)
  if (other) throw usage(`--range and --${other} both say which frames to render: give only one of them.`, seeHelp)
  const [, from, , to = from] = /^(\d{1,9})(-(\d{1,9}))?$/.exec(range) ?? []
  if (from === undefined || Number(to) < Number(from))
    throw usage(
      `--range “${range}” is not a range of frames.`,
      'Write --range 48-95 for frames 48 to 95; the first is 0.',
    )
  return { first: Number(from), next: Number(to) + 1 }
}

/** How the work is cut into pieces, and where they are kept. */
function pieces(values: Values, joinedFolder: string | undefined, environment: NodeJS.ProcessEnv) {
  const { parts, fresh = false } = values
  if (parts === '') throw usage('--parts names no folder.', seeHelp)
  const shards = wholeNumber('shards', values.shards, 'a whole number of pieces')
  if (joinedFolder !== undefined) {
    const other = ofPieces.find((flag) => values[flag] !== undefined)
    if (other)
      throw usage(`join takes no --${other}: the pieces already say what they belong to.`, `Leave --${other} out.`)
    if (values.output === undefined) throw usage('join needs to know where to write.', 'Give --output <file>.')
    return { parts: joinedFolder, fresh, shard: undefined, shards: undefined }
  }
  if (values.shard === undefined) return { parts, fresh, shard: undefined, shards }
  if (shards !== undefined) throw usage('--shard makes one piece and --shards all of them: give only one.', seeHelp)
  if (parts === undefined) throw usage('--shard needs a folder that all pieces share.', 'Name it: --parts <folder>.')
  if (fresh)
    throw usage(
      '--shard cannot be combined with --fresh, which would remove the other pieces.',
      'Name another --parts folder.',
    )
  return { parts, fresh, shard: readShard(values.shard, environment), shards: undefined }
}

/**
 * Reads `args` (without the interpreter and script). `exists` tells whether a path is there, so that
 * `--input a=b.mp4` may also be a file of that name; `environment` is where `--shard auto` looks. Throws
 * `CommandFailure`.
 */
export function parseArguments(
  args: readonly string[],
  exists: (path: string) => boolean,
  environment: NodeJS.ProcessEnv = process.env,
): RenderArguments {
  const { values, positionals: paths } = parse(args)
  const [joins, joinedFolder] = paths[0] === 'join' ? [true, paths[1]] : [false, undefined]
  if (joins && (joinedFolder === undefined || joinedFolder === '')) throw usage('join names no folder.', seeHelp)
  const positionals = joins ? paths.slice(2) : paths
  if (joins && positionals.length > 0)
    throw usage(`join takes one folder, but got ${paths.slice(1).join(' and ')}.`, seeHelp)
  const graphs = [...positionals, ...(values.check === undefined ? [] : [values.check])]
  const [graph] = graphs
  if (graphs.length > 1) throw usage(`One graph at a time: got ${graphs.join(' and ')}.`, seeHelp)
  if (graph === '') throw usage('--check names no graph.', seeHelp)
  const runtime = runtimes.find((choice) => choice === (values.runtime ?? 'auto'))
  if (!runtime) throw usage(`--runtime must be ${runtimes.join(', ')}, but is “${values.runtime}”.`, seeHelp)
  const frames = wholeNumber('frames', values.frames, 'a whole number of frames')
  const duration = number('duration', values.duration, 0, 'a number of seconds above 0')
  if (duration === 0) throw usage('--duration must be above 0.', seeHelp)
  return {
    command: values.help
      ? 'help'
      : values['list-nodes']
        ? 'list-nodes'
        : values['list-encoders']
          ? 'list-encoders'
          : values.check !== undefined
            ? 'check'
            : joins
              ? 'join'
              : 'render',
    graph,
    inputs: (values.input ?? []).map((text) => namedFile(text, 'input', exists)),
    outputs: (values.output ?? []).map((text) => namedFile(text, 'output', exists)),
    start: number('start', values.start, 0, 'a number of seconds, at least 0'),
    duration,
    frames,
    range: frameNumbers(values),
    keepTimestamps: values['keep-timestamps'] ?? false,
    settings: (values.set ?? []).map(setting),
    runtime,
    strict: values.strict ?? false,
    allowCode: values['allow-code'] ?? false,
    ...pieces(values, joinedFolder, environment),
    json: values.json ?? false,
  }
}
