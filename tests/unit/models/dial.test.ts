import { expect, test } from 'vitest'
import type { DialPlace } from '../../../src/graph/node/facts.ts'
import { SessionDial } from '../../../src/models/dial.ts'
import type { ModelForm } from '../../../src/models/inspect.ts'
import { SessionShelf } from '../../../src/models/session-shelf.ts'
import type { ModelSession } from '../../../src/models/sessions.ts'
import { familyFacts } from './family-facts.ts'
import { fixture } from './fixture-models.ts'

const files: Readonly<Record<string, string>> = { l1: 'dial-0', perceptual: 'dial-1', gan: 'dial-2' }
const at = (personality: number): DialPlace => ({ personality, source: 0 })

/** A dial of three members; `closed` names the sessions that ended, `fetches` every file that was read. */
function setUp() {
  const [closed, fetches]: [string[], string[]] = [[], []]
  let isOnline = true
  let opened = 0
  const shelf = new SessionShelf(async () => {
    opened += 1
    const name = String(opened)
    return { name, [Symbol.asyncDispose]: async () => void closed.push(name) } as unknown as ModelSession
  })
  const dial = new SessionDial({
    ...{ name: 'L1', sha256: 'l1', bytes: fixture('dial-0'), family: familyFacts(3), change: '', shelf },
    store: {
      list: async () => [],
      add: () => undefined,
      async find({ id }) {
        if (!isOnline) throw new Error('no network')
        fetches.push(id)
        return { facts: {} as never, bytes: async () => fixture(files[id]!) }
      },
    },
    form: {} as ModelForm,
    session: { runtime: 'wasm', gpu: { software: true } as never, elementType: 'float32' },
  })
  const nameAt = async (place?: DialPlace) => ((await dial.session(place)) as unknown as { name: string }).name
  const setOnline = (online: boolean) => {
    isOnline = online
  }
  return { dial, shelf, nameAt, closed, fetches, setOnline }
}

test('a whole place runs on the session of its file, a mix on one of its own', async () => {
  const { nameAt, fetches } = setUp()
  expect([await nameAt(), await nameAt(at(0)), await nameAt(at(0.5)), await nameAt(at(0.5))]).toEqual([
    '1',
    '1',
    '2',
    '2',
  ])
  expect(fetches).toEqual(['l1', 'perceptual', 'gan'])
})

test('the files of the members are read once, and again where one could not be had', async () => {
  const { nameAt, fetches, setOnline } = setUp()
  setOnline(false)
  await expect(nameAt(at(1))).rejects.toThrow('no network')
  setOnline(true)
  await Promise.all([nameAt(at(1)), nameAt(at(1.5))])
  await nameAt(at(2))
  expect(fetches).toEqual(['l1', 'perceptual', 'gan'])
})

test('two places stay open, those asked for last, and nothing is held once the dial ends', async () => {
  const { dial, shelf, nameAt, closed } = setUp()
  expect([await nameAt(at(0)), await nameAt(at(0.5)), await nameAt(at(0)), await nameAt(at(1))]).toEqual([
    '1',
    '2',
    '1',
    '3',
  ])
  // What the dial gave back is the shelf’s to close.
  await shelf[Symbol.asyncDispose]()
  expect(closed).toEqual(['2'])
  await dial[Symbol.asyncDispose]()
  expect(closed.toSorted()).toEqual(['1', '2', '3'])
})

test('two that ask for one place at once leave nothing borrowed behind', async () => {
  const { dial, shelf, nameAt, closed } = setUp()
  expect(await Promise.all([nameAt(at(0.5)), nameAt(at(0.5))])).toEqual(['1', '1'])
  await dial[Symbol.asyncDispose]()
  await shelf[Symbol.asyncDispose]()
  expect(closed).toEqual(['1'])
})
