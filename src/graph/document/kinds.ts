/** The words by which a document, its shape in a file and the canvas tell kinds of nodes and marks apart. */

/** A node of this type folds a graph of its own; `expand.ts` unfolds it before anything is inferred or run. */
export const subgraphType = 'subgraph'

/**
 * The two nodes that stand at the boundary of a subgraph's body: what comes in begins at the one, what goes out
 * ends at the other. That they are nodes lets wires inside be made, bent, moved and undone like any others.
 */
export const boundaryTypes = { inputs: 'subgraph-inputs', outputs: 'subgraph-outputs' } as const
export type PortSide = keyof typeof boundaryTypes

/** Which boundary of a subgraph's body a node of this type is, if it is one. */
export const boundarySide = (type: string): PortSide | undefined =>
  type === boundaryTypes.inputs ? 'inputs' : type === boundaryTypes.outputs ? 'outputs' : undefined

export const markColours = ['grey', 'blue', 'green', 'amber', 'red', 'violet'] as const
export type MarkColour = (typeof markColours)[number]
