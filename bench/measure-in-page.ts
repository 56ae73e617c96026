/** Runs what is measured in the page. */
import type { HeadlessSession } from '../src/host/headless-session.ts'
import type {} from './bench-page.ts'

/** Runs `bench.<what>(…args)` in the page. Arguments travel as text: documents are too deep for the driver's types. */
export async function measure(session: HeadlessSession, what: string, args: readonly unknown[]): Promise<unknown> {
  return session.page.evaluate(
    async ({ name, text }) => {
      const page = window.framewright!
      const all = window.framewrightBench as unknown as Record<string, (...values: unknown[]) => Promise<unknown>>
      const values = (JSON.parse(text) as unknown[]).map((value) => (value === 'the engine' ? page.engine : value))
      return all[name]!(...values)
    },
    { name: what, text: JSON.stringify(args) },
  )
}
