/** What ffmpeg's encoders are told of the colours of the frames that they are given. */
import { expect, test } from 'vitest'
import { encoderArguments, installedPlan, matrixOf } from '../../../../src/media/encoders/encoding.ts'
import type { InstalledEncoding } from '../../../../src/media/types.ts'

const how: InstalledEncoding = {
  kind: 'installed',
  name: 'libx264',
  bits: 8,
  alpha: false,
  hdr: null,
  rate: { mode: 'quality', crf: 18 },
  effort: 'fast',
}

/** What stands behind each `-colorspace`: of the input, then of the output. */
function matricesFor(name: string, hdr?: 'pq'): readonly string[] {
  const plan = installedPlan({ name, pixelFormats: ['yuv420p', 'yuv420p10le'] }, { ...how, name }, 48)
  const args = encoderArguments(plan, { width: 64, height: 36 }, 24, 'pipe:0', hdr)
  return args.filter((_, index) => args[index - 1] === '-colorspace')
}

test.each([
  ['libx264', 'bt709', 'bt709'],
  ['libvpx-vp9', 'bt709', 'bt709'],
  ['libvpx', 'bt601', 'smpte170m'],
  ['vp8_vaapi', 'bt601', 'smpte170m'],
] as const)('%s is given frames of %s, and told so', (name, matrix, tag) => {
  expect(matrixOf(name, false)).toBe(matrix)
  expect(matricesFor(name)).toEqual([tag, tag])
})

test('HDR is BT.2020, whatever the encoder', () => {
  expect(matrixOf('libx265', true)).toBe('bt2020')
  expect(matricesFor('libx265', 'pq')).toEqual(['bt2020nc', 'bt2020nc'])
})
