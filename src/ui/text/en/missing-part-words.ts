/** What a graph names and is not here. */
import { plurals } from '../format.ts'

const plural = plurals('en')

export const missing = {
  title: 'What this graph is missing',
  nothing: 'Everything this graph names is here.',
  explained:
    'A graph names its files but does not hold them. Put each in its place, or leave it: the rest of the graph still works.',
  unreadable: (name: string) => `“${name}” could not be read.`,
  sampleClip: 'Use the sample clip',
  takeModel: (model: string) => `Use ${model}`,
  unknownType: (nodes: number) =>
    `${plural(nodes, { one: 'One node is', other: `${nodes} nodes are` })} of this type, which this version does not know. It is kept as it is, but nothing after it can run.`,
  show: 'Show',
  /** Steps of the history. */
  replaced: (by: string, name: string) => `Put ${by} in place of ${name}`,
  removed: (type: string) => `Remove ${type}`,
}
