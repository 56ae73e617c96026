/**
 * A command as a process: what it prints, how it is interrupted, and the code it ends with. What each of them takes stands in its
 * arguments file.
 */
import { messageOf } from '../graph/document/coded-error.ts'
import { CommandFailure, type ExitCode, exitCodes } from '../host/command-failure.ts'

export const say = (line: string) => process.stderr.write(`${line}\n`)

/** Resolves once the text is with the operating system: a pipe would lose what is left at the end of the process. */
export const print = (text: string): Promise<void> =>
  new Promise((resolve, reject) => process.stdout.write(text, (error) => (error ? reject(error) : resolve())))
export const printJson = (value: unknown) => print(`${JSON.stringify(value, null, 2)}\n`)

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
async function fail(error: unknown, json: boolean): Promise<ExitCode> {
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

/** Runs `run` with the words of the command line, and ends the process with its code. */
export async function runCommand(
  run: (words: readonly string[], interrupted: AbortSignal) => Promise<ExitCode>,
): Promise<never> {
  const words = process.argv.slice(2)
  const interrupted = interruption()
  // Where nobody takes what is printed, the end must come all the same.
  interrupted.addEventListener('abort', () =>
    setTimeout(() => process.exit(exitCodes.interrupted), (patience + 0.5) * 1000),
  )
  let exitCode: ExitCode
  try {
    exitCode = await endingSoonAfter(interrupted, run(words, interrupted))
  } catch (error) {
    exitCode = await fail(error, words.includes('--json'))
  }
  process.exit(exitCode)
}
