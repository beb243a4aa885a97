/** Single runs, sweeps, pipelines and workers for a made world. */
import type {
  About,
  AttemptView,
  PipelineList,
  RunNodeView,
  RunState,
  RunView,
  SweepPoint,
  SweepView,
  WorkerList,
} from '../../src/server/index.ts';

const MINUTE = 60_000;

export const ABOUT: About = {
  project: 'weather',
  version: '0.1.0',
  task_queue: 'kedro',
  namespace: 'default',
  temporal_ui: 'http://localhost:8233/',
  durable: true,
  direct: true,
};

const FAILURE = { code: 'NODE_FAILED', message: 'Node clean: no reading between 06:00 and 18:00.' };

/** A run of three parts, in a state. */
export function runOf(id: string, state: RunState): RunView {
  const started = Date.now() - 10 * MINUTE;
  const at = (ms: number) => new Date(started + ms).toISOString();
  const key = id.split('/')[1] ?? id;
  const isRunning = state === 'running';
  return {
    run_id: id,
    job: 'weather',
    interval: { key, start: `${key}T08:00:00Z`, end: `${key}T08:00:00Z` },
    mode: 'durable',
    state,
    save_version: '2026-11-28T10.03.21.000Z',
    started_at: at(0),
    ...(isRunning ? {} : { ended_at: at(8400) }),
    pipelines: ['clean', 'features', 'digest'],
    runtime_params: { day: key, model: { rate: 0.1, depth: 4 } },
    attempts: attemptsOf(state, at),
    nodes: nodesOf(state, at),
    outputs:
      state === 'succeeded'
        ? {
            sentence: 'A dry day, 3.1 °C warmer than the week before.',
            rows: Array.from({ length: 40 }, (_, hour) => ({ hour, celsius: 4 + hour / 10 })),
          }
        : {},
    references:
      state === 'succeeded'
        ? { table: { dataset: 'features', type: 'parquet', filepath: `data/04_features/${key}.parquet` } }
        : {},
    saved: [
      {
        dataset: 'clean_readings',
        type: 'json.JSONDataset',
        filepath: `data/02_clean/${key}.json`,
        version: '2026-11-28T10.03.21.000Z',
      },
    ],
    ...(state === 'failed' ? { error: { ...FAILURE, retryable: true } } : {}),
    links: { temporal: 'http://localhost:8233/run', logs: `http://localhost:3000/logs?run=${key}` },
  };
}

function attemptsOf(state: RunState, at: (ms: number) => string): AttemptView[] {
  const worker = 'worker-1@host';
  const failed: AttemptView = {
    part: 'clean',
    attempt: 1,
    state: 'failed',
    started_at: at(20),
    ended_at: at(1200),
    worker,
    error: FAILURE,
  };
  if (state === 'failed') return [failed, { ...failed, attempt: 2, started_at: at(2200), ended_at: at(3300) }];
  const clean: AttemptView = {
    part: 'clean',
    attempt: 1,
    state: 'succeeded',
    started_at: at(20),
    ended_at: at(2400),
    worker,
  };
  if (state === 'running')
    return [
      clean,
      { part: 'features', attempt: 1, state: 'running', started_at: at(2500), worker },
      { part: 'digest', attempt: 1, state: 'waiting' },
    ];
  return [
    clean,
    { ...clean, part: 'features', started_at: at(2500), ended_at: at(6100) },
    { ...clean, part: 'digest', started_at: at(6200), ended_at: at(8300) },
  ];
}

function nodesOf(state: RunState, at: (ms: number) => string): RunNodeView[] {
  const load: RunNodeView = {
    name: 'parse_readings',
    part: 'clean',
    state: 'done',
    started_at: at(60),
    duration_ms: 640,
  };
  if (state === 'failed')
    return [
      load,
      { name: 'drop_outliers', part: 'clean', state: 'failed', started_at: at(720), duration_ms: 470 },
      { name: 'save_day', part: 'clean', state: 'waiting' },
    ];
  const clean: RunNodeView[] = [
    load,
    { name: 'drop_outliers', part: 'clean', state: 'done', started_at: at(720), duration_ms: 1600 },
    { name: 'neighbours', part: 'features', state: 'done', started_at: at(2560), duration_ms: 900 },
  ];
  if (state === 'running')
    return [
      ...clean,
      { name: 'rolling_means', part: 'features', state: 'running', started_at: at(3500) },
      { name: 'tell', part: 'digest', state: 'waiting' },
    ];
  return [
    ...clean,
    { name: 'rolling_means', part: 'features', state: 'done', started_at: at(3500), duration_ms: 2500 },
    { name: 'tell', part: 'digest', state: 'done', started_at: at(6250), duration_ms: 2000 },
  ];
}

