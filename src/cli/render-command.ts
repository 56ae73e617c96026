/**
 * `render` as a function: a graph, a file in, a file out, no window. Node reads the arguments and the graph and owns the
 * disk; the page (`headless-page.ts`) runs the same engine as the editor. See `arguments.ts` for what it takes.
 */
import { existsSync } from 'node:fs'
import { type ExitCode, exitCodes } from '../host/command-failure.ts'
import { findFfmpeg } from '../host/installed-ffmpeg.ts'
import { loadSpecs } from '../host/node-specs.ts'
import { help, parseArguments } from './arguments.ts'
import type { Command } from './command-process.ts'
import { listEncodersJson, listEncodersText } from './installed-encoders.ts'
import { listNodesJson, listNodesText } from './list-nodes.ts'
import { pieceJson, pieceText, summaryJson, summaryText } from './summary.ts'

export const renderCommand: Command = async (words, around): Promise<ExitCode> => {
  const { print, printJson } = around
  const args = parseArguments(words, existsSync)
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
  const context = { ...around, args, specs }
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
  const outcome = await renderGraph(context)
  if ('piece' in outcome) {
    await (args.json ? printJson(pieceJson(outcome)) : print(pieceText(outcome)))
    return exitCodes.done
  }
  await (args.json ? printJson(summaryJson(outcome)) : print(summaryText(outcome)))
  return exitCodes.done
}
