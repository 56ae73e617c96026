/** What a medium says of the display on which its HDR was made: in its container, else in its first frame. By ffmpeg, on every route. */
import type { Chromaticity, MasteringFacts } from '../../graph/node/facts.ts'
import { mountFile } from './ffmpeg.ts'

type SideData = Readonly<Record<string, unknown>>

/** `34000/50000`, or a plain number; NaN where it is neither. */
function fraction(value: unknown): number {
  const [above, below = 1] = String(value).split('/').map(Number)
  return (above ?? Number.NaN) / below
}

/** Of what ffprobe prints as JSON of streams and frames; `null` where nothing is told. Throws where it is no JSON. */
export function masteringIn(text: string): MasteringFacts | null {
  const { streams = [], frames = [] } = JSON.parse(text || '{}') as Readonly<
    Record<'streams' | 'frames', readonly { readonly side_data_list?: readonly SideData[] }[] | undefined>
  >
  const all = [...streams, ...frames].flatMap(({ side_data_list }) => side_data_list ?? [])
  const ofType = (type: RegExp): SideData | undefined => all.find((data) => type.test(String(data.side_data_type)))
  const displayData = ofType(/^Mastering display/)
  const bright = ofType(/^Content light/)
  const point = (name: string): Chromaticity => [
    fraction(displayData?.[`${name}_x`]),
    fraction(displayData?.[`${name}_y`]),
  ]
  const display = displayData && {
    red: point('red'),
    green: point('green'),
    blue: point('blue'),
    white: point('white_point'),
    min: fraction(displayData.min_luminance),
    max: fraction(displayData.max_luminance),
  }
  const light = bright && { max: fraction(bright.max_content), average: fraction(bright.max_average) }
  const isWhole = (values: readonly number[]): boolean => values.every((value) => Number.isFinite(value) && value >= 0)
  const metadata = {
    display:
      display &&
      isWhole([...display.red, ...display.green, ...display.blue, ...display.white, display.min, display.max])
        ? display
        : null,
    light: light && isWhole([light.max, light.average]) ? light : null,
  }
  return metadata.display || metadata.light ? metadata : null
}

/** Rejects with `FfmpegFailure` where ffmpeg breaks down or cannot be loaded. */
export async function readMastering(file: Blob): Promise<MasteringFacts | null> {
  await using mountedFile = await mountFile(file)
  const entries = ['-show_entries', 'stream=index:stream_side_data_list:frame=pts:frame_side_data_list', '-show_frames']
  const args = [
    '-v',
    'error',
    '-select_streams',
    'v:0',
    ...entries,
    '-read_intervals',
    '%+#1',
    '-of',
    'json',
    mountedFile.path,
  ]
  return masteringIn(await mountedFile.probe(args))
}
