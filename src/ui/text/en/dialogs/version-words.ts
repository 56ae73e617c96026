/** Earlier versions of the graph. */
import { plurals } from '../../format.ts'

const plural = plurals('en')

export const versions = {
  title: 'Earlier versions',
  explained:
    'This browser notes the graph when you first change it, about once a minute while you go on, and before another takes its place.',
  unreadable: (why: string) => `The browser’s storage cannot be read: ${why}. Save graphs to files meanwhile.`,
  none: 'Nothing has been changed in this browser yet.',
  list: 'Versions',
  nodes: (count: number) => `${count} ${plural(count, { one: 'node', other: 'nodes' })}`,
  bringBack: 'Bring back',
}
