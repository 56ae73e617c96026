/** What the commands of files and help do. */
import { expect } from 'vitest'
import type { fileCommands } from '../../../../../src/ui/commands/file-commands.ts'
import { type ChecksOf, opens } from './hand.ts'

export const fileChecks: ChecksOf<typeof fileCommands> = {
  'file.new'({ bench, run }) {
    run('file.new')
    expect(bench.nodes()).toEqual([])
  },
  'file.open'({ run, page }) {
    run('file.open')
    expect(page.filePicker).toBe(1)
  },
  async 'file.save'({ bench, run, page }) {
    bench.select('grain')
    run('edit.mute')
    run('file.save')
    await expect.poll(() => bench.document.getState().edited).toBe(false)
    expect(Object.keys(JSON.parse(page.saved).nodes).sort()).toEqual(bench.nodes())
  },
  async 'file.link'({ run, page }) {
    run('file.link')
    await expect.poll(() => page.clipboard).toMatch(/^https:\/\/editor\.example\/#./)
  },
  'file.versions': opens('file.versions', 'versions'),
  'file.export': opens('file.export', 'export'),
  'file.recipes': opens('file.recipes', 'recipes'),
  'help.commands': opens('help.commands', 'commands'),
  'help.tour'({ bench, run, fold }) {
    fold()
    run('edit.open')
    run('help.tour')
    expect(bench.view.getState().touring).toBe(true)
    expect(bench.document.getState().path).toEqual([])
  },
  'help.shortcuts': opens('help.shortcuts', 'shortcuts'),
}
