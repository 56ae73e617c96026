/** People's code in the engine: it runs after a yes alone, is fused, tells its mistakes by line, and outlives a lost GPU. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Outcome, PreviewRequest } from '../../src/engine/door/api.ts'
import { createSession, type Session } from '../../src/engine/door/session.ts'
import { type EdgeId, emptyDocument, type GraphDocument, type OutermostId } from '../../src/graph/document/document.ts'
import type { JsonObject } from '../../src/graph/document/json.ts'
import { takeOwnDevices } from './shared-device.ts'

takeOwnDevices()

const id = (name: string) => name as OutermostId
const node = (name: string, type: string, params: JsonObject = {}) =>
  [name, { id: id(name), type, params, position: { x: 0, y: 0 } }] as const
const wire = (from: string, to: string) => {
  const name = `into-${to}` as EdgeId
  return [name, { id: name, from: { node: id(from), port: 'image' }, to: { node: id(to), port: 'image' } }] as const
}

/** Decode → Shader → Levels → Encode on the sample. */
const chain = (code: string, more: JsonObject = {}): GraphDocument => ({
  ...emptyDocument,
  nodes: Object.fromEntries([
    node('decode', 'decode'),
    node('shader', 'shader', { code, ...more }),
    node('levels', 'levels'),
    node('encode', 'encode'),
  ]),
  edges: Object.fromEntries([wire('decode', 'shader'), wire('shader', 'levels'), wire('levels', 'encode')]),
})
const view = (name: string) => ({ node: id(name), port: 'image' })
const request = (code: string, more: JsonObject = {}): PreviewRequest => ({
  document: chain(code, more),
  view: view('levels'),
  frame: 5,
})

function value<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.problems))
  return outcome.value
}

/** What stands in the way, told in one sentence that names the node. */
async function problem(asked: PreviewRequest) {
  const outcome = await engine.preview(asked)
  if (outcome.ok) throw new Error('It was shown.')
  expect(outcome.problems).toHaveLength(1)
  return outcome.problems[0]!
}

let engine: Session
beforeAll(async () => {
  engine = createSession(`${location.origin}/`)
  const status = await engine.status()
  if (!status.adapter) throw new Error(status.reason ?? 'no adapter')
})
afterAll(() => engine[Symbol.asyncDispose]())

const pixels = async (asked: PreviewRequest) => value(await engine.snapshot(asked)).pixels
const negative = 'return vec4f(1.0 - image.rgb, image.a);'

test('code runs after a yes to this very text, and until then the picture passes through', async () => {
  const source = await pixels({ ...request(negative), view: view('decode') })
  expect(await pixels(request(negative))).toEqual(source)
  await engine.allowCode(['return vec4f(1.0 - image.rgb, image.a); '])
  expect(await pixels(request(negative))).toEqual(source)
  await engine.allowCode([negative])
  const turned = await pixels(request(negative))
  expect(turned.every((level, i) => Math.abs(level - (i % 4 === 3 ? 255 : 255 - source[i]!)) <= 1)).toBe(true)
  // The code that the node comes with is the product's own.
  const own = await pixels({
    ...request(negative),
    document: {
      ...chain(negative),
      nodes: { ...chain(negative).nodes, ...Object.fromEntries([node('shader', 'shader', { n1: 1 })]) },
    },
  })
  expect(own.every((level, i) => Math.abs(level - turned[i]!) <= 1)).toBe(true)
})

test('is one dispatch with its neighbour', async () => {
  await engine.clearCache()
  await engine.allowCode([negative])
  const { nodes } = value(await engine.preview(request(negative)))
  expect([nodes[id('shader')]?.fusedNodes, nodes[id('levels')]?.fusedNodes]).toEqual([2, 2])
})

test('code that was not allowed is not exported, nor left out without a word', async () => {
  const code = 'return image.grba;'
  const outputs = { [id('encode')]: { fileName: 'a.mp4', target: { kind: 'none' as const } } }
  const refused = await engine.export({ document: chain(code), outputs, frames: 2 }, () => undefined)
  expect(refused).toMatchObject({
    ok: false,
    problems: [
      {
        code: 'code-not-run',
        node: 'shader',
        message: 'Shader holds code that nobody here has allowed to run.',
      },
    ],
  })
  await engine.allowCode([code])
  expect(value(await engine.export({ document: chain(code), outputs, frames: 2 }, () => undefined)).state).toBe('done')
})

