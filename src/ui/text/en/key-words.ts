/** Keys of the keyboard, and why some of them cannot be had. */
export const keys = {
  /** As they stand on the keyboard; what is not here is called as the browser calls it. */
  names: {
    Control: 'Ctrl',
    Alt: 'Alt',
    Shift: 'Shift',
    Space: 'Space',
    Enter: 'Enter',
    Tab: 'Tab',
    Backspace: 'Backspace',
    Delete: 'Del',
    Home: 'Home',
    End: 'End',
    PageUp: 'PageUp',
    PageDown: 'PageDown',
  },
  escapeStays: 'Escape stays with cancelling and deselecting; choose another key.',
  tabStays: 'Tab stays with moving through the page; choose another key.',
  browserKeeps: (command: string) => `The browser keeps this key for “${command}”; choose another.`,
}
