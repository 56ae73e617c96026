import { expect, test } from 'vitest'
import { decodePicture, headOf } from '../../../../src/media/pictures/open-picture.ts'

test('OpenEXR is refused by its name, with what to save it as', async () => {
  const file = new File([new Uint8Array([0x76, 0x2f, 0x31, 0x01, 2, 0, 0, 0])], 'light.exr')
  await expect(decodePicture(file, await headOf(file))).rejects.toMatchObject({
    message: '“light.exr” is an OpenEXR picture, which is not read.',
    hint: expect.stringMatching(/TIFF or PNG of 16 bits/),
  })
})
