export * from 'kedro-temporal/workflows';
export * from './bare-workflows.ts';
export * from './sweep-workflows.ts';
