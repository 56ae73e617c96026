import { expect, test } from 'vitest'
import { masteringIn } from '../../../../src/media/ffmpeg/mastering.ts'

const display = {
  side_data_type: 'Mastering display metadata',
  red_x: '34000/50000',
  red_y: '16000/50000',
  green_x: '13250/50000',
  green_y: '34500/50000',
  blue_x: '7500/50000',
  blue_y: '3000/50000',
  white_point_x: '15635/50000',
  white_point_y: '16450/50000',
  min_luminance: '50/10000',
  max_luminance: '10000000/10000',
}
const light = { side_data_type: 'Content light level metadata', max_content: 1000, max_average: 400 }
const told = (...frames: readonly object[]) => masteringIn(JSON.stringify({ streams: [{ index: 0 }], frames }))

test('what ffprobe says of the display and the light of HDR', () => {
  expect(told({ side_data_list: [display, light] })).toEqual({
    display: {
      red: [0.68, 0.32],
      green: [0.265, 0.69],
      blue: [0.15, 0.06],
      white: [0.3127, 0.329],
      min: 0.005,
      max: 1000,
    },
    light: { max: 1000, average: 400 },
  })
  expect(told({ side_data_list: [light] })).toEqual({ display: null, light: { max: 1000, average: 400 } })
})

test('nothing where it says nothing, or what are no numbers', () => {
  expect(masteringIn('')).toBeNull()
  expect(told()).toBeNull()
  expect(told({ side_data_list: [{ ...display, red_x: 'N/A' }] })).toBeNull()
  expect(told({ side_data_list: [{ side_data_type: display.side_data_type }] })).toBeNull()
})
