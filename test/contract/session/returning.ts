import { expect, it } from 'vitest';
import { failureOf, type InCopy, itWithLiveValues, type SessionSubject } from './subject.ts';

export function returning(inCopy: InCopy, subject: SessionSubject): void {
  it(
    'free outputs come back: values of those in memory, references to stored ones',
    inCopy(async ({ run }) => {
      const chain = await run('chain');
      expect(chain.outputs).toEqual({ fourth: -63 });
      expect(Object.keys(chain.references)).toEqual(['aside_note']);
      const train = await run('train');
      expect(train.outputs).toEqual({});
      expect(train.references.model).toEqual({
        dataset: 'model',
        type: 'json.JSONDataset',
        filepath: 'data/models/model.json',
        version: train.saveVersion,
      });
    }),
  );

  it(
    'named outputs come back as values wherever they live, and no others',
    inCopy(async ({ run }) => {
      const shop = await run('shop', { outputs: ['priced', 'receipt', 'orders', 'params:rounding'] });
      expect(shop.outputs).toEqual({
        priced: [
          { item: 'tea', count: 3, cost: 7.5 },
          { item: 'jam', count: 1, cost: 4.25 },
        ],
        receipt: 'hello\ntea 7.5\njam 4.25',
        orders: [
          { item: 'tea', count: 3 },
          { item: 'jam', count: 1 },
        ],
        'params:rounding': 2,
      });
      expect(shop.references).toEqual({});
      expect((await run('train', { outputs: ['model'] })).outputs).toEqual({ model: { weight: 2 } });
      expect(await run('shop', { outputs: [] })).toMatchObject({ outputs: {}, references: {} });
    }),
  );

  it(
    'an output that the pipeline does not have is refused with close matches',
    inCopy(async ({ run }) => {
      const error = await failureOf(run('shop', { outputs: ['totl'] }));
      expect(error).toMatchObject({ code: 'DATASET_NOT_IN_PIPELINE', message: expect.stringContaining('"total"') });
    }),
  );

  it(
    'a value that is not JSON is named in references, and an error where it was asked for by name',
    inCopy(async ({ run }) => {
      expect(await run('odd_values')).toMatchObject({
        outputs: {},
        references: { odd_value: { dataset: 'odd_value', type: 'MemoryDataset' } },
      });
      expect(await failureOf(run('odd_values', { outputs: ['odd_value'] }))).toMatchObject({
        code: 'OUTPUT_NOT_JSON',
        retryable: false,
        message: expect.stringContaining('odd_value'),
      });
    }),
  );

  itWithLiveValues(subject)(
    'live results hold every returned value, JSON or not',
    inCopy(async ({ run }) => {
      const results = new Map<string, unknown>();
      const request = { outputs: ['odd_value', 'params:label'], runtimeParams: { label: 'a' } };
      const report = await run('odd_values', request, { results });
      expect(results).toEqual(
        new Map<string, unknown>([
          ['odd_value', new Map([['a', 1]])],
          ['params:label', 'a'],
        ]),
      );
      expect(report.outputs).toEqual({ 'params:label': 'a' });
    }),
  );
}
