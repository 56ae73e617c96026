/** A single picture by ffmpeg, which ends by itself at a file that is cut off and is under a watchdog. */
import { FfmpegFailure, mountFile } from '../ffmpeg/ffmpeg.ts'
import { unreadablePicture } from './picture-head.ts'

/** Seconds without a sign of life after which the decoder is ended. */
const patience = 20

/** What ffmpeg says of a picture of which it decodes a part only, leaving the rest black. */
const complaint = /\[(exr|tiff)|[Ii]ncomplete|[Ii]nvalid|[Ee]rror/

/**
 * Its samples in ffmpeg's `pixelFormat`. The demuxer is told: ffmpeg would look at the file's name, which it does not get. Rejects
 * with `MediaError` where not all of it can be decoded.
 */
export async function decodedByFfmpeg(
  file: File,
  demuxer: 'exr_pipe' | 'tiff_pipe',
  pixelFormat: string,
): Promise<Uint8Array<ArrayBuffer>> {
  let isDamaged = false
  try {
    await using mountedFile = await mountFile(file)
    const output = ['-frames:v', '1', '-f', 'rawvideo', '-pix_fmt', pixelFormat]
    const { bytes } = await mountedFile.collect(
      ['-v', 'error', '-f', demuxer, '-i', mountedFile.path, ...output],
      (line) => {
        isDamaged ||= complaint.test(line)
      },
      patience,
    )
    if (isDamaged) throw unreadablePicture(file.name, new Error('a part of it cannot be decoded'))
    return bytes.slice()
  } catch (cause) {
    if (cause instanceof FfmpegFailure) throw unreadablePicture(file.name, cause)
    throw cause
  }
}
