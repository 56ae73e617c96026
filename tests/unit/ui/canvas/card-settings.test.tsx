// @vitest-environment dom
/** Settings on cards: those that a node shows by itself, those that are pinned there, and what a hand does to them. */
import { afterEach, expect, test } from 'vitest'
import { useStore } from 'zustand'
import type { NodeId } from '../../../../src/graph/document/document.ts'
import { specOf } from '../../../../src/graph/document/subgraph.ts'
import { CardSettings } from '../../../../src/ui/canvas/CardSettings.tsx'
import { useEditor } from '../../../../src/ui/editor.ts'
import { Inspector } from '../../../../src/ui/inspector/Inspector.tsx'
import { all, buttonNamed, click, closeRendered, during, find, press, renderEditor, texts } from '../rendered.tsx'

afterEach(closeRendered)

/** The settings of the card, as the canvas shows them. */
function Card({ node }: { node: string }) {
  const { document, specs } = useEditor()
  const record = useStore(document, (state) => state.level.nodes[node as NodeId])
  const spec = specOf(specs, record)
  return record && spec ? <CardSettings record={record} spec={spec} /> : null
}

async function open(node: string) {
  const editor = await renderEditor(
    'default',
    <>
      <Inspector />
      <Card node={node} />
    </>,
  )
  await during(() => editor.select(node))
  return editor
}

const shown = () => texts('.card-setting-name')

test('a number is set on the card, with its value as the inspector has it, as one step', async () => {
  const editor = await open('grain')
  expect(shown()).toEqual(['Amount'])
  const before = editor.record('grain').params.amount ?? 0.05
  await press(find('.card-setting [role="slider"]'), 'ArrowRight')
  const after = editor.record('grain').params.amount as number
  expect(after).toBeGreaterThan(before as number)
  expect(Number(find('.card-setting-value').textContent)).toBe(after)
  expect(Number(find<HTMLInputElement>('.inspector-body [data-param="amount"] input').value)).toBe(after)
  await during(() => editor.commands.run('edit.undo'))
  expect(editor.record('grain').params.amount ?? 0.05).toBe(before)
})

test('a setting is pinned to the card and taken off; switches and choices work there; one without a meaning is away', async () => {
  const editor = await open('residual-blend')
  const pin = (name: string) => click(buttonNamed(`Show ${name} on the node’s card`))
  expect(shown()).toEqual(['Strength'])
  await pin('Split bands')
  await pin('View')
  expect(shown()).toEqual(['Strength', 'Split bands', 'View'])
  await click(find('.card-setting[data-param="bandSplit"] [role="switch"]'))
  expect(editor.record('residual-blend').params.bandSplit).toBe(true)
  await pin('Coarse')
  expect(shown()).toContain('Coarse')
  await click(find('.card-setting[data-param="bandSplit"] [role="switch"]'))
  expect(shown()).not.toContain('Coarse')
  const pinned = buttonNamed(`Show Strength on the node’s card`)
  expect(pinned.getAttribute('aria-pressed')).toBe('true')
  await click(pinned)
  expect(shown()).not.toContain('Strength')
  await during(() => editor.commands.run('edit.undo'))
  expect(all('.card-setting[data-param="strength"]')).toHaveLength(1)
})
