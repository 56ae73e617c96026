import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { z } from 'zod'

const lock = z
  .object({
    packages: z.record(
      z.string(),
      z.object({
        resolved: z.string().optional(),
        optionalDependencies: z.record(z.string(), z.string()).default({}),
        engines: z.object({ node: z.string().optional() }).optional(),
      }),
    ),
  })
  .parse(JSON.parse(readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8')))
const manifest = z
  .object({ dependencies: z.record(z.string(), z.string()), scripts: z.record(z.string(), z.string()) })
  .parse(JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')))

// `npm ci` refuses a lockfile without them, and `npm install` leaves them out where a registry does not offer them all.
test('the lockfile holds the packages of every platform', () => {
  const missing = Object.entries(lock.packages).flatMap(([path, { optionalDependencies }]) =>
    Object.keys(optionalDependencies).filter(
      (name) => !lock.packages[`node_modules/${name}`] && !lock.packages[`${path}/node_modules/${name}`],
    ),
  )
  expect(missing).toEqual([])
})

test('the lockfile ties nobody to one registry', () => {
  expect(Object.values(lock.packages).filter(({ resolved }) => resolved !== undefined)).toEqual([])
})

test('no package wants a newer Node than the oldest that the README promises', () => {
  const newer = Object.entries(lock.packages).filter(
    ([, { engines }]) => Number(/^>=\s*(\d+)[\d.]*$/.exec(engines?.node ?? '')?.[1] ?? 0) > 20,
  )
  expect(newer.map(([path]) => path)).toEqual([])
})

// It wants a newer Node, so it is fetched where it is run; what it writes is for the runtime of its own version.
test('the generator of the ONNX reader is that of the runtime', () => {
  expect(manifest.scripts['onnx:generate']).toContain(
    `@bufbuild/protoc-gen-es@${manifest.dependencies['@bufbuild/protobuf']} `,
  )
})
