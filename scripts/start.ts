/** `npm start [-- --port n] [--no-open]`: serves the editor, prints its address, and opens it where there is a display. */
import { spawn } from 'node:child_process'
import { parseArgs } from 'node:util'
import { type AppServer, ensureBuilt, startAppServer } from '../src/host/app-server.ts'
import { findBrowser } from '../src/host/browser.ts'

/**
 * What a browser keeps (unsaved graphs, unfinished exports) belongs to the address with its port: so that is the same
 * each time, unless something else has taken it.
 */
const usualPort = 4870

const say = (line: string) => process.stderr.write(`${line}\n`)

function readArguments(): { port: number | undefined; open: boolean } {
  const { values } = parseArgs({
    options: { port: { type: 'string' }, 'no-open': { type: 'boolean' } },
    strict: true,
  })
  const open = !(values['no-open'] ?? false)
  if (values.port === undefined) return { port: undefined, open }
  const port = Number(values.port)
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new Error(`--port must be a whole number from 0 to 65535, but is “${values.port}”.`)
  return { port, open }
}

async function serve(port: number | undefined): Promise<AppServer> {
  if (port !== undefined) return startAppServer({ port })
  try {
    return await startAppServer({ port: usualPort })
  } catch {
    say(`Port ${usualPort} is in use, so graphs and exports that were kept at that address are not shown at this one.`)
    return startAppServer()
  }
}

const hasDisplay = (): boolean =>
  process.platform !== 'linux' || Boolean(process.env.DISPLAY) || Boolean(process.env.WAYLAND_DISPLAY)

/** Opening is a courtesy: whatever goes wrong with it is one line, and the server goes on. */
function openEditor(address: string): void {
  let browser: string
  try {
    browser = findBrowser()
  } catch (error) {
    say(`${(error as Error).message} Then open the address above in it.`)
    return
  }
  const flags = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  // Linux browsers keep WebGPU behind flags on some drivers; everywhere else it is simply there.
  if (process.platform === 'linux') flags.push('--enable-unsafe-webgpu', '--enable-features=Vulkan')
  const child = spawn(browser, [...flags, address], { detached: true, stdio: 'ignore' })
  child.once('error', (error) => say(`The browser did not open (${error.message}); open the address yourself.`))
  child.unref()
}

try {
  const { port, open } = readArguments()
  await ensureBuilt(say)
  const server = await serve(port)
  const address = `${server.origin}/`
  process.stdout.write(`Framewright is at ${address} (Ctrl+C ends it)\n`)
  if (open && hasDisplay()) openEditor(address)
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      server.close().then(() => process.exit(0))
    })
  }
} catch (error) {
  say((error as Error).message)
  process.exit(2)
}
