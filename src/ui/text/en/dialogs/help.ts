/** Finding commands, and setting their keys. */
export const help = {
  commands: {
    title: 'Find a command',
    field: 'Find a command, a recipe, a node to add or to go to',
    list: 'Commands',
    none: (query: string) => `Nothing matches “${query}”.`,
    add: (node: string) => `Add ${node}`,
    /** What kind of thing it is that can be added. */
    node: 'Node',
    openRecipe: (recipe: string) => `Open the recipe “${recipe}”`,
    recipe: 'Recipe',
    goTo: (node: string) => `Go to ${node}`,
    inGraph: 'In this graph',
    inSubgraph: 'In a subgraph',
  },
  keys: {
    title: 'Keys and gestures',
    note: 'Click a command’s keys to set another; this browser remembers it.',
    resetAll: 'Reset all keys',
    none: 'none',
    reset: (command: string) => `Reset the keys of ${command}`,
    resetHint: 'Back to the editor’s own',
    fixedHint: 'The browser keeps these keys',
    set: (command: string, keys: string) => `Keys of ${command}: ${keys}. Set another`,
    press: 'Press a key',
    escape: 'Escape leaves it as it is.',
    taken: (key: string, command: string) => `${key} already means “${command}”.`,
    take: 'Use it here instead',
    noKey: 'No key',
  },
  mouse: {
    title: 'With the mouse',
    /** What one does, and what comes of it. */
    gestures: [
      ['Double-click the canvas', 'Add a node there'],
      ['Drag from a port into space', 'Add a node that fits, wired'],
      ['Drop a node onto a wire', 'Put it into the wire'],
      ['Drag the end of a wire', 'Wire it elsewhere; let go in space to remove it'],
      ['Double-click a wire', 'Give it a dot to run through; drag the dot, double-click it to remove it'],
      ['Drop a dot onto another', 'Wires of the same output share it from then on; with Alt, drag one out again'],
      ['Drag from the side of a dot', 'Pull a wire out of it, as out of the output itself'],
      ['Drag a frame by its title', 'Move it with what lies in it; with Alt, alone'],
      ['Double-click a node', 'Show it in the viewer'],
      ['Shift and drag on the canvas', 'Select everything in a box'],
      ['Wheel over the picture', 'Zoom; drag to move, double-click to fit'],
    ] as readonly (readonly [gesture: string, does: string])[],
  },
}
