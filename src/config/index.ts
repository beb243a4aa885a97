export { describeEntry, type EntryDescription, parameterNames } from './describe.ts';
export { fillEntry, fillGlobals, fillParameters } from './fill.ts';
export { type FilledGroup, type GroupOptions, readGroup } from './group.ts';
export { type MergeStrategy, mergeValues } from './merge.ts';
export type { GroupName } from './node.ts';
export { type ConfigOptions, readConfig } from './read.ts';
export type { ConfigTemplate, FillOptions } from './template.ts';
