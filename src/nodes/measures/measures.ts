/**
 * What the nodes that measure are made of. They reach it through `define.ts`, by names within kernels: what is taken out of it at the top
 * of a node file would all be in the bundle of the page.
 */

export { createMeasure } from './measure-runner.ts'
export { box, filter, gaussian, highest, type Size, type Step, slopeFunctions, tally } from './measure-steps.ts'
export {
  deviationSteps,
  fitSteps,
  madeUpSteps,
  maskLike,
  pairProblem,
  pairSteps,
  plainSteps,
  residualSteps,
  slopeSteps,
  steepSteps,
  textureSteps,
} from './pair.ts'
