/**
 * What every dataset type must do, whatever it stores and where. Each built-in type runs through it; so should a type of
 * your own: `datasetContract({ name, definition, file, values, refused })`.
 */
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  Connections,
  createRegistry,
  type Dataset,
  type DatasetDefinition,
  type DatasetType,
  openDataset,
} from '../../src/catalog/index.ts';

export interface DatasetSubject {
  name: string;
  /** The entry without its filepath. */
  definition: DatasetDefinition;
  /** Where the dataset keeps its value, relative to the project; leave it out when that is no single file. */
  file?: string;
  /** Two different values that come back as they are. */
  values: readonly [unknown, unknown];
  /** A value that cannot be stored, and the place inside it that the error names. */
  refused?: { value: unknown; path: string };
  /** Types of the project's own that the entry uses. */
  own?: readonly DatasetType[];
  /** A dataset that can only be read: puts the content of `values[which]` in place. */
  put?: (project: string, which: 0 | 1) => Promise<void>;
}

/** A project folder that is gone after the test. */
export interface Bench {
  project: string;
  connections: Connections;
  open(definition: DatasetDefinition, name?: string): Dataset;
}

/** Gives each test of the current `describe` a project folder of its own. */
export function withProject(own: readonly DatasetType[] = []): Bench {
  const bench = { project: '', connections: new Connections() } as Bench;
  const registry = createRegistry(own);
  bench.open = (definition, name = 'subject') =>
    openDataset(name, definition, { project: bench.project, connections: bench.connections }, registry);
  beforeEach(async () => {
    bench.project = await mkdtemp(join(tmpdir(), 'catalog-'));
    bench.connections = new Connections();
  });
  afterEach(async () => {
    await bench.connections.close();
    await rm(bench.project, { recursive: true, force: true });
  });
  return bench;
}

