// @vitest-environment dom
/** Settings that a number drives: what the inspector and the cards show of them, and how a wire comes to one. */
import { afterEach, describe, expect, test } from 'vitest'
import { useStore } from 'zustand'
import type { NodeId } from '../../../../src/graph/document/document.ts'
import { specOf } from '../../../../src/graph/document/subgraph.ts'
import { CardSettings } from '../../../../src/ui/canvas/CardSettings.tsx'
import { DrivingMenu } from '../../../../src/ui/canvas/DrivingMenu.tsx'
import { useEditor } from '../../../../src/ui/editor.ts'
import { Inspector } from '../../../../src/ui/inspector/Inspector.tsx'
import type { TestEditor } from '../editor-bench.ts'
import { all, appears, click, closeRendered, during, find, press, renderEditor, texts } from '../rendered.tsx'

afterEach(closeRendered)

const id = (name: string) => name as NodeId

/** The settings of one card, as the canvas shows them. */
function Card({ node }: { node: string }) {
  const { document, specs } = useEditor()
  const record = useStore(document, (state) => state.level.nodes[id(node)])
  const spec = specOf(specs, record)
  return record && spec ? <CardSettings record={record} spec={spec} /> : null
}

function Menu() {
  const { view } = useEditor()
  const driving = useStore(view, (state) => state.driving)
  return driving && <DrivingMenu request={driving} />
}

const amount = () => find<HTMLInputElement>('.inspector-body [data-param="amount"] input')
const onCard = () => texts('.card-setting[data-param="amount"] .card-setting-value')
const notes = () => texts('[data-param="amount"] .driven-note')

async function open(...cards: readonly string[]) {
  const editor = await renderEditor(
    'default',
    <>
      <Inspector />
      {cards.map((node) => (
        <Card key={node} node={node} />
      ))}
      <Menu />
    </>,
  )
  await during(() => editor.commands.addNode('curve', { apart: true }))
  await during(() => editor.select('grain'))
  return editor
}

const wire = (node: string) => ({ from: { node: id('curve'), port: 'number' }, to: { node: id(node), port: 'amount' } })

/** As the engine tells of the frame on view. */
const tell = (editor: TestEditor, node: string, value: number) =>
  during(() =>
    editor.preview.setState(({ result }) => ({
      result: result && { ...result, drivenValues: { [node]: { amount: value } } },
    })),
  )

describe('a setting that a number drives', () => {
  test('shows what it is at the frame on view, and not what the hand set', async () => {
    const editor = await open('grain')
    const byHand = amount().value
    await during(() => editor.commands.connect(wire('grain').from, wire('grain').to))
    expect([amount().value, onCard(), notes()]).toEqual(['–', ['–'], ['Nothing that is shown depends on it']])
    await tell(editor, 'grain', 0.03)
    expect([amount().value, onCard(), notes()]).toEqual(['0.03', ['0.03'], []])
    expect(all('[data-param="amount"] [role="slider"]').map((thumb) => thumb.getAttribute('aria-valuenow'))).toEqual([
      '0.03',
      '0.03',
    ])
    expect(amount().readOnly).toBe(true)
    await during(() => editor.commands.run('edit.undo'))
    expect([amount().value, amount().readOnly, onCard()]).toEqual([byHand, false, [byHand]])
  })

  test('is held within its range, and says so', async () => {
    const editor = await open('grain')
    await during(() => editor.commands.connect(wire('grain').from, wire('grain').to))
    await tell(editor, 'grain', 7)
    const most = Number(all('[role="slider"]')[0]?.getAttribute('aria-valuemax'))
    expect([amount().value, onCard(), notes()]).toEqual([
      `${most}`,
      [`${most} (7 wired)`],
      [`7 is wired, and held at ${most}`],
    ])
  })

  test('is set by hand while what drives it is muted', async () => {
    const editor = await open('grain')
    const byHand = amount().value
    await during(() => editor.commands.connect(wire('grain').from, wire('grain').to))
    await tell(editor, 'grain', 0.03)
    await during(() => {
      editor.select('curve')
      editor.commands.run('edit.mute')
      editor.select('grain')
    })
    const silent = 'No number comes from it now, so what is set here counts'
    expect([amount().value, onCard(), notes()]).toEqual([byHand, [byHand], [silent]])
  })

  test('says so where what drives it has a problem', async () => {
    const editor = await open('grain')
    await during(() => editor.commands.connect(wire('grain').from, wire('grain').to))
    await during(() => editor.commands.setParam(id('curve'), 'keys', []))
    const failing = [['–'], ['What gives it has a problem, so there is no number']]
    expect([onCard(), notes()]).toEqual(failing)
    await during(() => editor.commands.setParam(id('curve'), 'keys', [{ frame: 0, value: 1e39, next: 'hold' }]))
    expect([onCard(), notes()]).toEqual(failing)
  })

  test('on the card of a subgraph is driven there, and shows it inside as well', async () => {
    const editor = await open('subgraph')
    await during(() => {
      editor.commands.run('edit.fold')
      editor.commands.run('edit.open')
      editor.commands.subgraphs.promote(id('grain'), 'amount', true)
      editor.commands.run('edit.leave')
    })
    await during(() => editor.commands.connect(wire('subgraph').from, wire('subgraph').to))
    await tell(editor, 'subgraph/grain', 0.03)
    expect([amount().value, onCard(), notes()]).toEqual(['0.03', ['0.03'], []])
    await during(() => {
      editor.commands.run('edit.open')
      editor.select('grain')
    })
    expect([amount().value, notes()]).toEqual(['0.03', ['Driven from outside the subgraph']])
  })
})

describe('the choice of what a number drives', () => {
  const items = () => texts('[role="menuitem"]')

  test('names what can be driven, hidden settings among them, and wires what is chosen by keys', async () => {
    const editor = await open()
    const request = { page: { x: 10, y: 10 }, node: id('grain'), from: [wire('grain').from] }
    await during(() => editor.view.setState({ driving: request }))
    await appears('[role="menuitem"]', 'Shadows')
    expect(items()).toEqual(['Amount', 'Size', 'Shadows', 'Midtones', 'Highlights', 'Colour'])
    await press(find('[role="menuitem"]', 'Shadows'), 'Enter')
    expect(editor.wires().filter((name) => name.includes('shadows'))).toHaveLength(1)
    expect(editor.steps().at(-1)).toBe('Wire Curve to Grain')
    expect([all('[role="menu"]'), editor.view.getState().driving]).toEqual([[], null])
  })

  test('says what drives a setting already, and Escape leaves all as it was', async () => {
    const editor = await open()
    await during(() => editor.commands.connect(wire('grain').from, wire('grain').to))
    await during(() => editor.commands.addNode('curve', { apart: true }))
    const from = [{ node: id('curve-2'), port: 'number' }]
    await during(() => editor.view.setState({ driving: { page: { x: 10, y: 10 }, node: id('grain'), from } }))
    await appears('[role="menuitem"]', 'Shadows')
    expect(items()[0]).toBe('Amount instead of Curve (curve)')
    const before = editor.wires()
    await press(find('[role="menu"]'), 'Escape')
    expect([all('[role="menu"]'), editor.wires()]).toEqual([[], before])
    await during(() => editor.view.setState({ driving: { page: { x: 10, y: 10 }, node: id('grain'), from } }))
    await click(await appears('[role="menuitem"]', /^Amount/))
    expect(Object.values(editor.level().edges).find(({ to }) => to.port === 'amount')?.from.node).toBe('curve-2')
  })
})
