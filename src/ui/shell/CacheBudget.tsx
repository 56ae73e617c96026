/** How much of the results is kept and how much may be: shown in the status bar, set there. */
import { Check, Database } from 'lucide-react'
import * as DropdownMenu from 'radix-ui/dropdown-menu'
import { useStore } from 'zustand'
import { useEditor } from '../editor.ts'
import { MenuContent } from '../kit/MenuContent.tsx'
import { budgets } from '../store/viewer-settings.ts'
import { number } from '../text/format.ts'
import { text } from '../text/text.ts'

/** In the units people buy memory in. */
const memory = (bytes: number): string => {
  const MiB = bytes / 1024 / 1024
  return MiB >= 1024
    ? text.values.gigabytes(number(MiB / 1024, 1, 0))
    : text.values.megabytes(number(MiB, MiB >= 10 ? 0 : 1))
}

export function CacheBudget({ usedBytes }: { usedBytes: number }) {
  const { viewerSettings, engine, preview } = useEditor()
  const budget = useStore(viewerSettings, (state) => state.budget)
  const clear = () => {
    engine
      .clearCache()
      // What is shown stays; nothing else does.
      .then(() => {
        const { result } = preview.getState()
        preview.setState({ readyRuns: [], ...(result ? { result: { ...result, cacheBytes: 0 } } : {}) })
      })
      .catch((error: unknown) => console.warn('The cache could not be emptied:', error))
  }
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger asChild>
        <button type="button" className="status-problems cache-budget" title={text.shell.cache.hint}>
          <Database size={13} aria-hidden />
          {text.shell.cache.kept(memory(usedBytes), memory(budget))}
          <span className="cache-meter" aria-hidden>
            <span style={{ width: `${Math.min(100, (usedBytes / budget) * 100)}%` }} />
          </span>
        </button>
      </DropdownMenu.Trigger>
      <MenuContent side="top" align="end">
        <DropdownMenu.Label className="menu-label">{text.shell.cache.atMost}</DropdownMenu.Label>
        <DropdownMenu.RadioGroup
          value={String(budget)}
          onValueChange={(value) => {
            const next = budgets.find((one) => String(one) === value)
            if (next) viewerSettings.setBudget(next)
          }}
        >
          {budgets.map((one) => (
            <DropdownMenu.RadioItem key={one} value={String(one)} className="menu-item">
              <span className="check-space">
                <DropdownMenu.ItemIndicator>
                  <Check size={14} aria-hidden />
                </DropdownMenu.ItemIndicator>
              </span>
              {memory(one)}
            </DropdownMenu.RadioItem>
          ))}
        </DropdownMenu.RadioGroup>
        <div className="menu-line" />
        <DropdownMenu.Item className="menu-item" onSelect={clear}>
          {text.shell.cache.forget}
        </DropdownMenu.Item>
      </MenuContent>
    </DropdownMenu.Root>
  )
}
