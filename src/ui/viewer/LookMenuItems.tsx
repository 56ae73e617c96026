/** What the menu of instruments holds. */
import { Check, ChevronRight } from 'lucide-react'
import * as DropdownMenu from 'radix-ui/dropdown-menu'
import type { ReactNode } from 'react'
import { useStore } from 'zustand'
import { keysOf } from '../commands/key-names.ts'
import { useEditor } from '../editor.ts'
import {
  type CropAspect,
  cropAspects,
  scopeKinds,
  timeViewOf,
  timeViews,
  type ViewerSettings,
} from '../store/viewer-settings.ts'
import { text } from '../text/text.ts'

const words = text.viewer.instruments

type Switch = 'grid' | 'times' | 'thumbnails' | 'ahead'

const stay = (event: Event) => event.preventDefault()

const checkMark = (
  <span className="check-space">
    <DropdownMenu.ItemIndicator>
      <Check size={14} aria-hidden />
    </DropdownMenu.ItemIndicator>
  </span>
)

function Toggle({ name, keys, children }: { name: Switch; keys?: string | undefined; children: ReactNode }) {
  const { viewerSettings } = useEditor()
  const on = useStore(viewerSettings, (state) => state[name])
  return (
    <DropdownMenu.CheckboxItem
      className="menu-item"
      checked={on}
      onSelect={stay}
      onCheckedChange={(next) => viewerSettings.setState({ [name]: next })}
    >
      {checkMark}
      {children}
      {keys && <span className="keys">{keys}</span>}
    </DropdownMenu.CheckboxItem>
  )
}

const drafts = [
  { value: 1, label: words.whole },
  { value: 2, label: words.half },
  { value: 4, label: words.quarter },
] as const

const aspects = Object.keys(cropAspects) as CropAspect[]

/** Marks over the pictures. */
function MarksMenu() {
  const { viewerSettings } = useEditor()
  const marks = useStore(viewerSettings, (state) => state.marks)
  const aspect = marks.on ? marks.aspect : null
  const check = (name: 'middle' | 'safe') => (
    <DropdownMenu.CheckboxItem
      className="menu-item"
      checked={marks.on && marks[name]}
      onSelect={stay}
      onCheckedChange={(next) => viewerSettings.mark({ [name]: next })}
    >
      {checkMark}
      {text.viewer.marks[name]}
    </DropdownMenu.CheckboxItem>
  )
  return (
    <DropdownMenu.Sub>
      <DropdownMenu.SubTrigger className="menu-item">
        <span className="check-space" />
        {text.viewer.marks.title}
        <span className="keys">{keysOf('viewer.marks')}</span>
        <ChevronRight size={14} aria-hidden />
      </DropdownMenu.SubTrigger>
      <DropdownMenu.Portal>
        <DropdownMenu.SubContent className="menu" sideOffset={4} alignOffset={-5}>
          {check('middle')}
          {check('safe')}
          <div className="menu-line" />
          <DropdownMenu.Label className="menu-label">{text.viewer.marks.cutTo}</DropdownMenu.Label>
          <DropdownMenu.RadioGroup
            value={aspect ?? 'none'}
            onValueChange={(value) => viewerSettings.mark({ aspect: aspects.find((one) => one === value) ?? null })}
          >
            {(['none', ...aspects] as const).map((one) => (
              <DropdownMenu.RadioItem key={one} value={one} className="menu-item" onSelect={stay}>
                {checkMark}
                {one === 'none' ? text.viewer.marks.noCut : one}
              </DropdownMenu.RadioItem>
            ))}
          </DropdownMenu.RadioGroup>
        </DropdownMenu.SubContent>
      </DropdownMenu.Portal>
    </DropdownMenu.Sub>
  )
}

export function LookMenuItems() {
  const { viewerSettings } = useEditor()
  const scope = useStore(viewerSettings, (state) => state.scope)
  const over = useStore(viewerSettings, timeViewOf)
  const draft = useStore(viewerSettings, (state) => state.draft)
  return (
    <>
      <DropdownMenu.Label className="menu-label">{words.scope}</DropdownMenu.Label>
      <DropdownMenu.RadioGroup
        value={scope ?? 'none'}
        onValueChange={(value) => viewerSettings.setState({ scope: scopeKinds.find((kind) => kind === value) ?? null })}
      >
        {(['none', ...scopeKinds] as const).map((kind) => (
          <DropdownMenu.RadioItem key={kind} value={kind} className="menu-item" onSelect={stay}>
            {checkMark}
            {kind === 'none' ? words.noScope : text.viewer.scopes.names[kind]}
            {kind === 'none' && <span className="keys">{keysOf('viewer.scopes')}</span>}
          </DropdownMenu.RadioItem>
        ))}
      </DropdownMenu.RadioGroup>
      <div className="menu-line" />
      <DropdownMenu.Label className="menu-label">{words.overTime}</DropdownMenu.Label>
      <DropdownMenu.RadioGroup
        value={over ?? 'none'}
        onValueChange={(value) => viewerSettings.showOverTime(timeViews.find((one) => one === value) ?? null)}
      >
        {(['none', ...timeViews] as const).map((one) => (
          <DropdownMenu.RadioItem key={one} value={one} className="menu-item" onSelect={stay}>
            {checkMark}
            {words.timeViews[one]}
            {one === 'none' && <span className="keys">{keysOf('viewer.time')}</span>}
          </DropdownMenu.RadioItem>
        ))}
      </DropdownMenu.RadioGroup>
      <div className="menu-line" />
      <DropdownMenu.Label className="menu-label">{words.render}</DropdownMenu.Label>
      <DropdownMenu.RadioGroup
        value={String(draft)}
        onValueChange={(value) => {
          const next: ViewerSettings['draft'] | undefined = drafts.find((one) => String(one.value) === value)?.value
          if (next) viewerSettings.setState({ draft: next })
        }}
      >
        {drafts.map(({ value, label }) => (
          <DropdownMenu.RadioItem key={value} value={String(value)} className="menu-item" onSelect={stay}>
            {checkMark}
            {label}
          </DropdownMenu.RadioItem>
        ))}
      </DropdownMenu.RadioGroup>
      <Toggle name="ahead">{words.ahead}</Toggle>
      <div className="menu-line" />
      <Toggle name="times" keys={keysOf('viewer.times')}>
        {words.times}
      </Toggle>
      <Toggle name="thumbnails">{words.thumbnails}</Toggle>
      <Toggle name="grid">{words.grid}</Toggle>
      <MarksMenu />
    </>
  )
}
