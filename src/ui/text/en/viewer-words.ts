/** The viewer: pictures, what they are compared with, instruments over them, and the frames below. */

import type { StrokeTool } from '../../../graph/node/drawing.ts'

const scopes = {
  histogram: 'Histogram',
  waveform: 'Waveform',
  vectorscope: 'Vectorscope',
}

const modes = {
  single: 'A alone',
  wipe: 'Wipe: A left of a line, B right of it',
  side: 'Side by side, up to four',
  difference: 'Difference of A and B',
  onion: 'A and B overlaid',
}

export const viewer = {
  label: 'Viewer',
  /** @param size “1280 × 720” */
  preview: (size: string) => `Preview, ${size} pixels`,
  previewEmpty: 'Preview, nothing to show yet',
  /** What a pixel of the picture is, where it is not a colour. */
  shown: { colour: undefined, grey: 'mask', flow: 'motion: hue shows direction, strength distance; dark means unsure' },
  frameTimeHint: 'Time to render this frame',
  compare: 'Compare',
  modes,
  personalities: 'Personalities',
  personalitiesHint: 'Every personality of the model side by side, at the same spot',
  personalitiesEnd: 'Back to one picture',
  zoom: 'Zoom',
  zoomNow: (zoom: string) => `Zoom, now ${zoom}`,
  fit: 'Fit',
  fitHint: 'Fit the picture into the viewer',
  reload: 'Reload the page; your graph is kept.',
  goToNode: 'Go to the node',
  starting: 'Starting the engine…',
  firstFrame: 'Rendering the first frame…',
  rendering: 'Rendering',
  /** Over a picture of before the last change. */
  outdated: 'Old picture',
  empty: 'The picture appears here.',
  unconnected: 'Connect a Decode to see its picture here.',
  failed: (why: string) => `The preview failed: ${why}`,
  failedHint: 'Change the graph or reload the page.',
  noWebGpu: {
    title: 'Pictures cannot be rendered here: that takes WebGPU.',
    /** What stands between backticks is to be typed. */
    remedies: [
      'Use Chrome or Edge 113 or newer on Windows, macOS or ChromeOS, or Chrome 121 or newer on Android.',
      'On Linux, open `chrome://flags`, enable “Unsafe WebGPU Support” and “Vulkan”, and restart the browser.',
      'Update the graphics driver, and check in `chrome://gpu` whether WebGPU is disabled.',
      'Open the page over https:// or from localhost; WebGPU is not offered elsewhere.',
    ] as readonly string[],
    still: 'You can still open, edit and save graphs.',
  },
  /** What is looked at. */
  output: {
    label: 'Output to view',
    result: 'Result',
    resultOf: (output: string) => `Result: ${output}`,
    source: 'Source',
    previous: 'A, one frame earlier',
    /** The plain upscale, over its picture and in a list. */
    plain: 'Bicubic',
    plainAsLarge: 'Bicubic at A’s size',
    /** A shrunk to the source’s size and enlarged again. */
    returned: 'As the source could show it',
    withPersonality: (node: string, personality: string) => `${node} · ${personality}`,
    reference: 'Reference',
    referenceOf: (file: string) => `Reference: ${file}`,
    referenceFile: 'Reference file…',
    referenceFor: (letter: string) => `Reference file for ${letter}`,
    anotherGraph: 'Another graph…',
    gone: 'No longer there',
  },
  wipeLine: 'Line between A and B',
  /** Over a picture of what is predicted, or of a part of that. */
  parts: {
    all: (a: string) => `Predicted: ${a} beyond the plain upscale`,
    contradiction: (a: string) => `Contradiction: what the source contradicts in ${a}`,
    invention: (a: string) => `Invention: what the source cannot confirm in ${a}`,
  },
  check: 'Check this clip',
  checkHint: 'Check this clip: measure frames spread over it and list what stands out',
  overlay: 'Overlay',
  overlayHint: 'Lay a mask or map over the picture',
  overlayEnd: 'Remove the overlay',
  variants: {
    label: 'Variants',
    value: (at: number, param: string) => `Value ${at} of ${param}`,
    end: 'End the variants',
    endHint: 'Back to one picture, and the value it had',
    /** What a picture is called. */
    picture: (param: string, value: string) => `${param} ${value}`,
    take: 'Use this',
  },
  graphs: {
    title: 'Compare with another graph',
    explained:
      'Shows the same frame of the same clip beside yours. “Use this” on its picture replaces your graph with it.',
    file: 'From a file…',
    fileLabel: 'Graph to compare with',
    recipes: 'Recipes',
    recipesLabel: 'Recipes that come with the editor',
    own: 'Your recipes',
    versions: 'Earlier versions',
    versionsUnreadable: (why: string) => `Earlier versions cannot be read: ${why}`,
    /** @param what was done, or when it was kept */
    version: (when: string, what: string) => `${when} · ${what}`,
    versionTitle: (title: string, when: string) => `${title}, ${when}`,
  },
  instruments: {
    title: 'Instruments',
    scope: 'Scope',
    noScope: 'None',
    overTime: 'Over time',
    timeViews: {
      none: 'Nothing',
      difference: 'Difference to the frame before',
      slit: 'Slit scan',
      strip: 'Film strip',
    },
    render: 'Render the preview',
    whole: 'Whole',
    half: 'Draft at half size',
    quarter: 'Draft at quarter size',
    ahead: 'Render ahead while idle',
    times: 'Where the time goes',
    thumbnails: 'Pictures on the nodes',
    grid: 'Pixel grid from 800 %',
  },
  /** Over a picture: how much smaller than the whole it is. */
  draft: (part: number) => `Draft, 1/${part} size`,
  marks: {
    title: 'Crop marks',
    middle: 'Middle',
    safe: 'Safe areas, 90 % and 80 %',
    cutTo: 'Cut to',
    noCut: 'Nothing',
    /** As they are written into the picture’s corner. */
    areas: { action: 'action safe', title: 'title safe' },
  },
  region: {
    tool: 'Region',
    toolHint: 'Region: draw a box to render only it, at full quality',
    drawHint: 'Draw a box to render it on its own, at full quality. Esc leaves.',
    playingHint: 'Only the region plays; the rest of the picture returns afterwards.',
    size: (width: number, height: number) => `${width} × ${height} px`,
    label: (width: number, height: number, x: number, y: number) =>
      `${width} × ${height} px, the region at ${x}, ${y}: arrow keys move it, with Alt they size it, Delete removes it`,
    moveHint: 'Drag to move',
    clear: 'Clear the region',
  },
  painting: {
    hints: {
      brush: 'Paint over the picture. Esc ends.',
      area: 'Draw round an area. Esc ends.',
      box: 'Draw a box over the picture. Esc ends.',
    } satisfies Readonly<Record<StrokeTool | 'box', string>>,
    full: (maxStrokes: number) => `The painting is full: it holds at most ${maxStrokes} strokes.`,
    fullHint: 'Clear it, or use a second Painted Mask and join both with Combine Masks.',
  },
  pixel: { label: 'Pixel under the pointer', difference: 'A−B', map: 'Map' },
  scopes: {
    names: scopes,
    /** @param b only where two are compared */
    of: (scope: keyof typeof scopes, a: string, b: string | null) =>
      `${scopes[scope]} of ${a}${b === null ? '' : ` and ${b}`}`,
    key: (letter: string, picture: string) => `${letter} ${picture}`,
  },
  times: {
    label: 'Where the frame’s time goes',
    /** What stands between asterisks is set apart. */
    total: (time: string) => `**${time}** in the nodes`,
    memory: (size: string) => `${size} on the GPU`,
    memoryHint: 'All textures and buffers of the engine, kept results among them',
    node: (name: string, time: string) => `${name}: ${time}`,
    /** @param others that ran in the same pass */
    fused: (others: number) => `Ran as one pass with ${others} more; the time is shared out evenly`,
    /** Of a time that is one of equal shares. */
    roughly: (time: string) => `≈ ${time}`,
    waited: (time: string) => `Also waited ${time} for the decoder or for earlier work on the GPU`,
    gpu: 'GPU',
    kept: 'kept',
  },
  thumbnail: { label: 'Picture', stale: 'Picture from before the last change', old: 'old' },
  frames: {
    first: 'First frame',
    previous: 'Previous frame',
    play: 'Play',
    pause: 'Pause',
    next: 'Next frame',
    last: 'Last frame',
    loop: 'Loop',
    loopHint: 'Start over at the end',
    pace: 'Keep time',
    paceHint: 'Keep time by skipping late frames',
    inPoint: 'In point',
    inPointHint: 'Play from this frame',
    inPointBack: 'Play from the first frame again',
    outPoint: 'Out point',
    outPointHint: 'Play to this frame',
    outPointBack: 'Play to the last frame again',
    lanes: 'Numbers over the clip',
    lanesHint: 'Show what the graph measures, and its curves, over the clip',
    lanesEnd: 'Hide the numbers',
    frame: 'Frame',
    aboutLast: (last: number) => `about ${last}`,
    counting: 'counting the frames…',
    frameOf: (frame: number, last: number) => `Frame ${frame} of ${last}`,
    /** @param rate “…” until it is known @param native the clip’s own, where it has one */
    rate: (rate: string, native: string | null) => (native === null ? `${rate} fps` : `${rate} of ${native} fps`),
    dropped: (count: number) => `${count} dropped`,
    kept: (count: number, frames: number) => `${count} of ${frames} frames are kept`,
  },
}
