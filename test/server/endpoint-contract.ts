/** What the endpoint does for runs in its process, whichever engine makes them. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { type Copy, inCopyOf, type SessionSubject } from '../contract/session/subject.ts';
import { type Asking, allOf, eventsOf, withEndpoint } from './asking.ts';

type Options = Parameters<typeof withEndpoint>[1];

export function endpointContract(subject: SessionSubject): void {
  const inCopy = inCopyOf(subject);
  const served = (options: Options, work: (asking: Asking, copy: Copy) => Promise<void>) =>
    inCopy((copy) => withEndpoint(copy.session, options, (asking) => work(asking, copy)));

  describe(`endpoint on the ${subject.name}`, () => {
    describe('what it answers', () => {
      it(
        'says in Kedro’s words what is asked in them',
        served({}, async ({ post }) => {
          const { status, body } = await post('/run', { pipeline_names: ['parts'] });
          expect(status).toBe(200);
          expect(Object.keys(body)).toEqual(['status', 'run_id', 'duration_ms']);
        }),
      );

      it(
        'returns values as soon as one field is ours',
        served({}, async ({ post }) => {
          const { body } = await post('/run', {
            pipelines: ['shop'],
            params: { rounding: 0 },
            outputs: ['total', 'receipt'],
          });
          expect(body).toMatchObject({ status: 'success', mode: 'direct', outputs: { receipt: expect.any(String) } });
          expect(Number.isInteger(body.outputs.total)).toBe(true);
          expect(body.saved.map(({ dataset }: { dataset: string }) => dataset)).toEqual(['receipt', 'receipt_note']);
        }),
      );

      it(
        'takes data for a run by the pipeline’s own path',
        served({}, async ({ post }) => {
          const { body } = await post('/pipelines/injected/run', { runtime_data: { left: 1, right: 2 } });
          expect(body).toMatchObject({ status: 'success', outputs: { both: [1, 2] } });
        }),
      );

      it(
        'answers a run that fails with 200, its code, and whether to try again',
        served({}, async ({ post }) => {
          const request = { pipelines: ['chain'], runtime_params: { control: { failAt: 'second' } } };
          const { status, body } = await post('/run', request);
          expect(status).toBe(200);
          expect(body).toMatchObject({ status: 'failure', error: { code: 'NODE_FAILED', retryable: true } });
          expect(body.error.message).toContain('second was told to fail');
        }),
      );

      it(
        'refuses data that a pipeline’s own path does not take',
        served({}, async ({ post }) => {
          const { status, body } = await post('/pipelines/parts/run', { tags: ['up'], pipelines: ['echo'] });
          expect(status).toBe(422);
          expect(body.detail.map(({ loc }: { loc: string[] }) => loc[1])).toEqual(['tags', 'pipelines']);
        }),
      );

      it(
        'says which pipeline there is not',
        served({}, async ({ post }) => {
          const { body } = await post('/pipelines/part/run', {});
          expect(body).toMatchObject({ status: 'failure', error: { code: 'PIPELINE_NOT_FOUND' } });
          expect(body.error.message).toContain('parts');
        }),
      );
    });

    describe('runs that have a name', () => {
      it(
        'are a topic of the stream that the page follows, with the link to their logs',
        served({ logsUrl: 'https://logs.test/?run={run_id}' }, async ({ post, url }) => {
          await post('/run', { pipelines: ['parts'], run_id: 'on/a page' });
          const events = eventsOf(`${url}/events?topics=${encodeURIComponent('run:on/a page')}`);
          const { value } = await events.next();
          await events.return(undefined);
          expect(value?.data).toMatchObject({
            run_id: 'on/a page',
            mode: 'direct',
            state: 'succeeded',
            links: { logs: 'https://logs.test/?run=on%2Fa%20page' },
          });
        }),
      );

      it(
        'are looked at later',
        served({}, async ({ get, post }) => {
          await post('/run', { pipelines: ['parts'], run_id: 'a/b c' });
          const { status, body } = await get(`/runs/${encodeURIComponent('a/b c')}`);
          expect(status).toBe(200);
          expect(body).toMatchObject({ run_id: 'a/b c', mode: 'direct', state: 'succeeded', outputs: { tail: 15 } });
          expect(body.nodes.map(({ state }: { state: string }) => state)).toEqual(Array(5).fill('done'));
        }),
      );

      it(
        'are unknown until they are asked for',
        served({}, async ({ get }) => {
          expect(await get('/runs/nobody')).toMatchObject({ status: 404, body: { error: { code: 'RUN_NOT_FOUND' } } });
        }),
      );

      it(
        'are made once, for all who ask while they run and after',
        served({}, async ({ post }, copy) => {
          const request = waiting(copy, { run_id: 'once' });
          const [one, two] = [post('/run', request), post('/run', request)];
          await reached(copy, 'second');
          await copy.write('gate', '');
          const answers = [await one, await two, await post('/run', request)];
          for (const { body } of answers) expect(body).toEqual(answers[0]?.body);
          expect((await copy.read('calls')).split('\n').filter((line) => line === 'first')).toHaveLength(1);
        }),
      );

      it(
        'are not mixed up with another request of that name',
        served({}, async ({ post }) => {
          await post('/run', { pipelines: ['parts'], run_id: 'taken' });
          const other = await post('/run', { pipelines: ['parts'], run_id: 'taken', runtime_params: { start: 1 } });
          expect(other).toMatchObject({ status: 409, body: { error: { code: 'RUN_ID_TAKEN' } } });
          const same = await post('/run', { run_id: 'taken', pipeline_names: ['parts'] });
          expect(same.body).toMatchObject({ status: 'success' });
        }),
      );

      it(
        'are made again after a failure',
        served({}, async ({ post }, copy) => {
          const request = { pipelines: ['needs_missing'], run_id: 'again' };
          expect((await post('/run', request)).body.status).toBe('failure');
          await copy.writeJson('data/raw/missing.json', 7);
          expect((await post('/run', request)).body).toMatchObject({ status: 'success', outputs: { seen_missing: 7 } });
        }),
      );

      it(
        'end by DELETE, which comes too late for one that has ended',
        served({}, async (asking, copy) => {
          const answer = asking.post('/run', waiting(copy, { run_id: 'long' }));
          await reached(copy, 'second');
          expect((await asking.delete('/runs/long')).status).toBe(202);
          expect((await answer).body).toMatchObject({ status: 'failure', error: { code: 'RUN_CANCELLED' } });
          expect((await asking.get('/runs/long')).body.state).toBe('cancelled');
          expect(await asking.delete('/runs/long')).toMatchObject({
            status: 409,
            body: { error: { code: 'RUN_ENDED' } },
          });
          expect((await asking.delete('/runs/nobody')).status).toBe(404);
        }),
      );

      it(
        'tell what happens, from the start and to the end',
        served({}, async ({ post, url }, copy) => {
          const answer = post('/run', waiting(copy, { run_id: 'told' }));
          await reached(copy, 'second');
          const heard: string[] = [];
          for await (const { event, data } of eventsOf(`${url}/runs/told/events`)) {
            heard.push(data.node === undefined ? event : `${event} ${data.node}`);
            if (event === 'run-started') expect(data).toMatchObject({ run_id: 'told', nodes: expect.any(Array) });
            if (event === 'node-started' && data.node === 'second') await copy.write('gate', '');
          }
          expect((await answer).body.status).toBe('success');
          expect(heard[0]).toBe('run-started');
          expect(heard).toContain('node-finished first');
          expect(heard).toContain('node-finished fourth');
          expect(heard.at(-1)).toBe('run-ended');
        }),
      );

      it(
        'tell it again to who comes late, or after a break',
        served({}, async ({ post, url }) => {
          await post('/run', { pipelines: ['parts'], run_id: 'over' });
          const all = await allOf(eventsOf(`${url}/runs/over/events`));
          const rest = await allOf(eventsOf(`${url}/runs/over/events`, { 'last-event-id': '3' }));
          expect(all.at(-1)).toMatchObject({ event: 'run-ended', data: { state: 'succeeded' } });
          expect(rest).toEqual(all.slice(3));
        }),
      );
    });

    describe('many at once', () => {
      it(
        '32 clients, each with its params and data: none mixed, none lost',
        served({}, async ({ post }) => {
          const clients = Array.from({ length: 32 }, async (_, client) => {
            for (let turn = 0; turn < 4; turn++) {
              const mine = client * 100 + turn;
              const { status, body } = await post('/pipelines/parts/run', { runtime_params: { start: mine } });
              expect(status).toBe(200);
              expect(body.outputs).toEqual({ tail: 2 * (mine + 2) + 1 });
            }
          });
          await Promise.all(clients);
        }),
      );

      it(
        'are refused when the queue is full, and taken when it is not',
        served({ limits: { concurrency: 1, queue: 1 } }, async ({ post }, copy) => {
          const running = post('/run', waiting(copy, {}));
          await reached(copy, 'second');
          const queued = post('/pipelines/parts/run', {});
          // What is sent after it is not read before it.
          await sleep(50);
          const refused = await post('/pipelines/parts/run', {});
          expect(refused).toMatchObject({ status: 503, body: { error: { code: 'OVERLOADED', retryable: true } } });
          expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
          await copy.write('gate', '');
          expect((await running).body.status).toBe('success');
          expect((await queued).body.status).toBe('success');
          expect((await post('/pipelines/parts/run', {})).body.status).toBe('success');
        }),
      );

      it(
        'are cancelled when they take too long, and make room for the next',
        served({ limits: { concurrency: 1, timeoutMs: 1_500 } }, async ({ get, post }, copy) => {
          const slow = post('/run', waiting(copy, { run_id: 'slow' }));
          await reached(copy, 'second');
          const next = post('/pipelines/parts/run', {});
          expect(await slow).toMatchObject({
            status: 504,
            body: { error: { code: 'RUN_TIMED_OUT', retryable: true } },
          });
          expect((await get('/runs/slow')).body.state).toBe('timed-out');
          expect((await next).body.status).toBe('success');
          expect(await copy.read('calls')).not.toContain('third');
        }),
      );

      it(
        'end when their client has gone, unless they have a name',
        served({ limits: { concurrency: 2 } }, async ({ get, post, url }, copy) => {
          const leave = new AbortController();
          const send = (body: object) =>
            fetch(`${url}/run`, {
              method: 'POST',
              headers: { 'content-type': 'application/json' },
              body: JSON.stringify(body),
              signal: leave.signal,
            }).catch(() => 'gone');
          const gone = [send(waiting(copy, { run_id: 'kept' })), send(waiting(copy, {}, 'other'))];
          await reached(copy, 'second');
          await reached(copy, 'second', 'other');
          leave.abort();
          expect(await Promise.all(gone)).toEqual(['gone', 'gone']);
          // There is room for another as soon as one of the two has ended.
          expect((await post('/pipelines/parts/run', {})).body.status).toBe('success');
          expect((await get('/runs/kept')).body.state).toBe('running');
          await copy.write('gate', '');
          await until(async () => (await get('/runs/kept')).body.state === 'succeeded');
          expect(await copy.read('other')).not.toContain('third');
        }),
      );
    });

    describe('closing', () => {
      it(
        'lets what runs end, and takes nothing new',
        served({}, async ({ post, server, url }, copy) => {
          const running = post('/run', waiting(copy, {}));
          await reached(copy, 'second');
          const closed = server.close();
          await expect(fetch(`${url}/health`)).rejects.toThrow();
          await copy.write('gate', '');
          expect((await running).body.status).toBe('success');
          await closed;
          await server.close();
        }),
      );

      it(
        'cancels what lasts, and says that another may take it',
        served({ limits: { drainMs: 200 } }, async ({ post, server }, copy) => {
          const running = post('/run', waiting(copy, {}));
          await reached(copy, 'second');
          const closed = server.close();
          expect(await running).toMatchObject({
            status: 503,
            body: { error: { code: 'SESSION_CLOSED', retryable: true } },
          });
          await closed;
        }),
      );

      it(
        'ends the events that somebody follows',
        served({ limits: { drainMs: 200 } }, async ({ post, server, url }, copy) => {
          const running = post('/run', waiting(copy, { run_id: 'followed' }));
          await reached(copy, 'second');
          const events = eventsOf(`${url}/runs/followed/events`);
          await events.next();
          await Promise.all([server.close(), running]);
          for await (const _ of events);
        }),
      );
    });
  });
}

/** A request for a run that waits in its second node until there is a file `gate`. */
function waiting(copy: Copy, more: object, calls = 'calls') {
  const control = { calls: copy.absolute(calls), waitAt: 'second', gate: copy.absolute('gate') };
  return { pipelines: ['chain'], runtime_params: { control }, ...more };
}

async function reached(copy: Copy, node: string, calls = 'calls'): Promise<void> {
  await until(async () => copy.has(calls) && (await copy.read(calls)).includes(node));
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await sleep(10);
}