/** Every file under `folder`, relative, sorted. */
export async function filesUnder(folder: string): Promise<string[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  return found
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

const V1 = '2026-01-01T00.00.00.000Z';
const V2 = '2026-01-02T00.00.00.000Z';

export function datasetContract(subject: DatasetSubject): void {
  describe(`${subject.name} keeps the dataset contract`, () => {
    const bench = withProject(subject.own);
    const open = (more: Partial<DatasetDefinition> = {}): Dataset =>
      bench.open({
        ...subject.definition,
        ...(subject.file === undefined ? {} : { filepath: subject.file }),
        ...more,
      } as DatasetDefinition);
    const put = async (dataset: Dataset, which: 0 | 1) =>
      subject.put === undefined ? dataset.save(subject.values[which]) : subject.put(bench.project, which);

    everyDataset(subject, open, put);
    if (subject.put === undefined) writableDataset(subject, bench, open);
    else readOnlyDataset(open);
    if (subject.file !== undefined) fileDataset(subject, subject.file, bench, open);
    if (subject.file !== undefined) versionedDataset(subject, subject.file, bench, open);
  });
}

type Open = (more?: Partial<DatasetDefinition>) => Dataset;
type Put = (dataset: Dataset, which: 0 | 1) => Promise<void>;

function everyDataset(subject: DatasetSubject, open: Open, put: Put): void {
  it('loads what is there, as often as asked', async () => {
    const dataset = open();
    await put(dataset, 0);
    expect(await dataset.load()).toEqual(subject.values[0]);
    expect(await dataset.load()).toEqual(subject.values[0]);
    await put(dataset, 1);
    expect(await dataset.load()).toEqual(subject.values[1]);
  });

  it('says DATASET_NOT_SAVED_YET, with its name, when nothing is there', async () => {
    await expect(open().load()).rejects.toMatchObject({
      code: 'DATASET_NOT_SAVED_YET',
      retryable: false,
      message: expect.stringContaining('"subject"'),
    });
    await expect(open().fingerprint()).rejects.toMatchObject({ code: 'DATASET_NOT_SAVED_YET' });
  });

  it('exists when there is something to load', async () => {
    const dataset = open();
    expect(await dataset.exists()).toBe(false);
    await put(dataset, 0);
    expect(await dataset.exists()).toBe(true);
  });

  it('has a fingerprint that stays while the content does, and changes with it', async () => {
    const dataset = open();
    await put(dataset, 0);
    const first = await dataset.fingerprint();
    expect(await dataset.fingerprint()).toBe(first);
    await put(dataset, 1);
    expect(await dataset.fingerprint()).not.toBe(first);
  });

  it('refuses an option it does not know, and says what was meant', () => {
    expect(() => open({ metdata: {} })).toThrow(
      expect.objectContaining({ code: 'DATASET_INVALID', message: expect.stringContaining('Did you mean "metadata"') }),
    );
  });

  it('takes metadata and credentials, and the type’s full name', async () => {
    const { type } = subject.definition;
    const kedro = type === 'MemoryDataset' ? `kedro.io.${type}` : `kedro_datasets.${type}`;
    const dataset = open({ metadata: { owner: 'us' }, credentials: { user: 'me' }, type: kedro });
    expect(dataset.type).toBe(type);
    await put(dataset, 0);
    expect(await dataset.load()).toEqual(subject.values[0]);
  });

  it('ends with the signal’s reason when it is cancelled before it begins', async () => {
    const dataset = open();
    await put(dataset, 0);
    const signal = AbortSignal.abort(new Error('stop'));
    await expect(dataset.load({ signal })).rejects.toThrow('stop');
  });

  it('refuses a version when it has none', async () => {
    const dataset = open();
    await put(dataset, 0);
    await expect(dataset.load({ version: V1 })).rejects.toMatchObject({ code: 'VERSION_INVALID' });
    expect(await dataset.newestVersion()).toBeUndefined();
    expect(dataset.versioned).toBe(false);
  });
}

function readOnlyDataset(open: Open): void {
  it('refuses to be saved', async () => {
    expect(open().readOnly).toBe(true);
    await expect(open().save([])).rejects.toMatchObject({ code: 'DATASET_READ_ONLY' });
  });
}

function writableDataset({ values, refused }: DatasetSubject, bench: Bench, open: Open): void {
  it('leaves one whole value when many save at once', async () => {
    const dataset = open();
    await Promise.all(Array.from({ length: 12 }, (_, i) => dataset.save(values[(i % 2) as 0 | 1])));
    expect(values).toContainEqual(await dataset.load());
    expect((await filesUnder(bench.project)).filter((file) => file.endsWith('.tmp'))).toEqual([]);
  });

  it('keeps the old content when a save is cancelled', async () => {
    const dataset = open();
    await dataset.save(values[0]);
    const before = await filesUnder(bench.project);
    await expect(dataset.save(values[1], { signal: AbortSignal.abort(new Error('stop')) })).rejects.toThrow('stop');
    expect(await dataset.load()).toEqual(values[0]);
    expect(await filesUnder(bench.project)).toEqual(before);
  });

  it('is not read-only', () => expect(open().readOnly).toBe(false));

  if (refused === undefined) return;
  it('refuses a value it cannot hold, names the place inside it, and keeps the old content', async () => {
    const dataset = open();
    await dataset.save(values[0]);
    const before = await filesUnder(bench.project);
    await expect(dataset.save(refused.value)).rejects.toMatchObject({
      code: 'DATASET_VALUE_INVALID',
      retryable: false,
      message: expect.stringMatching(/"subject"/),
      details: { dataset: 'subject', path: refused.path },
    });
    expect(await dataset.load()).toEqual(values[0]);
    expect(await filesUnder(bench.project)).toEqual(before);
  });
}

function fileDataset({ values, put }: DatasetSubject, file: string, bench: Bench, open: Open): void {
  it('opens without looking for its file, and shows the filepath as configured', () => {
    expect(open({ filepath: `no/such/folder/${file}` }).filepath).toBe(`no/such/folder/${file}`);
  });

  it('needs a filepath, a local one', () => {
    expect(() => open({ filepath: null })).toThrow(expect.objectContaining({ code: 'DATASET_INVALID' }));
    expect(() => open({ filepath: `s3://bucket/${file}` })).toThrow(
      expect.objectContaining({ code: 'DATASET_INVALID', message: expect.stringContaining('s3://') }),
    );
  });

  it('refuses load_args and save_args it does not know', () => {
    for (const place of ['load_args', 'save_args']) {
      expect(() => open({ [place]: { no_such_argument: 1 } })).toThrow(
        expect.objectContaining({ code: 'DATASET_INVALID', message: expect.stringContaining(place) }),
      );
    }
  });

  it('names the file that is missing', async () => {
    await expect(open().load()).rejects.toThrow(file);
  });

  it('says what is wrong when a folder is where the file should be', async () => {
    await mkdir(join(bench.project, file), { recursive: true });
    await expect(open().load()).rejects.toMatchObject({
      code: 'DATASET_LOAD_FAILED',
      retryable: false,
      message: expect.stringContaining('versioned'),
    });
    expect(await open().exists()).toBe(false);
  });

  if (put !== undefined) return;
  it('makes the folders it needs, and leaves nothing else there', async () => {
    const dataset = open({ filepath: `a/b/${file}` });
    await dataset.save(values[0]);
    expect(await dataset.load()).toEqual(values[0]);
    expect(await filesUnder(bench.project)).toEqual([join('a/b', file)]);
  });

  it('works in a folder whose name looks like a pattern', async () => {
    const dataset = open({ filepath: `it's [a] *?{x}/${file}` });
    await dataset.save(values[0]);
    expect(await dataset.load()).toEqual(values[0]);
  });

  it('says DATASET_SAVE_FAILED, to be tried again, when the disk refuses, and leaves nothing', async () => {
    await writeFile(join(bench.project, 'in-the-way'), '');
    await expect(open({ filepath: `in-the-way/${file}` }).save(values[0])).rejects.toMatchObject({
      code: 'DATASET_SAVE_FAILED',
      retryable: true,
    });
    expect(await filesUnder(bench.project)).toEqual(['in-the-way']);
  });
}

function versionedDataset({ values, put }: DatasetSubject, file: string, bench: Bench, open: Open): void {
  if (put !== undefined) return;
  const versioned = () => open({ versioned: true });
  const pathOf = (version: string) => join(file, version, file.split('/').at(-1) ?? '');

  it('lays versions out as Kedro does, and loads the newest or the one asked for', async () => {
    const dataset = versioned();
    expect(dataset.versioned).toBe(true);
    await dataset.save(values[1], { version: V2 });
    await dataset.save(values[0], { version: V1 });
    expect(await filesUnder(bench.project)).toEqual([pathOf(V1), pathOf(V2)]);
    expect(await dataset.newestVersion()).toBe(V2);
    expect(await dataset.load()).toEqual(values[1]);
    expect(await dataset.load({ version: V1 })).toEqual(values[0]);
  });

  it('knows which versions exist, and says so when one does not', async () => {
    const dataset = versioned();
    expect(await dataset.exists()).toBe(false);
    expect(await dataset.newestVersion()).toBeUndefined();
    await expect(dataset.load()).rejects.toMatchObject({ code: 'DATASET_NOT_SAVED_YET' });
    await dataset.save(values[0], { version: V1 });
    expect(await dataset.exists()).toBe(true);
    expect(await dataset.exists({ version: V1 })).toBe(true);
    expect(await dataset.exists({ version: V2 })).toBe(false);
    await expect(dataset.load({ version: V2 })).rejects.toMatchObject({
      code: 'DATASET_NOT_SAVED_YET',
      message: expect.stringContaining(V1),
    });
  });

  it('does not take a version whose file is missing for the newest', async () => {
    const dataset = versioned();
    await dataset.save(values[0], { version: V1 });
    await mkdir(join(bench.project, file, V2), { recursive: true });
    await writeFile(join(bench.project, file, V2, '.half.tmp'), 'half');
    expect(await dataset.newestVersion()).toBe(V1);
    expect(await dataset.load()).toEqual(values[0]);
  });

  it('refuses to save a version twice, unless it is the same run that tries again', async () => {
    const dataset = versioned();
    await dataset.save(values[0], { version: V1 });
    await expect(dataset.save(values[1], { version: V1 })).rejects.toMatchObject({ code: 'VERSION_EXISTS' });
    expect(await dataset.load()).toEqual(values[0]);
    await dataset.save(values[1], { version: V1, overwrite: true });
    expect(await dataset.load()).toEqual(values[1]);
    expect(await filesUnder(bench.project)).toEqual([pathOf(V1)]);
  });

  it('lets one of many that save the same version at once win, and tells the others', async () => {
    const dataset = versioned();
    const saves = await Promise.allSettled(
      Array.from({ length: 6 }, (_, i) => dataset.save(values[(i % 2) as 0 | 1], { version: V1 })),
    );
    const lost = saves.filter((save) => save.status === 'rejected');
    expect(lost).toHaveLength(5);
    for (const save of lost) expect(save.reason).toMatchObject({ code: 'VERSION_EXISTS' });
    expect(values).toContainEqual(await dataset.load());
    expect(await filesUnder(bench.project)).toEqual([pathOf(V1)]);
  });

  it('needs a version to save, one that sorts by time and cannot leave its folder', async () => {
    const dataset = versioned();
    for (const io of [{}, { version: 'latest' }, { version: '../x' }]) {
      await expect(dataset.save(values[0], io)).rejects.toMatchObject({ code: 'VERSION_INVALID' });
    }
    for (const version of ['../..', '.', '', 'a/b']) {
      await expect(dataset.load({ version })).rejects.toMatchObject({ code: 'VERSION_INVALID' });
    }
  });

  it('has a fingerprint that changes with a newer version, and with the version’s own file', async () => {
    const dataset = versioned();
    await dataset.save(values[0], { version: V1 });
    const first = await dataset.fingerprint();
    await dataset.save(values[0], { version: V2 });
    expect(await dataset.fingerprint()).not.toBe(first);
    expect(await dataset.fingerprint({ version: V1 })).toBe(first);
    const path = join(bench.project, pathOf(V1));
    expect(dirname(path)).toContain(V1);
    await utimes(path, 1, 1);
    expect(await dataset.fingerprint({ version: V1 })).not.toBe(first);
  });
}
