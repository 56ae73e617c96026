/** The question whether a graph's code may run, and the editor in which code is written. */
export const codeDialog = {
  title: 'This graph carries code',
  explained:
    'It runs on your graphics processor. It sees the pictures that are wired to it and nothing else, but it may make this computer slow or its graphics restart. Let it run only if you trust where the graph comes from.',
  nothing: 'All code of this graph may run.',
  compared: 'Of the graph that is compared with',
  allow: 'Let it run',
  leave: 'Leave it off',
  editor: {
    foreign: 'This code came with the graph and does not run.',
    lost: 'Switched off: the graphics processor was lost while this ran.',
    slow: 'Switched off: this takes too long for one frame.',
    /** What keys do in it: Tab would otherwise catch whoever works without a mouse. */
    keys: 'Tab indents; Escape, then Tab, leaves the code.',
    /** @param line from 1 */
    problem: (line: number, message: string) => `Line ${line}: ${message}`,
    runs: 'Runs.',
    notCommitted: 'The picture still shows the code before.',
  },
}
