import { defineAsset } from './asset.ts'

export default defineAsset({
  kind: 'media',
  title: 'Medium',
  endings: ['mp4', 'webm', 'mkv', 'mov', 'avi', 'flv', 'wmv', 'mpg', 'mpeg', 'ts', 'm2ts', 'tif', 'tiff', 'exr'],
  mediaTypes: ['video/*', 'image/*'],
  several: true,
  knownBy: 'name',
  ships: (id) => id.startsWith('samples/'),
  onDrop: 'opened',
  sample: { id: 'samples/field-guide.mp4' },
  listed: false,
  phrase: 'a medium’s name',
  words: { choose: 'Choose a file', locate: 'Locate…' },
})
