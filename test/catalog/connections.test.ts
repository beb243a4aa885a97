import { describe, expect, it } from 'vitest';
import { Connections } from '../../src/catalog/index.ts';

/** Resolves when told to. */
function gate<T>() {
  let open: (value: T) => void = () => {};
  let fail: (error: Error) => void = () => {};
  const promise = new Promise<T>((resolve, reject) => {
    open = resolve;
    fail = reject;
  });
  return { promise, open, fail };
}

describe('Connections', () => {
  it('opens nothing before it is used, and once for all who use it', async () => {
    const connections = new Connections();
    let opened = 0;
    const use = () =>
      connections.use(
        'db',
        async () => ++opened,
        async () => {},
      );
    expect(await Promise.all([use(), use(), use()])).toEqual([1, 1, 1]);
    expect(await use()).toBe(1);
    await connections.close();
  });

  it('tries again after opening has failed, and tells all who were waiting', async () => {
    const connections = new Connections();
    let tries = 0;
    const use = () =>
      connections.use(
        'db',
        async () => {
          tries += 1;
          if (tries === 1) throw new Error('no route');
          return tries;
        },
        async () => {},
      );
    const results = await Promise.allSettled([use(), use()]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await use()).toBe(2);
  });

  it('tries again when opening throws at once', async () => {
    const connections = new Connections();
    const broken = () => {
      throw new Error('bad url');
    };
    await expect(connections.use('db', broken, async () => {})).rejects.toThrow('bad url');
    expect(
      await connections.use(
        'db',
        async () => 1,
        async () => {},
      ),
    ).toBe(1);
  });

  it('closes all, the last opened first, although one fails, and then throws the first error', async () => {
    const connections = new Connections();
    const closed: string[] = [];
    const add = (key: string, error?: string) =>
      connections.use(
        key,
        async () => key,
        async () => {
          closed.push(key);
          if (error !== undefined) throw new Error(error);
        },
      );
    await add('a');
    await add('b', 'b is stuck');
    await add('c', 'c is stuck');
    await expect(connections.close()).rejects.toThrow('c is stuck');
    expect(closed).toEqual(['c', 'b', 'a']);
  });

  it('closes the others when a close throws at once', async () => {
    const connections = new Connections();
    const closed: string[] = [];
    await connections.use(
      'a',
      async () => 1,
      async () => void closed.push('a'),
    );
    await connections.use(
      'b',
      async () => 1,
      () => {
        throw new Error('stuck');
      },
    );
    await expect(connections.close()).rejects.toThrow('stuck');
    expect(closed).toEqual(['a']);
  });

  it('closes once when it is told twice, and before anything was opened', async () => {
    const connections = new Connections();
    let closed = 0;
    await connections.use(
      'a',
      async () => 1,
      async () => {
        closed += 1;
      },
    );
    await Promise.all([connections.close(), connections.close()]);
    await connections.close();
    expect(closed).toBe(1);
    await new Connections().close();
  });

  it('closes what is still opening when it is told to close', async () => {
    const connections = new Connections();
    const door = gate<string>();
    const closed: string[] = [];
    const using = connections.use(
      'a',
      () => door.promise,
      async (thing) => void closed.push(thing),
    );
    const closing = connections.close();
    expect(closed).toEqual([]);
    door.open('thing');
    await closing;
    expect(await using).toBe('thing');
    expect(closed).toEqual(['thing']);
  });

  it('closes well when what is still opening fails', async () => {
    const connections = new Connections();
    const door = gate<string>();
    const using = connections.use(
      'a',
      () => door.promise,
      async () => {},
    );
    const closing = connections.close();
    door.fail(new Error('no route'));
    await expect(using).rejects.toThrow('no route');
    await closing;
  });

  it('opens nothing any more once it is closing', async () => {
    const connections = new Connections();
    await connections.close();
    await expect(
      connections.use(
        'a',
        async () => 1,
        async () => {},
      ),
    ).rejects.toMatchObject({ code: 'SESSION_CLOSED' });
  });

  it('works with await using', async () => {
    const closed: string[] = [];
    {
      await using connections = new Connections();
      await connections.use(
        'a',
        async () => 'a',
        async (thing) => void closed.push(thing),
      );
    }
    expect(closed).toEqual(['a']);
  });
});
