/** What `values` holds under `key`; else what `make` resolves with, which stays there unless it rejects. */
export function onceByKey<T>(values: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const pending = values.get(key)
  if (pending) return pending
  const value = make()
  values.set(key, value)
  value.catch(() => values.delete(key))
  return value
}
