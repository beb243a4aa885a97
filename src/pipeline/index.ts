export { isNode, isParameter, type Node, type NodeFunction, type NodeOptions, node } from './node.ts';
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
