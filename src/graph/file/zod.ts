/**
 * zod in its small form, of which a page loads what is used and no more; and without the code that it makes from text to go
 * faster: the app's content policy forbids that, and the mere attempt to find out is reported as a violation.
 */
import * as z from 'zod/mini'

z.config({ jitless: true })

export { z }
