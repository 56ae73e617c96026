// @vitest-environment dom
/** Painting a mask over the picture: each drag a stroke of the graph, one step of the history. */
import { act } from 'react'
import { afterEach, expect, test } from 'vitest'
import type { NodeId } from '../../../../src/graph/document/document.ts'
import { maxStrokes } from '../../../../src/graph/node/drawing.ts'
import { Inspector } from '../../../../src/ui/inspector/Inspector.tsx'
import { PaintingLayer } from '../../../../src/ui/viewer/PaintingLayer.tsx'
import { createViewerPosition } from '../../../../src/ui/viewer/viewer-position.ts'
import { all, appears, click, closeRendered, during, find, press, renderEditor } from '../rendered.tsx'

afterEach(closeRendered)

/** A picture of 200×100 that fills the viewer as it is. */
const whole = { width: 200, height: 100 }
const placement = { picture: whole, field: whole, fields: 1, columns: 1, scale: 1, centre: { x: 100, y: 50 } }

async function open() {
  const position = createViewerPosition()
  position.setState({ placement })
  const editor = await renderEditor(
    'bicubic',
    <>
      <Inspector />
      <PaintingLayer position={position} />
    </>,
  )
  await during(() => editor.commands.addNode('painted-mask', { apart: true }))
  const tool = async (name: string) => click(await appears('.drawing-control button', name))
  return { editor, tool, record: () => editor.record('painted-mask') }
}

/** A drag of the mouse over the picture, in its pixels. */
async function drag(...places: readonly (readonly [number, number])[]): Promise<void> {
  const layer = find('.painting')
  // Nothing is laid out here, and no pointer can be captured.
  layer.setPointerCapture = () => undefined
  const send = (type: string, [clientX, clientY]: readonly [number, number]) =>
    act(async () => {
      layer.dispatchEvent(new PointerEvent(type, { bubbles: true, button: 0, clientX, clientY }))
    })
  await send('pointerdown', places[0]!)
  for (const place of places.slice(1)) await send('pointermove', place)
  await send('pointerup', places.at(-1)!)
}

interface Painted {
  readonly width: number
  readonly height: number
  readonly strokes: readonly { readonly tool: string; readonly erase?: boolean }[]
}
const painted = (record: { readonly params: object }) => (record.params as { painting?: Painted }).painting

test('a brush and areas become strokes, each one step to undo, seen at once as an overlay', async () => {
  const { editor, tool, record } = await open()
  await tool('Brush')
  expect(editor.viewerSettings.getState().overlay).toMatchObject({ at: { node: 'painted-mask', port: 'mask' } })
  await drag([20, 20], [60, 30], [100, 20])
  expect(painted(record())).toMatchObject({ width: 200, height: 100, strokes: [{ tool: 'brush' }] })
  await tool('Area')
  await drag([20, 60], [60, 60], [60, 90], [20, 90])
  await tool('Erase')
  await drag([30, 70], [40, 80])
  expect(painted(record())?.strokes.map(({ tool, erase }) => [tool, erase === true])).toEqual([
    ['brush', false],
    ['area', false],
    ['brush', true],
  ])
  expect(find('.drawing-facts').textContent).toContain('3 strokes')
  await during(() => editor.commands.run('edit.undo'))
  expect(painted(record())?.strokes).toHaveLength(2)
  await press(document.body, 'Escape')
  expect([all('.painting'), editor.viewerSettings.getState().painting]).toEqual([[], null])
})

test('a line is no area; what a graph cannot hold is told of; another node ends it', async () => {
  const { editor, tool, record } = await open()
  await tool('Area')
  await drag([20, 20], [60, 20])
  expect(painted(record())).toBeUndefined()
  await tool('Brush')
  await drag([10, 10], [20, 20])
  const one = painted(record())!
  const full = { ...one, strokes: Array.from({ length: maxStrokes }, () => one.strokes[0]!) }
  await during(() => editor.commands.setParam('painted-mask' as NodeId, 'painting', full as never))
  await drag([30, 30], [40, 40])
  expect(painted(record())?.strokes).toHaveLength(maxStrokes)
  expect(editor.toasts().join()).toContain(`it holds at most ${maxStrokes} strokes`)
  await during(() => editor.select('bicubic'))
  expect(editor.viewerSettings.getState().painting).toBeNull()
})
