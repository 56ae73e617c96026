/**
 * Tells how exports fare to somebody who looks elsewhere: the tab's title counts along, and at the end there is a
 * notification where one was asked for and allowed.
 */

import { type ExportJob, jobName } from '../store/export-job.ts'
import type { ExportQueue } from '../store/export-queue.ts'
import { text } from '../text/text.ts'
import { recalledSettings } from './export-settings.ts'

const viewerSettings = (): boolean => document.visibilityState === 'visible' && document.hasFocus()

/** `null`: nothing that needs telling. */
function endingText(job: ExportJob): string | null {
  if (job.state.kind === 'done') return text.exporting.finished(jobName(job))
  if (job.state.kind === 'failed') return text.exporting.failed(jobName(job))
  return null
}

function notify(message: string): void {
  if (!('Notification' in window) || Notification.permission !== 'granted') return
  if (!recalledSettings({ place: 'disk' }).notify) return
  try {
    const notification = new Notification(text.common.product, { body: message, tag: 'framewright-export' })
    notification.addEventListener('click', () => window.focus())
  } catch (error) {
    // Phones allow notifications from service workers only; the title tells there.
    console.warn('The notification could not be shown:', error)
  }
}

/** What of exports that an earlier page left unfinished is told, with what the button beside it is called. */
export function interruptedNotice(jobs: readonly ExportJob[]): { message: string; action: string } | null {
  const [first, ...others] = jobs.filter(({ state }) => state.kind === 'paused')
  if (!first) return null
  const { exporting } = text
  const hasProgress = [first, ...others].some(({ framesDone }) => framesDone > 0)
  if (others.length > 0)
    return { message: exporting.severalInterrupted(others.length + 1, hasProgress), action: exporting.show }
  return {
    message: exporting.interrupted(jobName(first), hasProgress),
    action: hasProgress ? exporting.goOn : exporting.startOver,
  }
}

/** @param show opens the queue. @param toast tells somebody who looks at the page, but not at the queue. */
export function announceExports(exportQueue: ExportQueue, toast: (message: string) => void): void {
  const plain = document.title
  let news: string | null = null
  const title = () => {
    const running = exportQueue.jobs.find(({ state }) => state.kind === 'running')
    const share = running?.frames ? Math.floor((running.framesDone / running.frames) * 100) : null
    const announcement = news ?? (running ? text.exporting.share(share ?? 0) : null)
    const next = announcement ? `${announcement} – ${plain}` : plain
    if (document.title !== next) document.title = next
  }
  const onVisible = () => {
    if (!viewerSettings()) return
    news = null
    title()
  }
  window.addEventListener('focus', onVisible)
  document.addEventListener('visibilitychange', onVisible)
  exportQueue.store.subscribe(({ jobs }, before) => {
    for (const job of jobs) {
      const was = before.jobs.find(({ id }) => id === job.id)?.state.kind
      const message = was === 'running' && job.state.kind !== 'running' ? endingText(job) : null
      if (message === null) continue
      toast(message)
      notify(message)
      if (!viewerSettings()) news = message
    }
    title()
  })
}
