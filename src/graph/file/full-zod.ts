/** zod with all its methods, for what is not loaded before the first paint; jitless as `zod.ts` says. */
import { z } from 'zod'

z.config({ jitless: true })

export { z }
