export * from 'kedro-temporal/workflows';
export * from './bare-workflows.ts';
