import { expect, test, vi } from 'vitest'
import type { DialPlace } from '../../../../../src/graph/node/facts.ts'
import { ShaderDial } from '../../../../../src/models/runtimes/shaders/shader-dial.ts'
import type { ParameterSet, ShaderNetwork } from '../../../../../src/models/runtimes/shaders/shader-network.ts'
import { familyFacts } from '../../family-facts.ts'
import { fixture } from '../../fixture-models.ts'

const files: Readonly<Record<string, string>> = { l1: 'dial-0', perceptual: 'dial-1', gan: 'dial-2' }
const at = (personality: number): DialPlace => ({ personality, source: 0 })

/** A network that counts what it holds. */
class CountingNetwork {
  readonly live = new Set<string>()
  mixes = 0
  #loads = 0
  readonly ownWeights = this.#hold('own')
  readonly releaseMemory = vi.fn()

  load(): ParameterSet {
    this.#loads += 1
    return this.#hold(`member ${this.#loads}`)
  }

  mix(): ParameterSet {
    this.mixes += 1
    return this.#hold(`mix ${this.mixes}`)
  }

  #hold(name: string): ParameterSet {
    this.live.add(name)
    return { [Symbol.dispose]: () => void this.live.delete(name) } as unknown as ParameterSet
  }
}

function setUp() {
  const network = new CountingNetwork()
  const mixable = vi.fn(async () => network as unknown as ShaderNetwork)
  const dial = new ShaderDial({
    ...{ name: 'L1', family: familyFacts(3), network: network as unknown as ShaderNetwork, mixable },
    form: { layout: 'nchw', channels: 'rgb' } as never,
    store: {
      list: async () => [],
      add: () => undefined,
      find: async ({ id }) => ({ facts: {} as never, bytes: async () => fixture(files[id]!) }),
    },
  })
  return { network, mixable, dial }
}

test('members are loaded once, and two that turn to one place at once mix once', async () => {
  const { network, mixable, dial } = setUp()
  const [one, other] = await Promise.all([dial.session(at(0.5)), dial.session(at(0.5))])
  expect(other).toBe(one)
  expect(await dial.session(at(0.5))).toBe(one)
  expect([network.mixes, mixable.mock.calls.length]).toEqual([1, 1])
})

test('two mixes stay in memory beside the members, those asked for last, and nothing once the dial ends', async () => {
  const { network, dial } = setUp()
  await dial.session(at(0.25))
  await dial.session(at(0.5))
  await dial.session(at(0.25))
  await dial.session(at(1))
  await dial.session(at(0.75))
  expect([...network.live].filter((name) => name.startsWith('mix'))).toEqual(['mix 1', 'mix 3'])
  await dial[Symbol.asyncDispose]()
  expect([...network.live]).toEqual(['own'])
  expect(network.releaseMemory).toHaveBeenCalledTimes(2)
})
