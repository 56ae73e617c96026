import { describe, expect, test } from 'vitest'
import { Instances } from '../../../../src/engine/run/instances.ts'
import type { OutermostId } from '../../../../src/graph/document/document.ts'
import type { NodeInstance } from '../../../../src/nodes/kernel.ts'

const id = (name: string) => name as OutermostId

function setUp() {
  const log: string[] = []
  const instances = new Instances()
  const get = (node: string, key: string, type = 'sr') =>
    instances.get(id(node), key, type, async () => {
      log.push(`open ${key}`)
      return { dispose: () => void log.push(`close ${key}`) } as unknown as NodeInstance
    })
  const retain = (nodes: Record<string, string>, renamed: readonly string[] = []) =>
    instances.retain((node) => nodes[node], new Set(renamed))
  return { log, instances, get, retain }
}

describe('instances', () => {
  test('stay while their key does', async () => {
    const { log, get, retain } = setUp()
    const first = await get('a', 'sr x2')
    await retain({ a: 'sr' })
    expect(await get('a', 'sr x2')).toBe(first)
    expect(log).toEqual(['open sr x2'])
  })

  test('with another key, the old is closed before the new is opened', async () => {
    const { log, get } = setUp()
    await get('a', 'sr x2')
    await get('a', 'sr x4')
    expect(log).toEqual(['open sr x2', 'close sr x2', 'open sr x4'])
  })

  test('close with their node, or when it becomes of another type', async () => {
    const { log, get, retain, instances } = setUp()
    await get('a', 'a')
    await get('b', 'b')
    await retain({ b: 'grain' })
    expect([log.slice(2), instances.has(id('a')), instances.has(id('b'))]).toEqual([
      ['close a', 'close b'],
      false,
      false,
    ])
  })

  test('go over to a node of the same key by another name; those nobody takes are closed', async () => {
    const { log, get, retain, instances } = setUp()
    const slot = await get('a', 'model')
    await get('b', 'other')
    await retain({}, ['model', 'other'])
    expect(await get('folder/a', 'model')).toBe(slot)
    await instances.endAdoption()
    expect(log).toEqual(['open model', 'open other', 'close other'])
    await instances.dispose()
    expect(log.at(-1)).toBe('close model')
  })

  test('an instance that could not be opened is not there', async () => {
    const { instances } = setUp()
    const failing = instances.get(id('a'), 'k', 'sr', () => Promise.reject(new Error('no file')))
    await expect(failing).rejects.toThrow('no file')
    expect(instances.has(id('a'))).toBe(false)
  })
})
