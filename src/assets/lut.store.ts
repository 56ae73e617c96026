import type { AssetStore } from './asset-store.ts'
import { type Cube, parseCube, readCubeFile } from './cube.ts'
import { openFileStore } from './file-store.ts'

declare module './asset-store.ts' {
  interface OpenedAssets {
    readonly lut: Cube
  }
}

export const openLutStore = (): AssetStore<'lut'> =>
  openFileStore('LUT', '.cube', async (file, sha256Hex) => {
    const bytes = await readCubeFile(file)
    const cube = parseCube(file.name, new TextDecoder().decode(bytes))
    const { title, dimensions, size, domain } = cube
    return {
      content: cube,
      facts: { title, dimensions, size, domain, sha256: await sha256Hex(bytes), bytes: file.size },
    }
  })
