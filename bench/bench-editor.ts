/** How soon the editor is there, and how smoothly its viewer pans while frames are rendered: on a page as people open it. */
import type { Browser, Page } from 'playwright-core'

export interface EditorResult {
  /** From the address to the first text on the page, milliseconds; the median of the rounds, nothing cached. */
  readonly paintMilliseconds: number
  /** From the address to the nodes on the canvas, milliseconds. */
  readonly readyMilliseconds: number
  /** From the address to the first picture of the default recipe, milliseconds. */
  readonly pictureMilliseconds: number
  /** Frames a second that the browser shows while the picture is panned and nothing is rendered. */
  readonly panAlone: number
  /** The same while the default recipe plays. */
  readonly panPlaying: number
  /** The same of a canvas of that size that is merely cleared: what this machine can show at all. */
  readonly panBlank: number
  /** Milliseconds that the page's own thread works for each move of the hand, alone and while playing; 16.7 are 60 a second. */
  readonly panThreadAlone: number
  readonly panThreadPlaying: number
}

export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

interface Panned {
  readonly rate: number
  readonly threadMilliseconds: number
}

/** How long a hand pans. */
const panMilliseconds = 2000

/** Frames a second that the browser shows meanwhile: as its compositor draws them, since a page is asked for more. */
async function shownRate(page: Page, meanwhile: () => Promise<unknown>): Promise<number> {
  const browser = page.context().browser()
  if (!browser) throw new Error('the page belongs to no browser')
  await browser.startTracing(page, { categories: ['viz'] })
  const begin = performance.now()
  await meanwhile()
  const seconds = (performance.now() - begin) / 1000
  const trace = (await browser.stopTracing()).toString()
  return (trace.match(/"name":"DirectRenderer::DrawFrame"/g) ?? []).length / seconds
}

/** Drags the picture to and fro, as a mouse does: sixty moves a second, whatever the page makes of them. */
async function pan(page: Page): Promise<Panned> {
  const box = await page.locator('.viewer-surface').boundingBox()
  if (!box) throw new Error('the editor shows no viewer')
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2]
  await using session = await metricsOf(page)
  await page.mouse.move(x, y)
  await page.mouse.down()
  const worked = await session.seconds()
  const moves: Promise<void>[] = []
  const rate = await shownRate(page, async () => {
    const begin = performance.now()
    for (let now = 0; now < panMilliseconds; now = performance.now() - begin) {
      const turn = now / 250
      moves.push(page.mouse.move(x + 60 * Math.sin(turn), y + 40 * Math.cos(turn)))
      await new Promise((resolve) => setTimeout(resolve, 1000 / 60))
    }
    await Promise.all(moves)
  })
  const seconds = (await session.seconds()) - worked
  await page.mouse.up()
  return { rate, threadMilliseconds: (seconds * 1000) / moves.length }
}

/** Lays a canvas over the viewer that is cleared at every frame. */
async function blank(page: Page): Promise<number> {
  return shownRate(page, () =>
    page.evaluate(async (milliseconds) => {
      const under = document.querySelector('.viewer-surface')?.getBoundingClientRect()
      const device = await (await navigator.gpu.requestAdapter())?.requestDevice()
      const canvas = document.createElement('canvas')
      const context = canvas.getContext('webgpu')
      if (!under || !device || !context) throw new Error('there is no viewer, or no WebGPU')
      canvas.width = under.width
      canvas.height = under.height
      canvas.style.cssText = `position: fixed; left: ${under.x}px; top: ${under.y}px`
      document.body.append(canvas)
      context.configure({ device, format: navigator.gpu.getPreferredCanvasFormat() })
      const begin = performance.now()
      for (let now = begin; now - begin < milliseconds; ) {
        now = await new Promise<number>((done) => requestAnimationFrame(done))
        const encoder = device.createCommandEncoder()
        const view = context.getCurrentTexture().createView()
        const clearValue = [(now / milliseconds) % 1, 0, 0, 1]
        encoder.beginRenderPass({ colorAttachments: [{ view, loadOp: 'clear', storeOp: 'store', clearValue }] }).end()
        device.queue.submit([encoder.finish()])
      }
      canvas.remove()
      device.destroy()
    }, panMilliseconds),
  )
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
      const panBlank = await blank(page)
      const panAlone = await pan(page)
      await page.getByRole('button', { name: 'Play', exact: true }).click()
      const panPlaying = await pan(page)
      return {
        paintMilliseconds: median(times.map(({ paint }) => paint)),
        readyMilliseconds: median(times.map(({ ready }) => ready)),
        pictureMilliseconds: median(times.map(({ picture }) => picture)),
        panAlone: panAlone.rate,
        panPlaying: panPlaying.rate,
        panBlank,
        panThreadAlone: panAlone.threadMilliseconds,
        panThreadPlaying: panPlaying.threadMilliseconds,
      }
    } finally {
      await context.close()
    }
  }
}
