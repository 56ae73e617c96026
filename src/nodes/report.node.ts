/** Numbers out: one row a frame, with what they come to over the clip. */
import { defineNode, inferProblem, param, port } from './define.ts'

const number = (place: number) => port.optionalNumber(`Number ${place}`)

export default defineNode({
  type: 'report',
  title: 'Report',
  category: 'measure',
  summary: 'Writes numbers to a table, one row a frame, beside or instead of the pictures.',
  keywords: ['csv', 'json', 'table', 'statistics', 'log', 'export numbers', 'score', 'graph', 'spreadsheet', 'metrics'],
  inputs: {
    number1: number(1),
    number2: number(2),
    number3: number(3),
    number4: number(4),
    number5: number(5),
    number6: number(6),
    number7: number(7),
    number8: number(8),
  },
  outputs: {},
  params: {
    fileName: param.text('File name', {
      default: 'report.csv',
      endings: ['csv', 'json'],
      help: '.csv for a spreadsheet; .json has the mean, the 95th percentile and the worst frame of each number too.',
    }),
  },
  infer: (inputs, { fileName }) => {
    if (!/^[^\\/]+\.(csv|json)$/i.test(fileName))
      return inferProblem({
        code: 'bad-param',
        param: 'fileName',
        message: `“${fileName}” does not say what to write.`,
        hint: 'Give a file name without folders that ends in .csv or .json.',
      })
    if (Object.values(inputs).every((input) => input === undefined))
      return inferProblem({
        code: 'missing-input',
        message: 'No number arrives, so there is nothing to report.',
        hint: 'Connect the score of a measure, or another number, to it; a node that is bypassed gives none.',
      })
    return {}
  },
  kernel: {
    kind: 'sink',
    async prepare({ inputs, media, sink }) {
      const wiredNumbers = Object.entries(inputs).flatMap(([name, desc]) => (desc ? [{ name, desc }] : []))
      const numbers = media.createNumbersSink({
        output: sink.output,
        fileName: sink.fileName,
        columns: wiredNumbers.map(({ name, desc }) => ({
          title: sink.titles[name] ?? name,
          worst: desc.worst ?? 'highest',
          ...(desc.unit ? { unit: desc.unit } : {}),
        })),
        ...(sink.segments ? { segments: sink.segments } : {}),
      })
      return {
        write: ({ inputs: numberInputs, time }) => {
          const values: Readonly<Record<string, Promise<number> | undefined>> = numberInputs
          return numbers.write(
            time.index,
            time.timestamp,
            wiredNumbers.map(({ name }) => values[name] ?? Promise.resolve(Number.NaN)),
          )
        },
        finish: () => numbers.finish(),
        keep: () => numbers.keep(),
        abort: () => numbers.abort(),
      }
    },
  },
})
