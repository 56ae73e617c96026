/** Models that make pictures of pictures: of the catalog, or a person's own file, which is fed as its probe found. */
import type { DialPlace, ModelFacts, ModelNumbers, PictureTask } from '../../graph/node/facts.ts'
import { samePlace, turnedTo } from '../../graph/node/family-dials.ts'
import { isOffered } from '../../graph/node/params.ts'
import type { ModelStore } from '../model-store.ts'
import { type Adaptation, adaptationNote, adaptModel, isUsual, numbersNote } from '../onnx/adapt-model.ts'
import { outputOf, usualForm } from '../probe-form.ts'
import type { ChosenRuntime } from '../runtime-chooser.ts'
import { createSuperResolver } from '../super-resolver.ts'
import { ModelError, type SuperResolver } from '../types.ts'
import type { OpenTask } from './task.ts'

export const openSuperResolution: OpenTask<'super-resolution'> = (...args) =>
  openPictureModel('super-resolution', 'enlarge pictures', 'Choose a super-resolution model.', args)

export const openRestoration: OpenTask<'restoration'> = (...args) =>
  openPictureModel('restoration', 'leave pictures at their size', 'Choose a model that restores.', args)

async function openPictureModel(
  task: PictureTask,
  purpose: string,
  hint: string,
  [context, ref, options]: Parameters<OpenTask<PictureTask>>,
): Promise<SuperResolver> {
  const { gpu, store, runtimes, formOf, givesBack } = context
  const { facts: modelFacts, bytes: load } = await store.find(ref)
  const { name, sha256, scale: listedScale } = modelFacts
  if (!isOffered(task, modelFacts)) throw new ModelError(`The model “${name}” does not ${purpose}.`, hint)
  const original = await load()
  const ownForm = await formOf(name, sha256, original)
  const { scale } = ownForm.outputs[0]
  if (scale !== listedScale) {
    throw new ModelError(
      `The model “${name}” enlarges ×${scale}, but it is listed as ×${listedScale}.`,
      'The list of models is wrong: choose another model, or add this file by hand.',
    )
  }
  const { form, adaptation } = usualForm(name, ownForm, options)
  const { numbers } = adaptation
  const isForced = numbers.in !== ownForm.numbers.in || numbers.out !== ownForm.numbers.out
  const tried = (each: ModelNumbers) =>
    givesBack({ name, sha256, bytes: original }, ownForm, outputOf(name, ownForm, options), each)
  const isWrong = isForced && (await tried(ownForm.numbers)) && !(await tried(numbers))
  const facts = { ...modelFacts, scale: form.scale }
  const bytes = adaptModel(name, original, adaptation)
  const change = isUsual(adaptation) ? '' : JSON.stringify(adaptation)
  const alike = adaptedStore(store, adaptation)
  const runtime = await runtimes.choose({ facts, bytes, form, store: alike, change }, options.runtime)
  const { dial, form: tensorForm, inColours } = runtime
  try {
    const sessionAt = (place: DialPlace | undefined) => dial.session(place && placeOf(facts, place))
    const resolver = await createSuperResolver({ gpu, facts, form: tensorForm, inColours, sessionAt, options })
    return withRuntime(resolver, runtime, isWrong ? numbersNote(numbers, ownForm.numbers) : adaptationNote(adaptation))
  } catch (error) {
    await dial[Symbol.asyncDispose]()
    throw error
  }
}

/** Where the model is mixed when the dials stand so; `undefined` where it runs as it is. */
function placeOf(facts: ModelFacts, wish: DialPlace): DialPlace | undefined {
  const place = turnedTo(facts, wish)
  return samePlace(place, facts.family?.place ?? { personality: 0, source: 0 }) ? undefined : place
}

/** `store`, whose files are changed as one of them was: those of a family have one form. */
const adaptedStore = (store: ModelStore, adaptation: Adaptation): ModelStore => ({
  ...store,
  async find(ref) {
    const { facts, bytes } = await store.find(ref)
    return { facts, bytes: async () => adaptModel(facts.name, await bytes(), adaptation) }
  },
})

/** `resolver`, which says what came of the choice of its runtime, and takes its dial along when it goes. */
const withRuntime = (
  resolver: SuperResolver,
  { dial, complaint }: ChosenRuntime,
  adaptation: string | undefined,
): SuperResolver => ({
  facts: resolver.facts,
  get report() {
    const { runtime, note } = resolver.report
    const notes = [complaint, note, adaptation].filter((each) => each !== undefined)
    return { runtime, ...(notes.length > 0 ? { note: notes.join(' ') } : {}) }
  },
  run: (...args) => resolver.run(...args),
  async [Symbol.asyncDispose]() {
    await resolver[Symbol.asyncDispose]()
    await dial[Symbol.asyncDispose]()
  },
})
