/** What nodes share that put a picture through a model of a person's choice. */
import { type InferProblem, inferProblem } from '../graph/document/problems.ts'
import type { AssetFacts, ModelFacts, PictureTask } from '../graph/node/facts.ts'
import { type AssetRef, isOffered } from '../graph/node/params.ts'

const unfit: Readonly<Record<PictureTask, { readonly fault: string; readonly hint: string }>> = {
  'super-resolution': { fault: 'does not enlarge pictures', hint: 'Choose a super-resolution model in the inspector.' },
  restoration: {
    fault: 'does not leave pictures at their size',
    hint: 'Choose a model that restores, or enlarge with SR Model.',
  },
}

/** The model that the param `model` of the node of this title names, or why there is none that can do its task. */
export function chosenModel(
  title: string,
  task: PictureTask,
  ref: AssetRef | null,
  facts: AssetFacts,
): { readonly model: ModelFacts } | InferProblem {
  if (!ref) {
    return inferProblem({
      code: 'missing-asset',
      param: 'model',
      message: `${title} has no model.`,
      hint: 'Choose a model in the inspector.',
    })
  }
  const model = facts.model?.(ref)
  if (!model) {
    return inferProblem({
      code: 'missing-asset',
      param: 'model',
      message: `The model “${ref.id}” of ${title} is not here, or not in the version that the graph names.`,
      hint: 'Choose another model in the inspector, or add its .onnx file.',
    })
  }
  if (isOffered(task, model)) return { model }
  const { fault, hint } = unfit[task]
  return inferProblem({
    code: 'unfit-model',
    param: 'model',
    message: `The model “${model.name}” of ${title} ${fault}.`,
    hint,
  })
}
