import { describe, expect, test } from 'vitest'
import { parseArguments } from '../../../src/cli/arguments.ts'
import { CommandFailure } from '../../../src/host/command-failure.ts'

const nothingExists = () => false
const parse = (...args: string[]) => parseArguments(args, nothingExists)

function failure(...args: string[]): CommandFailure {
  try {
    parse(...args)
  } catch (error) {
    if (error instanceof CommandFailure) return error
    throw error
  }
  throw new Error(`${args.join(' ')} was accepted`)
}

describe('the command line of render', () => {
  test('means the default recipe without arguments', () => {
    expect(parse()).toEqual({
      allowCode: false,
      command: 'render',
      graph: undefined,
      inputs: [],
      outputs: [],
      start: undefined,
      duration: undefined,
      frames: undefined,
      range: undefined,
      keepTimestamps: false,
      settings: [],
      strict: false,
      runtime: 'auto',
      parts: undefined,
      fresh: false,
      shard: undefined,
      shards: undefined,
      json: false,
    })
  })

  test('reads everything at once', () => {
    const args = parse(
      ...['g.json', '--input', 'a.mp4', '--input', 'overlay=b.png', '--output', 'o.webm', '--start', '0.5'],
      ...['--duration', '2', '--frames', '8', '--set', 'grain.amount=0.1', '--set', 'My grain.seed=7'],
      ...['--runtime', 'wasm', '--json'],
    )
    expect(args.graph).toBe('g.json')
    expect(args.inputs).toEqual([
      { name: undefined, file: 'a.mp4' },
      { name: 'overlay', file: 'b.png' },
    ])
    expect(args.outputs).toEqual([{ name: undefined, file: 'o.webm' }])
    expect([args.start, args.duration, args.frames]).toEqual([0.5, 2, 8])
    expect(args.settings).toEqual([
      { node: 'grain', param: 'amount', value: '0.1' },
      { node: 'My grain', param: 'seed', value: '7' },
    ])
    expect([args.runtime, args.json]).toEqual(['wasm', true])
  })

  test('reads a range of frames, the last included', () => {
    expect(parse('--range', '48-95', '--keep-timestamps')).toMatchObject({
      range: { first: 48, next: 96 },
      keepTimestamps: true,
    })
    expect(parse('--range', '7').range).toEqual({ first: 7, next: 8 })
  })

  test('takes a file with = in its name as a file', () => {
    expect(parseArguments(['--input', 'a=b.mp4'], () => true).inputs).toEqual([{ name: undefined, file: 'a=b.mp4' }])
    expect(parse('--input', 'dir/a=b.mp4').inputs).toEqual([{ name: undefined, file: 'dir/a=b.mp4' }])
  })

  test('keeps dots and equals signs of a setting where they belong', () => {
    expect(parse('--set', 'v1.2.text=a=b.c').settings).toEqual([{ node: 'v1.2', param: 'text', value: 'a=b.c' }])
  })

  test.each([
    [['--frobnicate'], 'There is no flag --frobnicate.'],
    [['--input'], '--input needs a value after it.'],
    [['--input', 'name='], 'name='],
    [['--json=yes'], '--json takes no value.'],
    [['a.json', 'b.json'], 'a.json and b.json'],
    [['--check', 'a.json', 'b.json'], 'b.json'],
    [['--runtime', 'cuda'], 'cuda'],
    [['--frames', '0'], '--frames'],
    [['--frames', '1.5'], '--frames'],
    [['--frames', 'ten'], 'ten'],
    [['--start', 'NaN'], '--start'],
    [['--start', ''], '--start'],
    [['--range', '9-3'], '--range “9-3” is not a range of frames'],
    [['--range', 'all'], '--range “all” is not a range of frames'],
    [['--range', '1-2', '--frames', '3'], '--range and --frames both say which frames to render'],
    [['--start', '-1'], '--start takes no value that begins with “-”'],
    [['--duration', '0'], '--duration'],
    [['--duration', 'Infinity'], '--duration'],
    [['--set', 'grain'], 'grain'],
    [['--set', 'amount=1'], 'amount=1'],
    [['--set', 'grain.=1'], 'grain.=1'],
  ])('refuses %j in one sentence that names it', (args, named) => {
    const { exitCode, message, hint } = failure(...args)
    expect(exitCode).toBe(2)
    expect(message).toContain(named)
    expect(`${message} ${hint}`.trim()).toMatch(/^[^\n]+\.$/)
  })
})
