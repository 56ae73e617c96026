/** The model that finds text. */
import { pickRuntime } from '../sessions.ts'
import { openTextDetector } from '../text-detector.ts'
import type { OpenTask } from './task.ts'

export const openTextDetection: OpenTask<'text-detection'> = ({ gpu, shelf }, runtime) =>
  openTextDetector(gpu, (request) =>
    shelf.borrow(`${request.name}:${pickRuntime(runtime, gpu.software)}`, { ...request, runtime, gpu }),
  )
