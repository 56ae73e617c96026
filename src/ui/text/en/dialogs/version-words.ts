/** Earlier versions of the graph. */
import { plurals } from '../../format.ts'

const plural = plurals('en')

export const versions = {
  title: 'Earlier versions',
  explained:
    'This browser keeps a version when you first change a graph, about once a minute while you work on it, and before another graph replaces it.',
  unreadable: (why: string) => `The browser’s storage cannot be read: ${why}. Save graphs to files meanwhile.`,
  none: 'Nothing has been changed in this browser yet.',
  list: 'Versions',
  nodes: (count: number) => `${count} ${plural(count, { one: 'node', other: 'nodes' })}`,
  bringBack: 'Bring back',
}
