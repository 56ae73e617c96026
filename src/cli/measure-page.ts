/** A page by itself: all that it shows is in it, and it asks nothing of any network. */

export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[sign] ?? sign)

interface At {
  readonly frame: number
  readonly value: number
}

interface Lane {
  readonly title: string
  /** One a graph. */
  readonly lines: readonly (readonly At[])[]
  /** Of the plain upscale. */
  readonly plain: readonly At[]
  /** From where it stands out. */
  readonly level: number
  readonly shots: readonly { readonly first: number }[]
  readonly range: { readonly first: number; readonly last: number }
}

const size = { width: 920, height: 84, left: 54, right: 8, top: 8, bottom: 16 } as const

/** A score over the clip, for each graph, beside that of Bicubic and the level from which it stands out. */
export function lane({ title, lines, plain, level, shots, range }: Lane): string {
  const { width, height, left, right, top, bottom } = size
  const maxValue = Math.max(level * 1.2, ...[...lines.flat(), ...plain].map(({ value }) => value))
  const x = (frame: number) =>
    left + ((frame - range.first) / Math.max(1, range.last - range.first)) * (width - left - right)
  const y = (value: number) => height - bottom - (value / maxValue) * (height - top - bottom)
  const place = ({ frame, value }: At) => `${x(frame).toFixed(1)},${y(value).toFixed(1)}`
  const line = (points: readonly At[], name: string) =>
    `<polyline class="${name}" points="${points.map(place).join(' ')}"/>${points
      .map((at) => {
        const [cx, cy] = place(at).split(',')
        return `<circle class="${name}" cx="${cx}" cy="${cy}" r="2"><title>Frame ${at.frame}: ${Number(at.value.toPrecision(3))}</title></circle>`
      })
      .join('')}`
  const cuts = shots
    .filter(({ first }) => first > range.first && first <= range.last)
    .map(({ first }) => `<line class="cut" x1="${x(first)}" x2="${x(first)}" y1="${top}" y2="${height - bottom}"/>`)
  return `<figure class="lane"><figcaption>${escapeHtml(title)}</figcaption>
<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeHtml(title)}">
<line class="axis" x1="${left}" x2="${width - right}" y1="${height - bottom}" y2="${height - bottom}"/>${cuts.join('')}
<line class="level" x1="${left}" x2="${width - right}" y1="${y(level)}" y2="${y(level)}"/>
<text x="${left - 6}" y="${y(level) + 4}" text-anchor="end">${Number(level.toPrecision(3))}</text>
<text x="${left}" y="${height - 3}">frame ${range.first}</text><text x="${width - right}" y="${height - 3}" text-anchor="end">${range.last}</text>
${plain.length > 0 ? line(plain, 'plain') : ''}${lines.map((points, i) => line(points, i === 0 ? 'a' : 'b')).join('')}
</svg></figure>`
}

const style = `
:root { color-scheme: light dark; --a: #5443cf; --b: #b86a00; --line: #d9d9dc; --text: #19191b; --muted: #505058; --ground: #f6f6f7; --good: #0d6e4a; --bad: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --a: #a193ff; --b: #f0a91b; --line: #3c3c40; --text: #ececee; --muted: #a9a9b0; --ground: #171718; --good: #62cf9e; --bad: #ff8379; } }
body { max-width: 960px; margin: 32px auto; padding: 0 20px; background: var(--ground); color: var(--text); font: 14px/1.5 system-ui, sans-serif; font-variant-numeric: tabular-nums; }
h1 { margin: 0 0 8px; font-size: 22px; } h2 { margin: 36px 0 8px; font-size: 17px; } h3 { margin: 16px 0 6px; font-size: 14px; }
p { margin: 4px 0; } .muted, figcaption, .subtitle { color: var(--muted); } .subtitle p { margin: 0; }
.found { display: flex; flex-wrap: wrap; gap: 32px; } .found ol { margin: 0; padding-left: 20px; }
figure { margin: 0; } .lane { padding: 6px 0; } svg { display: block; width: 100%; height: auto; }
svg text { fill: var(--muted); font: 11px system-ui, sans-serif; } polyline { fill: none; stroke-width: 1.6; }
polyline.a { stroke: var(--a); } polyline.b { stroke: var(--b); } circle.a { fill: var(--a); } circle.b { fill: var(--b); }
polyline.plain { stroke: var(--muted); stroke-dasharray: 4 4; stroke-width: 1; } circle.plain { fill: none; }
.axis, .cut { stroke: var(--line); } .level { stroke: var(--bad); stroke-dasharray: 1 4; stroke-linecap: round; stroke-width: 1.4; }
.worst div { display: flex; flex-wrap: wrap; gap: 8px; } .worst img { width: 440px; max-width: 100%; border-radius: 4px; image-rendering: pixelated; }
table { border-collapse: collapse; margin: 4px 0 12px; } th, td { padding: 2px 14px 2px 0; text-align: right; font-weight: 400; } thead th { color: var(--muted); }
th[scope="row"], td:last-child { text-align: left; } .out { font-weight: 650; } .better { color: var(--good); } .worse { color: var(--bad); }
.key span { margin-right: 18px; } .key i { display: inline-block; width: 18px; margin-right: 6px; border-top: 2px solid; vertical-align: middle; }
`

interface PageParts {
  readonly title: string
  readonly subtitle: readonly string[]
  readonly several: boolean
  /** Heading and content; those without content are left out. */
  readonly sections: readonly (readonly [string, string])[]
}

export function page({ title, subtitle, several, sections }: PageParts): string {
  const key = [
    `<span><i style="color:var(--a)"></i>${several ? 'A' : 'the result'}</span>`,
    several ? '<span><i style="color:var(--b)"></i>B</span>' : '',
    '<span><i style="color:var(--muted);border-top-style:dashed"></i>Bicubic</span>',
    '<span><i style="color:var(--bad);border-top-style:dotted"></i>stands out from here</span>',
  ]
  const body = sections
    .filter(([, content]) => content !== '')
    .map(([heading, content]) => `${heading ? `<h2>${heading}</h2>` : ''}${content}`)
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(title)}</title><style>${style}</style></head>
<body>
<h1>${escapeHtml(title)}</h1>
<div class="subtitle">${subtitle.map((line) => `<p>${escapeHtml(line)}</p>`).join('')}</div>
<p class="key">${key.join('')}</p>
${body.join('\n')}
<p class="muted">A number says how far something stands out, not that it is bad.</p>
</body>
</html>
`
}
