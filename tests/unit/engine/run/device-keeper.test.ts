import { describe, expect, test, vi } from 'vitest'
import { DeviceKeeper } from '../../../../src/engine/run/device-keeper.ts'
import { DeviceLostError } from '../../../../src/engine/run/errors.ts'

interface Tenant {
  readonly number: number
  readonly lossSignal: AbortSignal
  readonly lose: () => DeviceLostError
}

function keeper({ failing = 0 } = {}) {
  let started = 0
  const retired: number[] = []
  const kept = new DeviceKeeper<Tenant>(
    async () => {
      started += 1
      if (started <= failing) throw new Error(`start ${started} failed`)
      const loss = new AbortController()
      const error = new DeviceLostError('gone')
      const lose = () => {
        loss.abort(error)
        return error
      }
      return { number: started, lossSignal: loss.signal, lose }
    },
    async ({ number }) => {
      retired.push(number)
    },
  )
  return { kept, retired, started: () => started }
}

describe('what lives on a device', () => {
  test('is started once, however many ask', async () => {
    const { kept, started } = keeper()
    const [a, b] = await Promise.all([kept.ready(), kept.ready()])
    expect([a === b, started(), kept.rebuilds]).toEqual([true, 1, 0])
  })

  test('is tried again by the next call where it could not be started', async () => {
    const { kept } = keeper({ failing: 1 })
    await expect(kept.ready()).rejects.toThrow('start 1 failed')
    expect((await kept.ready()).number).toBe(2)
  })

  test('is built anew when the device is lost, and the old is retired', async () => {
    const { kept, retired } = keeper()
    ;(await kept.ready()).lose()
    expect((await kept.ready()).number).toBe(2)
    expect([retired, kept.rebuilds]).toEqual([[1], 1])
  })

  test('work is repeated on the next device, three times at most', async () => {
    const { kept } = keeper()
    const once = await kept.run(async (tenant) => {
      if (tenant.number === 1) throw tenant.lose()
      return tenant.number
    })
    expect(once).toBe(2)
    const seen: number[] = []
    const always = kept.run(async (tenant) => {
      seen.push(tenant.number)
      throw tenant.lose()
    })
    await expect(always).rejects.toBeInstanceOf(DeviceLostError)
    expect(seen).toEqual([2, 3, 4])
  })

  test('work that fails by itself is not repeated', async () => {
    const { kept } = keeper()
    const work = vi.fn(() => Promise.reject(new Error('no')))
    await expect(kept.run(work)).rejects.toThrow('no')
    expect(work).toHaveBeenCalledTimes(1)
  })

  test('is retired once when closed, is not built again, and a loss then counts for nothing', async () => {
    const { kept, retired } = keeper()
    const tenant = await kept.ready()
    expect(await kept.close()).toBe(tenant)
    tenant.lose()
    await expect(kept.ready()).rejects.toThrow('The session is closed.')
    expect([retired, kept.rebuilds]).toEqual([[1], 0])
  })
})
