import type { ComponentChildren } from 'preact';

/** Short facts as term and value; those without a value are left out. */
export function Facts({ facts }: { facts: Record<string, ComponentChildren | undefined> }) {
  const shown = Object.entries(facts).filter(([, value]) => value !== undefined && value !== null && value !== '');
  return (
    <dl class="facts">
      {shown.map(([term, value]) => (
        <div key={term}>
          <dt>{term}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

interface TableProps {
  caption: string;
  heads: readonly string[];
  /** Indexes of the columns that hold numbers. */
  numbers?: readonly number[];
  rows: readonly { key: string; cells: readonly ComponentChildren[] }[];
}

/** A table that scrolls inside itself where the screen is narrow. */
export function Table({ caption, heads, numbers = [], rows }: TableProps) {
  const kind = (column: number) => (numbers.includes(column) ? 'number' : undefined);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
    // biome-ignore lint/a11y/useSemanticElements: a section with a name would be a landmark, a fieldset is for a form
    <div class="scrolling" role="group" aria-label={caption} tabIndex={0}>
      <table class="plain">
        <caption class="unseen">{caption}</caption>
        <thead>
          <tr>
            {heads.map((head, column) => (
              <th key={head} scope="col" class={kind(column)}>
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ key, cells }) => (
            <tr key={key}>
              {cells.map((cell, column) => (
                <td key={heads[column]} class={kind(column)}>
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
