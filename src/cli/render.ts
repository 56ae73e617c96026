/** `npm run render`. */
import { runCommand } from './command-process.ts'
import { renderCommand } from './render-command.ts'

await runCommand(renderCommand)
