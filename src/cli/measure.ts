/**
 * `npm run measure`: what one or two graphs make of a clip, in numbers, per shot and over the whole, with pictures of the worst
 * frames. The page runs the same engine as the editor; see `measure-arguments.ts` for what it takes.
 */
import { existsSync, writeFileSync } from 'node:fs'
import { exitCodes, usage } from '../host/command-failure.ts'
import { loadSpecs } from '../host/node-specs.ts'
import { diskSentence } from '../host/output-server.ts'
import { type Command, runCommand } from './command-process.ts'
import { measureHelp, parseMeasureArguments } from './measure-arguments.ts'

function write(path: string, content: string): void {
  try {
    writeFileSync(path, content)
  } catch (error) {
    throw usage(diskSentence(error, path))
  }
}

const measureCommand: Command = async (words, around) => {
  const { print, printJson, say } = around
  const args = parseMeasureArguments(words, existsSync)
  if (args.command === 'help') {
    await print(measureHelp)
    return exitCodes.done
  }
  const specs = await loadSpecs()
  // Loaded late: most mistakes are found without it, and the browser driver alone takes a second to load.
  const { measureGraphs } = await import('./run-measure.ts')
  const { reportHtml, reportJson, reportText } = await import('./measure-report.ts')
  const report = await measureGraphs({ ...around, args, specs })
  if (args.report?.kind === 'html') write(args.report.path, reportHtml(report))
  if (args.report?.kind === 'json') write(args.report.path, `${JSON.stringify(reportJson(report), null, 2)}\n`)
  await (args.json ? printJson(reportJson(report)) : print(reportText(report)))
  if (args.report) say(`Written: ${args.report.path}`)
  return exitCodes.done
}

await runCommand(measureCommand)
