/** Which piece a process makes, by its words and by what schedulers put into its environment. */
import { describe, expect, test } from 'vitest'
import { parseArguments } from '../../../src/cli/arguments.ts'
import { readShard } from '../../../src/cli/shard.ts'

describe('a piece', () => {
  test.for<[string, NodeJS.ProcessEnv, number, number]>([
    ['1/1', {}, 0, 1],
    ['3/16', {}, 2, 16],
    ['auto', { SLURM_ARRAY_TASK_ID: '5', SLURM_ARRAY_TASK_MIN: '0', SLURM_ARRAY_TASK_MAX: '15' }, 5, 16],
    ['auto', { SLURM_ARRAY_TASK_ID: '5', SLURM_ARRAY_TASK_MIN: '1', SLURM_ARRAY_TASK_MAX: '16' }, 4, 16],
    [
      'auto',
      {
        SLURM_ARRAY_TASK_ID: '20',
        SLURM_ARRAY_TASK_MIN: '0',
        SLURM_ARRAY_TASK_MAX: '70',
        SLURM_ARRAY_TASK_STEP: '10',
      },
      2,
      8,
    ],
    // As where one index of sixteen is run again by hand.
    ['auto/16', { SLURM_ARRAY_TASK_ID: '7' }, 7, 16],
    ['auto', { AWS_BATCH_JOB_ARRAY_INDEX: '0', AWS_BATCH_JOB_ARRAY_SIZE: '4' }, 0, 4],
    ['auto/4', { AWS_BATCH_JOB_ARRAY_INDEX: '3' }, 3, 4],
    ['auto/8', { JOB_COMPLETION_INDEX: '7' }, 7, 8],
    ['auto', { SGE_TASK_ID: '1', SGE_TASK_FIRST: '1', SGE_TASK_LAST: '4', SGE_TASK_STEPSIZE: '1' }, 0, 4],
    ['auto/4', { SGE_TASK_ID: '4' }, 3, 4],
  ])('%s with %j', ([text, environment, index, of]) => expect(readShard(text, environment)).toEqual({ index, of }))

  test.for<[string, NodeJS.ProcessEnv, string]>([
    ['0/4', {}, 'there is no piece 0 of 4'],
    ['5/4', {}, 'there is no piece 5 of 4'],
    ['3', {}, 'is not a piece of a render'],
    ['3/0', {}, 'is not a piece of a render'],
    ['-1/4', {}, 'is not a piece of a render'],
    ['auto', {}, 'no array index'],
    ['auto', { SGE_TASK_ID: 'undefined' }, 'no array index'],
    ['auto', { JOB_COMPLETION_INDEX: '7' }, 'not how many there are'],
    ['auto/4', { JOB_COMPLETION_INDEX: '4' }, 'piece 5 of 4'],
  ])('%s with %j is refused', ([text, environment, words]) => expect(() => readShard(text, environment)).toThrow(words))
})

describe('the command line', () => {
  const parse = (...args: string[]) => parseArguments(args, () => false, {})
  test('takes pieces, all pieces and join', () => {
    expect(parse('g.json', '--shard', '2/3', '--parts', 'p')).toMatchObject({
      command: 'render',
      graph: 'g.json',
      parts: 'p',
      shard: { index: 1, of: 3 },
    })
    expect(parse('--shards', '4', '--fresh')).toMatchObject({ command: 'render', shards: 4, fresh: true })
    expect(parse('join', 'p', '--output', 'a.mp4')).toMatchObject({ command: 'join', parts: 'p', graph: undefined })
  })

  test.for<[string[], string]>([
    [['--shard', '1/2'], '--parts <folder>'],
    [['--shard', '1/2', '--parts', 'p', '--shards', '2'], 'give only one'],
    [['--shard', '1/2', '--parts', 'p', '--fresh'], '--fresh'],
    [['--shards', '1.5'], 'whole number'],
    [['join'], 'names no folder'],
    [['join', 'p'], '--output <file>'],
    [['join', 'p', 'q', '--output', 'a.mp4'], 'one folder'],
    [['join', 'p', '--output', 'a.mp4', '--set', 'grain.amount=1'], 'join takes no --set'],
  ])('%j is refused', ([args, words]) => {
    const said = () => {
      try {
        parse(...args)
        return 'It was accepted.'
      } catch (error) {
        return `${(error as Error).message} ${(error as { hint?: string }).hint}`
      }
    }
    expect(said()).toContain(words)
  })
})
