/** What a node's params are worth now: the document's values where they are valid, else the defaults. */
import type { NodeRecord } from '../document/document.ts'
import type { Json } from '../document/json.ts'
import { ownParam } from '../document/subgraph.ts'
import { type Drawing, drawingFault } from './drawing.ts'
import { type Keyframe, keyFault, maxKeys } from './keyframes.ts'
import type { AssetRef, ParamSpec, Params, Values } from './params.ts'
import type { NodeSpec } from './spec.ts'

const show = (value: unknown): string => {
  const text = typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? String(value))
  return text.length > 40 ? `${text.slice(0, 40)}…` : text
}

function checkNumber(spec: ParamSpec, value: unknown, min: number, max: number, whole: boolean): string | undefined {
  const what = whole ? 'a whole number' : 'a number'
  if (typeof value !== 'number') return `${spec.label} must be ${what}, but is ${show(value)}.`
  if (!Number.isFinite(value)) return `${spec.label} must be a finite number, but is ${show(value)}.`
  if (whole && !Number.isInteger(value)) return `${spec.label} must be a whole number, but is ${show(value)}.`
  if (value < min || value > max) return `${spec.label} must be between ${min} and ${max}, but is ${show(value)}.`
  return undefined
}

function checkAsset(label: string, value: unknown): string | undefined {
  if (value === null) return undefined
  if (typeof value !== 'object' || Array.isArray(value)) return `${label} must name a file, but is ${show(value)}.`
  const { id, sha256, size } = value as Partial<Record<keyof AssetRef, unknown>>
  if (typeof id !== 'string' || id === '') return `${label} must name a file by its "id", but that is ${show(id)}.`
  if (sha256 !== undefined && !(typeof sha256 === 'string' && /^[0-9a-f]{64}$/.test(sha256)))
    return `${label} must have a sha256 of 64 lower-case hexadecimal digits, but has ${show(sha256)}.`
  if (size !== undefined && !(typeof size === 'number' && Number.isSafeInteger(size) && size >= 0))
    return `${label} must have a size in whole bytes, but has ${show(size)}.`
  return undefined
}

function checkKeys(label: string, value: unknown): string | undefined {
  if (!Array.isArray(value)) return `${label} must be a list of keys, but is ${show(value)}.`
  if (value.length > maxKeys) return `${label} may have at most ${maxKeys} keys, but has ${value.length}.`
  for (const [i, key] of value.entries()) {
    const fault = keyFault(key)
    if (!fault) continue
    const what = fault.what === '' ? '' : `the ${fault.what} of `
    return `${label}: ${what}key ${i + 1} must ${fault.must}, but is ${show(fault.is)}.`
  }
  return undefined
}

/** Why `value` does not do for the param, a whole sentence that names it by its label; `undefined` where it does. */
export function checkParam(spec: ParamSpec, value: unknown): string | undefined {
  switch (spec.kind) {
    case 'float':
      return checkNumber(spec, value, spec.min, spec.max, false)
    case 'int':
      return checkNumber(spec, value, spec.min, spec.max, true)
    case 'seed':
      return checkNumber(spec, value, 0, 2 ** 32 - 1, true)
    case 'bool':
      return typeof value === 'boolean' ? undefined : `${spec.label} must be true or false, but is ${show(value)}.`
    case 'choice':
      return typeof value === 'string' && spec.options.includes(value)
        ? undefined
        : `${spec.label} must be one of ${spec.options.join(', ')}, but is ${show(value)}.`
    case 'text':
    // Whether code can be used, `code-problems.ts` tells.
    case 'code':
      if (typeof value !== 'string') return `${spec.label} must be text, but is ${show(value)}.`
      return value.length <= spec.maxLength
        ? undefined
        : `${spec.label} must have at most ${spec.maxLength} characters, but has ${value.length}.`
    case 'keys':
      return checkKeys(spec.label, value)
    case 'drawing': {
      const fault = value === null ? undefined : drawingFault(value)
      return fault === undefined ? undefined : `${spec.label} ${fault}.`
    }
    case 'asset':
      return checkAsset(spec.label, value)
  }
}

/** Every declared param of `spec` with its value: the record's where valid, the default otherwise. */
export function paramValues(spec: NodeSpec, record: Pick<NodeRecord, 'params' | 'body'>): Values<Params> {
  const values: Record<string, Json | AssetRef | Drawing | readonly Keyframe[]> = {}
  for (const [name, paramSpec] of Object.entries(spec.params)) {
    const ownValue = ownParam(record, name)
    values[name] =
      ownValue !== undefined && checkParam(paramSpec, ownValue) === undefined ? ownValue : paramSpec.default
  }
  // Each value was checked against its declaration (or is its default), which is what `Values` says.
  return values as Values<Params>
}
