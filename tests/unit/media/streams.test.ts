/** What is read out of bitstreams and of ffmpeg's formats, against what ffprobe and ffmpeg say of the same. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { ALL_FORMATS, BlobSource, EncodedPacketSink, Input } from 'mediabunny'
import { describe, expect, test } from 'vitest'
import { chromaPlaces, conversion, sampleLayout } from '../../../src/gpu/frame-layout.ts'
import { toBt709Primaries } from '../../../src/gpu/primaries.ts'
import { h264Parameters } from '../../../src/media/container/h264-parameters.ts'
import { chromaName, rawFormat } from '../../../src/media/ffmpeg/pixel-formats.ts'
import { readProbe } from '../../../src/media/ffmpeg/stream-facts.ts'
import { colourTags } from '../../../src/media/h273.ts'
import { sampleBytes } from '../../../src/media/sample-format.ts'

const path = (name: string) => fileURLToPath(new URL(`../../fixtures/media/${name}`, import.meta.url))
const probe = (name: string) =>
  readProbe(
    execFileSync(
      'ffprobe',
      ['-v', 'error', '-show_streams', '-show_chapters', '-show_format', '-of', 'json', path(name)],
      { encoding: 'utf8' },
    ),
  )

describe('H.264 parameters', () => {
  test.each([
    'interlaced-tff.mp4',
    'interlaced-bff.mp4',
    'smpte240m.mp4',
    'display-p3.mp4',
    'bt709-full.mp4',
    'vfr.mp4',
    'rotated.mp4',
  ])('of %s are those that ffprobe finds', async (name) => {
    using input = new Input({ source: new BlobSource(new Blob([readFileSync(path(name))])), formats: ALL_FORMATS })
    const track = await input.getPrimaryVideoTrack()
    const packet = track && (await new EncodedPacketSink(track).getFirstPacket())
    const config = await track?.getDecoderConfig()
    if (!packet || !config) throw new Error('no packet')
    const found = h264Parameters(new Uint8Array(config.description as ArrayBuffer), packet.data)
    const { video } = probe(name)
    expect(found?.fieldOrder).toBe(video?.fieldOrder)
    expect(found?.bitDepth).toBe(8)
    const told = found && colourTags(found.colour)
    const { matrix, primaries, transfer } = video?.colour ?? {}
    expect({ matrix: told?.matrix, primaries: told?.primaries, transfer: told?.transfer }).toEqual({
      matrix,
      primaries,
      transfer,
    })
    expect(told?.fullRange ?? false).toBe(video?.colour.fullRange ?? false)
  })

  test('of a damaged set end within its bytes', () => {
    const set = Uint8Array.from({ length: 40 }, (_, i) => (i === 0 ? 0x67 : 0xff))
    const packet = Uint8Array.from([0, 0, 0, 1, ...set])
    expect(h264Parameters(null, packet)?.bitDepth).toBeGreaterThanOrEqual(8)
    expect(h264Parameters(null, new Uint8Array())).toBeNull()
  })
})

describe('formats of ffmpeg', () => {
  const formats = execFileSync('ffmpeg', ['-v', 'error', '-pix_fmts'], { encoding: 'utf8' })
    .split('\n')
    .flatMap((line) => /^IO... (\S+)/.exec(line)?.[1] ?? [])

  test.each([
    'yuv420p',
    'yuva444p12le',
    'yuv411p',
    'yuv410p',
    'yuv440p10le',
    'gray10le',
    'gbrap12le',
    'rgb48be',
    'nv12',
  ])('such as %s are asked for in a layout of the size that ffmpeg writes', (name) => {
    const { pixelFormat, format } = rawFormat(name)
    const bytes = execFileSync('ffmpeg', [
      ...['-nostdin', '-v', 'error', '-f', 'lavfi', '-i', 'color=c=red:s=18x10:d=0.04:r=25', '-frames:v', '1'],
      ...['-pix_fmt', pixelFormat, '-f', 'rawvideo', '-'],
    ])
    expect(sampleBytes(format, 18, 10)).toBe(bytes.byteLength)
  })

  test('lose nothing where they have a twin', () => {
    const lossy = formats.filter((name) => rawFormat(name).lossy)
    expect(lossy.filter((name) => !/bayer|f32|xyz|vuya|uyva|vdpau|vaapi|pal/.test(name))).toEqual([])
  })

  test('keep depth, alpha and subsampling', () => {
    expect(rawFormat('yuva444p12le').format).toEqual({
      arrangement: 'yuv',
      bits: 12,
      subsampling: [0, 0],
      alpha: true,
    })
    expect(rawFormat('gray').format.arrangement).toBe('grey')
    expect(rawFormat('gbrp10be').pixelFormat).toBe('gbrp10le')
    expect(
      ['nv12', 'yuyv422', 'rgb24', 'gray10le', 'yuv411p'].map((name) => chromaName(rawFormat(name).format)),
    ).toEqual(['4:2:0', '4:2:2', 'rgb', 'grey', '4:1:1'])
  })
})

test('grey that tells no range uses all codes', () => {
  expect(probe('gray.mkv').video?.colour.fullRange).toBe(true)
  expect(probe('bt709-limited.mp4').video?.colour.fullRange).toBe(false)
})

test('R′G′B′ needs no matrix, whatever its layout is called', () => {
  for (const pix_fmt of ['gbrp', 'rgb24', 'bgr0', 'pal8', 'argb']) {
    const { video } = readProbe(JSON.stringify({ streams: [{ codec_type: 'video', pix_fmt }] }))
    expect(video?.colour, pix_fmt).toMatchObject({ matrix: 'rgb', fullRange: true })
  }
})

test('a mirrored display matrix is a rotation and a mirror', () => {
  const video = (rows: string, rotation: number) =>
    readProbe(
      JSON.stringify({
        streams: [{ codec_type: 'video', side_data_list: [{ displaymatrix: rows, rotation }] }],
      }),
    ).video
  const rows = (a: number, b: number, c: number, d: number) =>
    `\n00000000: ${a * 65536} ${b * 65536} 0\n00000001: ${c * 65536} ${d * 65536} 0\n00000002: 0 0 1073741824\n`
  expect(video(rows(1, 0, 0, 1), 0)).toMatchObject({ rotation: 0, mirrored: false })
  expect(video(rows(-1, 0, 0, 1), 180)).toMatchObject({ rotation: 0, mirrored: true })
  expect(video(rows(1, 0, 0, -1), 0)).toMatchObject({ rotation: 180, mirrored: true })
  expect(video(rows(0, 1, -1, 0), -90)).toMatchObject({ rotation: 90, mirrored: false })
})

test('SMPTE 240M has coefficients of its own', () => {
  const layout = sampleLayout({ arrangement: 'yuv', bits: 8, subsampling: [0, 0], alpha: false }, 4, 4)
  const { matrix } = conversion(layout, {
    matrix: 'smpte240m',
    primaries: 'smpte240m',
    transfer: 'smpte240m',
    fullRange: false,
    tagged: true,
  })
  expect(matrix[0]).toBeCloseTo(2 * (1 - 0.212), 6)
  expect(matrix[3]).toBeCloseTo(2 * (1 - 0.087), 6)
})

test('chroma lies where H.273 says', () => {
  expect(chromaPlaces([1, 1], 'left')).toEqual({ scale: [0.5, 0.5], offset: [0, -0.25] })
  expect(chromaPlaces([1, 1], 'centre')).toEqual({ scale: [0.5, 0.5], offset: [-0.25, -0.25] })
  expect(chromaPlaces([1, 1], 'top-left')).toEqual({ scale: [0.5, 0.5], offset: [0, 0] })
  expect(chromaPlaces([2, 0], 'left')).toEqual({ scale: [0.25, 1], offset: [0, 0] })
})

describe('primaries', () => {
  test('of BT.2020 go to BT.709 by BT.2087', () => {
    const columns = [1.6605, -0.1246, -0.0182, -0.5876, 1.1329, -0.1006, -0.0728, -0.0083, 1.1187]
    for (const [i, value] of toBt709Primaries('bt2020').entries()) expect(value).toBeCloseTo(columns[i] ?? 0, 3)
  })

  test.each(['bt2020', 'smpte431', 'smpte432'])('of %s keep white', (name) => {
    const m = toBt709Primaries(name)
    for (let row = 0; row < 3; row++) expect((m[row] ?? 0) + (m[row + 3] ?? 0) + (m[row + 6] ?? 0)).toBeCloseTo(1, 4)
  })
})
