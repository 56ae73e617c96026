/** `npm run size`: fails when the built editor loads more JavaScript before its first paint than is allowed. */
import { join } from 'node:path'
import { projectFolder } from '../src/host/app-server.ts'
import { firstPaint, firstPaintLimit, firstPaintReport } from '../src/host/first-paint.ts'

const result = firstPaint(join(projectFolder, 'dist'))
process.stdout.write(`${firstPaintReport(result)}\n`)
if (result.bytes > firstPaintLimit) {
  process.stderr.write('That is too much: import by `import()` what the first paint does not need.\n')
  process.exit(1)
}
