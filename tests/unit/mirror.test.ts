/** The tests lie as the sources lie, so that a module's test is where one looks for it. */
import { readdirSync, readFileSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const project = fileURLToPath(new URL('../..', import.meta.url))
const filesIn = (folder: string) =>
  readdirSync(`${project}/${folder}`, { recursive: true, encoding: 'utf8' }).filter((name) => /\.tsx?$/.test(name))

/** Where the modules lie that tests in Node are about: sources by their place in `src`, others in their folder. */
const modules = [
  ...filesIn('src'),
  ...['bench', 'scripts'].flatMap((folder) => filesIn(folder).map((name) => `${folder}/${name}`)),
]
const nameOf = (file: string) => basename(file).replace(/(\.node|\.test)?\.tsx?$/, '')
const placeOf = (file: string) => `${dirname(file)}/${nameOf(file)}`
const places = new Set(modules.map(placeOf))
const folders = new Set(modules.map(dirname))
const tests = filesIn('tests/unit').filter((name) => /\.test\.tsx?$/.test(name))

/** About the project, and about the editor as a whole, whose parts lie in many folders. */
const wholes = ['.', 'ui/editor']

test('every folder of tests is one of sources', () => {
  const unknown = tests.filter((file) => !folders.has(dirname(file)) && !wholes.includes(dirname(file)))
  expect(unknown).toEqual([])
})

test('a test that is called as the one module that it asks lies where that lies', () => {
  const astray = tests.flatMap((file) => {
    if (wholes.includes(dirname(file)) || places.has(placeOf(file))) return []
    const [meant, ...others] = modules.filter((module) => nameOf(module) === nameOf(file))
    if (!meant || others.length > 0) return []
    return readFileSync(`${project}/tests/unit/${file}`, 'utf8').includes(`/${meant}'`) ? [`${file}: ${meant}`] : []
  })
  expect(astray).toEqual([])
})
