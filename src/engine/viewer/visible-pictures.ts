/** The pictures that are shown, and what lies around them where they are parts of pictures. Holds them until others come. */
import type { GpuPicture } from '../../gpu/types.ts'
import type { PinnedPicture } from '../run/result-cache.ts'

/** The view, then the others; `null` for one that cannot be shown. */
export type PinnedPictures = readonly (PinnedPicture | null)[]

export interface Extent {
  readonly width: number
  readonly height: number
}

const picturesOf = (pins: PinnedPictures): readonly (GpuPicture | null)[] => pins.map((one) => one?.picture ?? null)

export function letGo(pins: PinnedPictures): void {
  for (const one of pins) one?.[Symbol.dispose]()
}

export class VisiblePictures {
  #pictures: PinnedPictures = []
  #overlay: PinnedPicture | null = null
  #ground: PinnedPictures = []
  /** Whether what is shown are parts of pictures; then the ground lies around them. */
  #partial = false
  #extent: Extent | null = null

  get pictures(): readonly (GpuPicture | null)[] {
    return picturesOf(this.#pictures)
  }

  /** The mask or map that may lie over the view. */
  get overlay(): GpuPicture | null {
    return this.#overlay?.picture ?? null
  }

  /** What lies around the pictures; nothing where they are whole. */
  get ground(): readonly (GpuPicture | null)[] {
    return this.#partial ? picturesOf(this.#ground) : []
  }

  /** The size in which places on the view count. */
  get extent(): Extent | null {
    return this.#extent
  }

  /** Takes over the pictures, and what was whole stays to be seen around a part. */
  show(pictures: PinnedPictures, extent: Extent | null, partial: boolean, overlay: PinnedPicture | null = null): void {
    // It may be one of the pictures, too, and goes with them then.
    if (!this.#pictures.includes(this.#overlay)) letGo([this.#overlay])
    this.#overlay = overlay
    if (partial && !this.#partial) {
      letGo(this.#ground)
      this.#ground = this.#pictures
    } else letGo(this.#pictures)
    if (!partial) {
      letGo(this.#ground)
      this.#ground = []
    }
    this.#pictures = pictures
    this.#partial = partial
    this.#extent = extent
  }

  /** Takes over the pictures as the ground alone. */
  showAround(pictures: PinnedPictures): void {
    letGo(this.#ground)
    this.#ground = pictures
  }
}
