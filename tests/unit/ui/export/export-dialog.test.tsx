// @vitest-environment dom
/** The form that begins exports, their queue, and what is told of them to somebody who looks elsewhere. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Engine, ExportReport, ExportRequest, Outcome } from '../../../../src/engine/door/api.ts'
import { ExportDialog } from '../../../../src/ui/export/ExportDialog.tsx'
import { fileOf, type TestEditor } from '../editor-bench.ts'
import {
  all,
  appears,
  buttonNamed,
  choose,
  click,
  closeRendered,
  during,
  fill,
  find,
  renderEditor,
  texts,
  until,
} from '../rendered.tsx'

interface Run {
  readonly request: ExportRequest
  readonly name: string
  progress(frame: number): Promise<void>
  end(state: ExportReport['state'], frames: number): Promise<void>
}

/** Exports that go on as the test says. */
function playedExports() {
  const runs: Run[] = []
  const estimated: ExportRequest[] = []
  const report = (state: ExportReport['state'], frames: number): Outcome<ExportReport> => ({
    ok: true,
    value: {
      ...{ state, frames, outputs: {}, seconds: 1, steps: [], rebuilds: 0, notes: [] },
      ...{ peakTextureBytes: 0, planPeakBytes: 0 },
    },
  })
  const nameOf = ({ outputs }: ExportRequest) => Object.values(outputs)[0]?.fileName ?? ''
  const engine: Partial<Engine> = {
    export: (request, onProgress) =>
      new Promise((resolve) => {
        runs.push({
          request,
          name: nameOf(request),
          progress: (frame) =>
            during(() => onProgress({ frame, frames: 24, rate: 1, elapsedSeconds: 1, remaining: 1 })),
          end: (state, frames) => during(() => resolve(report(state, frames))),
        })
      }),
    pauseExport: async () => undefined,
    cancelExport: async () => undefined,
    dropExport: async () => undefined,
    takeOutput: async (name) => new File(['film'], name),
    releaseOutput: async () => undefined,
    async estimateExport(request) {
      estimated.push(request)
      const { first, next } = request.range ?? { first: 0, next: 96 }
      const estimate = { frames: next - first, framesMeasured: 4, seconds: 90, bytes: 2e6 }
      return { ok: true, value: { state: 'measured', estimate } }
    },
    stopEstimate: async () => undefined,
  }
  const run = async (name: string, nth = 1): Promise<Run> => {
    await until(() => runs.filter((each) => each.name === name).length >= nth)
    return runs.filter((each) => each.name === name)[nth - 1]!
  }
  return { engine, estimated, run }
}

let played: ReturnType<typeof playedExports>
let editor: TestEditor
const open = async (again = false) => {
  editor = await renderEditor('bicubic', <ExportDialog />, { again, engine: played.engine })
}
beforeEach(async () => {
  played = playedExports()
  await open()
})
afterEach(closeRendered)

const field = (name: string | RegExp) => find<HTMLInputElement>('input', name)
const job = (name: string) => find('.job', name)
const within = (name: string, selector: string, called: string | RegExp) =>
  [...job(name).querySelectorAll<HTMLElement>(selector)].find((each) =>
    called instanceof RegExp ? called.test(each.textContent ?? '') : each.textContent?.trim() === called,
  )
const press = (name: string, button: string) => {
  const found = within(name, 'button', button)
  if (!found) throw new Error(`The export of ${name} has no button “${button}”.`)
  return click(found)
}
const part = async (first: string, last: string) => {
  await click(find('button, input', 'A part'))
  await fill(field(/^From frame/), first)
  await fill(field(/^to/), last)
}

test('the form tells how long and how large, of several as one sum, and what was chosen is remembered', async () => {
  await click(buttonNamed('WEBM'))
  expect(field('File name').value).toBe('field-guide-enhanced.webm')
  await part('0', '23')
  const estimate = /^About .+ and 2(\.0)? MB, measured on 4 of 24 frames$/
  await appears('.estimate', estimate)
  expect(played.estimated.at(-1)).toMatchObject({
    range: { first: 0, next: 24 },
    outputs: { encode: { fileName: 'field-guide-enhanced.webm' } },
  })
  const measured = played.estimated.length
  await click(find('summary', 'With other recipes too'))
  await click(find('input[type="checkbox"]', 'Plain fast ×2'))
  await appears('.estimate', /^About .+ and 4(\.0)? MB for all 2, measured on 8 of 48 frames$/)
  // What was measured once is not measured again.
  expect(played.estimated).toHaveLength(measured + 1)

  await open(true)
  expect(field('File name').value).toBe('field-guide-enhanced.webm')
  await fill(field('File name'), 'by hand.webm')
  await part('24', '29')
  expect(texts('.range-fields + p')).toEqual(['0:01.000 to 0:01.250, 6 frames'])
  await click(find('label', /^Keep the times of the whole/).querySelector('input')!)
  await click(buttonNamed('Export'))
  const run = await played.run('by hand.webm')
  expect(run.request).toMatchObject({ range: { first: 24, next: 30 }, keepTimestamps: true })
  await run.progress(3)
  expect(job('by hand.webm').querySelector('[role="progressbar"]')?.getAttribute('aria-valuenow')).toBe('13')
  await run.end('done', 6)
  const link = within('by hand.webm', 'a', 'Download') as HTMLAnchorElement
  expect([link.download, link.href]).toEqual(['by hand.webm', expect.stringMatching(/^blob:/)])
})

