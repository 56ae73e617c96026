/** Asks the person for a file. Must be called from a click, or from a key that the browser counts as one. */
export function chooseFile(accept: string, use: (file: File) => void): void {
  const input = window.document.createElement('input')
  input.type = 'file'
  input.accept = accept
  input.hidden = true
  input.addEventListener('change', () => {
    const file = input.files?.[0]
    input.remove()
    if (file) use(file)
  })
  input.addEventListener('cancel', () => input.remove())
  // Outside the page it could be garbage before the person has chosen, and the choice would be lost.
  window.document.body.append(input)
  input.click()
}
