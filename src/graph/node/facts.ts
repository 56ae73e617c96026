/**
 * What is known of files without decoding or running them. The engine finds these out by
 * probing; everything pure (inference, validation, planning) takes them as data.
 */

import type { Companion } from './companions.ts'
import type { AssetRef } from './params.ts'
import type { AudioDesc } from './ports.ts'

export interface ColourFacts {
  /** WebCodecs names: 'bt709' | 'smpte170m' | 'bt470bg' | 'bt2020-ncl' | 'rgb', else ffmpeg's; what the stream says, else the guess by size. */
  readonly matrix: string
  readonly primaries: string
  readonly transfer: string
  readonly fullRange: boolean
  /** The stream said so itself; false: guessed by the usual rule (height ≥ 720 is BT.709, else BT.601). */
  readonly tagged: boolean
}

/** Where chroma samples lie among luma samples, where there are fewer of them. */
export type ChromaSite = 'left' | 'centre' | 'top-left'
/** `interlaced`: the file does not say which field comes first. */
export type FieldOrder = 'progressive' | 'top first' | 'bottom first' | 'interlaced'

/** How the samples of the pictures are made, as they arrive. */
export interface SampleFacts {
  /** Of each component; `null`: unknown. */
  readonly bits: number | null
  readonly chroma: '4:2:0' | '4:2:2' | '4:4:4' | '4:4:0' | '4:1:1' | '4:1:0' | 'grey' | 'rgb' | null
  readonly chromaSite: ChromaSite
  readonly alpha: boolean
  /** `null`: the stream does not say. */
  readonly fieldOrder: FieldOrder | null
  /** Shown left for right, after the rotation; it arrives so. */
  readonly mirrored: boolean
}

/** A point in the CIE 1931 diagram: x, y. */
export type Chromaticity = readonly [number, number]

/** Of the display on which HDR was made (SMPTE ST 2086), and how bright its pictures are (CTA-861.3); cd/m². */
export interface MasteringFacts {
  readonly display: {
    readonly red: Chromaticity
    readonly green: Chromaticity
    readonly blue: Chromaticity
    readonly white: Chromaticity
    readonly min: number
    readonly max: number
  } | null
  /** Of the brightest pixel, and of the frame that is brightest on average. */
  readonly light: { readonly max: number; readonly average: number } | null
}

/** Pictures that are worked on as they are coded, in BT.2020. */
export interface KeptHdr {
  readonly transfer: 'pq' | 'hlg'
  /** `null`: the medium does not say. */
  readonly mastering: MasteringFacts | null
}

export interface MediaFacts {
  readonly kind: 'video' | 'image' | 'sequence'
  /** Display size in square pixels, rotation and pixel aspect applied. */
  readonly width: number
  readonly height: number
  /** Mean frames a second; 0 for a still. */
  readonly frameRate: number
  /** Frames in presentation order; 1 for a still. */
  readonly frameCount: number
  /** Its frames are still being counted: what depends on that is about right. */
  readonly counting?: true
  /** Seconds. */
  readonly duration: number
  readonly audio: AudioDesc | null
  readonly colour: ColourFacts
  readonly samples: SampleFacts
  /** Set where the transfer is one of HDR's. */
  readonly hdr: 'pq' | 'hlg' | null
  /** For people: 'MP4', 'H.264', … */
  readonly container: string
  readonly codec: string
  /** Bits that the stream, or the files, spend on a pixel of a frame, on average; absent: not known. */
  readonly bitsPerPixel?: number
  /** How it is opened: by the browser's own codecs, after a remux, or decoded by ffmpeg. */
  readonly route: 'webcodecs' | 'ffmpeg-remux' | 'ffmpeg-decode' | 'image'
  /** One sentence each: what a person should know of this file (damage, guesses). */
  readonly notes: readonly string[]
  /** What else it holds; absent where nothing, or nothing that is known of. */
  readonly companions?: readonly Companion[]
}

export type Personality = 'l1' | 'perceptual' | 'gan'

/** What a model was trained on: pictures as a camera or a render made them, or as a codec left them. */
export type SourceKind = 'clean' | 'coded'

/** Where the dials of a family stand. Members are at whole numbers. */
export interface DialPlace {
  readonly personality: number
  /** 0: a clean source, 1: a compressed one. */
  readonly source: number
}

/** Models that differ in their weights alone, so that one can lie between several of them (see `family-dials.ts`). */
export interface FamilyFacts {
  readonly name: string
  /** Two and more, by source and then by personality; the first is at the beginning of both dials. */
  readonly members: readonly FamilyMemberFacts[]
  /** Where each dial ends; 0 where the members are alike in that. */
  readonly ends: DialPlace
  /** The place of the model that these facts are of. */
  readonly place: DialPlace
}

export interface FamilyMemberFacts {
  readonly id: string
  readonly name: string
  readonly sha256: string
  readonly personality: Personality | null
  readonly source: SourceKind | null
  readonly place: DialPlace
}

/** Which numbers a model means by black and white: 0 and 1, 0 and 255, or −1 and 1. */
export type NumberRange = 'unit' | 'byte' | 'signed'

export interface ModelNumbers {
  readonly in: NumberRange
  readonly out: NumberRange
}

/** A picture that a model gives beside others. */
export interface ModelPicture {
  /** Of the output, as the file calls it. */
  readonly name: string
  /** Its size ÷ input size. */
  readonly scale: number
}

/** What a model makes of a picture: `super-resolution` a larger one, `restoration` a cleaner one of the same size. */
export type PictureTask = 'super-resolution' | 'restoration'

export interface ModelFacts {
  readonly id: string
  readonly name: string
  /** What the file does. A person's own file that makes pictures of pictures counts as `super-resolution`, of scale 1 too. */
  readonly task: PictureTask | 'text-detection'
  /** Output size ÷ input size, found by running a probe; of several outputs that of the largest picture. */
  readonly scale: number
  /** Absent where it gives one picture only; the largest first, which is taken where nobody chooses. */
  readonly pictures?: readonly ModelPicture[]
  readonly numbers: ModelNumbers
  /** Added by a person: its catalog card is what a probe and the file itself tell. */
  readonly ownFile?: true
  readonly layout: 'nchw' | 'nhwc'
  readonly channels: 'rgb' | 'y'
  readonly elementType: 'float32' | 'float16'
  /** The input size, where the file fixes it. */
  readonly fixedSize: { readonly width: number; readonly height: number } | null
  /** Input pixels around a pixel that its result depends on; `null`: the whole picture, or nobody knows. */
  readonly context: number | null
  readonly sha256: string
  /** Bytes. */
  readonly size: number
  readonly personality: Personality | null
  /** What sources it was trained for; `null`: it does not say. */
  readonly source: SourceKind | null
  readonly parameters: number | null
  /** Id of the model that a graph names, where that ships no more and this one is nearest to it. */
  readonly standsFor?: string
  /** Absent for a model that stands alone. */
  readonly family?: FamilyFacts
  readonly licence: string
  readonly origin: string
  readonly goodFor: string
  readonly getsWrong: string
}

/** What is known of a file, by its kind. Kinds of which no node asks more than its own add theirs in `src/assets`. */
export interface AssetFactsOf {
  readonly media: MediaFacts
  readonly model: ModelFacts
}

/** The kinds of file that a param may name: a file in `src/assets` each. */
export type AssetKind = keyof AssetFactsOf

/** By kind; `undefined` while the file is not here. A kind that is absent is one of which nothing is known. */
export type AssetFacts = { readonly [K in AssetKind]?: (ref: AssetRef) => AssetFactsOf[K] | undefined }
