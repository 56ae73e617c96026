/** A list to choose from. Its options are made when it opens: there may be hundreds, and often nobody looks. */
import { Check, ChevronDown } from 'lucide-react'
import * as Select from 'radix-ui/select'
import { useId, useState } from 'react'
import { keepTakenFocus } from '../kit/focus-back.ts'
import type { ChoiceProps } from './control.ts'

export function ChoiceList({ labelId, value, valueText: text, options, onChange }: ChoiceProps) {
  const [open, setOpen] = useState(false)
  const ownId = useId()
  return (
    <Select.Root value={value} onValueChange={onChange} open={open} onOpenChange={setOpen}>
      <Select.Trigger className="select-trigger" id={ownId} aria-labelledby={`${labelId} ${ownId}`}>
        <Select.Value>{text}</Select.Value>
        <Select.Icon>
          <ChevronDown size={14} aria-hidden />
        </Select.Icon>
      </Select.Trigger>
      <Select.Portal>
        <Select.Content
          onCloseAutoFocus={keepTakenFocus}
          className="menu"
          position="popper"
          sideOffset={4}
          collisionPadding={8}
        >
          <Select.Viewport>
            {(open ? options() : []).map((option) => (
              <Select.Item key={option.value} value={option.value} className="menu-item">
                <span className="check-space">
                  <Select.ItemIndicator>
                    <Check size={14} aria-hidden />
                  </Select.ItemIndicator>
                </span>
                <Select.ItemText>{option.label}</Select.ItemText>
              </Select.Item>
            ))}
          </Select.Viewport>
        </Select.Content>
      </Select.Portal>
    </Select.Root>
  )
}
