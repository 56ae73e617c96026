/** Sends requests and brings the answers back; see `courier.ts`. */
import { messageOf } from '../graph/document/coded-error.ts'
import { fetched, type Parcel, type Reply } from './courier.ts'

self.addEventListener('message', ({ data: { id, parcel } }: MessageEvent<{ id: number; parcel: Parcel }>) => {
  const send = (reply: Reply, transfer: Transferable[] = []): void => self.postMessage({ id, reply }, { transfer })
  fetched(parcel).then(
    (answer) => send({ kind: 'answer', answer }, [answer.bytes.buffer]),
    (error: unknown) => send({ kind: 'failed', message: messageOf(error) }),
  )
})
