/** File formats on S3 keep the very contract that they keep on this machine. */
import { afterAll, beforeAll, describe } from 'vitest';
import { datasetContract, type SpaceOf } from '../../contract/dataset.ts';
import { hasS3, type S3Server, startS3 } from '../../s3/server.ts';
import { s3Space } from '../../s3/space.ts';

describe.skipIf(!hasS3)('on a server that speaks S3', () => {
  let server: S3Server;
  beforeAll(async () => {
    server = await startS3();
    await server.makeBucket('contract');
  });
  afterAll(() => server?.stop());
  const space: SpaceOf = (project) => s3Space(server, project);
  const table = [
    { day: '2026-01-31', rain: 1.5, wet: true },
    { day: '2026-02-01', rain: null, wet: false },
  ];

  datasetContract({
    name: 'JSON',
    definition: { type: 'json.JSONDataset' },
    file: 'report.json',
    values: [{ a: [1, null] }, 'text'],
    refused: { value: { a: [undefined] }, path: 'a[0]' },
    space,
  });
  datasetContract({
    name: 'text',
    definition: { type: 'text.TextDataset' },
    file: 'folder/note.txt',
    values: ['', 'é\r\n'],
    refused: { value: 1, path: '' },
    space,
  });
  datasetContract({
    name: 'CSV',
    definition: { type: 'pandas.CSVDataset' },
    file: 'rain.csv',
    values: [table, [{ x: 1 }]],
    refused: { value: [{ x: Number.NaN }], path: 'rows[0].x' },
    space,
  });
  datasetContract({
    name: 'compressed CSV',
    definition: { type: 'pandas.CSVDataset' },
    file: 'rain.csv.gz',
    values: [table, [{ x: 1 }]],
    space,
  });
  datasetContract({
    name: 'Parquet',
    definition: { type: 'pandas.ParquetDataset' },
    file: 'rain.parquet',
    values: [table, [{ x: 1 }]],
    refused: { value: [{ x: Number.NaN }], path: 'rows[0].x' },
    space,
  });
});
