/** What Decode and Encode say of themselves before any frame exists. */
import { describe, expect, test } from 'vitest'
import { isInferProblem } from '../../../src/graph/document/problems.ts'
import type { AssetFacts, MediaFacts } from '../../../src/graph/node/facts.ts'
import decode from '../../../src/nodes/decode.node.ts'
import encode from '../../../src/nodes/encode.node.ts'

const clip: MediaFacts = {
  kind: 'video',
  width: 320,
  height: 180,
  frameRate: 24,
  frameCount: 96,
  duration: 4,
  audio: { type: 'audio', sampleRate: 48_000, channels: 1, codec: 'aac' },
  colour: { matrix: 'bt709', primaries: 'bt709', transfer: 'bt709', fullRange: false, tagged: true },
  samples: { bits: 8, chroma: '4:2:0', chromaSite: 'left', alpha: false, fieldOrder: 'progressive', mirrored: false },
  hdr: null,
  container: 'MP4',
  codec: 'H.264',
  route: 'webcodecs',
  notes: [],
}

const defaults = (node: typeof decode) =>
  Object.fromEntries(Object.entries(node.params).map(([name, spec]) => [name, spec.default]))
const factsOf = (facts: MediaFacts | undefined): AssetFacts => ({ media: () => facts, model: () => undefined })
const inferDecode = (params: object, facts: MediaFacts | undefined = clip) =>
  decode.infer({}, { ...defaults(decode), ...params }, factsOf(facts))
const image = { type: 'image', width: 8, height: 8, format: 'rgba16float', frameRate: 24 } as const
const inferEncode = (params: object) => encode.infer({ image }, { ...defaults(encode), ...params }, factsOf(undefined))

const problem = (result: ReturnType<typeof decode.infer>) => {
  if (!isInferProblem(result)) throw new Error(`no problem in ${JSON.stringify(result)}`)
  return result.problem
}

describe('decode', () => {
  test('describes picture and sound from the facts', () => {
    expect(inferDecode({})).toEqual({
      image: {
        type: 'image',
        width: 320,
        height: 180,
        format: 'rgba16float',
        frameRate: 24,
        coding: { luma: [0.2126, expect.closeTo(0.7152, 4), 0.0722], chromaRows: 'between' },
      },
      audio: clip.audio,
    })
  })
  test('says what of its coding matters to who takes lines apart', () => {
    const samples = { ...clip.samples, chroma: '4:2:2', fieldOrder: 'bottom first' } as const
    const tape = { ...clip, colour: { ...clip.colour, matrix: 'smpte170m' }, samples }
    expect(inferDecode({}, tape)).toMatchObject({
      image: { coding: { fieldOrder: 'bottom first', luma: [0.299, expect.closeTo(0.587, 4), 0.114] } },
    })
  })
  test('has no sound where the medium has none', () => {
    expect(inferDecode({}, { ...clip, audio: null })).toMatchObject({ audio: undefined })
  })
  test('asks for a medium that is not here, by its name', () => {
    const media = { id: 'holiday.mp4' }
    const none = decode.infer({}, { ...defaults(decode), media }, factsOf(undefined))
    expect(problem(none)).toMatchObject({ code: 'missing-asset', param: 'media' })
    expect(problem(none).message).toContain('holiday.mp4')
    expect(problem(inferDecode({ media: null })).code).toBe('missing-asset')
  })
  test('refuses HDR unless it is to be mapped', () => {
    const hdr = { ...clip, hdr: 'pq' } as const
    expect(problem(inferDecode({}, hdr))).toMatchObject({ code: 'hdr', param: 'toneMap' })
    expect(isInferProblem(inferDecode({ toneMap: true }, hdr))).toBe(false)
    expect(isInferProblem(inferDecode({ keepHdr: true }, hdr))).toBe(false)
  })
  test('refuses trims that leave nothing', () => {
    expect(problem(inferDecode({ start: 4 }))).toMatchObject({ code: 'bad-param', param: 'start' })
    expect(problem(inferDecode({ start: 2, end: 2 }))).toMatchObject({ code: 'bad-param', param: 'end' })
    expect(isInferProblem(inferDecode({ start: 2, end: 0 }))).toBe(false)
    expect(isInferProblem(inferDecode({ start: 2, end: 99 }))).toBe(false)
  })
  test('gives a sequence the chosen rate', () => {
    const sequence = { ...clip, kind: 'sequence', audio: null, frameCount: 50 } as const
    expect(inferDecode({ sequenceRate: 10 }, sequence)).toMatchObject({ image: { frameRate: 10 } })
    // Fifty pictures at ten a second last five seconds.
    expect(isInferProblem(inferDecode({ sequenceRate: 10, start: 4.5 }, sequence))).toBe(false)
  })
})

