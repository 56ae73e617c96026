/** One measure of every picture over the clip, with the level from which it stands out. */
import type { Shot } from '../../graph/measures/comparison.ts'
import { scoreIn } from '../../graph/measures/comparison.ts'
import type { Symptom } from '../../graph/measures/symptoms.ts'
import { dialogText } from '../text/dialogs.ts'
import { letters } from '../viewer/letters.ts'
import type { ComparedPicture } from './comparison-store.ts'

const words = dialogText.check

/** CSS pixels of the drawing before it is scaled to the panel. */
const size = { width: 280, height: 72, side: 6, right: 14, top: 6, bottom: 6 } as const

interface ComparisonChartProps {
  readonly symptom: Symptom
  readonly pictures: readonly ComparedPicture[]
  readonly shots: readonly Shot[] | null
}

export function ComparisonChart({ symptom, pictures, shots }: ComparisonChartProps) {
  const lines = pictures.map(({ frames }) =>
    frames.flatMap((frame) => {
      const value = scoreIn(symptom, frame)
      return value === undefined ? [] : [{ frame: frame.frame, value }]
    }),
  )
  const points = lines.flat()
  if (points.length === 0) return null
  const frames = points.map(({ frame }) => frame)
  const [first, last] = [Math.min(...frames), Math.max(...frames)]
  const maxValue = Math.max(symptom.from * 1.2, ...points.map(({ value }) => value))
  const { width, height, side, right, top, bottom } = size
  const x = (frame: number) => side + ((frame - first) / Math.max(1, last - first)) * (width - side - right)
  const y = (value: number) => height - bottom - (value / maxValue) * (height - top - bottom)
  return (
    <svg
      className="comparison-chart"
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={words.comparison.chart(words.symptoms[symptom.id].name)}
    >
      {(shots ?? [])
        .filter((shot) => shot.first > first && shot.first <= last)
        .map((shot) => (
          <line key={shot.first} className="cut" x1={x(shot.first)} x2={x(shot.first)} y1={top} y2={height - bottom} />
        ))}
      <line className="axis" x1={side} x2={width - right} y1={height - bottom} y2={height - bottom} />
      <line className="level" x1={side} x2={width - right} y1={y(symptom.from)} y2={y(symptom.from)}>
        <title>{words.comparison.level}</title>
      </line>
      {lines.map((line, k) => {
        const end = line.at(-1)
        return (
          <g key={letters[k]} data-letter={letters[k]}>
            <polyline points={line.map(({ frame, value }) => `${x(frame)},${y(value)}`).join(' ')} />
            {line.map(({ frame, value }) => (
              <circle key={frame} cx={x(frame)} cy={y(value)} r={2} />
            ))}
            {end && (
              <text x={x(end.frame) + 4} y={y(end.value) + 3}>
                {letters[k]}
              </text>
            )}
          </g>
        )
      })}
    </svg>
  )
}
