/** Which piece of a render this process makes: as it is told, or as the scheduler that started it says. */
import { usage } from '../host/command-failure.ts'

export interface Shard {
  /** From 0. */
  readonly index: number
  readonly of: number
}

const maxIndex = 1_000_000

interface ArrayIndex {
  readonly scheduler: string
  /** From 0. */
  readonly index: number
  /** Pieces in all, where the scheduler tells. */
  readonly of: number | undefined
}

const whole = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined

/** An array of indexes from `first` to `last` in steps; where not all three are told, `index` counts as it stands. */
function inArray(scheduler: string, index: number, first?: number, last?: number, step = 1): ArrayIndex {
  if (first === undefined || last === undefined || step < 1) return { scheduler, index, of: undefined }
  return { scheduler, index: (index - first) / step, of: Math.floor((last - first) / step) + 1 }
}

/** The place in an array job, by the environment that the scheduler gives to each of its tasks. */
function arrayIndex(environment: NodeJS.ProcessEnv): ArrayIndex | undefined {
  const number = (name: string) => whole(environment[name])
  const slurm = number('SLURM_ARRAY_TASK_ID')
  if (slurm !== undefined)
    return inArray(
      'Slurm',
      slurm,
      number('SLURM_ARRAY_TASK_MIN'),
      number('SLURM_ARRAY_TASK_MAX'),
      number('SLURM_ARRAY_TASK_STEP'),
    )
  const batch = number('AWS_BATCH_JOB_ARRAY_INDEX')
  if (batch !== undefined) return { scheduler: 'AWS Batch', index: batch, of: number('AWS_BATCH_JOB_ARRAY_SIZE') }
  const kubernetes = number('JOB_COMPLETION_INDEX')
  if (kubernetes !== undefined) return { scheduler: 'Kubernetes', index: kubernetes, of: undefined }
  // “undefined” in jobs that are no array.
  const engine = number('SGE_TASK_ID')
  if (engine !== undefined)
    return inArray('SGE', engine, number('SGE_TASK_FIRST'), number('SGE_TASK_LAST'), number('SGE_TASK_STEPSIZE'))
  return undefined
}

const example = 'Write --shard 3/16 for the third of sixteen, or --shard auto in an array job.'

function fromScheduler(count: number | undefined, environment: NodeJS.ProcessEnv): Shard {
  const position = arrayIndex(environment)
  if (!position)
    throw usage(
      '--shard auto finds no array index: neither Slurm nor Kubernetes, AWS Batch or SGE has set one.',
      'Run it in an array job, or say which piece: --shard 3/16.',
    )
  const { scheduler, index } = position
  // SGE counts from 1, whatever else it tells.
  const at = position.of === undefined && scheduler === 'SGE' ? index - 1 : index
  const of = count ?? position.of
  if (of === undefined)
    throw usage(
      `--shard auto: ${scheduler} says which piece this is, but not how many there are.`,
      'Say how many: --shard auto/16.',
    )
  if (!Number.isInteger(at) || at < 0 || at >= of)
    throw usage(
      `--shard auto: ${scheduler} says that this is piece ${at + 1} of ${of}, and there is no such piece.`,
      'Give the array as many tasks as there are pieces.',
    )
  return { index: at, of }
}

/** `3/16`, `auto` or `auto/16`. Throws `CommandFailure`. */
export function readShard(text: string, environment: NodeJS.ProcessEnv): Shard {
  const [, which, , count] = /^(auto|\d{1,7})(\/(\d{1,7}))?$/.exec(text) ?? []
  const of = count === undefined ? undefined : Number(count)
  if (which === undefined || of === 0 || (of ?? 0) > maxIndex)
    throw usage(`--shard “${text}” is not a piece of a render.`, example)
  if (which === 'auto') return fromScheduler(of, environment)
  const number = Number(which)
  if (of === undefined || number < 1 || number > of)
    throw usage(
      `--shard “${text}” is not a piece of a render: there is no piece ${which} of ${count ?? 'how many'}.`,
      example,
    )
  return { index: number - 1, of }
}
