import { describe, expect, test } from 'vitest'
import { serializeGraph } from '../../../../src/graph/file/write.ts'
import { GraphReader } from '../../../../src/ui/files/graph-reader.ts'
import { sketch, specs } from '../../graph/specs.ts'

const graphText = serializeGraph({ ...sketch({ clip: {} }, []), title: 'Clip' }, specs)

function readerOf(carried: { text: string; name: string } | null = null) {
  const said: string[] = []
  const reader = new GraphReader({
    specs,
    view: { toast: ({ message }) => void said.push(message) },
    tell: (problems) => void said.push(...problems.map(({ message }) => message)),
    sharing: { graphIn: async () => carried },
  })
  return { reader, said }
}

describe('a reader of graphs', () => {
  test('reads a graph file', async () => {
    const { reader, said } = readerOf()
    const found = await reader.file(new File([graphText], 'clip.json'))
    expect([found?.title, said]).toEqual(['Clip', []])
  })

  test('reads the graph that an export carries', async () => {
    const { reader } = readerOf({ text: graphText, name: 'the graph in film.mp4' })
    expect((await reader.file(new File(['film'], 'film.mp4')))?.title).toBe('Clip')
    expect(await readerOf(null).reader.file(new File(['film'], 'film.mp4'))).toBeNull()
  })

  test('names the file that is no graph', async () => {
    const { reader, said } = readerOf()
    expect(await reader.file(new File(['{'], 'odd.json'))).toBeNull()
    expect(said).toEqual([expect.stringMatching(/^“odd\.json” was not opened\. /)])
  })

  test('does not read a film that got the wrong name', async () => {
    const { reader, said } = readerOf()
    const film = { name: 'film.json', size: 60e6, text: () => Promise.reject(new Error('it was read')) }
    expect(await reader.file(film as Partial<File> as File)).toBeNull()
    expect(said).toEqual(['“film.json” is too large to be a graph.'])
  })

  test('says why a file could not be read', async () => {
    const { reader, said } = readerOf()
    const gone = { name: 'gone.json', size: 10, text: () => Promise.reject(new Error('it is gone')) }
    expect(await reader.file(gone as Partial<File> as File)).toBeNull()
    expect(said).toEqual(['“gone.json” could not be read: it is gone'])
  })

  test('does not open more nodes than the canvas can show, and says where they can be rendered', () => {
    const { reader, said } = readerOf()
    const chain = (count: number) =>
      serializeGraph(sketch(Object.fromEntries(Array.from({ length: count }, (_, n) => [`n${n}`, {}])), []), specs)
    expect(reader.text(chain(2000), 'many.json')).not.toBeNull()
    expect(reader.text(chain(2001), 'many.json')).toBeNull()
    expect(said).toEqual(['“many.json” was not opened: it has 2001 nodes, and the editor shows at most 2000.'])
  })

  test('tells what was odd about a graph, and opens it', () => {
    const { reader, said } = readerOf()
    const odd = JSON.stringify({ ...JSON.parse(graphText), flavour: 'odd' })
    expect(reader.text(odd, 'clip.json')?.title).toBe('Clip')
    expect(said).toEqual([expect.stringContaining('flavour')])
  })
})
