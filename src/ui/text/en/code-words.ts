/** Code that people write into a graph, and whether it runs. */
export const code = {
  foreign: (node: string) => `The code of ${node} came with the graph and does not run: the picture passes through.`,
  foreignHint: 'Read it, and let it run if you trust it.',
  lost: (node: string) => `${node} is switched off: the graphics processor was lost while its code ran.`,
  slow: (node: string) => `${node} is switched off: its code takes too long for one frame.`,
  stoppedHint: 'Make its code lighter, then let it run again in its settings.',
  /** Of a node of another graph, that this one is compared with. */
  stoppedToast: {
    lost: 'The graphics processor was lost while the code of a graph that is compared with ran. The node that holds it is switched off now.',
    slow: 'Code of a graph that is compared with took too long for one frame. The node that holds it is switched off now.',
  },
  review: 'Read and allow…',
  runAgain: 'Let it run again',
}
