/** Code that people write into a graph, and whether it runs. */
export const code = {
  foreign: (node: string) => `The code of ${node} came with the graph and does not run: the picture passes through.`,
  foreignHint: 'Read it, and let it run if you trust it.',
  lost: (node: string) => `${node} is switched off: the graphics processor was lost while its code ran.`,
  slow: (node: string) => `${node} is switched off: its code takes too long for one frame.`,
  stoppedHint: 'Make its code lighter, then let it run again in its settings.',
  stoppedToast: {
    lost: 'The graphics processor was lost while the code of a node ran. That node is switched off now.',
    slow: 'The code of a node took too long for one frame. That node is switched off now.',
  },
  review: 'Read and allow…',
  runAgain: 'Let it run again',
}
