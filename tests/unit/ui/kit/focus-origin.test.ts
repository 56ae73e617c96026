/** By what an element came to have the focus. */
import { beforeEach, expect, test } from 'vitest'
import { FocusOrigin } from '../../../../src/ui/kit/focus-origin.ts'

let origin: FocusOrigin
let button: EventTarget
beforeEach(() => {
  origin = new FocusOrigin()
  button = new EventTarget()
})

test('what a pointer gives the focus counts as pointed at, until a key travels to it', () => {
  origin.pointed(null)
  origin.came(button)
  expect(origin.isByPointer(button)).toBe(true)
  origin.pressed('Tab')
  expect(origin.isByPointer(button)).toBe(true)
  origin.came(button)
  expect(origin.isByPointer(button)).toBe(false)
})

test('what gets the focus back after a key that only called for something counts as before', () => {
  const field = new EventTarget()
  origin.pointed(null)
  origin.came(button)
  origin.pressed('Escape')
  for (const target of [field, button]) origin.came(target)
  expect([field, button].map((target) => origin.isByPointer(target))).toEqual([false, true])
})

test('a pointer on what has the focus already says so of it', () => {
  origin.pressed('Tab')
  origin.came(button)
  origin.pointed(button)
  expect(origin.isByPointer(button)).toBe(true)
})

test('what comes to have the focus by no hand counts as reached by key', () => {
  origin.came(button)
  expect(origin.isByPointer(button)).toBe(false)
})
