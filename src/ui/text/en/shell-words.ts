/** The frame around the work: bars, menus, panels, messages. */
import { plurals } from '../format.ts'

const plural = plurals('en')

export const shell = {
  panels: {
    label: 'Panels',
    settings: 'Settings',
    problems: 'Problems',
    check: 'Check',
    width: 'Width of the settings',
    viewerHeight: 'Height of the viewer',
  },
  bar: {
    menus: 'Menus',
    addNode: 'Add node',
    keys: 'Keys and gestures',
    export: 'Export',
    saved: 'Saved',
    unsaved: 'Not saved to a file yet',
    edited: 'edited',
  },
  file: { menu: 'File', recipes: 'Recipes', kept: 'Kept from earlier' },
  edit: { menu: 'Edit' },
  theme: { menu: 'Theme', system: 'Match the system', dark: 'Dark', light: 'Light' },
  history: {
    title: 'History',
    hint: 'Everything you have done',
    opened: 'As opened',
    /** @param step as the history calls it */
    undo: (step: string) => `Undo: ${step}`,
    redo: (step: string) => `Redo: ${step}`,
    nothingToUndo: 'Nothing to undo',
    nothingToRedo: 'Nothing to redo',
  },
  status: {
    problems: (count: number) => `${count} ${plural(count, { one: 'problem', other: 'problems' })}`,
    warnings: (count: number) => `${count} ${plural(count, { one: 'warning', other: 'warnings' })}`,
    noProblems: 'No problems',
    /** @param share “12 %”, or “…” @param waiting exports behind this one */
    exporting: (share: string, waiting: number) => `Exporting ${share}${waiting > 0 ? `, ${waiting} more` : ''}`,
    frameTime: (time: string) => `${time} per frame`,
    frameTimeHint: 'Time to render the frame shown',
    isolated: 'The page is isolated, so models on the CPU may use several threads.',
    notIsolated: 'The host sends no isolation headers, so models on the CPU run on one thread.',
    threads: (count: number) => `${count} WASM ${plural(count, { one: 'thread', other: 'threads' })}`,
    oneThread: '1 WASM thread (not isolated)',
    gpu: (name: string) => `GPU: ${name}`,
    software: (name: string) => `Software: ${name}`,
    softwareHint: 'The CPU stands in for a GPU: correct, but slow.',
    largestPicture: (pixels: number) => `Pictures up to ${pixels} pixels a side`,
    noGpu: 'No WebGPU',
    engineFailed: 'The engine has stopped',
    engineStarting: 'Engine starting…',
    rebuilt: (times: number) => ` (rebuilt ${times}×)`,
  },
  cache: {
    kept: (used: string, budget: string) => `${used} of ${budget} kept`,
    hint: 'Results kept so that an edit re-runs only what it changes, and frames rendered ahead',
    atMost: 'Keep at most',
    forget: 'Clear everything kept',
  },
  drop: {
    media: 'Drop a video or pictures to open them in Decode',
    others:
      'a .json graph or a file you exported to open its graph, an .onnx model to add it, or a .cube LUT to use it',
    emptyFolder: (folder: string) =>
      `${folder === '' ? 'The folder' : `The folder “${folder}”`} holds neither pictures nor a video.`,
    emptyFolderHint: 'Choose the folder that contains the pictures themselves.',
    unreadableFolder: (folder: string, why: string) => `The folder “${folder}” could not be read: ${why}`,
    unreadableFolderHint: 'Drop its files instead.',
  },
  dismiss: 'Dismiss',
  partNotFetched: 'This part of the editor could not be fetched.',
  partNotFetchedHint:
    'Check the connection and try again; if it was updated meanwhile, save your graph and reload the page.',
  gpuRebuilt: 'The GPU was lost and has been set up again; your work is intact.',
}
