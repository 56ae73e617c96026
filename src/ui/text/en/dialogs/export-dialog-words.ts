/** The export dialog: its form, the queue, and what came of an export. */
import { plurals } from '../../format.ts'

/** “.mp4, .webm or .png”. */
const either = (choices: readonly string[]): string =>
  choices.length < 2 ? choices.join() : `${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}`

const plural = plurals('en')

/** At the beginning of a sentence. */
const capital = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1)

/** “1 frame”, “24 frames”. */
const framesIn = (count: number) => `${count} ${plural(count, { one: 'frame', other: 'frames' })}`

/** How far an export has come. @param frames of the whole, once that is known */
const progress = (done: number, frames: number | null) => (frames ? `${done} of ${framesIn(frames)}` : framesIn(done))

export const exportDialog = {
  title: 'Export',
  queueTitle: 'Exports',
  toQueue: (exports: number) => `Queue (${exports})`,
  clips: {
    label: 'Clips',
    list: 'Clips to export',
    leaveOut: (clip: string) => `Leave out ${clip}`,
    reading: 'Reading…',
    more: 'More clips…',
    other: 'Other clips…',
    /** Where the graph opens several. */
    own: 'its own clips',
  },
  recipes: {
    none: 'With other recipes too',
    some: (count: number) => `And with ${count} other ${plural(count, { one: 'recipe', other: 'recipes' })}`,
    notFetched: (name: string, status: number) =>
      `The recipe “${name}” could not be fetched: the server answered ${status}.`,
  },
  file: {
    write: (output: string) => `Write ${output}`,
    wrongEnding: (endings: readonly string[]) => `End the name in ${either(endings.map((ending) => `.${ending}`))}.`,
    /** @param about its size and the like; may be empty */
    pictures: (about: string) => (about === '' ? 'One picture per frame' : `One picture per frame, ${about}`),
  },
  /** The form as a whole. */
  form: {
    fileName: 'File name',
    nothing: 'This graph has no Encode yet, so there is nothing to write.',
    nothingHint: 'Add an Encode node and connect the picture you want to keep.',
    noGpu: 'Nothing can be rendered here: that takes WebGPU.',
    /** Above what is to be known of the clips, each in a sentence. */
    notes: (count: number) =>
      count === 1 ? 'One thing to know before it begins' : `${count} things to know before it begins`,
    noteOf: (clip: string, note: string) => `${clip}: ${note}`,
    mendFirst: 'Fix these first:',
    more: (problems: number) => `and ${problems} more`,
    begin: 'Export',
    beginSeveral: (files: number) => `Export ${files} files`,
    beginInFolder: 'Choose folder and export…',
    beginInFile: 'Choose file and export…',
  },
  estimate: {
    measuring: 'Measuring on the first frames…',
    measuringOf: (at: number, exports: number) => `Measuring ${at} of ${exports} on its first frames…`,
    /** @param files one export’s of several @param why a whole sentence */
    whyOf: (files: string, why: string) => `${files}: ${why}`,
    unknown: (why: string) => `Time and size could not be measured. ${why}`,
    /**
     * What stands between asterisks is set apart.
     * @param time “about 3 min”, “under a second” @param measured how many of the frames were
     */
    known: (time: string, size: string, exports: number, measured: number, frames: number) =>
      `**${capital(time)} and ${size}**${exports > 1 ? ` for all ${exports}` : ''}, measured on ${measured} of ${framesIn(frames)}`,
  },
  place: {
    label: 'Save to',
    folder: 'A folder you choose',
    file: 'A file you choose',
    diskHint: 'Written to disk once it is whole',
    noDiskHint: 'Chrome and Edge on a computer can do this',
    download: 'Download at the end',
    downloadHint: 'Kept in the browser until then',
  },
  range: {
    label: 'Range',
    whole: 'Everything',
    frames: (count: number, time: string) => `${framesIn(count)}, ${time}`,
    part: 'A part',
    /** Before the fields of the two frames. */
    first: 'From frame',
    last: 'to',
    here: { first: 'From this frame', last: 'To this frame' },
    times: (from: string, to: string, count: number) => `${from} to ${to}, ${framesIn(count)}`,
    /** @param ends of the clip; `null` where they are not known */
    none: (ends: readonly [number, number] | null) =>
      ends
        ? `Give two frames from ${ends[0]} to ${ends[1]}, the earlier one first.`
        : 'Give the numbers of two frames, the earlier one first.',
    keepTimestamps: 'Keep the times of the whole',
    keepTimestampsHint: 'Else the file begins at 0',
  },
  job: {
    untitled: 'untitled graph',
    bar: (files: string) => `Export of ${files}`,
    progress,
    rate: (framesPerSecond: string) => `${framesPerSecond} fps`,
    noRate: '– fps',
    left: (span: string) => `${span} left`,
    soFar: (span: string) => `${span} so far`,
    waiting: 'Waiting for its turn.',
    waitingToGoOn: (done: number, frames: number | null) => `Waiting to resume; ${progress(done, frames)} are kept.`,
    cancelling: 'Cancelling…',
    pausing: 'Finishing what is under way…',
    preparing: 'Preparing…',
    interrupted: (done: number, frames: number | null) => `Interrupted; ${progress(done, frames)} are kept.`,
    interruptedEmpty: 'Interrupted before its first frames were finished.',
    paused: (done: number, frames: number | null) => `Paused; ${progress(done, frames)} are kept.`,
    pausedEmpty: 'Paused before it began.',
    cancelled: 'The export was cancelled. No file was written.',
    failed: 'The export failed.',
    failedKept: (done: number, frames: number | null) => `It failed; ${progress(done, frames)} are kept.`,
    failedSilently: 'The export failed without saying why.',
    cancel: 'Cancel',
    pause: 'Pause',
    goOn: 'Resume',
    startOver: 'Start again',
    again: 'Export again',
    elsewhere: 'Choose another place…',
    downloadInstead: 'Download at the end instead',
    choose: (medium: string) => `Choose “${medium}”`,
    chooseButton: (medium: string) => `Choose “${medium}”…`,
    unreadable: (medium: string, why: string) => `“${medium}” could not be read: ${why}`,
    unreadableHint: 'Choose the file again.',
  },
  queue: {
    empty: 'Nothing is being exported.',
    meanwhile:
      'You can keep editing. If this page is closed, the finished frames are kept, and the export can resume from there.',
    clear: 'Clear finished',
    new: 'New export…',
    notify: 'Notify me when it is done',
    notifyRefused: 'The browser does not allow this page to notify you; the title of its tab will tell instead.',
  },
  finished: {
    /** Beside the time of a node's own work. */
    waited: (time: string) => `and ${time} of waiting`,
    /** @param name where there are several files */
    file: (name: string | null, size: string, frames: number, time: string) =>
      `${name === null ? '' : `${name}: `}${size}, ${framesIn(frames)} in ${time}`,
    download: 'Download',
    downloadPictures: (count: number) => `Download ${count} ${plural(count, { one: 'picture', other: 'pictures' })}`,
    saved: 'Saved where you chose',
    how: 'Details',
    /** Behind an audio codec: its packets went into the file as they were. */
    copied: ' (copied)',
    /** @param encoder such as “libx264 of the built-in ffmpeg” */
    encodedBy: (encoder: string) => `by ${encoder}`,
    /** What a number came to. @param worstFrame `null`: no frame has a number */
    numbers: (title: string, mean: string, worst: string, worstFrame: number | null) =>
      worstFrame === null ? `${title}: no numbers` : `${title}: mean ${mean}, worst ${worst} at frame ${worstFrame}`,
  },
}