test('a name without a known ending, and a part of no frames, cannot be begun with', async () => {
  const begin = () => buttonNamed('Export').disabled
  expect(begin()).toBe(false)
  await fill(field('File name'), 'film.avi')
  expect(begin()).toBe(true)
  await fill(field('File name'), 'film.mkv')
  expect(begin()).toBe(false)
  await part('20', '19')
  expect(begin()).toBe(true)
})

test('what files of pictures cannot take along is told before the export begins', async () => {
  const told = () => texts('.notes li')
  expect(told()).toEqual([])
  for (const name of ['GIF', 'WEBP', 'APNG', 'PNG']) {
    await click(buttonNamed(name))
    expect(told()).toEqual([expect.stringMatching(new RegExp(`^The sound stays behind: ${name} holds none.$`, 'i'))])
  }
  await click(buttonNamed('MKV'))
  expect(told()).toEqual([])
})

test('several graphs and clips queue up; a paused one lets the next run, and goes on', async () => {
  const clips = ['320x180 one.mp4', '320x180 two.mp4'].map((name) => fileOf(name, name, 'video/mp4'))
  await choose(field('Clips to export'), ...clips)
  await appears('button', 'Export 2 files')
  await click(find('summary', 'With other recipes too'))
  await click(find('input[type="checkbox"]', 'Bicubic ×2'))
  await part('0', '23')
  await click(buttonNamed('Export 4 files'))
  await appears('.job')
  const names = ['320x180 one', '320x180 two'].flatMap((clip) => [
    `${clip}-enhanced.mp4`,
    `${clip}-enhanced-bicubic.mp4`,
  ]) as [string, string, string, string]
  expect(all('.job').map((each) => each.getAttribute('aria-label'))).toEqual(names)
  const [first, second, third, fourth] = names
  const running = await played.run(first)
  expect(running.request.document.nodes).toMatchObject({ decode: { params: { media: { id: '320x180 one.mp4' } } } })
  await running.progress(3)
  expect(texts('.job-figures')[0]).toMatch(/^3 of 24/)
  await press(first, 'Pause')
  await running.end('paused', 3)
  expect(texts('.job-figures')[0]).toBe('Paused; 3 of 24 frames are kept.')
  await press(third, 'Cancel')
  expect(texts('.job-figures')[2]).toBe('The export was cancelled. No file was written.')
  await (await played.run(second)).end('done', 24)
  expect(within(second, 'a', 'Download')).toBeDefined()
  await press(first, 'Resume')
  await (await played.run(fourth)).end('done', 24)
  await (await played.run(first, 2)).end('done', 24)
  for (const name of [first, second, fourth]) expect(job(name).dataset.state).toBe('done')
  await click(buttonNamed('Clear finished'))
  expect(all('.job')).toHaveLength(0)
  expect(texts('.queue p')).toContain('Nothing is being exported.')
})

describe('while somebody looks elsewhere', () => {
  const shown: string[] = []
  beforeEach(() => {
    shown.length = 0
    vi.stubGlobal(
      'Notification',
      class extends EventTarget {
        static readonly permission = 'granted'
        static readonly requestPermission = async () => 'granted'
        constructor(title: string, options: NotificationOptions) {
          super()
          shown.push(`${title}: ${options.body}`)
        }
      },
    )
  })
  const exported = async () => {
    await click(buttonNamed('Export'))
    return played.run('field-guide-enhanced.mp4')
  }

  test('an export goes on with the graph as it was, counts in the title, and tells at the end', async () => {
    const run = await exported()
    await click(field('Notify me when it is done'))
    await run.progress(12)
    expect(document.title).toBe('50 % exported – Framewright')
    await during(() => editor.commands.addNode('grain'))
    expect(Object.keys(run.request.document.nodes).sort()).toEqual(['bicubic', 'decode', 'encode'])
    await run.end('done', 24)
    expect(shown).toEqual(['Framewright: field-guide-enhanced.mp4 is finished'])
    expect(editor.toasts()).toContainEqual(expect.stringMatching(/^field-guide-enhanced\.mp4 is finished/))
    expect(document.title).not.toContain('exported')
  })

  test('nobody is notified who has not asked for it', async () => {
    await (await exported()).end('done', 24)
    expect(shown).toEqual([])
    expect(editor.toasts()).toContainEqual(expect.stringMatching(/^field-guide-enhanced\.mp4 is finished/))
  })
})
