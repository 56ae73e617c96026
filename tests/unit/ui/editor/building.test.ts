/** Building and changing a graph of the nodes that ship: what each hand's turn leads to, and back. */
import { afterEach, describe, expect, test } from 'vitest'
import type { EdgeId } from '../../../../src/graph/document/document.ts'
import type { CanvasDoor } from '../../../../src/ui/commands/edits/canvas-door.ts'
import { fixesOf } from '../../../../src/ui/problems/fixes.ts'
import { closePage, openPage, openTestEditor, type TestEditor } from '../editor-bench.ts'

afterEach(closePage)

async function open(recipe: 'bicubic' | 'default'): Promise<TestEditor> {
  openPage(`?graph=${recipe}`)
  return openTestEditor()
}

describe('a chain', () => {
  test('of Decode, Bicubic and Encode comes of adding one after the other', async () => {
    const editor = await open('bicubic')
    editor.commands.run('file.new')
    for (const type of ['decode', 'bicubic', 'encode']) editor.commands.addNode(type)
    expect(editor.wires()).toEqual(['bicubic.image', 'encode.audio', 'encode.image'])
    expect(editor.problems()).toEqual([])
    expect(editor.viewed()).toBe('640 × 360')
    // Apart from what is selected, as out of the palette onto the canvas.
    editor.commands.run('file.new')
    for (const type of ['decode', 'bicubic', 'encode']) editor.commands.addNode(type, { apart: true })
    expect(editor.wires()).toEqual([])
    expect(editor.problems()).toEqual(['Image of Bicubic is not connected.', 'Image of Encode is not connected.'])
  })

  test('takes legal wires alone', async () => {
    const editor = await open('bicubic')
    const [decode, bicubic, encode] = ['decode', 'bicubic', 'encode'].map((id) => editor.record(id).id)
    const { canConnect } = editor.commands
    expect(canConnect({ node: decode!, port: 'audio' }, { node: bicubic!, port: 'image' })).toBe(false)
    expect(canConnect({ node: bicubic!, port: 'image' }, { node: bicubic!, port: 'image' })).toBe(false)
    expect(canConnect({ node: decode!, port: 'image' }, { node: encode!, port: 'image' })).toBe(true)
    editor.commands.connect({ node: decode!, port: 'audio' }, { node: bicubic!, port: 'image' })
    expect(editor.wires()).toEqual(['bicubic.image', 'encode.audio', 'encode.image'])
    expect(editor.toasts()).toHaveLength(1)
  })

  test('grows by a wire let go in space, and the sound is wired along', async () => {
    const editor = await open('bicubic')
    const end = { node: editor.record('decode').id, port: 'image' }
    editor.commands.addNode('encode', { at: { x: 0, y: 300 }, wire: { end, side: 'source' } })
    expect(editor.chain()).toEqual(expect.arrayContaining(['decode > encode-2', 'decode > encode-2']))
    expect(editor.wires()).toEqual(expect.arrayContaining(['encode-2.audio', 'encode-2.image']))
    editor.commands.run('edit.undo')
    expect(editor.nodes()).toEqual(['bicubic', 'decode', 'encode'])
  })

  test('takes a node into a wire: dropped there, moved there, or added with the wire selected; and closes again', async () => {
    const editor = await open('bicubic')
    const wire = 'encode.image' as EdgeId
    expect(editor.commands.fitsInto(wire, { type: 'grain' })).toBe(true)
    expect(editor.commands.fitsInto(wire, { type: 'decode' })).toBe(false)
    editor.commands.addNode('grain', { at: { x: 0, y: 0 }, apart: true, into: wire })
    const within = ['bicubic > grain', 'decode > bicubic', 'decode > encode', 'grain > encode']
    expect(editor.chain()).toEqual(within)
    expect(editor.problems()).toEqual([])
    editor.commands.run('edit.undo')

    const grain = editor.commands.addNode('grain', { at: { x: 0, y: 400 }, apart: true })!
    editor.commands.move({ nodes: new Map([[grain, { x: 300, y: 0 }]]), marks: new Map() }, wire)
    expect(editor.chain()).toEqual(within)
    // What is taken out again leaves the chain whole, or a gap if asked.
    editor.select('grain')
    editor.commands.run('edit.delete')
    expect(editor.chain()).toEqual(['bicubic > encode', 'decode > bicubic', 'decode > encode'])
    editor.commands.run('edit.undo')
    editor.select('grain')
    editor.commands.run('edit.deleteLoose')
    expect(editor.wires()).toEqual(['bicubic.image', 'encode.audio'])
    editor.commands.run('edit.undo')
    editor.commands.run('edit.undo')
    editor.commands.run('edit.undo')

    editor.selectWires('bicubic.image')
    editor.commands.addNode('grain')
    expect(editor.chain()).toContain('decode > grain')
  })

  test('takes a node in behind the one that is selected, for all that read it; one that fits nowhere stays a branch', async () => {
    const editor = await open('bicubic')
    const before = editor.document.getState().document
    editor.select('bicubic')
    editor.commands.addNode('grain')
    expect(editor.chain()).toEqual(['bicubic > grain', 'decode > bicubic', 'decode > encode', 'grain > encode'])
    expect(editor.problems()).toEqual([])
    const at = (id: string) => editor.record(id).position
    expect(at('grain').x).toBeGreaterThanOrEqual(at('bicubic').x + 200)
    expect(at('encode').x).toBeGreaterThanOrEqual(at('grain').x + 200)
    editor.commands.run('edit.undo')
    expect(editor.document.getState().document).toEqual(before)

    // A mask is no picture; what needs a second picture would leave the chain without one until it has that.
    for (const type of ['luma-range', 'residual-blend']) {
      editor.select('bicubic')
      editor.commands.addNode(type)
      expect(editor.chain(), type).toContain('bicubic > encode')
      expect(editor.chain(), type).toContain(`bicubic > ${type}`)
      editor.commands.run('edit.undo')
    }
    // Put at a place of the canvas it is meant for there.
    editor.select('bicubic')
    editor.commands.addNode('grain', { at: { x: 0, y: 600 } })
    expect(editor.chain()).toContain('bicubic > encode')
    editor.commands.run('edit.undo')
    // The menu that a button or a key opens has a place as well, but means none.
    editor.select('bicubic')
    editor.commands.addNode('grain', { at: { x: 0, y: 600 }, behind: true })
    expect(editor.chain()).toContain('grain > encode')
    editor.commands.run('edit.undo')
    editor.select('bicubic')
    editor.commands.addNode('luma-range', { at: { x: 0, y: 600 }, behind: true })
    expect(editor.record('luma-range').position).toEqual({ x: 0, y: 600 })
  })

  test('behind a source all that read its picture read the new node, and no card covers another', async () => {
    const editor = await open('default')
    editor.select('decode')
    editor.commands.addNode('denoise')
    for (const reader of ['bicubic', 'sr-model']) {
      expect(editor.chain()).toContain(`denoise > ${reader}`)
      expect(editor.chain()).not.toContain(`decode > ${reader}`)
    }
    expect(editor.wires()).toContain('encode.audio')
    expect(editor.problems()).toEqual([])
    const own = editor.record('denoise').position
    const covered = editor
      .nodes()
      .filter((id) => id !== 'denoise')
      .map((id) => editor.record(id).position)
      .filter(({ x, y }) => Math.abs(x - own.x) < 200 && Math.abs(y - own.y) < 120)
    expect(covered).toEqual([])
    editor.commands.run('edit.undo')
    expect(editor.nodes()).not.toContain('denoise')
    expect(editor.chain()).toContain('decode > sr-model')
  })

  test('lets a bypassed node pass its picture on, and what is shown is as large', async () => {
    const editor = await open('bicubic')
    editor.select('bicubic')
    editor.commands.run('edit.bypass')
    expect(editor.viewed()).toBe('320 × 180')
  })
})

