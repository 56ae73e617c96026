/** The panel of what is selected: settings and their controls, inputs, frames and notes. */

import type { MarkColour } from '../../../graph/document/document.ts'
import type { NumberRange, Personality, SourceKind } from '../../../graph/node/facts.ts'
import type { Interpolation } from '../../../graph/node/keyframes.ts'
import { plurals } from '../format.ts'

const plural = plurals('en')

const colours: Readonly<Record<MarkColour, string>> = {
  grey: 'Grey',
  blue: 'Blue',
  green: 'Green',
  amber: 'Amber',
  red: 'Red',
  violet: 'Violet',
}

/** What black and white are to a model. */
const ranges: Readonly<Record<NumberRange, string>> = { unit: '0–1', byte: '0–255', signed: '−1–1' }

/** What a model was trained for, and what its pictures are like. */
const personalities: Readonly<Record<Personality, string>> = {
  l1: 'L1 · faithful and soft',
  perceptual: 'Perceptual · textured',
  gan: 'GAN · crisp, and inventive',
}

/** What sources a model was trained for. */
const sources: Readonly<Record<SourceKind, string>> = {
  clean: 'For clean sources',
  coded: 'For compressed sources',
}

export const inspector = {
  title: 'Title',
  bypassOn: 'Bypass: pass the picture on unchanged',
  bypassOff: 'Use the node again',
  muteOn: 'Mute: the node outputs nothing, and what depends on it does not run',
  muteOff: 'Let the node run again',
  deleteHint: 'Delete the node',
  unknownType: (type: string) =>
    `This version does not know nodes of the type “${type}”. It is kept as it is, with all its settings.`,
  noSettings: 'This node has no settings.',
  setting: {
    about: (setting: string) => `About ${setting}`,
    reset: (setting: string) => `Reset ${setting}`,
    resetHint: 'Back to the default',
    compare: (setting: string) => `Compare values of ${setting}`,
    compareHint: 'See several values side by side',
    pin: (setting: string) => `Show ${setting} on the node’s card`,
    pinHint: 'Show it on the node’s card',
    unpinHint: 'Take it off the node’s card',
    notSeen: (setting: string) => `${setting} changes nothing in what the viewer shows.`,
    notSeenHint: 'View this node or one after it.',
    range: (min: number, max: number) => `${min} to ${max}`,
    newSeed: 'New seed',
    /** In place of a number that is not known. */
    unknown: '–',
  },
  /** The keys of a curve. */
  keys: {
    setAt: (frame: number) => `Set a key at frame ${frame}`,
    frame: 'Frame',
    value: (frame: number) => `Value at frame ${frame}`,
    next: (frame: number) => `From frame ${frame} on`,
    remove: (frame: number) => `Remove the key at frame ${frame}`,
    interpolations: { hold: 'Hold', linear: 'Linear', smooth: 'Smooth' } satisfies Readonly<
      Record<Interpolation, string>
    >,
    byHand: 'Drag a key; double-click sets one, Alt-click removes it',
    curve: (low: string, high: string) => `The curve over the clip, from ${low} to ${high}`,
  },
  drawing: {
    brush: 'Brush',
    erase: 'Erase',
    area: 'Area',
    end: 'Done',
    size: 'Brush size',
    clear: 'Clear',
    strokes: (count: number) => plural(count, { one: 'One stroke', other: `${count} strokes` }),
    none: 'Nothing is painted yet.',
    box: 'Draw it in the viewer',
    boxEnd: 'Stop drawing',
  },
  bars: {
    find: 'Find black bars',
    looking: 'Looking at the clip…',
    none: 'No black bars were found in the frames looked at.',
    noneHint: 'Bars that are not quite black, or hold a logo, have to be set by hand.',
    noPicture: 'There is no picture to look at yet: wire one to the node.',
  },
  driven: {
    label: (setting: string) => `What drives ${setting}`,
    none: 'Set by hand',
    outside: 'Driven from outside the subgraph',
    inside: 'Driven inside the subgraph',
    /** @param held an end of the setting’s range */
    clamped: (wired: string, held: string) => `${wired} is wired, and held at ${held}`,
    unseen: 'Nothing that is shown depends on it',
    /** What is wired is bypassed, muted, or has none for other reasons. */
    silent: 'No number comes from it now, so what is set here counts',
    /** What is wired has a problem of its own. */
    failing: 'What gives it has a problem, so there is no number',
    /** On a card, where there is little room. */
    heldShort: (wired: string, clamped: string) => `${clamped} (${wired} wired)`,
  },
  inputs: {
    title: 'Inputs',
    none: 'Not connected',
    noneOptional: 'None (optional)',
    /** What an input reads. @param about its size and the like; may be empty */
    source: (output: string, about: string) => (about === '' ? output : `${output} (${about})`),
  },
  several: {
    title: (nodes: number) => `${nodes} nodes selected`,
    fold: 'Fold',
    frame: 'Frame',
  },
  graph: {
    title: 'Title of the graph',
    empty: 'An empty graph.',
    nodes: (count: number) =>
      `${count} ${plural(count, { one: 'node', other: 'nodes' })}. Select one to change its settings.`,
  },
  mark: {
    frame: 'Frame',
    note: 'Note',
    deleteFrame: 'Delete the frame; its nodes stay',
    deleteNote: 'Delete the note',
    frameExplained: 'Dragging a frame moves what is inside it. Hold Alt to move the frame alone.',
    noteExplained: 'A note to whoever opens the graph; it changes no result.',
    title: 'Title',
    text: 'Text',
    colour: 'Colour',
    colours,
  },
  media: {
    choose: 'Choose a file',
    chooseButton: 'Choose…',
    replace: 'Replace…',
    drop: 'or drop a video or pictures here',
    reading: 'Reading the file…',
    folder: 'Folder…',
    folderHint: 'Open a folder of pictures as one sequence',
    sample: 'Sample',
    sampleHint: 'Use the clip that comes with the editor',
    still: 'still',
    rate: (framesPerSecond: string) => `${framesPerSecond} fps`,
    frames: (count: number) => `${count} ${plural(count, { one: 'frame', other: 'frames' })}`,
    aboutFrames: (count: number) => `about ${count} frames, being counted`,
    /** @param codec of the sound */
    sound: (codec: string) => `${codec} sound`,
    noSound: 'no sound',
  },
  /** Of a kind that needs no more than its name and what it is. */
  file: {
    drop: 'or drop one here',
    reading: 'Reading the file…',
    otherKind: (name: string) => `“${name}” is a file of another kind.`,
  },
  model: {
    choose: 'Choose a model',
    explained: 'A model predicts what could be there; it does not recover what was.',
    reading: 'Reading the model…',
    readingAll: 'Reading the catalog…',
    list: 'Models',
    search: 'Search models',
    filter: 'Personality',
    allPersonalities: 'All',
    noneSought: 'No model matches.',
    /** @param model what makes the picture */
    picture: (model: string) => `${model} on your frame`,
    plainPicture: 'Bicubic on your frame',
    plainHint: 'Bicubic, which invents nothing. Below, the same spot from each model: what differs is predicted.',
    /** Where the models keep the size. */
    untouchedPicture: 'Your frame as it comes in',
    untouchedHint:
      'Your frame as it comes in. Below, the same spot from each model: what differs is taken away or predicted.',
    add: 'Add an ONNX file…',
    personalities,
    sources,
    noPersonality: 'Personality unknown',
    parameters: (count: string) => `${count} parameters`,
    luma: 'luma only',
    rgb: 'RGB',
    /** What black and white are to the model. */
    numbers: (taken: NumberRange, given: NumberRange) =>
      taken === given ? ranges[taken] : `${ranges[taken]} in, ${ranges[given]} out`,
    goodFor: 'Good for',
    getsWrong: 'Gets wrong',
    licence: 'Licence',
    /** @param origin where the model comes from; may be empty */
    licenceOf: (licence: string, origin: string) => (origin === '' ? licence : `${licence} · ${origin}`),
    notSaid: 'not stated',
    /** One of several that are mixed. @param share “30 %” */
    share: (share: string, model: string) => `${share} ${model}`,
  },
}
