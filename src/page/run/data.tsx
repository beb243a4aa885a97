import type { DatasetRefView } from '../../server/index.ts';
import { Table } from '../parts/fields.tsx';

interface DataProps {
  references: Record<string, DatasetRefView>;
  saved: readonly DatasetRefView[];
}

/** Outputs that are kept elsewhere, and datasets that were saved. */
export function Data({ references, saved }: DataProps) {
  const referred = Object.entries(references);
  return (
    <>
      {referred.length === 0 ? null : (
        <section aria-label="Outputs by reference">
          <h2>Outputs by reference</h2>
          <Datasets caption="Outputs by reference" datasets={referred} />
        </section>
      )}
      {saved.length === 0 ? null : (
        <section aria-label="Saved datasets">
          <h2>Saved datasets</h2>
          <Datasets caption="Saved datasets" datasets={saved.map((each) => [each.dataset, each])} />
        </section>
      )}
    </>
  );
}

function Datasets({ caption, datasets }: { caption: string; datasets: readonly [string, DatasetRefView][] }) {
  return (
    <Table
      caption={caption}
      heads={['Dataset', 'Type', 'Version', 'Where']}
      rows={datasets.map(([name, { type, version, filepath }]) => ({
        key: name,
        cells: [name, type, version ?? '', filepath === undefined ? '' : <code key="where">{filepath}</code>],
      }))}
    />
  );
}
