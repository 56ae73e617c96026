/**
 * A document for tests in Node: a file asks for it by `@vitest-environment dom`. The modules under test are those that
 * every other test in Node loads, not a browser's.
 */
import { builtinEnvironments, type Environment } from 'vitest/environments'

const { 'happy-dom': happyDom } = builtinEnvironments

export default {
  ...happyDom,
  name: 'dom',
  viteEnvironment: 'ssr',
  async setup(global, options) {
    const environment = await happyDom.setup(global, options)
    // What a page asked for that is closed by now is never answered.
    global.fetch = () => new Promise(() => undefined)
    return environment
  },
} satisfies Environment
