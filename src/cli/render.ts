/**
 * `npm run render`: a graph, a file in, a file out, no window. Node reads the arguments and the graph and owns the
 * disk; the page (`page.ts`) runs the same engine as the editor. See `arguments.ts` for what it takes.
 */
import { existsSync } from 'node:fs'
import { CommandFailure, type ExitCode, exitCodes } from '../host/command-failure.ts'
import { findFfmpeg } from '../host/installed-ffmpeg.ts'
import { loadSpecs } from '../host/node-specs.ts'
import { help, parseArguments, type RenderArguments } from './arguments.ts'
import { listEncodersJson, listEncodersText } from './installed-encoders.ts'
import { listNodesJson, listNodesText } from './list-nodes.ts'
import { pieceJson, pieceText, summaryJson, summaryText } from './summary.ts'

const say = (line: string) => process.stderr.write(`${line}\n`)

/** Resolves once the text is with the operating system: a pipe would lose what is left at the end of the process. */
const print = (text: string): Promise<void> =>
  new Promise((resolve, reject) => process.stdout.write(text, (error) => (error ? reject(error) : resolve())))
const printJson = (value: unknown) => print(`${JSON.stringify(value, null, 2)}\n`)

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

async function run(args: RenderArguments, interrupted: AbortSignal): Promise<ExitCode> {
  if (args.command === 'help') {
    await print(help)
    return exitCodes.done
  }
  const specs = await loadSpecs()
  if (args.command === 'list-nodes') {
    await (args.json ? printJson(listNodesJson(specs)) : print(listNodesText(specs)))
    return exitCodes.done
  }
  if (args.command === 'list-encoders') {
    const ffmpeg = await findFfmpeg()
    await (args.json ? printJson(listEncodersJson(ffmpeg)) : print(listEncodersText(ffmpeg)))
    return exitCodes.done
  }
  // Loaded late: most mistakes are found without it, and the browser driver alone takes a second to load.
  const { checkGraph, renderGraph } = await import('./run-render.ts')
  const context = { args, specs, say, interrupted }
  if (args.command === 'check') {
    const problems = await checkGraph(context)
    const bad = problems.some(({ severity }) => severity === 'error')
    if (args.json) await printJson({ ok: !bad, exitCode: bad ? exitCodes.usage : exitCodes.done, problems })
    else {
      const lines = problems.map(({ severity, message, hint }) => `${severity}: ${message} ${hint}`)
      await print(`${lines.length > 0 ? lines.join('\n') : `${args.graph} is in order.`}\n`)
    }
    return bad ? exitCodes.usage : exitCodes.done
  }
  const rendered = await renderGraph(context)
  if ('piece' in rendered) {
    await (args.json ? printJson(pieceJson(rendered)) : print(pieceText(rendered)))
    return exitCodes.done
  }
  await (args.json ? printJson(summaryJson(rendered)) : print(summaryText(rendered)))
  return exitCodes.done
}

/** Says what went wrong and gives the exit code. */
async function fail(error: unknown, json: boolean): Promise<ExitCode> {
  const failure =
    error instanceof CommandFailure
      ? error
      : new CommandFailure(exitCodes.render, error instanceof Error ? error.message : String(error))
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

const words = process.argv.slice(2)
const interrupted = interruption()
// Where nobody takes what is printed, the end must come all the same.
interrupted.addEventListener('abort', () =>
  setTimeout(() => process.exit(exitCodes.interrupted), (patience + 0.5) * 1000),
)
let exitCode: ExitCode
try {
  exitCode = await endingSoonAfter(interrupted, run(parseArguments(words, existsSync), interrupted))
} catch (error) {
  exitCode = await fail(error, words.includes('--json'))
}
process.exit(exitCode)
