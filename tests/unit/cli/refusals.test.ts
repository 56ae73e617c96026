/** What `render` and `render --check` refuse before any browser starts: in a sentence that names it, nothing written. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { test as base, describe, expect } from 'vitest'
import { allowedCode } from '../../../src/cli/allowed-code.ts'
import { parseArguments } from '../../../src/cli/arguments.ts'
import { listNodesJson, listNodesText } from '../../../src/cli/list-nodes.ts'
import { recordOf, renderJob } from '../../../src/cli/render-job.ts'
import { checkGraph, renderGraph } from '../../../src/cli/run-render.ts'
import type { Problem } from '../../../src/graph/document/problems.ts'
import { parseGraph } from '../../../src/graph/file/read.ts'
import { sourceStamp } from '../../../src/host/build-stamp.ts'
import { CommandFailure, exitCodes } from '../../../src/host/command-failure.ts'
import { loadSpecs } from '../../../src/host/node-specs.ts'

const project = fileURLToPath(new URL('../../..', import.meta.url))
const bicubic = join(project, 'public/graphs/bicubic.json')
const sample = join(project, 'public/samples/field-guide.mp4')
const specs = await loadSpecs()

const test = base.extend<{ folder: string }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads from the pattern that it needs no other fixture.
  folder: async ({}, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'framewright-refusals-'))
    await use(folder)
    rmSync(folder, { recursive: true, force: true })
  },
})

/** As the process does it, up to where it would start a browser, which would say so and be interrupted. */
async function run(...words: string[]): Promise<readonly Problem[]> {
  const started = new AbortController()
  const say = () => started.abort(new Error('It went on to the browser.'))
  const args = parseArguments(words, () => false)
  const context = { args, specs, say, stderr: process.stderr, interruptSignal: started.signal }
  if (args.command === 'check') return checkGraph(context as Parameters<typeof checkGraph>[0])
  if (args.command !== 'render' && args.command !== 'join') throw new Error(`${args.command} is not tried here.`)
  await renderGraph({ ...context, args })
  throw new Error('It rendered.')
}

async function refusal(...words: string[]): Promise<{ readonly exitCode: number; readonly said: string }> {
  try {
    await run(...words)
  } catch (error) {
    if (!(error instanceof CommandFailure)) throw error
    const { exitCode, message, hint, problems } = error
    for (const sentence of [`${message} ${hint}`.trim(), ...problems.map((each) => `${each.message} ${each.hint}`)])
      expect(sentence).toMatch(/^.{10,}[.!?]$/)
    return { exitCode, said: [message, hint, ...problems.flatMap((each) => [each.message, each.hint])].join(' ') }
  }
  throw new Error(`${words.join(' ')} was accepted`)
}

describe('render refuses', () => {
  test.for<[readonly string[], string]>([
    [['nowhere.json'], 'nowhere.json'],
    [[bicubic, '--input', 'nowhere.mp4'], 'nowhere.mp4'],
    [[bicubic, '--output', 'a.avi'], '.avi'],
    [[bicubic, '--output', join(bicubic, 'a.mp4')], bicubic],
    [[bicubic, '--set', 'bicubic.factor=99'], 'Factor'],
    [[bicubic, '--set', 'grain.amount=0.1'], 'grain'],
    [[bicubic, '--input', sample, '--output', sample], 'is the file that is being read'],
    // Pictures get numbers, which must have room.
    [[bicubic, '--output', `${'x'.repeat(252)}.mp4`], 'x.mp4 is too long for the disk'],
    [[bicubic, '--output', `${'x'.repeat(250)}.png`], 'x.png is too long for the disk'],
    [[bicubic, '--output', `new/${'x'.repeat(252)}.mp4`], 'x.mp4 is too long for the disk'],
    [[bicubic, '--output', `${'y'.repeat(256)}/a.mp4`], 'y is too long for the disk'],
    [[bicubic, '--output', `${'folder/'.repeat(700)}a.mp4`], 'The path of a.mp4, of'],
  ])('%j', async ([words, named]) => {
    const { exitCode, said } = await refusal(...words)
    expect(exitCode).toBe(exitCodes.usage)
    expect(said).toContain(named)
  })

  test('a folder without pictures as bad media', async ({ folder }) => {
    const { exitCode, said } = await refusal(bicubic, '--input', folder, '--output', join(folder, 'a.mp4'))
    expect(exitCode).toBe(exitCodes.media)
    expect(said).toContain('holds no pictures')
    expect(readdirSync(folder)).toEqual([])
  })

  test('a graph that writes nothing', async ({ folder }) => {
    const file = JSON.parse(readFileSync(bicubic, 'utf8'))
    delete file.nodes.encode
    for (const id of ['encode.image', 'encode.audio']) delete file.edges[id]
    writeFileSync(join(folder, 'g.json'), JSON.stringify(file))
    expect(await refusal(join(folder, 'g.json'))).toMatchObject({
      exitCode: exitCodes.usage,
      said: expect.stringContaining('writes nothing'),
    })
  })
})

