/** The worker's composition root: one session, served to the page. */
import { serveEngine } from './crossing.ts'
import { createSession } from './session.ts'

serveEngine((baseUrl) => createSession(baseUrl))
