/** Scopes as pictures: counts to light. Pure but for the canvas it draws on. */
import type { ScopeCounts, ScopeKind } from '../../engine/door/api.ts'

/** Canvas pixels. */
export const scopeSize: Readonly<Record<ScopeKind, { readonly width: number; readonly height: number }>> = {
  histogram: { width: 256, height: 128 },
  waveform: { width: 256, height: 160 },
  vectorscope: { width: 200, height: 200 },
}

type Rgb = readonly [number, number, number]

const white: Rgb = [214, 222, 214]
const magenta: Rgb = [255, 92, 190]

/** Colour bars of 75 %, and where BT.709 puts them: [name, Cb, Cr]. */
const bars = (
  [
    ['R', [0.75, 0, 0]],
    ['Mg', [0.75, 0, 0.75]],
    ['B', [0, 0, 0.75]],
    ['Cy', [0, 0.75, 0.75]],
    ['G', [0, 0.75, 0]],
    ['Yl', [0.75, 0.75, 0]],
  ] as const
).map(([name, [r, g, b]]) => {
  const luma = 0.2126 * r + 0.7152 * g + 0.0722 * b
  return { name, cb: (b - luma) / 1.8556, cr: (r - luma) / 1.5748 }
})

/** Brightness of a bin: rare values must still be seen beside frequent ones. */
const light = (count: number, maxCount: number): number => (count === 0 ? 0 : 0.25 + 0.75 * (count / maxCount) ** 0.4)

/** Adds the light of one picture's counts, row 0 at the bottom. */
function shine(image: ImageData, { counts, columns, rows }: ScopeCounts, colour: Rgb) {
  const maxCount = counts.reduce((a, b) => Math.max(a, b), 1)
  const { width, height, data } = image
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      // Several bins may fall on one pixel: the strongest counts.
      const fromX = Math.floor((x * columns) / width)
      const toX = Math.max(fromX + 1, Math.floor(((x + 1) * columns) / width))
      const fromY = Math.floor(((height - 1 - y) * rows) / height)
      const toY = Math.max(fromY + 1, Math.floor(((height - y) * rows) / height))
      let count = 0
      for (let row = fromY; row < toY; row++)
        for (let column = fromX; column < toX; column++) count = Math.max(count, counts[row * columns + column] ?? 0)
      const level = light(count, maxCount)
      const at = (y * width + x) * 4
      for (const channel of [0, 1, 2] as const) data[at + channel]! += colour[channel] * level
    }
}

type Context = CanvasRenderingContext2D

function graticule(context: Context, kind: ScopeKind) {
  const { width, height } = scopeSize[kind]
  context.strokeStyle = 'rgb(255 255 255 / 16%)'
  context.fillStyle = 'rgb(255 255 255 / 55%)'
  context.font = '9px system-ui, sans-serif'
  context.lineWidth = 1
  const line = (x1: number, y1: number, x2: number, y2: number) => {
    context.beginPath()
    context.moveTo(x1, y1)
    context.lineTo(x2, y2)
    context.stroke()
  }
  if (kind === 'vectorscope') {
    const place = (cb: number, cr: number) => [(cb + 0.5) * width, (0.5 - cr) * height] as const
    line(width / 2, 0, width / 2, height)
    line(0, height / 2, width, height / 2)
    context.beginPath()
    context.arc(width / 2, height / 2, width / 2 - 1, 0, Math.PI * 2)
    context.stroke()
    const angle = (123 * Math.PI) / 180
    context.strokeStyle = 'rgb(255 190 150 / 45%)'
    line(width / 2, height / 2, ...place(Math.cos(angle) * 0.48, Math.sin(angle) * 0.48))
    context.strokeStyle = 'rgb(255 255 255 / 40%)'
    for (const { name, cb, cr } of bars) {
      const [x, y] = place(cb, cr)
      context.strokeRect(x - 4, y - 4, 8, 8)
      context.fillText(name, x + 6, y + 3)
    }
    return
  }
  for (const level of [0, 64, 128, 192, 255]) {
    if (kind === 'waveform') {
      const y = height - 0.5 - (level / 255) * (height - 1)
      line(0, y, width, y)
      context.fillText(String(level), 2, level === 255 ? y + 9 : y - 2)
    } else {
      const x = 0.5 + (level / 255) * (width - 1)
      line(x, 0, x, height)
      context.fillText(String(level), level === 255 ? x - 18 : x + 2, 9)
    }
  }
}

/** R, G and B filled with added light, B's as outlines over them. */
function histogram(context: Context, pictures: readonly ScopeCounts[]) {
  const { width, height } = scopeSize.histogram
  const colours = ['rgb(255 70 60)', 'rgb(60 220 90)', 'rgb(80 130 255)']
  pictures.forEach(({ counts, columns }, picture) => {
    // Black and white bars would flatten all else: they may be cut off.
    const inner = counts.filter((_, i) => i < columns * 3 && i % columns > 0 && i % columns < columns - 1)
    const maxCount = Math.max(1, ...inner)
    const y = (count: number) => height - Math.min(1, (count / maxCount) ** 0.5) * (height - 12)
    colours.forEach((colour, channel) => {
      context.beginPath()
      context.moveTo(0, height)
      for (let x = 0; x < width; x++)
        context.lineTo(x, y(counts[channel * columns + Math.floor((x * columns) / width)] ?? 0))
      context.lineTo(width, height)
      context.globalCompositeOperation = picture === 0 ? 'lighter' : 'source-over'
      context.globalAlpha = picture === 0 ? 0.6 : 1
      if (picture === 0) {
        context.fillStyle = colour
        context.fill()
      } else {
        context.strokeStyle = `color-mix(in srgb, ${colour} 45%, rgb(${magenta.join(' ')}))`
        context.stroke()
      }
    })
  })
  context.globalCompositeOperation = 'source-over'
  context.globalAlpha = 1
}

/** @param pictures A, and B where it is compared */
export function drawScope(context: Context, kind: ScopeKind, pictures: readonly ScopeCounts[]): void {
  const { width, height } = scopeSize[kind]
  context.clearRect(0, 0, width, height)
  if (kind === 'histogram') histogram(context, pictures)
  else {
    const image = context.createImageData(width, height)
    for (const [i, counts] of pictures.entries()) shine(image, counts, i === 0 ? white : magenta)
    for (let i = 3; i < image.data.length; i += 4) image.data[i] = 255
    context.putImageData(image, 0, 0)
  }
  graticule(context, kind)
}
