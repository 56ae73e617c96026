/** What checks of commands do again and again, on the bench of the test that runs. */
import { expect } from 'vitest'
import type { EdgeId } from '../../../../../src/graph/document/document.ts'
import type { CommandName } from '../../../../../src/ui/commands/command-table.ts'
import { id } from '../../../graph/specs.ts'
import type { Bench, stubPage } from '../bench.ts'

export type Page = ReturnType<typeof stubPage>

export class Hand {
  readonly bench: Bench
  readonly page: Page

  constructor(page: Page, bench: Bench) {
    this.bench = bench
    this.page = page
  }

  readonly run = (command: CommandName) => this.bench.commands.run(command)

  readonly selection = () => [...this.bench.view.getState().selection].sort()

  readonly places = (axis: 'x' | 'y') =>
    ['clip', 'scale', 'grain'].map((name) => this.bench.record(name).position[axis])

  readonly marks = () => Object.values(this.bench.level().marks ?? {})

  readonly selectWire = () => this.bench.view.select([], ['e1' as EdgeId])

  /** Three cards at different heights, all selected. */
  readonly scatter = () => {
    const at = { clip: { x: 0, y: 0 }, scale: { x: 300, y: 40 }, grain: { x: 500, y: 200 } }
    this.bench.commands.move({
      nodes: new Map(Object.entries(at).map(([name, place]) => [id(name), place])),
      marks: new Map(),
    })
    this.bench.select('clip', 'scale', 'grain')
  }

  readonly fold = () => {
    this.bench.select('scale', 'grain')
    this.run('edit.fold')
  }

  readonly shown = async (frame: number) => {
    await expect.poll(() => this.bench.preview.getState().result !== null).toBe(true)
    this.bench.preview.seek(frame)
  }
}

export type Check = (hand: Hand) => void | Promise<void>
/** A check for each command of an area: TypeScript asks for one that is missing. */
export type ChecksOf<Commands> = Readonly<Record<keyof Commands, Check>>

export const asks =
  (command: CommandName, what: string): Check =>
  ({ bench, run }) => {
    run(command)
    expect(bench.asked).toEqual([what])
  }

export const opens =
  (command: CommandName, dialog: string): Check =>
  ({ bench, run }) => {
    run(command)
    expect(bench.view.getState().dialog).toBe(dialog)
  }

export const flags =
  (command: CommandName, flag: 'bypass' | 'mute' | 'collapsed'): Check =>
  ({ bench, run }) => {
    const on = (...names: readonly string[]) => names.map((name) => bench.record(name)[flag] === true)
    bench.select('scale', 'grain')
    run(command)
    expect(on('scale', 'grain', 'writer')).toEqual([true, true, false])
    // Of several it goes off only where all are on.
    bench.select('grain', 'writer')
    run(command)
    expect(on('grain', 'writer')).toEqual([true, true])
    run(command)
    expect(on('grain', 'writer')).toEqual([false, false])
  }

export const aligns =
  (command: CommandName, axis: 'x' | 'y', expected: readonly number[]): Check =>
  ({ run, scatter, places }) => {
    scatter()
    run(command)
    expect(places(axis)).toEqual(expected)
  }
