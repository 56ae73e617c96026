/** The numbers of the graph over the clip. */

export const lanes = {
  label: 'Numbers over the clip',
  title: 'Numbers',
  empty: 'This graph gives no number: add a node of “Measure”, such as Halo or Flicker, or a Curve.',
  /** @param measured frames of which every number is measured */
  known: (measured: number, frames: number) =>
    measured < frames ? `${measured} of ${frames} frames measured` : 'The whole clip is measured',
  measureClip: 'Measure the whole clip',
  measuring: 'Frames measured',
  begins: 'Starting…',
  progress: (done: number, frames: number) => `${done} of ${frames} frames`,
  stop: 'Stop',
  frame: (frame: number) => `Frame ${frame}`,
  goToNode: (node: string) => `Go to ${node}`,
  curve: (lane: string, measured: number, frames: number) =>
    `${lane} over the clip, ${measured} of ${frames} frames measured`,
  worst: (lowest: boolean, frame: number, value: string) =>
    `Go to the ${lowest ? 'lowest' : 'highest'}: ${value} at frame ${frame}`,
  setKey: (frame: number) => `Set a key at frame ${frame}`,
  holdByShot: (cuts: number) =>
    cuts === 1 ? 'A value for each shot: hold at the cut' : `A value for each shot: hold at ${cuts} cuts`,
  close: 'Close the numbers',
}
