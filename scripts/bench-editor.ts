/** How soon the editor is there, and how smoothly its viewer pans while frames are rendered: on a page as people open it. */
import type { Browser, Page } from 'playwright-core'

export interface EditorResult {
  /** From the address to the first text on the page, milliseconds; the median of the rounds, nothing cached. */
  readonly paintMilliseconds: number
  /** From the address to the nodes on the canvas, milliseconds. */
  readonly readyMilliseconds: number
  /** From the address to the first picture of the default recipe, milliseconds. */
  readonly pictureMilliseconds: number
  /** Frames a second of the page while its picture is panned and nothing is rendered. */
  readonly panAlone: number
  /** The same while the default recipe plays. */
  readonly panPlaying: number
  /** Milliseconds that the page's own thread works for each of those frames, alone and while playing; 16.7 are 60 a second. */
  readonly panThreadAlone: number
  readonly panThreadPlaying: number
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

interface Panned {
  readonly rate: number
  readonly threadMilliseconds: number
}

/** Drags the picture to and fro for two seconds; counts the frames that the page makes of it, and what they cost it. */
async function pan(page: Page): Promise<Panned> {
  const box = await page.locator('.viewer-surface').boundingBox()
  if (!box) throw new Error('the editor shows no viewer')
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2]
  await using session = await metricsOf(page)
  const worked = await session.seconds()
  const counted = page.evaluate(async () => {
    const begin = performance.now()
    let frames = 0
    let now = begin
    for (; now - begin < 2000; frames += 1) now = await new Promise<number>((done) => requestAnimationFrame(done))
    return { frames, milliseconds: now - begin }
  })
  await page.mouse.move(x, y)
  await page.mouse.down()
  let over = false
  const end = counted.finally(() => {
    over = true
  })
  for (let step = 0; !over; step += 1) await page.mouse.move(x + 60 * Math.sin(step / 8), y + 40 * Math.cos(step / 8))
  await page.mouse.up()
  const { frames, milliseconds } = await end
  return {
    rate: (frames * 1000) / milliseconds,
    threadMilliseconds: (((await session.seconds()) - worked) * 1000) / frames,
  }
}

/** How long the page's own thread has worked. */
async function metricsOf(page: Page) {
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable')
  return {
    async seconds(): Promise<number> {
      const { metrics } = await session.send('Performance.getMetrics')
      return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN
    },
    [Symbol.asyncDispose]: () => session.detach(),
  }
}

/** Opens the default recipe `rounds` times, each in a context without a cache, and pans in the last one. */
export async function measureEditor(browser: Browser, origin: string, rounds: number): Promise<EditorResult> {
  const times: { paint: number; ready: number; picture: number }[] = []
  for (let round = 1; ; round += 1) {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, serviceWorkers: 'block' })
    try {
      const page = await context.newPage()
      await page.addInitScript(() => {
        localStorage.setItem('framewright/tour', 'seen')
        localStorage.setItem('framewright/looking', '{"ahead":false}')
        const observer = new MutationObserver(() => {
          if (!document.querySelector('.react-flow__node')) return
          performance.mark('ready')
          observer.disconnect()
        })
        observer.observe(document, { childList: true, subtree: true })
      })
      await page.goto(`${origin}/`)
      await page.locator('.viewer-stage[data-state="shown"]').waitFor({ timeout: 120_000 })
      times.push(
        await page.evaluate(() => ({
          paint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Number.NaN,
          ready: performance.getEntriesByName('ready')[0]?.startTime ?? Number.NaN,
          picture: performance.now(),
        })),
      )
      if (round < rounds) continue
      await page.getByRole('button', { name: /^Zoom, now/ }).click()
      await page.getByRole('menuitem', { name: /^200 %/ }).click()
      const panAlone = await pan(page)
      await page.getByRole('button', { name: 'Play', exact: true }).click()
      const panPlaying = await pan(page)
      return {
        paintMilliseconds: median(times.map(({ paint }) => paint)),
        readyMilliseconds: median(times.map(({ ready }) => ready)),
        pictureMilliseconds: median(times.map(({ picture }) => picture)),
        panAlone: panAlone.rate,
        panPlaying: panPlaying.rate,
        panThreadAlone: panAlone.threadMilliseconds,
        panThreadPlaying: panPlaying.threadMilliseconds,
      }
    } finally {
      await context.close()
    }
  }
}