describe('pieces that lie in the folder', () => {
  const joining = (folder: string) => ['join', folder, '--output', join(folder, 'a.mp4')]

  test.for<[string, (folder: string) => readonly string[], string]>([
    ['of another version, as they are joined', joining, 'this version of Framewright differs'],
    [
      'of another graph and range, as one more is rendered',
      (folder) => [bicubic, '--set', 'bicubic.factor=3', '--frames', '2', '--shard', '1/2', '--parts', folder],
      'the graph and the range (--start, --duration, --frames, --range, --keep-timestamps) differ',
    ],
  ])('%s, are refused', async ([which, words, named], { folder }) => {
    const args = parseArguments([bicubic, '--shard', '1/2', '--parts', folder], () => false)
    if (args.command !== 'render') throw new Error('It should be a render.')
    const version = which.includes('version') ? 'another' : sourceStamp(project)
    const record = await recordOf(await renderJob(args, specs), specs, version, '1')
    writeFileSync(join(folder, 'job.json'), JSON.stringify(record))
    const { exitCode, said } = await refusal(...words(folder))
    expect(exitCode).toBe(exitCodes.usage)
    expect(said).toContain(named)
    expect(readdirSync(folder)).toEqual(['job.json'])
  })
})

describe('a graph with code of its own', () => {
  const code = 'return vec4f(1.0 - image.rgb, image.a);'
  /** Bicubic with a Shader before Encode; in a subgraph where that is asked for. */
  const coded = (change: (shader: Record<string, unknown>) => void = () => undefined): string => {
    const file = JSON.parse(readFileSync(bicubic, 'utf8'))
    const shader: Record<string, unknown> = { type: 'shader', position: { x: 0, y: 0 }, params: { code } }
    change(shader)
    file.nodes.shader = shader
    file.edges['shader.image'] = { from: { node: 'bicubic', port: 'image' }, to: { node: 'shader', port: 'image' } }
    file.edges['encode.image'] = { from: { node: 'shader', port: 'image' }, to: { node: 'encode', port: 'image' } }
    return JSON.stringify(file)
  }
  const folded = coded((shader) => {
    const inner = { ...shader }
    Object.assign(shader, {
      type: 'subgraph',
      params: {},
      body: {
        nodes: {
          in: {
            type: 'subgraph-inputs',
            position: { x: 0, y: 0 },
            params: {},
            ports: [{ name: 'image', title: 'Image', type: 'image' }],
          },
          own: inner,
          out: {
            type: 'subgraph-outputs',
            position: { x: 0, y: 0 },
            params: {},
            ports: [{ name: 'image', title: 'Image', type: 'image' }],
          },
        },
        edges: {
          a: { from: { node: 'in', port: 'image' }, to: { node: 'own', port: 'image' } },
          b: { from: { node: 'own', port: 'image' }, to: { node: 'out', port: 'image' } },
        },
      },
    })
  })
  const graphIn = (folder: string, text: string): string => {
    writeFileSync(join(folder, 'g.json'), text)
    return join(folder, 'g.json')
  }

  test.for<[string, string, string]>([
    ['as a node', coded(), 'in Shader (shader)'],
    ['in a subgraph', folded, 'in Shader (shader/own)'],
  ])('%s runs only with --allow-code', async ([, text, named], { folder }) => {
    const path = graphIn(folder, text)
    const { exitCode, said } = await refusal(path, '--output', join(folder, 'a.mp4'))
    expect(exitCode).toBe(exitCodes.usage)
    expect(said).toContain(named)
    expect(said).toContain('--allow-code')
  })

  test('may run where it is allowed, and where its node is bypassed or has the code that it comes with, nobody is asked', () => {
    const allowed = (text: string, isAllowed: boolean) => {
      const parsed = parseGraph(text, specs)
      if (!parsed.ok) throw new Error(parsed.error.message)
      return allowedCode(parsed.document, specs, isAllowed)
    }
    expect(allowed(coded(), true)).toEqual([code])
    expect(allowed(folded, true)).toEqual([code])
    expect(
      allowed(
        coded((shader) => Object.assign(shader, { bypass: true })),
        false,
      ),
    ).toEqual([])
    expect(
      allowed(
        coded((shader) => Object.assign(shader, { params: { n1: 1 } })),
        false,
      ),
    ).toEqual([])
  })

  test('that cannot be is refused with its line', async ({ folder }) => {
    const text = coded((shader) => Object.assign(shader, { params: { code: 'let a = 1.0;\nreturn foo;' } }))
    const { exitCode, said } = await refusal(graphIn(folder, text), '--output', join(folder, 'a.mp4'))
    expect(exitCode).toBe(exitCodes.usage)
    expect(said).toContain('The code of Shader cannot be used: line 2: there is no “foo” here')
  })

  test('is told of by --check, which lets it be', async ({ folder }) => {
    const path = graphIn(
      folder,
      coded((shader) => Object.assign(shader, { params: { code, n1: 'x' } })),
    )
    const problems = await run('--check', path)
    expect(problems.at(-1)).toMatchObject({ code: 'code-not-run', severity: 'warning', node: 'shader' })
  })
})

