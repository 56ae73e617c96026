/**
 * The one description of a stream that the browser decodes: what the container says, then what the bitstream says,
 * then what its first picture is. Demuxers keep only what WebCodecs has a name for.
 */
import { EncodedPacketSink, type InputVideoTrack } from 'mediabunny'
import type { ColourFacts, SampleFacts } from '../graph/node/facts.ts'
import { colourFacts } from './colour.ts'
import type { ContainerPicture } from './container/contents.ts'
import { type H264Parameters, h264Parameters } from './container/h264-parameters.ts'
import { colourTags, firstTold } from './h273.ts'

export interface VideoDescription {
  readonly colour: ColourFacts
  readonly samples: SampleFacts
  readonly notes: readonly string[]
}

/**
 * @param container what it says of the track; `null` where it is not known here.
 * @param format of the first picture; `null` where only the graphics processor has it.
 */
export async function describeVideo(
  track: InputVideoTrack,
  container: ContainerPicture | null,
  format: string | null,
): Promise<VideoDescription> {
  const codec = (await track.getCodec()) ?? 'unknown'
  const h264 = await h264Of(track)
  const tags = firstTold(
    ...(container ? [colourTags(container)] : []),
    await track.getColorSpace(),
    ...(h264 ? [colourTags(h264.colour)] : []),
  )
  return {
    colour: colourFacts(tags, await track.getCodedHeight(), codec),
    samples: withPicture(
      {
        bits: h264?.bitDepth ?? (await bitsOf(track)),
        chroma: null,
        chromaSite: h264?.chromaSite ?? 'left',
        alpha: container?.alpha ?? false,
        fieldOrder: h264?.fieldOrder ?? container?.fieldOrder ?? null,
        mirrored: await track.getFlip(),
      },
      format,
    ),
    notes: [
      ...(container?.alpha && format !== null && !hasAlpha(format)
        ? ['It has transparency, which the browser does not decode: the picture is opaque.']
        : []),
    ],
  }
}

/** What its bitstream tells; `null` where it is of another codec, or tells nothing. */
export async function h264Of(track: InputVideoTrack): Promise<H264Parameters | null> {
  if ((await track.getCodec()) !== 'avc') return null
  const config = await track.getDecoderConfig()
  const packet = await new EncodedPacketSink(track).getFirstPacket()
  if (!config || !packet) return null
  const { description } = config
  const bytes =
    description === undefined
      ? null
      : ArrayBuffer.isView(description)
        ? new Uint8Array(description.buffer, description.byteOffset, description.byteLength)
        : new Uint8Array(description as ArrayBuffer)
  return h264Parameters(bytes, packet.data)
}

/** Codec strings of VP9 and AV1 tell their depth; VP8 has but one. */
async function bitsOf(track: InputVideoTrack): Promise<number | null> {
  const codec = (await track.getCodecParameterString()) ?? ''
  const match = /^vp09\.\d+\.\d+\.(\d+)/.exec(codec) ?? /^av01\.\d+\.[^.]+\.(\d+)/.exec(codec)
  return match ? Number(match[1]) : codec.startsWith('vp8') ? 8 : null
}

const planar = /^I(420|422|444)(A?)(?:P(10|12))?$/
const hasAlpha = (format: string): boolean => /^(RGBA|BGRA|I4\d\dA.*)$/.test(format)

/** What its first picture tells: the browser may decode to fewer bits, and leave transparency out. */
function withPicture(samples: SampleFacts, format: string | null): SampleFacts {
  if (format === null) return samples
  const match = planar.exec(format)
  const alpha = hasAlpha(format)
  if (!match) return { ...samples, bits: 8, chroma: format === 'NV12' ? '4:2:0' : 'rgb', alpha }
  const chroma = match[1] === '420' ? '4:2:0' : match[1] === '422' ? '4:2:2' : '4:4:4'
  return { ...samples, bits: Number(match[3] ?? 8), chroma, alpha }
}
