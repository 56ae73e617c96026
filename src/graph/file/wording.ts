/** How a place in a file and a value found there are told. */

export const shorten = (text: string): string => (text.length > 60 ? `${text.slice(0, 60)}…` : text)

/** `nodes.grain.params["film stock"][2]`, as people point at a place in a file. */
export function pathText(path: readonly PropertyKey[]): string {
  const text = path.map((key, n) =>
    typeof key === 'number'
      ? `[${key}]`
      : /^[\w-]+$/.test(String(key))
        ? `${n > 0 ? '.' : ''}${String(key)}`
        : `[${JSON.stringify(shorten(String(key)))}]`,
  )
  return path.length === 0 ? 'the whole file' : text.join('')
}
