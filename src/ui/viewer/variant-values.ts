/** The values that stand side by side when somebody wants to see what a parameter does. */
import type { Json } from '../../graph/document/json.ts'
import type { ParamSpec } from '../../graph/node/params.ts'

/** Steps away from the value that there is, as parts of the parameter's range. */
const stepsOfRange = 0.3

const maxVariants = 4

/**
 * Three numbers around `value` (fewer at the ends of a short range), the options of a choice (at most four, the
 * chosen one among them), both states of a switch; `null` where there is nothing to set side by side.
 */
export function variantsOf(param: ParamSpec, value: Json): readonly Json[] | null {
  switch (param.kind) {
    case 'bool':
      return [value === true, value !== true]
    case 'choice': {
      const now = typeof value === 'string' ? value : param.default
      const options = [now, ...param.options.filter((option) => option !== now)].slice(0, maxVariants)
      return options.length > 1 ? param.options.filter((option) => options.includes(option)) : null
    }
    case 'float':
    case 'int': {
      const now = typeof value === 'number' ? value : param.default
      const step = param.kind === 'int' ? 1 : param.step
      const [low, high] = (param.kind === 'float' && param.usual) || [param.min, param.max]
      const away = Math.max(step, (high - low) * stepsOfRange)
      const fits = (number: number) =>
        Number(Math.min(param.max, Math.max(param.min, Math.round(number / step) * step)).toFixed(6))
      const values = [...new Set([fits(now - away), now, fits(now + away)])]
      return values.length > 1 ? values : null
    }
    default:
      return null
  }
}