describe('encode', () => {
  test.each(['a.mp4', 'A.MP4', 'a.mov', 'film.v2.webm', 'x.mkv', 'shot.png'])('%s names a container', (fileName) => {
    expect(isInferProblem(inferEncode({ fileName }))).toBe(false)
  })
  test.each(['', 'film', '.mp4', 'film.avi', 'folder/film.mp4', 'film.mp4.txt'])('“%s” does not', (fileName) => {
    expect(problem(inferEncode({ fileName }))).toMatchObject({ code: 'bad-param', param: 'fileName' })
  })
  test.each([
    ['a.mp4', 'vp8'],
    ['a.mp4', 'vp9'],
    ['a.webm', 'h264'],
  ])('%s does not take %s', (fileName, codec) => {
    expect(problem(inferEncode({ fileName, codec }))).toMatchObject({ code: 'bad-param', param: 'codec' })
  })
  test.each([
    ['a.mp4', 'av1'],
    ['a.webm', 'vp9'],
    ['a.mkv', 'h264'],
    ['a.png', 'vp8'],
  ])('%s goes with %s', (fileName, codec) => {
    expect(isInferProblem(inferEncode({ fileName, codec }))).toBe(false)
  })
  test.each([
    ['a.mp4', 'ffv1', 'format'],
    ['a.mp4', 'prores-hq', 'format'],
    ['a.mkv', 'dnxhr-hq', 'format'],
    ['a.webm', 'auto', 'encoder'],
  ])('%s does not take %s of the built-in ffmpeg', (fileName, format, param) => {
    expect(problem(inferEncode({ fileName, encoder: 'ffmpeg', format }))).toMatchObject({ code: 'bad-param', param })
  })
  test.each([
    ['a.mp4', 'auto'],
    ['a.mov', 'dnxhr-hqx'],
    ['a.mkv', 'ffv1'],
    ['a.png', 'ffv1'],
  ])('%s goes with %s of the built-in ffmpeg', (fileName, format) => {
    expect(isInferProblem(inferEncode({ fileName, encoder: 'ffmpeg', format }))).toBe(false)
  })
  test('what an encoder does not heed is no problem while another is chosen', () => {
    expect(isInferProblem(inferEncode({ fileName: 'a.mp4', encoder: 'ffmpeg', codec: 'vp8' }))).toBe(false)
    expect(isInferProblem(inferEncode({ fileName: 'a.webm', format: 'ffv1' }))).toBe(false)
  })
  test('an installed encoder has a name, and no options hidden in it', () => {
    expect(isInferProblem(inferEncode({ encoder: 'native', encoderName: 'h264_nvenc' }))).toBe(false)
    for (const encoderName of ['', 'libx264 -y /etc/passwd', '../x', '-f'.repeat(40)])
      expect(problem(inferEncode({ encoder: 'native', encoderName }))).toMatchObject({ param: 'encoderName' })
  })
  test('shows only the controls that matter for the encoder', () => {
    const shown = (values: object): string[] =>
      Object.entries(encode.params)
        .filter(([name, spec]) => {
          const all = { ...defaults(encode), ...values } as never
          return (
            !['fileName', 'sound', 'embedGraph', 'encoder'].includes(name) &&
            (spec.visible?.(all, { facts: factsOf(undefined), connectedInputs: new Set() }) ?? true)
          )
        })
        .map(([name]) => name)
    expect(shown({})).toEqual(['codec', 'rate', 'quality', 'keyFrameSeconds'])
    expect(shown({ encoder: 'ffmpeg' })).toEqual(['format', 'crf', 'effort', 'bits', 'keyFrameSeconds'])
    expect(shown({ encoder: 'ffmpeg', fileName: 'a.mov' })).toEqual(['format'])
    expect(shown({ encoder: 'ffmpeg', fileName: 'a.mkv', format: 'ffv1' })).toEqual(['format', 'bits'])
    expect(shown({ encoder: 'native' })).toEqual(['encoderName', 'rate', 'crf', 'effort', 'bits', 'keyFrameSeconds'])
    expect(shown({ encoder: 'native', rate: 'bitrate' })).not.toContain('crf')
    expect(shown({ encoder: 'ffmpeg', fileName: 'a.png' })).toEqual(['depth'])
  })
  test('shows only the controls that matter for the file', () => {
    const shown = (name: string, values: object): boolean =>
      encode.params[name]?.visible?.({ ...defaults(encode), ...values } as never, {
        facts: factsOf(undefined),
        connectedInputs: new Set(),
      }) ?? true
    expect(shown('codec', { fileName: 'a.png' })).toBe(false)
    expect(shown('codec', { fileName: 'a.mkv' })).toBe(true)
    expect([shown('quality', { rate: 'bitrate' }), shown('bitrate', { rate: 'bitrate' })]).toEqual([false, true])
  })
})
