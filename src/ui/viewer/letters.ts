/** What the pictures are called, in the order in which the engine is asked for them. */
export const letters = ['A', 'B', 'C', 'D'] as const
