import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeAtomically } from '../../src/catalog/atomic-write.ts';
import { filesUnder } from '../contract/dataset.ts';

describe('writeAtomically', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'atomic-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('writes to a dot-file beside the target first, which ends in .tmp', async () => {
    let seen = '';
    await writeAtomically(join(folder, 'a/b.json'), {}, async (file) => {
      seen = file;
      await writeFile(file, 'new');
    });
    expect(join(folder, 'a')).toBe(join(seen, '..'));
    expect(basename(seen)).toMatch(/^\.b\.json\..+\.tmp$/);
    expect(await filesUnder(folder)).toEqual(['a/b.json']);
  });

  it('a retry removes what a killed attempt left beside its target, and nothing of another target', async () => {
    for (const target of ['day.json', 'day.jsonl', `${'long-'.repeat(20)}a`, `${'long-'.repeat(20)}b`]) {
      // What a kill leaves: the temporary file, half full.
      await writeAtomically(join(folder, target), {}, async (file) => {
        await writeFile(join(folder, basename(file).replace(/\.tmp$/, '.left.tmp')), 'ha');
        await writeFile(file, 'whole');
      });
    }
    const left = () => filesUnder(folder).then((files) => files.filter((file) => file.endsWith('.left.tmp')).length);
    await writeAtomically(join(folder, 'day.json'), {}, (file) => writeFile(file, 'again'));
    expect(await left()).toBe(4);
    await writeAtomically(join(folder, 'day.json'), { isRetry: true }, (file) => writeFile(file, 'again'));
    expect(await left()).toBe(3);
    await writeAtomically(join(folder, `${'long-'.repeat(20)}a`), { isRetry: true }, (file) =>
      writeFile(file, 'again'),
    );
    expect(await left()).toBe(2);
    expect(await readFile(join(folder, 'day.json'), 'utf8')).toBe('again');
  });

  it('leaves the old content and no other file when writing fails, or the signal fires meanwhile', async () => {
    const target = join(folder, 'a');
    await writeFile(target, 'old');
    const half = async (file: string) => {
      await writeFile(file, 'ha');
      throw new Error('midway');
    };
    await expect(writeAtomically(target, {}, half)).rejects.toThrow('midway');
    const controller = new AbortController();
    const whole = async (file: string) => {
      await writeFile(file, 'whole');
      controller.abort(new Error('stop'));
    };
    await expect(writeAtomically(target, { signal: controller.signal }, whole)).rejects.toThrow('stop');
    expect(await readFile(target, 'utf8')).toBe('old');
    expect(await filesUnder(folder)).toEqual(['a']);
  });

  it('fails when nothing was written', async () => {
    await expect(writeAtomically(join(folder, 'a'), {}, async () => {})).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await filesUnder(folder)).toEqual([]);
  });

  it('does not replace a file that appears while an exclusive one is written', async () => {
    const target = join(folder, 'a');
    const placed = await writeAtomically(target, { exclusive: true }, async (file) => {
      await writeFile(file, 'mine');
      await writeFile(target, 'theirs');
    });
    expect(placed).toBe(false);
    expect(await readFile(target, 'utf8')).toBe('theirs');
    expect(await filesUnder(folder)).toEqual(['a']);
  });

  it('does not even write an exclusive file when there is one', async () => {
    await writeFile(join(folder, 'a'), 'theirs');
    const placed = await writeAtomically(join(folder, 'a'), { exclusive: true }, async () => {
      throw new Error('must not be called');
    });
    expect(placed).toBe(false);
  });

  it('has room for the longest name a file can have', async () => {
    const target = join(folder, 'ä'.repeat(120));
    await writeAtomically(target, {}, (file) => writeFile(file, 'new'));
    expect(await readFile(target, 'utf8')).toBe('new');
  });

  describe('in a folder that was there and has been removed', () => {
    const target = () => join(folder, 'days/a');
    const remove = () => rm(join(folder, 'days'), { recursive: true });
    const put = (content: string, how = {}) => writeAtomically(target(), how, (file) => writeFile(file, content));

    it('makes it again, for a retry too', async () => {
      for (const how of [{}, { isRetry: true }, { exclusive: true }]) {
        await put('old');
        await remove();
        await put('new', how);
        expect(await readFile(target(), 'utf8')).toBe('new');
        await remove();
      }
    });

    it('makes it again for a library that has its own words for that', async () => {
      await put('old');
      await remove();
      await writeAtomically(target(), {}, (file) =>
        writeFile(file, 'new').catch(() => {
          throw new Error('IO Error: cannot open file');
        }),
      );
      expect(await readFile(target(), 'utf8')).toBe('new');
    });

    it('does not write again what was written once already, or can be read once only', async () => {
      let calls = 0;
      const gone = async (file: string) => {
        calls++;
        await writeFile(file, 'new');
        await remove();
      };
      await put('old');
      await expect(writeAtomically(target(), {}, gone)).rejects.toMatchObject({ code: 'ENOENT' });
      await put('old');
      await remove();
      const failing = writeAtomically(target(), { isOnce: true }, (file) => writeFile(file, String(calls++)));
      await expect(failing).rejects.toMatchObject({ code: 'ENOENT' });
      expect(calls).toBe(2);
      await put('again');
    });

    it('calls a write that fails for a reason of its own once only', async () => {
      let calls = 0;
      const failing = writeAtomically(target(), {}, async () => {
        calls++;
        await readFile(join(folder, 'input that is not there'));
      });
      await expect(failing).rejects.toMatchObject({ code: 'ENOENT' });
      expect(calls).toBe(1);
    });
  });
});
