/** What A is compared with and how, and the masks and maps that lie over it. */

const tones = { amount: 'Amount', signed: 'Signed', heat: 'Heat' }
const parts = { all: 'Predicted', contradiction: 'Contradiction', invention: 'Invention' }
const tints = { heat: 'Heat', red: 'Red', green: 'Green', blue: 'Blue', white: 'White' }

export const viewer = {
  progress: {
    rendering: 'The new picture',
    /** @param share in percent */
    share: (share: string) => `${share} % done`,
  },
  comparison: {
    label: 'Comparison',
    add: 'Add a picture',
    addHint: 'One more picture beside them',
    remove: 'Remove the last picture',
    removeHint: 'One picture fewer',
    overClip: 'Compare over the clip',
    overClipHint: 'Measure them in frames spread over the clip: which is better where',
    wipeHint: 'Drag the line; hold X to see B; S compares with the source itself',
    gain: 'Gain',
    tone: 'How the difference is shown',
    tones,
    toneHints: {
      amount: 'How much they differ, in their colours, on black',
      signed: 'On grey: lighter where A is brighter, darker where B is',
      heat: 'How much they differ, from black to pale yellow',
    },
    /** @param codes of 255 */
    full: (codes: string) => `${codes} of 255`,
    part: 'Which part of what is predicted',
    parts,
    partHints: {
      all: 'Everything that A adds to the plain upscale',
      contradiction: 'What the source contradicts: shrunk to its size, A differs from it more than Bicubic does',
      invention: 'Detail too fine for the source to show: it cannot be checked',
    },
    mix: 'Share of B',
  },
  time: {
    label: 'Over time',
    strips: { slit: 'Slit scan', strip: 'Film strip' },
    hints: {
      slit: 'One row of pixels from each frame, stacked: shimmer shows as frayed lines',
      strip: 'The spot in the middle of the view, frame by frame, with the mean change from the one before',
    },
    line: 'Row',
    /** @param done of how many frames */
    progress: (done: number, frames: number) => (done < frames ? `${done} of ${frames} frames` : `${frames} frames`),
    slitOf: (frames: number) => `One row of pixels over ${frames} frames`,
    goTo: (frame: number) => `Go to frame ${frame}`,
    change: (codes: string) => `Mean change from the frame before: ${codes} of 255`,
    delta: (codes: string) => `Δ ${codes}`,
    close: 'Close',
  },
  overlay: {
    label: 'Overlay',
    map: 'Mask or map',
    /** What a measure finds in the picture. @param which of its maps, where it has several */
    measured: (measure: string, which: string | null) => `Measured: ${measure}${which === null ? '' : ` · ${which}`}`,
    tint: 'Colour',
    tints,
    opacity: 'Opacity',
    gain: 'Gain',
    alone: 'Alone',
    aloneHint: 'The map in place of the picture',
    clear: 'Remove the overlay',
  },
}
