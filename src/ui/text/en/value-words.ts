/** Numbers with their units. Those that come as text are written already, with the language's decimal sign. */
export const values = {
  seconds: (value: string) => `${value} s`,
  minutes: (value: string) => `${value} min`,
  hours: (value: string) => `${value} h`,
  milliseconds: (value: string) => `${value} ms`,
  bytes: (value: string) => `${value} B`,
  kilobytes: (value: string) => `${value} kB`,
  megabytes: (value: string) => `${value} MB`,
  gigabytes: (value: string) => `${value} GB`,
  thousand: (value: string) => `${value} k`,
  million: (value: string) => `${value} M`,
  percent: (value: string) => `${value} %`,
  times: (value: string) => `× ${value}`,
  unknown: 'unknown',
  underASecond: 'under a second',
  /** Of a span that is longer than a second: “about 3 min”. */
  about: (span: string) => `about ${span}`,
  mono: 'mono',
  stereo: 'stereo',
  channels: (count: number) => `${count} channels`,
}