test.for<[string, string, object]>([
  [
    'does not compile',
    'let a = 1.0;\nfor (var i = 0; i < 2; i++) { let b = image.rgb + true; }\nreturn image;',
    { code: 'code-failed', param: 'code', place: { line: 2, column: 39 } },
  ],
  ['gives another type', 'let a = image;\n\nreturn 1.0;', { code: 'code-failed', place: { line: 3, column: 8 } }],
  ['does not come to an end', 'if (n1 > 0.0) {\n  return image;\n}', { code: 'code-failed', place: { line: 3 } }],
  ['calls wrongly', 'return image_at(px.at);', { code: 'code-failed', place: { line: 1, column: 17 } }],
  [
    'is larger than fits',
    'var a: array<vec4f, 60000>;\na[1] = image;\nreturn a[1];',
    {
      code: 'code-failed',
      message:
        'The code of Shader cannot be used: it is more than this graphics processor can take (var: result type size (960000) exceeds maximum allowed (65536)).',
    },
  ],
  [
    'loops',
    'var i = 0u;\nloop { i += 1u; if (i == 0u) { break; } }\nreturn image;',
    {
      code: 'code-failed',
      message:
        'The code of Shader cannot be used: its loops take more than 16130 iterations for one pixel, and were stopped.',
    },
  ],
  [
    'gives no number',
    'return sqrt(image - 2.0);',
    {
      code: 'code-failed',
      message: 'The code of Shader cannot be used: its result is not a finite number at some pixels.',
    },
  ],
])(
  'one clear sentence where code %s, also the second time, and the graph goes on afterwards',
  async ([, code, expected]) => {
    await engine.allowCode([code, negative])
    const told = await problem(request(code))
    expect(told).toMatchObject({ node: 'shader', severity: 'error', ...expected })
    expect(told.message).toMatch(/^The code of Shader cannot be used: [^\n]*\.$/)
    expect(await problem(request(code))).toEqual(told)
    expect(value(await engine.preview(request(negative))).state).toBe('shown')
  },
)

test('what is written is compiled by itself, and its mistake told by its place', async () => {
  expect(await engine.compileCode('shader', negative)).toEqual({ ok: true, value: null })
  expect(
    await engine.compileCode('shader', '// a\nreturn vec4f(second_at(vec2i(0)).rgb * luma(image.rgb), mask);'),
  ).toEqual({
    ok: true,
    value: null,
  })
  expect(await engine.compileCode('shader', 'let a = 1.0;\n  let b: f32 = vec2f(a);\nreturn image;')).toMatchObject({
    ok: false,
    problems: [{ code: 'code-failed', param: 'code', place: { line: 2, column: 7 } }],
  })
  expect(await engine.compileCode('shader', 'fn f() {}')).toMatchObject({
    ok: false,
    problems: [{ code: 'code-failed', place: { line: 1, column: 1 } }],
  })
})

test('a GPU that is lost while code runs comes back with the node switched off, and says so', async () => {
  const code = `// ${'x'.repeat(40)}\nvar sum = vec3f(0.0);\nfor (var i = 0; i < 600; i++) { sum += sin(image.rgb * f32(i)); }\nreturn vec4f(sum, 1.0);`
  await engine.allowCode([code])
  const source = await pixels({ ...request(code), view: view('decode') })
  const before = (await engine.status()).rebuilds
  const shown = engine.preview(request(code))
  await engine.loseDevice()
  const result = value(await shown)
  expect(result).toMatchObject({ state: 'shown', stoppedCode: { [code]: 'lost' } })
  expect((await engine.status()).rebuilds).toBe(before + 1)
  expect(await pixels(request(code))).toEqual(source)
  const outputs = { [id('encode')]: { fileName: 'a.mp4', target: { kind: 'none' as const } } }
  expect(await engine.export({ document: chain(code), outputs, frames: 1 }, () => undefined)).toMatchObject({
    ok: false,
    problems: [
      {
        code: 'code-not-run',
        message: 'Shader is switched off, because the graphics processor was lost while its code ran.',
      },
    ],
  })
  // Other code goes on, and the person may try again.
  await engine.allowCode([negative])
  expect(await pixels(request(negative))).not.toEqual(source)
  await engine.allowCode([code])
  const again = value(await engine.preview(request(code)))
  expect(again.stoppedCode).toEqual({})
})

test('a GPU that is lost during an export with code says whose code it was', async () => {
  const code =
    'var sum = vec3f(0.0);\nfor (var i = 0; i < 300; i++) { sum += cos(image.rgb * f32(i)); }\nreturn vec4f(sum, 1.0);'
  await engine.allowCode([code])
  const outputs = { [id('encode')]: { fileName: 'a.mp4', target: { kind: 'none' as const } } }
  let isLosing = false
  const outcome = await engine.export({ document: chain(code), outputs, frames: 12 }, () => {
    if (isLosing) return
    isLosing = true
    void engine.loseDevice()
  })
  expect(outcome).toMatchObject({
    ok: false,
    problems: [
      {
        node: 'shader',
        message: 'Shader is switched off, because the graphics processor was lost while its code ran.',
      },
    ],
  })
})

