/** When a database is reached, by how many connections, what is left of them, and what is said when it cannot be. */
import { createServer, type Server, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { Dataset } from '../../src/catalog/index.ts';
import { hasNoPostgres, until, withPostgres } from './bench.ts';
import { PASSWORD } from './server.ts';

describe.skipIf(hasNoPostgres)('connections to PostgreSQL', () => {
  const bench = withPostgres();
  const at = (con: string): Dataset => bench.query('SELECT 1 AS a', undefined, { credentials: { con } });
  const url = (change: Partial<Record<'password' | 'port' | 'pathname' | 'username' | 'search', string>>) =>
    String(Object.assign(new URL(bench.server.url), change));

  it('are made when a dataset is first used, kept, named, and gone when the session closes', async () => {
    const dataset = bench.table(bench.newTable());
    const query = bench.query('SELECT application_name FROM pg_stat_activity WHERE pid = pg_backend_pid()');
    expect(await bench.connectionsSeen()).toEqual([]);
    await dataset.save([{ a: 1 }]);
    await dataset.load();
    expect(await query.load()).toEqual([{ application_name: 'kedro-temporal' }]);
    expect(await bench.connectionsSeen()).toMatchObject([{ state: 'idle' }]);
    await bench.connections.close();
    await until(async () => (await bench.connectionsSeen()).length === 0, 'the server sees no connection');
    await expect(dataset.load()).rejects.toMatchObject({ code: 'SESSION_CLOSED' });
  });

  it('stay below the size of the pool under 200 loads at once, and nobody gives up waiting', async () => {
    const credentials = { con: url({ search: '?connect_timeout=1' }), pool_size: 3, max_overflow: 1 };
    const most = { seen: 0 };
    const loads = Array.from({ length: 200 }, async () => {
      const sql = `SELECT count(*) AS n FROM pg_stat_activity, pg_sleep(0.03)
        WHERE backend_type = 'client backend' AND application_name <> 'tests'`;
      const [row] = (await bench.query(sql, undefined, { credentials }).load()) as { n: number }[];
      most.seen = Math.max(most.seen, row?.n ?? 0);
    });
    await Promise.all(loads);
    expect(most.seen).toBe(4);
  });

  it('end a statement on the server too when the run is cancelled, and the next one gets another', async () => {
    const abort = new AbortController();
    const sleeping = async () => (await bench.connectionsSeen()).filter(({ query }) => /pg_sleep/.test(query)).length;
    const load = bench.query('SELECT 1 AS a FROM pg_sleep(60)').load({ signal: abort.signal });
    const failing = expect(load).rejects.toThrow('stop');
    await until(async () => (await sleeping()) === 1, 'the statement runs');
    abort.abort(new Error('stop'));
    await failing;
    await until(async () => (await sleeping()) === 0, 'the statement has ended');
    expect(await at(bench.server.url).load()).toEqual([{ a: 1 }]);
  });

  it('are not waited for by a run that is cancelled, and the pool loses none', async () => {
    const credentials = { con: bench.server.url, pool_size: 1 };
    const query = (sql: string) => bench.query(sql, undefined, { credentials });
    const first = query('SELECT 1 AS a FROM pg_sleep(0.5)').load();
    const abort = new AbortController();
    const second = query('SELECT 2 AS a').load({ signal: abort.signal });
    const third = query('SELECT 3 AS a').load();
    abort.abort(new Error('stop'));
    await expect(second).rejects.toThrow('stop');
    expect(await Promise.all([first, third])).toEqual([[{ a: 1 }], [{ a: 3 }]]);
  });

  it('that the server ended while they were idle are not seen by the next run, nor end the process', async () => {
    const dataset = bench.table(bench.newTable());
    await Promise.all([dataset.save([{ a: 1 }]), dataset.save([{ a: 1 }]), dataset.save([{ a: 1 }])]);
    await bench.server.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'kedro-temporal'`,
    );
    expect(await dataset.load()).toEqual([{ a: 1 }]);
  });

  it.each(['reset', 'silent'] as const)(
    'that died unnoticed (%s) are found out by the first statement, which is said again on another',
    async (how) => {
      const proxy = await forgetful(bench.server.port);
      try {
        const through = at(url({ port: String(proxy.port), search: '?connect_timeout=1' }));
        expect(await through.load()).toEqual([{ a: 1 }]);
        proxy.forget(how);
        expect(await through.load()).toEqual([{ a: 1 }]);
        expect(proxy.count()).toBe(2);
      } finally {
        await proxy.close();
      }
    },
  );

  it('survive that the server is stopped and started between runs, and say so meanwhile', async () => {
    const dataset = bench.table(bench.newTable());
    await dataset.save([{ a: 1 }]);
    expect(await dataset.load()).toEqual([{ a: 1 }]);
    await bench.server.stop();
    for (const work of [() => dataset.load(), () => dataset.save([{ a: 2 }]), () => dataset.exists()]) {
      await expect(work()).rejects.toMatchObject({
        retryable: true,
        message: expect.stringMatching(/127\.0\.0\.1:\d+\/postgres.*ECONNREFUSED.*is PostgreSQL running\?/),
      });
    }
    await bench.server.start();
    expect(await dataset.load()).toEqual([{ a: 1 }]);
  });

  it('that are lost in the middle of a statement may be tried again', async () => {
    const load = bench.query('SELECT 1 FROM pg_sleep(60)').load();
    const failing = expect(load).rejects.toMatchObject({ code: 'DATASET_LOAD_FAILED', retryable: true });
    await until(async () => (await bench.connectionsSeen()).some(({ query }) => /pg_sleep/.test(query)), 'it runs');
    await bench.server.restart();
    await failing;
  });

  describe('that cannot be made', () => {
    const fails = async (con: string) => {
      const error = await at(con)
        .load()
        .catch((thrown: unknown) => thrown);
      const { code, retryable, message } = error as { code: string; retryable: boolean; message: string };
      const shown = `${message} ${JSON.stringify(error)} ${String((error as Error).cause)}`;
      for (const secret of [PASSWORD, encodeURIComponent(PASSWORD), 'wr0ng']) expect(shown).not.toContain(secret);
      expect(code).toBe('DATASET_LOAD_FAILED');
      return { retryable, message };
    };

    it.each([
      ['a wrong password', { password: 'wr0ng' }, false, /password authentication failed.*credentials/],
      ['no password', { password: '' }, false, /password/],
      ['an unknown user', { username: 'nobody' }, false, /nobody/],
      ['an unknown database', { pathname: '/nothing' }, false, /database "nothing" does not exist/],
      ['an unencrypted server', { search: '?sslmode=require' }, false, /does not support SSL/],
      ['a port where nothing listens', { port: '1' }, true, /127\.0\.0\.1:1\/postgres.*ECONNREFUSED/],
    ])('%s', async (_, change, retryable, words) => {
      const found = await fails(url(change));
      expect(found).toMatchObject({ retryable, message: expect.stringMatching(words) });
    });

    it('a name with several addresses where nothing listens', async () => {
      expect(await fails('postgresql://me:wr0ng@localhost:1/d')).toMatchObject({
        retryable: true,
        message: expect.stringContaining('ECONNREFUSED'),
      });
    });

    it('a server that never answers', async () => {
      const sockets: Socket[] = [];
      const silent = createServer((socket) => void sockets.push(socket));
      const port = await listen(silent);
      const found = await fails(`postgresql://me:wr0ng@127.0.0.1:${port}/d?connect_timeout=1`);
      expect(found).toMatchObject({ retryable: true, message: expect.stringContaining('timeout') });
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => silent.close(resolve));
    });

    it('a server that has no connection left', async () => {
      await bench.server.query(
        "ALTER ROLE tester CONNECTION LIMIT 0; CREATE ROLE guest LOGIN PASSWORD 'guest' CONNECTION LIMIT 0",
      );
      const found = await fails(url({ username: 'guest', password: 'guest' }));
      expect(found).toMatchObject({ retryable: true, message: expect.stringContaining('pool_size') });
    });
  });

  it('tell deadlocks and conflicts, which may pass, from constraints, which do not', async () => {
    const name = bench.newTable();
    await bench.server.query(`CREATE TABLE ${name} (id int PRIMARY KEY)`);
    await expect(bench.table(name, { if_exists: 'append' }).save([{ id: 1 }, { id: 1 }])).rejects.toMatchObject({
      code: 'DATASET_SAVE_FAILED',
      retryable: false,
      message: expect.stringMatching(/duplicate key.*\(id\)=\(1\)/),
    });
    const raised = (state: string) =>
      bench
        .query(`SELECT pg_temp_raise('${state}') AS a`)
        .load()
        .catch((error: { retryable: boolean }) => error.retryable);
    await bench.server.query(
      `CREATE FUNCTION pg_temp_raise(state text) RETURNS int LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION USING errcode = state; END $$`,
    );
    const states = ['40001', '40P01', '53200', '55P03', '57014', '58030', '42501', '23505', '22P02', '57P04'];
    expect(await Promise.all(states.map(raised))).toEqual([
      true,
      true,
      true,
      true,
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
  });
});

function listen(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
  });
}

/** A way to the server on which connections can be made to die without either end being told, until one speaks. */
async function forgetful(target: number) {
  const { connect } = await import('node:net');
  const pairs: Socket[][] = [];
  let count = 0;
  const server = createServer((near) => {
    count++;
    const far = connect(target, '127.0.0.1');
    near.pipe(far).pipe(near);
    for (const socket of [near, far]) socket.on('error', () => {});
    pairs.push([near, far]);
  });
  return {
    port: await listen(server),
    count: () => count,
    forget(how: 'reset' | 'silent') {
      for (const [near, far] of pairs) {
        near?.unpipe().on('data', () => how === 'reset' && near.destroy());
        far?.unpipe().destroy();
        near?.resume();
      }
    },
    close: () =>
      new Promise<void>((resolve) => {
        for (const socket of pairs.flat()) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
