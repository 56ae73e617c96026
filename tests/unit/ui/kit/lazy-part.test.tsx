// @vitest-environment dom
/** A part of the editor that cannot be fetched says so in its place, and takes nothing else with it. */
import { Suspense } from 'react'
import { afterEach, expect, test } from 'vitest'
import { lazyPart } from '../../../../src/ui/kit/lazy-part.tsx'
import { appears, closeRendered, find, renderEditor } from '../rendered.tsx'

afterEach(closeRendered)

test('what cannot be fetched says so, and what stands beside it stays', async () => {
  const Gone = lazyPart(async (): Promise<() => null> => {
    throw new TypeError('Failed to fetch dynamically imported module')
  })
  await renderEditor(
    'bicubic',
    <>
      <p className="beside">Beside it</p>
      <Suspense>
        <Gone />
      </Suspense>
    </>,
  )
  expect((await appears('[role="alert"]')).textContent).toMatch(/^This part of the editor could not be fetched\. Check/)
  expect(find('.beside').textContent).toBe('Beside it')
})
