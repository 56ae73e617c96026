/** `--list-nodes`: what a graph may be made of, for people and for programs. */
import { assets } from '../assets/assets.ts'
import { ownInputs } from '../graph/node/driven-params.ts'
import { interpolations } from '../graph/node/keyframes.ts'
import { type FrameSpan, needOf } from '../graph/node/needs.ts'
import type { ParamSpec } from '../graph/node/params.ts'
import type { PortSpec } from '../graph/node/ports.ts'
import { costOf, type NodeSpec, type Specs } from '../graph/node/spec.ts'

/** What a parameter takes, in a few words: `0 to 2, default 1`. */
function range(param: ParamSpec): string {
  switch (param.kind) {
    case 'float':
    case 'int': {
      const unit = param.unit ? ` ${param.unit}` : ''
      return `${param.min} to ${param.max}${unit}${param.kind === 'int' ? ', whole' : ''}; default ${param.default}`
    }
    case 'seed':
      return `a whole number from 0 to 4294967295; default ${param.default}`
    case 'bool':
      return `true or false; default ${param.default}`
    case 'choice':
      return `${param.options.join(', ')}; default ${param.default}`
    case 'text':
      return `text of at most ${param.maxLength} characters; default “${param.default}”`
    case 'keys':
      return `keys as frame=value, or frame=value:${interpolations.join('|')}, with commas between; default ${param.default.map(({ frame, value }) => `${frame}=${value}`).join(', ')}`
    case 'code':
      return `the body of a WGSL function, of at most ${param.maxLength} characters; given are ${param.names.join(', ')}`
    case 'drawing':
      return 'what was painted in the editor, as JSON; default none'
    case 'asset':
      return `${assets[param.asset].phrase}; default ${param.default?.id ?? 'none'}`
  }
}

const ports = (record: Readonly<Record<string, PortSpec>>): string =>
  Object.entries(record)
    .map(([name, { type, fallback }]) => `${name} (${type}${fallback === undefined ? '' : ', optional'})`)
    .join(', ') || 'none'

/** Where the files' facts are not known, as where nodes are only listed. */
const context = { ratio: 1, facts: {} }

/** Inputs of which other frames than the own are read while every parameter is as it comes. */
const framesNeeded = (spec: NodeSpec): Readonly<Record<string, FrameSpan>> => {
  const params = Object.fromEntries(Object.entries(spec.params).map(([name, param]) => [name, param.default]))
  return Object.fromEntries(
    Object.keys(spec.inputs).flatMap((port) => {
      const { frames } = needOf(spec, port, params, context)
      return 'every' in frames || frames.before > 0 || frames.after > 0 ? [[port, frames]] : []
    }),
  )
}

const spanText = (span: FrameSpan): string =>
  'every' in span
    ? `one of every ${span.every} frames`
    : `${span.before} ${span.before === 1 ? 'frame' : 'frames'} before and ${span.after} after`

function nodeText(spec: NodeSpec): string {
  const params = Object.entries(spec.params)
  const cost = costOf(spec)
  const width = Math.max(0, ...params.map(([name]) => name.length))
  return [
    `${spec.title}  [${spec.type}]`,
    `  ${spec.summary}`,
    ...(cost === undefined ? [] : [`  cost: ${cost}`]),
    `  in:  ${ports(Object.fromEntries(ownInputs(spec)))}`,
    `  out: ${ports(spec.outputs)}`,
    ...Object.entries(framesNeeded(spec)).map(([port, span]) => `  reads ${spanText(span)} of ${port}`),
    ...params.map(([name, param]) => `  ${name.padEnd(width)}  ${range(param)}`),
  ].join('\n')
}

export const listNodesText = (specs: Specs): string => `${[...specs.values()].map(nodeText).join('\n\n')}\n`

/** Plain data; what is a function in a declaration (such as when a control shows) is left out. */
export const listNodesJson = (specs: Specs) => ({
  ok: true,
  nodes: [...specs.values()].map((spec) => {
    const { type, title, category, summary, outputs, params, kernel } = spec
    const inputs = Object.fromEntries(ownInputs(spec))
    const frames = framesNeeded(spec)
    return { type, title, category, cost: costOf(spec), summary, inputs, outputs, params, kernel: kernel.kind, frames }
  }),
})