test('a muted mask is done without; a muted picture lets what needs it rest, without a problem', async () => {
  const editor = await open('default')
  editor.select('text-protect')
  editor.commands.run('edit.mute')
  expect(editor.resting()).toEqual(['text-protect'])
  expect(editor.problems()).toEqual([])
  editor.select('bicubic')
  editor.commands.run('edit.mute')
  expect(editor.resting()).toContain('encode')
  expect(editor.problems()).toEqual([])
  editor.commands.run('edit.undo')
  expect(editor.resting()).toEqual(['text-protect'])
})

describe('problems', () => {
  test('name node and input, and lead to the node', async () => {
    const editor = await open('bicubic')
    editor.selectWires('encode.image')
    editor.commands.run('edit.delete')
    const [problem, ...others] = editor.derived.getState().problems
    expect(others).toEqual([])
    expect(problem).toMatchObject({ message: 'Image of Encode is not connected.', node: 'encode' })
    expect([...editor.derived.getState().problemsOf.keys()]).toEqual(['encode'])
    editor.select()
    editor.commands.goTo(problem!.node!)
    expect([...editor.view.getState().selection]).toEqual(['encode'])
    expect(editor.view.getState().sidePanel).toBe('node')
  })

  test('are mended by one click in the list, as one step', async () => {
    const editor = await open('default')
    // Without the model in the way, what is blended is of two sizes.
    editor.select('sr-model')
    editor.commands.run('edit.delete')
    const { problemsOf, inference } = editor.derived.getState()
    const room = { width: 200, gap: 48 }
    const fixes = [...problemsOf.values()]
      .flat()
      .flatMap((problem) =>
        fixesOf(problem, { document: editor.level(), specs: editor.specs, inference, models: [], room }),
      )
    const fix = fixes.find(({ label }) => label === 'Insert Bicubic to 640×360')
    editor.document.edit(fix!.label, fix!.apply)
    expect(editor.nodes()).toContain('bicubic-2')
    expect(editor.problems()).toEqual([])
    editor.commands.run('edit.undo')
    expect(editor.nodes()).not.toContain('bicubic-2')
  })
})

