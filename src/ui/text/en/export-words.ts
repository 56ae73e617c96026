/** Exports as the rest of the editor tells of them; the dialog's own words are in `dialogs/export-dialog-words.ts`. */
export const exporting = {
  finished: (files: string) => `${files} is finished`,
  failed: (files: string) => `${files} failed`,
  /** In the title of the tab. */
  share: (percent: number) => `${percent} % exported`,
  show: 'Show exports',
  goOn: 'Resume',
  startOver: 'Start again',
  /** By a page that was closed. @param kept whether any frames of it are */
  interrupted: (files: string, kept: boolean) =>
    kept
      ? `The export of “${files}” was interrupted; the finished frames are kept.`
      : `The export of “${files}” was interrupted before its first frames were finished.`,
  severalInterrupted: (exports: number, kept: boolean) =>
    kept
      ? `${exports} exports were interrupted; the finished frames are kept.`
      : `${exports} exports were interrupted before their first frames were finished.`,
  stopped: (why: string) => `The export stopped: ${why}`,
  stoppedHint: 'The finished frames are kept: resume from there.',
  notAllowed: (file: string) => `“${file}” may not be written where you chose: the browser was not allowed to.`,
  notAllowedHint: 'Resume and allow it, or download the file at the end instead.',
  /** @param why a whole sentence */
  noPlace: (file: string, why: string) => `“${file}” cannot be saved: ${why}`,
  /** @param why as the browser puts it */
  notOpened: (why: string) =>
    `It could not be opened for writing: ${why} Choose another place, or download at the end.`,
}
