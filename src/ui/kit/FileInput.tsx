/** The hidden field behind a button that asks for files: the button clicks it. */
import type { RefObject } from 'react'

interface Props {
  readonly ref: RefObject<HTMLInputElement | null>
  /** As HTML has it: endings and media types, separated by commas; absent: any file. */
  readonly accept?: string
  readonly multiple?: boolean
  /** Asks for a folder, and is given all that lies in it, each file with its path (`webkitRelativePath`). */
  readonly folder?: boolean
  readonly label?: string
  /** Not called where nothing was chosen; the same file may be chosen again at once. */
  readonly onFiles: (files: readonly [File, ...File[]]) => void | Promise<void>
}

export function FileInput({ ref, accept, multiple = false, folder = false, label, onFiles }: Props) {
  return (
    <input
      ref={ref}
      type="file"
      hidden
      multiple={multiple}
      aria-label={label}
      accept={accept}
      {...(folder ? { webkitdirectory: '' } : {})}
      onChange={({ target }) => {
        const [first, ...others] = target.files ?? []
        target.value = ''
        if (first) void onFiles([first, ...others])
      }}
    />
  )
}
