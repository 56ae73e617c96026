/** Lines of ffmpeg's and of its encoders that say nothing of what went wrong. */
const idle =
  /^(Conversion failed|Aborted\(\)|ffmpeg version|\s|frame=|video:|Exiting|built with|configuration|(x265|Svt)\s?\[(info|warn))|Error (while opening encoder|initializing output stream)|_init failed/i

/** Why ffmpeg failed, as far as it says so: the first of its lines that tells something. The rest follows from it. */
export const reasonIn = (lines: readonly string[]): string =>
  lines
    .find((line) => line.trim() !== '' && !idle.test(line))
    ?.trim()
    .replace(/^\[[^\]]*@ 0x[0-9a-f]+\] /, '')
    .replace(/\.$/, '') ?? 'it did not say why'