describe('--check', () => {
  const graph = (change: (file: { nodes: Record<string, object>; edges: Record<string, object> }) => void): string => {
    const file = JSON.parse(readFileSync(bicubic, 'utf8'))
    change(file)
    return JSON.stringify(file)
  }
  const second = { type: 'bicubic', position: { x: 0, y: 0 }, params: {} }

  test.for<[string, string, string]>([
    ['not JSON', '{ "format": ', 'not JSON'],
    ['not ours', '{"nodes": []}', 'not a Framewright graph'],
    ['newer', graph((file) => Object.assign(file, { versions: { document: 999, nodes: {} } })), 'newer'],
  ])('refuses a graph that is %s', async ([, text, named], { folder }) => {
    const path = join(folder, 'g.json')
    writeFileSync(path, text)
    const { exitCode, said } = await refusal('--check', path)
    expect(exitCode).toBe(exitCodes.usage)
    expect(said).toContain(named)
    expect(said).toContain(path)
  })

  test.for<[string, string, string]>([
    [
      'cyclic',
      graph(({ nodes, edges }) => {
        nodes.second = second
        edges['bicubic.image'] = { from: { node: 'second', port: 'image' }, to: { node: 'bicubic', port: 'image' } }
        edges['second.image'] = { from: { node: 'bicubic', port: 'image' }, to: { node: 'second', port: 'image' } }
      }),
      'circle',
    ],
    ['of an unknown type', graph(({ nodes }) => Object.assign(nodes.bicubic!, { type: 'frobnicate' })), 'frobnicate'],
    ['out of range', graph(({ nodes }) => Object.assign(nodes.bicubic!, { params: { factor: -1 } })), 'Factor'],
    [
      'without an Encode',
      graph(({ nodes, edges }) => {
        delete nodes.encode
        for (const id of ['encode.image', 'encode.audio']) delete edges[id]
      }),
      'writes nothing',
    ],
    [
      'for an encoder that no installed ffmpeg has',
      graph(({ nodes }) => Object.assign(nodes.encode!, { params: { encoder: 'native', encoderName: 'libx999' } })),
      'libx999',
    ],
    [
      'without its media',
      graph(({ nodes }) => Object.assign(nodes.decode!, { params: { media: { id: 'my.mp4' } } })),
      '--input decode=',
    ],
  ])('says what is wrong with a graph that is %s', async ([, text, named], { folder }) => {
    const path = join(folder, 'g.json')
    writeFileSync(path, text)
    const problems = await run('--check', path)
    expect(problems.some(({ severity }) => severity === 'error')).toBe(true)
    const said = problems.map(({ message, hint }) => `${message} ${hint}`)
    for (const sentence of said) expect(sentence).toMatch(/^.{10,}[.!?]$/)
    expect(said.join(' ')).toContain(named)
  })
})

test('--list-nodes tells every node, for people and for programs', () => {
  const types = readdirSync(join(project, 'src/nodes'))
    .filter((name) => name.endsWith('.node.ts'))
    .map((name) => name.slice(0, -'.node.ts'.length))
    .sort()
  const people = listNodesText(specs)
  for (const type of types) expect(people).toContain(`[${type}]`)
  const programs = JSON.parse(JSON.stringify(listNodesJson(specs)))
  expect(programs.nodes.map(({ type }: { type: string }) => type).sort()).toEqual(types)
  expect(people).toContain('reads 2 frames before and 2 after of image')
  const deflicker = programs.nodes.find(({ type }: { type: string }) => type === 'deflicker')
  expect(deflicker.cost).toBe('light')
  expect(people).toContain('  cost: heavy')
  expect(deflicker.frames).toEqual({ image: { before: 2, after: 2 } })
})