/** Four million sines for each row of 64 pixels. */
const endless = `var sum = image;
for (var i = 0; i < 16000; i++) { sum = fract(sin(sum.yzwx * 1.37 + f32(i)) + cos(sum.wxyz) * sin(sum * 3.1)); }
return sum;`
const exported = (fileName: string) => ({ [id('encode')]: { fileName, target: { kind: 'none' as const } } })
const tooSlow = {
  code: 'code-not-run',
  node: 'shader',
  param: 'code',
  message: 'Shader is switched off, because its code takes too long for one frame.',
  hint: 'Give its loops fewer iterations and allow it again, or bypass the node.',
}

test('a picture made in pieces is the one made at once', async () => {
  const code =
    'var sum = image_at(vec2i(px.at) + 3);\nfor (var i = 0; i < 4; i++) { sum += image * 0.1; }\nreturn sum * n1;'
  await engine.allowCode([code])
  // What it takes is not known the first time.
  const first = await pixels(request(code, { n1: 0.5 }))
  await engine.clearCache()
  expect(await pixels(request(code, { n1: 0.5 }))).toEqual(first)
  expect(first.some((level, i) => i % 4 !== 3 && level > 20)).toBe(true)
})

test('code that does not come to an end is ended between two pieces, and its node switched off, with the GPU kept', async () => {
  await using hasty = createSession(`${location.origin}/`, { codeLimitMs: 2000 })
  await hasty.allowCode([endless, negative])
  const source = value(await hasty.snapshot({ ...request(endless), view: view('decode') })).pixels
  expect(value(await hasty.preview(request(endless)))).toMatchObject({
    state: 'shown',
    stoppedCode: { [endless]: 'slow' },
  })
  expect(value(await hasty.snapshot(request(endless))).pixels).toEqual(source)
  expect(
    await hasty.export({ document: chain(endless), outputs: exported('a.mp4'), frames: 1 }, () => undefined),
  ).toMatchObject({ ok: false, problems: [tooSlow] })
  expect((await hasty.status()).rebuilds).toBe(0)
  // Other code goes on.
  expect(value(await hasty.snapshot(request(negative))).pixels).not.toEqual(source)
})

test('an export with code that does not come to an end says whose it is', async () => {
  await using hasty = createSession(`${location.origin}/`, { codeLimitMs: 2000 })
  await hasty.allowCode([endless])
  expect(
    await hasty.export({ document: chain(endless), outputs: exported('a.mp4'), frames: 3 }, () => undefined),
  ).toMatchObject({ ok: false, problems: [tooSlow] })
  expect((await hasty.status()).rebuilds).toBe(0)
})

test('a piece that hangs takes the GPU with it, and it comes back with the node switched off', async () => {
  await using hasty = createSession(`${location.origin}/`, { codeLimitMs: 4 })
  await hasty.allowCode([endless])
  const source = await pixels({ ...request(endless), view: view('decode') })
  expect(value(await hasty.preview(request(endless)))).toMatchObject({
    state: 'shown',
    stoppedCode: { [endless]: 'slow' },
  })
  expect((await hasty.status()).rebuilds).toBe(1)
  expect(value(await hasty.snapshot(request(endless))).pixels).toEqual(source)
  await hasty.allowCode([endless])
  expect(
    await hasty.export({ document: chain(endless), outputs: exported('a.mp4'), frames: 3 }, () => undefined),
  ).toMatchObject({ ok: false, problems: [tooSlow] })
  expect((await hasty.status()).rebuilds).toBe(2)
})

test('code that grows slow from one frame to the next takes the GPU with it likewise', async () => {
  await using hasty = createSession(`${location.origin}/`, { codeLimitMs: 400 })
  // Of two shots, a place where one is bright and the other dark.
  const [first, second] = [
    await pixels({ ...request(negative), view: view('decode') }),
    await pixels({ ...request(negative), view: view('decode'), frame: 30 }),
  ]
  const { width } = value(await engine.snapshot({ ...request(negative), view: view('decode') }))
  const at = first.findIndex((level, i) => i % 4 === 0 && level < 60 && second[i]! > 180) / 4
  expect(at).toBeGreaterThan(0)
  const code = `var sum = image;
if (image_at(vec2i(${at % width}, ${Math.floor(at / width)})).r > 0.5) {
  for (var i = 0; i < 8000; i++) { sum = fract(sin(sum.yzwx * 1.37 + f32(i)) + cos(sum.wxyz) * sin(sum * 3.1)); }
}
return sum;`
  await hasty.allowCode([code])
  expect(value(await hasty.preview(request(code)))).toMatchObject({ state: 'shown', stoppedCode: {} })
  expect(value(await hasty.preview({ ...request(code), frame: 30 }))).toMatchObject({
    state: 'shown',
    stoppedCode: { [code]: 'slow' },
  })
  expect((await hasty.status()).rebuilds).toBe(1)
})
