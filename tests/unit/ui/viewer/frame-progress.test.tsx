// @vitest-environment dom
/** The bar over an old picture: sweeping until the engine knows, then as long as the work is done. */
import { afterEach, expect, test } from 'vitest'
import type { PreviewProgress } from '../../../../src/engine/door/api.ts'
import { FrameProgress } from '../../../../src/ui/viewer/FrameProgress.tsx'
import { all, closeRendered, during, find, renderEditor } from '../rendered.tsx'

afterEach(closeRendered)

test('shows the share that is done, and on which stretch it goes on', async () => {
  let tell: (progress: PreviewProgress) => void = () => undefined
  let asked = 0
  await renderEditor('bicubic', <FrameProgress />, {
    engine: {
      async followPreview(onProgress) {
        asked++
        tell = onProgress
      },
    },
  })
  const bar = find('.viewer-progress')
  expect(bar.getAttribute('aria-valuenow')).toBeNull()
  expect(bar.children).toHaveLength(0)
  await during(() => tell({ from: 0.25, to: 0.75, milliseconds: 1200 }))
  expect(bar.getAttribute('aria-valuetext')).toBe('25 % done')
  const { style } = all('.viewer-progress-done')[0]!
  expect(['--from', '--to', '--expected'].map((name) => style.getPropertyValue(name))).toEqual([
    '25.0%',
    '72.5%',
    '1200ms',
  ])
  await during(() => tell({ from: 0.75, to: 1, milliseconds: 300 }))
  expect(bar.getAttribute('aria-valuenow')).toBe('75')
  expect(asked).toBe(1)
})
