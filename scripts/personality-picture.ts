/**
 * `npx tsx scripts/personality-picture.ts [file]`: the README's picture of the three personalities: the same crops of
 * the sample by Bicubic and by the default model at 0, 1 and 2 of its dial, out of our own engine.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ensureBuilt, projectFolder, startAppServer } from '../src/host/app-server.ts'
import { openSession } from '../src/host/headless-session.ts'
import { loadScene, type Scene } from './scene.ts'

const path = process.argv[2] ?? join(projectFolder, 'docs/personalities.webp')

/** Of the enlarged sample, 640 × 360. */
const crops = [
  { frame: 10, x: 230, y: 60 },
  { frame: 34, x: 180, y: 120 },
] as const
const size = { width: 160, height: 120, zoom: 2, gap: 4, head: 26 } as const

const model = (personality: number): Scene => {
  const { document } = loadScene('default', { 'sr-model': { personality } })
  const node = Object.values(document.nodes).find(({ type }) => type === 'sr-model')
  if (!node) throw new Error('the default recipe has no SR Model')
  return { document, view: { node: node.id, port: 'image' } }
}
const columns: readonly { readonly title: string; readonly scene: Scene }[] = [
  { title: 'Bicubic', scene: loadScene('bicubic') },
  { title: '0 · L1', scene: model(0) },
  { title: '1 · perceptual', scene: model(1) },
  { title: '2 · GAN', scene: model(2) },
]

await ensureBuilt((line) => process.stderr.write(`${line}\n`))
const server = await startAppServer()
const session = await openSession({ origin: server.origin, say: (line) => process.stderr.write(`${line}\n`) })
try {
  const picture = await session.page.evaluate(
    async ([text, places, { width, height, zoom, gap, head }]) => {
      const all = JSON.parse(text) as { title: string; scene: object }[]
      const [across, down] = [width * zoom + gap, height * zoom + gap]
      const canvas = new OffscreenCanvas(all.length * across - gap, head + places.length * down - gap)
      const context = canvas.getContext('2d')!
      context.fillStyle = '#18181b'
      context.fillRect(0, 0, canvas.width, canvas.height)
      context.imageSmoothingEnabled = false
      context.font = '600 15px system-ui, "DejaVu Sans", sans-serif'
      for (const [column, { title, scene }] of all.entries()) {
        context.fillStyle = '#e4e4e7'
        context.fillText(title, column * across + 6, 18)
        for (const [row, { frame, x, y }] of places.entries()) {
          const outcome = await window.framewright!.engine.snapshot({ ...scene, frame } as never)
          if (!outcome.ok) throw new Error(outcome.problems[0]?.message ?? 'no picture')
          const whole = outcome.value
          const bitmap = await createImageBitmap(new ImageData(whole.pixels, whole.width, whole.height))
          const at = [column * across, head + row * down, width * zoom, height * zoom] as const
          context.drawImage(bitmap, x, y, width, height, ...at)
        }
      }
      const bytes = new Uint8Array(
        await (await canvas.convertToBlob({ type: 'image/webp', quality: 0.9 })).arrayBuffer(),
      )
      let binary = ''
      for (let i = 0; i < bytes.length; i += 8192) binary += String.fromCharCode(...bytes.subarray(i, i + 8192))
      return btoa(binary)
    },
    [JSON.stringify(columns), crops, size] as const,
  )
  writeFileSync(path, Buffer.from(picture, 'base64'))
  process.stdout.write(`${path}\n`)
} finally {
  await session[Symbol.asyncDispose]()
  await server.close()
}
