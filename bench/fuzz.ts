/**
 * `npm run bench:fuzz`: 10,000 graphs, 5,000 links, 10,000 requests, 300 models and 300 damaged clips, all broken by a
 * seed, through what reads them in the product. Nothing may hang for more than 10 s, nothing may be uncaught, every
 * refusal is a sentence, and nothing that is called rendered may be empty.
 * `--only graphs,links,requests,models,clips`, `--seed <n>`, `--share <part of the counts, 0.1>`; `--told` prints what each
 * clip and model was refused with.
 */

import { readdirSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Browser, chromium, type Page } from 'playwright-core'
import { validate } from '../src/graph/analysis/validate.ts'
import { messageOf } from '../src/graph/document/coded-error.ts'
import { parseGraph } from '../src/graph/file/read.ts'
import { projectFolder, runVite, startAppServer } from '../src/host/app-server.ts'
import { browserArguments, findTestBrowser } from '../src/host/browser.ts'
import { loadSpecs } from '../src/host/node-specs.ts'
import { packFragment, unpackFragment } from '../src/ui/sharing/link.ts'
import { type BrokenFile, brokenClips, brokenGraph, brokenModels, brokenText, seededRandom } from './broken-inputs.ts'
import type { Fate } from './fuzz-page.ts'

/** Seconds beyond which an input counts as one that hangs, and beyond which nobody waits for it any longer. */
const hang = 10
const patience = 60

interface Tally {
  readonly what: string
  count: number
  refusals: number
  slowest: number
  readonly faults: string[]
}

const { values } = parseArgs({
  options: { only: { type: 'string' }, seed: { type: 'string' }, share: { type: 'string' }, told: { type: 'boolean' } },
})
const seed = Number(values.seed ?? 1)
const share = Number(values.share ?? 1)
const groups = new Set((values.only ?? 'graphs,links,requests,models,clips').split(','))
const say = (line: string): void => void process.stderr.write(`${line}\n`)
const tallies: Tally[] = []

function tallyOf(what: string): Tally {
  const tally: Tally = { what, count: 0, refusals: 0, slowest: 0, faults: [] }
  tallies.push(tally)
  return tally
}

/** Counts what `run` does with one input: `true` where it was refused. */
async function tried(tally: Tally, name: string, run: () => boolean | Promise<boolean>): Promise<void> {
  const began = performance.now()
  try {
    if (await run()) tally.refusals += 1
  } catch (error) {
    tally.faults.push(`${name}: ${messageOf(error)}`)
  }
  const seconds = (performance.now() - began) / 1000
  tally.count += 1
  tally.slowest = Math.max(tally.slowest, seconds)
  if (seconds > hang) tally.faults.push(`${name}: took ${seconds.toFixed(1)} s`)
}

const graphFolder = join(projectFolder, 'public/graphs')
const graphTexts = readdirSync(graphFolder)
  .filter((name) => name.endsWith('.json'))
  .map((name) => readFileSync(join(graphFolder, name), 'utf8'))

async function graphs(count: number): Promise<void> {
  const tally = tallyOf('graphs')
  const specs = await loadSpecs()
  const facts = { media: () => undefined, model: () => undefined }
  for (let i = 0; i < count; i++) {
    const random = seededRandom(seed + i)
    const text = graphTexts[random(graphTexts.length)]!
    const broken = random(2) === 0 ? brokenText(text, random) : brokenGraph(text, random)
    await tried(tally, `graph ${i}`, () => {
      const parsed = parseGraph(broken, specs)
      if (parsed.ok) validate(parsed.document, specs, facts)
      else if (!parsed.error.message) throw new Error('it was refused without a word')
      return !parsed.ok
    })
  }
}

async function links(count: number): Promise<void> {
  const tally = tallyOf('links')
  const warn = console.warn
  // What a link holds that cannot be unpacked goes to the console: thousands of them here.
  console.warn = () => undefined
  try {
    for (let i = 0; i < count; i++) {
      const random = seededRandom(seed + i)
      const text = graphTexts[random(graphTexts.length)]!
      const whole = await packFragment(random(2) === 0 ? text : brokenText(text, random))
      const broken = random(4) === 0 ? whole : brokenText(whole, random)
      await tried(tally, `link ${i}`, async () => {
        const unpacked = await unpackFragment(broken)
        if (!unpacked.ok && !unpacked.problem.message) throw new Error('it was refused without a word')
        return !unpacked.ok
      })
    }
  } finally {
    console.warn = warn
  }
}

/** Sends `text` as it is; resolves with the status of the answer, or `null` where the line was closed without one. */
const send = (port: number, text: string): Promise<number | null> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    const timer = setTimeout(() => {
      socket.destroy()
      reject(new Error('it was not answered'))
    }, patience * 1000)
    let answer = ''
    socket.on('data', (bytes) => {
      answer += bytes.toString('latin1')
    })
    // Half a request is waited for: its other half never comes.
    const end = setTimeout(() => answer === '' && socket.end(), 300)
    const done = () => {
      clearTimeout(timer)
      clearTimeout(end)
      const status = /^HTTP\/1\.1 (\d{3})/.exec(answer)
      resolve(status ? Number(status[1]) : null)
    }
    socket.on('close', done)
    socket.on('error', done)
    socket.write(text, 'latin1')
  })

