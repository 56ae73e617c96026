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
  const shown = ofType(/^Mastering display/)
  const bright = ofType(/^Content light/)
  const point = (name: string): Chromaticity => [fraction(shown?.[`${name}_x`]), fraction(shown?.[`${name}_y`])]
  const display = shown && {
    red: point('red'),
    green: point('green'),
    blue: point('blue'),
    white: point('white_point'),
    min: fraction(shown.min_luminance),
    max: fraction(shown.max_luminance),
  }
  const light = bright && { max: fraction(bright.max_content), average: fraction(bright.max_average) }
  const isWhole = (values: readonly number[]): boolean => values.every((value) => Number.isFinite(value) && value >= 0)
  const told = {
    display:
      display &&
      isWhole([...display.red, ...display.green, ...display.blue, ...display.white, display.min, display.max])
        ? display
        : null,
    light: light && isWhole([light.max, light.average]) ? light : null,
  }
  return told.display || told.light ? told : null
}

/** Rejects with `FfmpegFailure` where ffmpeg breaks down or cannot be loaded. */
export async function readMastering(file: Blob): Promise<MasteringFacts | null> {
  await using mounted = await mountFile(file)
  const shown = ['-show_entries', 'stream=index:stream_side_data_list:frame=pts:frame_side_data_list', '-show_frames']
  const args = [
    '-v',
    'error',
    '-select_streams',
    'v:0',
    ...shown,
    '-read_intervals',
    '%+#1',
    '-of',
    'json',
    mounted.path,
  ]
  return masteringIn(await mounted.probe(args))
}