describe('the history', () => {
  test('names each step, and leads to before and after any of them', async () => {
    const editor = await open('bicubic')
    for (const command of ['edit.bypass', 'edit.collapse', 'edit.mute'] as const) {
      editor.select('bicubic')
      editor.commands.run(command)
    }
    const steps = ['Bypass Bicubic', 'Collapse Bicubic', 'Mute Bicubic']
    expect(editor.steps()).toEqual(steps)
    const flags = () => {
      const { bypass = false, collapsed = false, mute = false } = editor.record('bicubic')
      return { bypass, collapsed, mute }
    }
    editor.document.jump(-2)
    expect(flags()).toEqual({ bypass: true, collapsed: false, mute: false })
    editor.document.jump(-1)
    expect(flags()).toEqual({ bypass: false, collapsed: false, mute: false })
    editor.document.jump(3)
    expect(flags()).toEqual({ bypass: true, collapsed: true, mute: true })
    expect(editor.steps()).toEqual(steps)
  })

  test('holds a drag as one step, and a move that moves nothing as none', async () => {
    const editor = await open('bicubic')
    const id = editor.commands.addNode('grain')!
    for (const amount of [0.1, 0.2, 0.3]) editor.commands.dragParam(id, 'amount', amount)
    editor.commands.endDrag()
    expect(editor.steps()).toEqual(['Add Grain', 'Change Amount of Grain'])
    const { position } = editor.record('decode')
    editor.commands.move({ nodes: new Map([[editor.record('decode').id, position]]), marks: new Map() })
    expect(editor.steps()).toHaveLength(2)
    editor.commands.run('edit.undo')
    expect(editor.param('grain', 'amount')).toBeUndefined()
  })
})

