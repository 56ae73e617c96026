/** The list of problems, and what one click does about each: also the step's name in the history. */
export const problems = {
  none: 'Nothing is wrong with this graph.',
  offerMissing: 'Locate or substitute what is missing…',
  /** Read aloud before the sentence. */
  error: 'Error: ',
  warning: 'Warning: ',
  fix: {
    sampleClip: 'Use the sample clip',
    toneMap: 'Tone map to SDR',
    keepHdr: 'Keep HDR, in 10 bits by ffmpeg',
    removeWire: 'Remove the wire',
    removeNode: 'Remove the node',
    removeSetting: 'Remove the setting',
    setBack: (setting: string) => `Reset ${setting}`,
    takeModel: (model: string) => `Use ${model}`,
    unbypass: (node: string) => `Use ${node} again`,
    connect: (node: string) => `Connect ${node}`,
    add: (node: string) => `Add ${node}`,
    /** @param size “1280 × 720” */
    insert: (node: string, size: string) => `Insert ${node} to ${size}`,
    makeMask: (node: string) => `Make the mask from ${node}`,
  },
}
