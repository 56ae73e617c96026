/**
 * Before every file of tests in Node. onnxruntime lays Node's own workers under the name of a page's when it first runs a model; what is
 * tested next in the same process would take itself to be in a page.
 */
import { afterAll } from 'vitest'

afterAll(() => {
  Reflect.deleteProperty(globalThis, 'Worker')
})
