import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { validate } from '../../../../src/graph/analysis/validate.ts'
import { edit, newHistory, undo } from '../../../../src/graph/edits/history.ts'
import { replaceNode } from '../../../../src/graph/edits/replace-node.ts'
import { soundDocument } from '../arbitrary.ts'
import { facts, id, sketch, specs } from '../specs.ts'

const replaced = (document: ReturnType<typeof sketch>, node: string, type: string) => {
  const { history, result } = edit(newHistory(document), 'Replace', (draft) =>
    replaceNode(draft, specs, id(node), specs.get(type)!),
  )
  const wires = Object.values(history.document.edges)
    .map(({ from, to }) => `${from.node}.${from.port} > ${to.node}.${to.port}`)
    .sort()
  return { history, result, wires }
}

describe('a node in the place of another', () => {
  const chain = sketch({ clip: {}, scale: {}, writer: {} }, ['clip.image > scale.image', 'scale.image > writer.image'])

  it('lies where that one lay, and has its wires', () => {
    const { history, result, wires } = replaced(chain, 'scale', 'grain')
    expect(result).toBe('grain')
    expect(wires).toEqual(['clip.image > grain.image', 'grain.image > writer.image'])
    expect(Object.keys(history.document.nodes).sort()).toEqual(['clip', 'grain', 'writer'])
    expect(history.document.nodes[id('grain')]?.position).toEqual(chain.nodes[id('scale')]?.position)
    expect(undo(history).document).toEqual(chain)
  })

  it('takes a wire at another port of its type, and lets go of what it cannot take', () => {
    expect(replaced(chain, 'scale', 'blend').wires).toEqual(['blend.image > writer.image', 'clip.image > blend.base'])
    expect(replaced(chain, 'scale', 'luma').wires, 'gives a mask, which the writer does not take').toEqual([
      'clip.image > luma.image',
    ])
  })

  it('may be of the same type, with its settings as they are at first', () => {
    const set = sketch({ clip: {}, scale: { params: { factor: 3 } } }, ['clip.image > scale.image'])
    const { history, result } = replaced(set, 'scale', 'scale')
    expect(history.document.nodes[result!]?.params).toEqual({})
    expect(Object.keys(history.document.nodes)).toHaveLength(2)
  })

  it('leaves a sound document sound, whatever takes the place of whatever', () => {
    fc.assert(
      fc.property(soundDocument, fc.nat(), fc.constantFrom(...specs.values()), (document, at, spec) => {
        const all = Object.keys(document.nodes)
        const node = all[at % all.length]
        if (!node) return
        const { history } = edit(newHistory(document), 'Replace', (draft) => replaceNode(draft, specs, id(node), spec))
        const broken = validate(history.document, specs, facts).filter(({ code }) =>
          ['dangling-edge', 'wrong-type', 'cycle', 'two-wires', 'unknown-port'].includes(code),
        )
        expect(broken).toEqual([])
        expect(undo(history).document).toEqual(document)
      }),
    )
  })
})
