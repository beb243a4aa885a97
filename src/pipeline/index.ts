export { makersOf, parentsOf } from './graph.ts';
export type { NameMapping, ReuseOptions } from './mapping.ts';
export {
  isNode,
  isParameter,
  type Node,
  type NodeFunction,
  type NodeInputs,
  type NodeOptions,
  type NodeOutputs,
  node,
} from './node.ts';
export type { InputsAsked, InputsFor, OutputsFor } from './node-types.ts';
export {
  datasetsOf,
  describePipeline,
  isPipeline,
  type Pipeline,
  type PipelineOptions,
  pipeline,
  pipelineOf,
} from './pipeline.ts';
export { type DoneQuestion, nodesToRun, withoutInjected } from './prune.ts';
export { type SliceFilters, slice } from './slice.ts';
export { datasetOf } from './transcoding.ts';
