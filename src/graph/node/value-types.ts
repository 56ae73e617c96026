/**
 * The one table of what travels along a wire: how it is held while a frame is made, how it is called, how WGSL sees it,
 * and the mark by which a person tells it apart. Nothing else compares with a type's name.
 */

/**
 * - `texture`: one picture a frame, on the GPU.
 * - `number`: one finite number a frame. Where the GPU makes it, it is a texture of one pixel until it has been read back.
 * - `stream`: whole and apart from the frames; handed from a source to a sink.
 */
export type StorageKind = 'texture' | 'number' | 'stream'

/**
 * How the pixels of a picture become colours where they are looked at.
 * - `colour`: as they are.
 * - `grey`: one number, from black to white.
 * - `flow`: a vector and how sure it is; the direction is the hue, its length the saturation, doubt is dark.
 */
export type ColourMapping = 'colour' | 'grey' | 'flow'

interface ValueType {
  readonly storage: StorageKind
  /** With its article, inside a sentence. */
  readonly noun: string
  /** The type of one pixel in a shader. */
  readonly wgsl?: 'vec4f' | 'f32'
  /** Of what is held as a texture. */
  readonly colours?: ColourMapping
  /** What chains are made of: the first input and output of this type are a node's main ones. */
  readonly main?: true
  /** The mark of a port, as an SVG path within 12 × 12; its colour is `--<type>` in the style sheets. */
  readonly mark: string
}

export const valueTypes = {
  image: {
    storage: 'texture',
    noun: 'an image',
    wgsl: 'vec4f',
    colours: 'colour',
    main: true,
    mark: 'M6 1.5a4.5 4.5 0 1 1 0 9a4.5 4.5 0 0 1 0-9z',
  },
  mask: { storage: 'texture', noun: 'a mask', wgsl: 'f32', colours: 'grey', mark: 'M6 .6L11.4 6L6 11.4L.6 6z' },
  motion: {
    storage: 'texture',
    noun: 'motion',
    wgsl: 'vec4f',
    colours: 'flow',
    mark: 'M1.2 1.4L11 6L1.2 10.6L4.2 6z',
  },
  number: { storage: 'number', noun: 'a number', wgsl: 'f32', colours: 'grey', mark: 'M1.8 1.8h8.4v8.4H1.8z' },
  audio: { storage: 'stream', noun: 'sound', mark: 'M6 1L11.4 10.6H.6z' },
} as const satisfies Readonly<Record<string, ValueType>>

export type PortType = keyof typeof valueTypes

/** The types that are held in the way `H`. */
export type TypesStoredAs<H extends StorageKind> = {
  [T in PortType]: (typeof valueTypes)[T]['storage'] extends H ? T : never
}[PortType]

export const portTypes = Object.keys(valueTypes) as [PortType, ...PortType[]]

const typeOf = (type: PortType): ValueType => valueTypes[type]

export const storageOf = (type: PortType): StorageKind => typeOf(type).storage

export const isPictureType = (type: PortType): type is TypesStoredAs<'texture'> => typeOf(type).storage === 'texture'

export const isNumberType = (type: PortType): type is TypesStoredAs<'number'> => typeOf(type).storage === 'number'

export const isStreamType = (type: PortType): type is TypesStoredAs<'stream'> => typeOf(type).storage === 'stream'

/** Whether a pixel is one number, as a mask's is, and not a colour. */
export const isScalar = (type: PortType): boolean => typeOf(type).wgsl === 'f32'

/** How pixels of the type are shown; what is no picture is not. */
export const colourMappingOf = (type: PortType): ColourMapping => typeOf(type).colours ?? 'colour'

export const isMain = (type: PortType): boolean => typeOf(type).main === true

/** The first of the ports that chains are made of. */
export const mainPort = (
  ports: Readonly<Record<string, { readonly type: PortType }>> | undefined,
): string | undefined => Object.entries(ports ?? {}).find(([, { type }]) => isMain(type))?.[0]
