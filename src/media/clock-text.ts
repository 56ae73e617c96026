/** Seconds as people read them on a player. */
export function clock(seconds: number): string {
  if (seconds < 60) return `${Number(seconds.toFixed(3))} s`
  const whole = Math.floor(seconds)
  const two = (value: number): string => String(value).padStart(2, '0')
  const minutes = `${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`
  return whole >= 3600 ? `${Math.floor(whole / 3600)}:${minutes}` : minutes
}
