/** What no workflow may do: reach for data. It must not bundle. */
import { openDataset } from '../../../src/catalog/index.ts';

export async function forbidden(): Promise<string> {
  return typeof openDataset;
}