describe('the clipboard', () => {
  test('takes nodes to another graph as text, where they read what they read here if that is asked', async () => {
    const editor = await open('bicubic')
    editor.select('bicubic')
    const text = editor.commands.clipboard.text()!
    expect(Object.keys(JSON.parse(text).nodes)).toEqual(['bicubic'])

    const other = await open('default')
    other.commands.clipboard.insert(text)
    expect([...other.view.getState().selection]).toEqual(['bicubic-2'])
    expect(other.wires()).not.toContain('bicubic-2.image')
    other.commands.run('edit.undo')
    expect(other.nodes()).not.toContain('bicubic-2')
    other.commands.clipboard.insert(text, { wired: true })
    expect(other.chain()).toContain('decode > bicubic-2')
  })

  test('lays what is pasted where the pointer is', async () => {
    const editor = await open('bicubic')
    editor.select('decode', 'bicubic')
    const text = editor.commands.clipboard.text()!
    let pointer: { x: number; y: number } | null = { x: 800, y: 640 }
    const door: Partial<CanvasDoor> = {
      pointer: () => pointer,
      visible: () => true,
      size: () => undefined,
      alongWires: () => [],
    }
    editor.commands.attach('canvas', door as CanvasDoor)
    editor.commands.clipboard.insert(text)
    expect(editor.chain()).toContain('decode-2 > bicubic-2')
    const placed = ['decode-2', 'bicubic-2'].map((id) => editor.record(id).position)
    const [x, y] = (['x', 'y'] as const).map((axis) => Math.min(...placed.map((place) => place[axis])))
    expect(Math.abs(x! - 800)).toBeLessThanOrEqual(8)
    expect(Math.abs(y! - 640)).toBeLessThanOrEqual(8)
    // Away from the canvas, beside the originals.
    pointer = null
    editor.commands.clipboard.insert(text)
    expect(editor.record('decode-3').position).not.toEqual(editor.record('decode').position)
  })

  test('what comes to lie beside what is seen is brought into sight', async () => {
    const editor = await open('bicubic')
    const revealed = () => editor.view.getState().reveal.count
    let seen = true
    const door: Partial<CanvasDoor> = {
      pointer: () => null,
      visible: () => seen,
      size: () => undefined,
      alongWires: () => [],
    }
    editor.commands.attach('canvas', door as CanvasDoor)
    editor.select('bicubic')
    const before = revealed()
    const text = editor.commands.clipboard.text()!
    editor.commands.run('edit.duplicate')
    editor.commands.clipboard.insert(text)
    expect(revealed()).toBe(before)
    seen = false
    editor.commands.run('edit.duplicate')
    expect(revealed()).toBe(before + 1)
    editor.commands.clipboard.insert(text)
    expect(revealed()).toBe(before + 2)
  })

  test('covers nothing, however often it is pasted at one place or duplicated', async () => {
    const editor = await open('default')
    const size = { width: 200, height: 160 }
    let pointer: { x: number; y: number } | null = null
    const door: Partial<CanvasDoor> = {
      pointer: () => pointer,
      visible: () => true,
      size: () => size,
      alongWires: () => [],
    }
    editor.commands.attach('canvas', door as CanvasDoor)
    const places = () => editor.nodes().map((id) => editor.record(id).position)
    // As they lie in the recipe; its cards are lower than these.
    const covered = () =>
      places().flatMap((a, i) =>
        places()
          .slice(i + 1)
          .filter((b) => Math.abs(a.x - b.x) < size.width && Math.abs(a.y - b.y) < size.height),
      ).length
    const before = covered()
    for (const id of ['bicubic', 'grain', 'decode']) {
      editor.select(id)
      for (let times = 0; times < 3; times += 1) editor.commands.run('edit.duplicate')
      editor.select(id)
      const text = editor.commands.clipboard.text()!
      for (const at of [null, editor.record(id).position]) {
        pointer = at
        for (let times = 0; times < 3; times += 1) editor.commands.clipboard.insert(text)
      }
    }
    editor.commands.run('edit.selectAll')
    editor.commands.run('edit.duplicate')
    expect(editor.nodes()).toHaveLength(68)
    // The copy of the whole lies as the whole does.
    expect(covered()).toBe(2 * before)
  })
})
