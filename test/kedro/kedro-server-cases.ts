/** Requests that are sent to `kedro server` and to ours. */

export interface Case {
  /** What it is about, for the table in docs/http.md. */
  about: string;
  method?: 'GET' | 'POST' | 'HEAD' | 'DELETE';
  url: string;
  body?: unknown;
  /** Sent as it is. */
  text?: string;
  /** `none`: sent without one. Default: JSON. */
  type?: string;
  /** What differs, and why; without it both must say the same. */
  differs?: string;
}

const run = (about: string, body: unknown, more: Partial<Case> = {}): Case => ({
  about,
  method: 'POST',
  url: '/run',
  body,
  ...more,
});
const raw = (about: string, text: string, more: Partial<Case> = {}): Case => ({
  about,
  method: 'POST',
  url: '/run',
  text,
  ...more,
});
const get = (about: string, url: string, more: Partial<Case> = {}): Case => ({ about, url, ...more });

const parts = (more: object) => ({ pipeline_names: ['parts'], ...more });

export const CASES: readonly Case[] = [
  get('health', '/health'),
  get('health, by HEAD', '/health', { method: 'HEAD' }),
  get('health, by POST', '/health', { method: 'POST' }),
  get('an unknown path', '/nope'),
  get('run, by GET', '/run'),
  get('run, by DELETE', '/run', { method: 'DELETE' }),
  run('a slash at the end', parts({}), { url: '/run/', differs: 'answered at once, not by way of a redirect' }),

  run('a pipeline', parts({})),
  run('two pipelines', { pipeline_names: ['parts', 'shop'] }),
  run('params', { pipeline_names: ['shop'], params: { rounding: 1, greeting: 'hi', new: [1, null] } }),
  run('every filter', parts({ tags: ['up'], from_nodes: ['top'], to_nodes: ['sides.west.west'] })),
  run('nodes by name', parts({ node_names: ['top'] })),
  run('from and to datasets', { pipeline_names: ['shop'], from_inputs: ['orders'], to_outputs: ['total'] }),
  run('only missing outputs', { pipeline_names: ['shop'], only_missing_outputs: true }),
  run('nulls', parts({ tags: null, params: null, load_versions: null, runner: null, from_nodes: null })),
  run('empty lists', parts({ tags: [], node_names: [], params: {}, load_versions: {} })),
  run('the runner that there is', parts({ runner: 'SequentialRunner', is_async: false })),
  run('the same, with its module', parts({ runner: 'kedro.runner.SequentialRunner' })),
  run('flags as texts', parts({ only_missing_outputs: 'no', is_async: 'off' })),
  run('data by its content type, with a charset', parts({}), { type: 'application/json; charset=utf-8' }),
  run('data of another JSON type', parts({}), { type: 'application/vnd.own+json' }),

  run('an unknown pipeline', { pipeline_names: ['nosuch'] }),
  run('a node that raises', { pipeline_names: ['chain'], params: { control: { failAt: 'second' } } }),
  run('a node that returns the wrong shape', { pipeline_names: ['wrong_shape'] }),
  run('a file that is not there', { pipeline_names: ['needs_missing'] }),
  run('a value that cannot be saved', { pipeline_names: ['halves'] }),
  run('a parameter that is not there', { pipeline_names: ['absent'] }),
  run('a namespace whose inputs nobody makes', parts({ namespaces: ['sides'] })),
  run('a node that returns None', { pipeline_names: ['echo'] }, { differs: 'None is a value, as null is in JSON' }),
  run('an unknown tag', parts({ tags: ['nosuch'] })),
  run('an unknown node', parts({ node_names: ['nosuch'] })),
  run('an unknown first node', parts({ from_nodes: ['nosuch'] })),
  run('an unknown first dataset', parts({ from_inputs: ['nosuch'] })),
  run('an unknown last dataset', parts({ to_outputs: ['nosuch'] })),
  run('an unknown namespace', parts({ namespaces: ['nosuch'] })),
  run('a version of an unknown dataset', parts({ load_versions: { nosuch: '1' } }), {
    differs: 'found before the catalog is made, as the other unknown names',
  }),
  run('a runner that there is not', parts({ runner: 'Nope' }), { differs: 'refused as any other runner' }),
  run('a runner of another module', parts({ runner: 'os.path' })),
  run('another runner', parts({ runner: 'ThreadRunner' }), {
    differs: 'refused: a warm session has one runner, chosen when it is opened',
  }),
  run('loading by threads', parts({ is_async: true }), {
    differs: 'refused: a warm session has one runner, chosen when it is opened',
  }),

  raw('no body', ''),
  raw('half a document', '{'),
  raw('no value', '{"a":}'),
  raw('two documents', '{} {}'),
  raw('words', 'hello'),
  raw('a list', '[1]'),
  raw('a number', '5'),
  raw('null', 'null'),
  raw('a text', '"x"'),
  raw('a wrong content type', '{"pipeline_names":["parts"]}', { type: 'text/plain' }),
  raw('no content type', '{"pipeline_names":["parts"]}', { type: 'none' }),
  run('a text for a list', { pipeline_names: 'parts' }),
  run('other things in a list', { pipeline_names: [1, null, 'parts'] }),
  run('an object for a list, and unknown fields', { conf_source: 'y', tags: { a: 1 }, env: 'x' }),
  run('an unknown field', parts({ pipline: 'x' })),
  run('a list for an object', { params: [], load_versions: { a: 1 } }),
  run('no flags', { is_async: null, only_missing_outputs: 'maybe', runner: 5 }),
  run('a number for a flag', { is_async: 2 }),
  run('a fraction for a flag', { is_async: 1.5 }),
  run('a list for a flag', { is_async: [] }),
  run('no name of a runner', { runner: 'a b' }),

  get('snapshot', '/snapshot'),
  get('snapshot with params', '/snapshot?params=day=5,slot=a'),
  get('snapshot with empty params', '/snapshot?params='),
  get('snapshot with params that are none', '/snapshot?params=day'),
  get('snapshot, by POST', '/snapshot', { method: 'POST' }),

  run('an id of the caller’s', parts({ run_id: 'mine' }), { differs: 'ours goes on here' }),
  run(
    'data for this run',
    { pipeline_names: ['shop'], runtime_data: { orders: [] } },
    { differs: 'ours goes on here' },
  ),
  run('outputs in the answer', parts({ outputs: ['tail'] }), { differs: 'ours goes on here' }),
  run('where to run', parts({ mode: 'direct' }), { differs: 'ours goes on here' }),
  get('a run by its id', '/runs/mine', { differs: 'ours goes on here' }),
  run('a pipeline by its path', {}, { url: '/pipelines/parts/run', differs: 'ours goes on here' }),
];