/** A sweep over a learning rate, a depth and a kind, of which the best is the highest r2. */
export function sweepOf(id: string, size: number): SweepView {
  const kinds = ['forest', 'boosted', 'linear'];
  const points: SweepPoint[] = Array.from({ length: size }, (_, index) => {
    const rate = 10 ** (-4 + (3 * ((index * 37) % 101)) / 100);
    const depth = 2 + ((index * 7) % 9);
    const r2 = 0.9 - 0.12 * (Math.log10(rate) + 2.2) ** 2 - 0.006 * (depth - 6) ** 2 + 0.02 * Math.sin(index * 12.9);
    return {
      index,
      params: { model: { rate, depth }, kind: kinds[index % 3] ?? 'linear' },
      metrics: { r2, seconds: 1 + depth * 0.7 + Math.abs(Math.sin(index)) },
    };
  });
  const [best] = [...points].sort((a, b) => (b.metrics.r2 ?? 0) - (a.metrics.r2 ?? 0));
  return {
    id,
    phase: 'running',
    started_at: new Date(Date.now() - 4 * MINUTE).toISOString(),
    pipelines: ['score'],
    total: 800,
    succeeded: size,
    failed: 4,
    running: 24,
    rate: 2.1,
    ...(best === undefined ? {} : { best }),
    goal: { metric: 'r2', order: 'max' },
    params: ['model.rate', 'model.depth', 'kind'],
    metrics: ['r2', 'seconds'],
    points,
    points_from: 'rows',
    reduced: { mean_r2: { mean: 0.71, deviation: 0.11, count: size } },
    failures: [{ index: 17, code: 'NODE_FAILED', message: 'Node fit: the matrix is singular.' }],
    links: { temporal: 'http://localhost:8233/sweep' },
  };
}

export const WORKERS: WorkerList = {
  task_queue: 'kedro',
  workers: [
    {
      worker: 'worker-1@host',
      state: 'done',
      engine: 'kedro',
      warm: [
        {
          dataset: 'model',
          type: 'pickle.PickleDataset',
          hits: 18_402,
          refresh: 'when-changed',
          shared: 'as is',
          bytes: 184_000_000,
          loaded_at: new Date(Date.now() - 7_200_000).toISOString(),
          last_used_at: new Date(Date.now() - 2000).toISOString(),
        },
        {
          dataset: 'stations',
          type: 'pandas.CSVDataset',
          hits: 0,
          refresh: 'never',
          shared: 'copied',
          loaded_at: new Date(Date.now() - 7_200_000).toISOString(),
        },
      ],
    },
    {
      worker: 'worker-2@host',
      state: 'unreachable',
      error: { code: 'RUN_TIMED_OUT', message: 'The worker did not answer within 5 seconds.' },
    },
  ],
};

export const PIPELINES: PipelineList = {
  project: 'weather',
  engine: 'native',
  env: 'local',
  pipelines: {
    clean: {
      nodes: [
        {
          name: 'parse_readings',
          function: 'parseReadings',
          inputs: ['raw_readings', 'params:station'],
          outputs: ['readings'],
          tags: ['io'],
        },
        {
          name: 'drop_outliers',
          function: 'dropOutliers',
          inputs: ['readings', 'params:limits.celsius'],
          outputs: ['clean_readings'],
          tags: [],
        },
      ],
      inputs: ['raw_readings'],
      outputs: ['clean_readings'],
      parameters: ['params:station', 'params:limits.celsius'],
    },
    features: {
      nodes: [
        {
          name: 'neighbours',
          function: 'neighbours',
          inputs: ['clean_readings', 'days_before'],
          outputs: ['windows'],
          tags: [],
        },
        {
          name: 'rolling_means',
          function: 'rollingMeans',
          inputs: ['windows', 'params:days'],
          outputs: ['features'],
          tags: [],
        },
        { name: 'extremes', function: 'extremes', inputs: ['windows'], outputs: ['records'], tags: [] },
        {
          name: 'tell',
          function: 'tell',
          inputs: ['features', 'records'],
          outputs: ['sentence'],
          tags: ['report'],
          namespace: 'digest',
        },
      ],
      inputs: ['clean_readings', 'days_before'],
      outputs: ['sentence'],
      parameters: ['params:days'],
    },
    broken: {
      error: {
        code: 'PIPELINE_BROKEN',
        message: 'pipelines/broken.ts does not import: Cannot find module "left-pad".',
      },
    },
  },
  datasets: {
    raw_readings: { type: 'pandas.CSVDataset', filepath: 'data/01_raw/${runtime_params:day}.csv' },
    clean_readings: { type: 'json.JSONDataset', filepath: 'data/02_clean/${runtime_params:day}.json', versioned: true },
    features: { error: { code: 'DATASET_TYPE_UNKNOWN', message: 'No dataset type "parkett" is registered.' } },
  },
  warm: [
    {
      dataset: 'stations',
      type: 'pandas.CSVDataset',
      hits: 12,
      refresh: 'never',
      shared: 'frozen',
      bytes: 48_000,
      loaded_at: new Date(Date.now() - 60_000).toISOString(),
    },
  ],
};
