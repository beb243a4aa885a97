/** A project as kedro-viz shows it. */
export type { VizFacts } from './details.ts';
export { type VizFiles, vizFiles } from './files.ts';
export { writeViz } from './writer.ts';
