/** What a drag out of the palette carries: the type of a node, or the key of a piece. */
export const paletteDragType = 'application/x-framewright-node'