async function requests(count: number, port: number): Promise<void> {
  const tally = tallyOf('requests')
  const targets = [
    '/',
    '/fuzz.html',
    '//[',
    '/%',
    '/../../etc/passwd',
    'http://[',
    'http://a:99999/',
    '*',
    '/output/',
    '/index.html?a=%FF',
  ]
  const methods = ['GET', 'PUT', 'POST', 'HEAD', 'OPTIONS', 'BREW', '']
  const one = async (i: number): Promise<void> => {
    const random = seededRandom(seed + i)
    const target = targets[random(targets.length)]!
    const host = random(3) === 0 ? `x${random(99)}.example` : `127.0.0.1:${port}`
    const head = `${methods[random(methods.length)]} ${target} HTTP/1.${random(3)}\r\nHost: ${host}\r\nConnection: close\r\nX: ${'a'.repeat(random(random(20) === 0 ? 90_000 : 30))}\r\n\r\n`
    const text = random(3) === 0 ? brokenText(head, random).slice(0, 200_000) : head
    await tried(tally, `request ${i}`, async () => {
      const status = await send(port, text)
      if (status !== null && status >= 500 && status !== 501 && status !== 505)
        throw new Error(`it was answered ${status}`)
      return status !== 200
    })
  }
  const together = 50
  for (let at = 0; at < count; at += together) {
    await Promise.all(Array.from({ length: Math.min(together, count - at) }, (_, i) => one(at + i)))
  }
  const last = await send(port, `GET /fuzz.html HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n\r\n`)
  if (last !== 200) tally.faults.push(`afterwards the server answered ${last}`)
}

/** A page of the engine, and what it threw that nobody caught. */
async function openPage(browser: Browser, url: string, uncaught: string[]): Promise<Page> {
  const page = await browser.newPage()
  page.on('pageerror', (error) => uncaught.push(error.message))
  page.on('console', (message) => {
    if (/Uncaught/.test(message.text())) uncaught.push(message.text())
  })
  page.on('crash', () => uncaught.push('the page crashed'))
  await page.goto(url)
  await page.waitForFunction(() => window.renderClip !== undefined)
  return page
}

async function inBrowser(
  what: 'models' | 'clips',
  files: Iterable<BrokenFile>,
  browser: Browser,
  url: string,
): Promise<void> {
  const tally = tallyOf(what)
  const uncaught: string[] = []
  let page = await openPage(browser, url, uncaught)
  const entry = what === 'clips' ? 'renderClip' : 'renderModel'
  // The first of each loads what the others find loaded.
  let warm = false
  for (const { name, how, bytes } of files) {
    const base64 = Buffer.from(bytes).toString('base64')
    const ask = (): Promise<Fate> =>
      page.evaluate(
        ([way, file, text]) => {
          const render = window[way]
          if (!render) throw new Error('The page is not ready.')
          return render(file, text)
        },
        [entry, name, base64] as const,
      )
    if (!warm) await ask()
    warm = true
    await tried(tally, `${name} (${how})`, async () => {
      let timer: NodeJS.Timeout | undefined
      const late = new Promise<null>((resolve) => {
        timer = setTimeout(() => resolve(null), patience * 1000)
      })
      const fate = await Promise.race([ask(), late]).finally(() => clearTimeout(timer))
      if (fate === null) {
        await page.close()
        page = await openPage(browser, url, uncaught)
        throw new Error(`nothing came for ${patience} s`)
      }
      const thrown = uncaught.splice(0)
      if (thrown.length > 0) throw new Error(`uncaught: ${thrown.join('; ')}`)
      if (values.told)
        say(`${name} (${how}): ${fate.kind === 'refused' ? fate.sentences.join(' ') : `${fate.frames} frames`}`)
      if (fate.kind === 'refused') {
        const dumb = fate.sentences.find((text) => !/^[“A-Z].*[.!?]$/s.test(text))
        if (fate.sentences.length === 0 || dumb !== undefined) throw new Error(`refused without a sentence: ${dumb}`)
        return true
      }
      if (fate.frames === 0 || fate.bytes === 0) throw new Error('it was called rendered, and holds no frame')
      return false
    })
    if (tally.count % 25 === 0) say(`${what}: ${tally.count}, ${tally.faults.length} faults`)
  }
  await page.close()
}

const counted = (whole: number): number => Math.max(1, Math.round(whole * share))
if (groups.has('graphs')) await graphs(counted(10_000))
if (groups.has('links')) await links(counted(5_000))
if (groups.has('requests') || groups.has('models') || groups.has('clips')) {
  const built = join(projectFolder, '.cache/bench')
  await runVite([
    'build',
    '--config',
    'bench/vite.config.ts',
    '--outDir',
    built,
    '--emptyOutDir',
    '--logLevel',
    'error',
  ])
  const server = await startAppServer({ folder: built })
  try {
    if (groups.has('requests')) await requests(counted(10_000), Number(new URL(server.origin).port))
    if (groups.has('models') || groups.has('clips')) {
      const browser = await chromium.launch({ executablePath: findTestBrowser(), args: [...browserArguments] })
      try {
        const url = `${server.origin}/fuzz.html`
        if (groups.has('models')) await inBrowser('models', brokenModels(counted(300), seed), browser, url)
        if (groups.has('clips')) await inBrowser('clips', brokenClips(counted(300), seed), browser, url)
      } finally {
        await browser.close()
      }
    }
  } finally {
    await server.close()
  }
}
for (const { what, count, refusals, slowest, faults } of tallies) {
  process.stdout.write(
    `${what}: ${count}, ${refusals} refused, ${faults.length} faults, slowest ${slowest.toFixed(2)} s\n`,
  )
  for (const fault of faults.slice(0, 20)) process.stdout.write(`  ${fault}\n`)
}
process.exitCode = tallies.some(({ faults }) => faults.length > 0) ? 1 : 0
