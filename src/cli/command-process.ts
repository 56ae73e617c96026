/**
 * A command as a process: what it prints, how it is interrupted, and the code it ends with. What each of them takes stands in its
 * arguments file.
 */
import type { Writable } from 'node:stream'
import type { Browser } from 'playwright-core'
import { messageOf } from '../graph/document/coded-error.ts'
import { CommandFailure, type ExitCode, exitCodes } from '../host/command-failure.ts'

/** Where progress and whatever else is no result goes: standard error, or what takes its place. */
export type ErrorStream = Writable & { readonly isTTY?: boolean; readonly columns?: number }

/** What a command has around it. */
export interface Surroundings {
  readonly stdout: Writable
  readonly stderr: ErrorStream
  /** Aborted where the command is to end early; the reason is a `CommandFailure`. */
  readonly interruptSignal: AbortSignal
  /** A browser that runs already and goes on afterwards; absent: the command starts one of its own where it needs one. */
  readonly browser?: Browser
}

/** What a command is run with. */
export interface CommandContext extends Omit<Surroundings, 'stdout'> {
  readonly say: (line: string) => void
  /** Resolves once the text is with the operating system: a pipe would lose what is left at the end of the process. */
  readonly print: (text: string) => Promise<void>
  readonly printJson: (value: unknown) => Promise<void>
}

export type Command = (words: readonly string[], context: CommandContext) => Promise<ExitCode>

function contextIn({ stdout, ...surroundings }: Surroundings): CommandContext {
  const print = (text: string): Promise<void> =>
    new Promise((resolve, reject) => stdout.write(text, (error) => (error ? reject(error) : resolve())))
  return {
    ...surroundings,
    say: (line) => surroundings.stderr.write(`${line}\n`),
    print,
    printJson: (value) => print(`${JSON.stringify(value, null, 2)}\n`),
  }
}

/** Seconds after which an interrupted command ends, whatever it still waits for. */
const patience = 2

/** Aborted by Ctrl+C and its kin. Further ones change nothing: npm passes on what the terminal sends to us as well. */
function interruption(): AbortSignal {
  const controller = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () =>
      controller.abort(new CommandFailure(exitCodes.interrupted, 'Interrupted; nothing was written.')),
    )
  }
  return controller.signal
}

/** What `work` gives; where it goes on for too long after `signal`, the signal's reason. */
function endingSoonAfter<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => setTimeout(() => reject(signal.reason), patience * 1000), { once: true })
    work.then(resolve, reject)
  })
}

/** Says what went wrong and gives the exit code. */
async function fail(error: unknown, json: boolean, { say, printJson }: CommandContext): Promise<ExitCode> {
  const failure = error instanceof CommandFailure ? error : new CommandFailure(exitCodes.render, messageOf(error))
  const { exitCode, message, hint, problems } = failure
  say([message, hint].filter((part) => part !== '').join(' '))
  for (const problem of problems.slice(0, 20)) {
    // A failure made of problems has the first one's words.
    if (!message.endsWith(problem.message)) say(`${problem.severity}: ${problem.message} ${problem.hint}`)
  }
  if (problems.length > 20) say(`… and ${problems.length - 20} more.`)
  if (json) await printJson({ ok: false, exitCode, message, hint, problems })
  return exitCode
}

/** Runs a command with the words of a command line; what goes wrong is said. Gives the code that its process ends with. */
export async function runIn(surroundings: Surroundings, command: Command, words: readonly string[]): Promise<ExitCode> {
  const context = contextIn(surroundings)
  try {
    return await endingSoonAfter(surroundings.interruptSignal, command(words, context))
  } catch (error) {
    return fail(error, words.includes('--json'), context)
  }
}

/** Runs a command with the words of this process, and ends the process with its code. */
export async function runCommand(command: Command): Promise<never> {
  const interruptSignal = interruption()
  // Where nobody takes what is printed, the end must come all the same.
  interruptSignal.addEventListener('abort', () =>
    setTimeout(() => process.exit(exitCodes.interrupted), (patience + 0.5) * 1000),
  )
  const { stdout, stderr } = process
  process.exit(await runIn({ stdout, stderr, interruptSignal }, command, process.argv.slice(2)))
}
