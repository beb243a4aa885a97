/**
 * For those who write dataset types of their own: the contract that every built-in type keeps, as tests for any test runner.
 *
 * @module kedro-temporal/testing
 */
export { datasetContract, type TestFunction } from './dataset-contract.ts';
export { type FileSpace, filesUnder, inProject, type SpaceOf } from './space.ts';
export type { DatasetSubject } from './subject.ts';
