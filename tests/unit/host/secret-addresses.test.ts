import { expect, test } from 'vitest'
import { SecretAddresses } from '../../../src/host/secret-addresses.ts'

test('a request finds the place of its own address, and what it asks there', () => {
  const addresses = new SecretAddresses<string>('/parts/')
  const [one, other] = [addresses.add('one'), addresses.add('other')]
  expect(one).toMatch(/^\/parts\/[0-9a-f]{32}$/)
  expect(other).not.toBe(one)
  const asked = addresses.find({ url: `${other}?file=a%20b` })
  expect(asked).toMatchObject({ address: other, place: 'other' })
  expect(asked?.query.get('file')).toBe('a b')
})

test('any other request finds none', () => {
  const addresses = new SecretAddresses<string>('/parts/')
  const address = addresses.add('one')
  for (const url of ['/', '/parts/', `${address}0`, `/other${address}`, `/?${address}`])
    expect(addresses.find({ url })).toBeUndefined()
})
