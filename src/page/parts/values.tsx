/** JSON as people read it: short values at once, long ones when they are asked for. */

const SHORT_LINES = 12;
const SHORT_LETTERS = 600;
const MOST_LETTERS = 100_000;

/** Named values, one below the other. */
export function Values({ values }: { values: Record<string, unknown> }) {
  return (
    <dl class="values">
      {Object.entries(values).map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            <Value value={value} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Value({ value }: { value: unknown }) {
  const text = typeof value === 'string' ? value : JSON.stringify(value, undefined, 2);
  const lines = text.split('\n').length;
  if (lines === 1 && text.length < 120) return <code>{text}</code>;
  if (lines <= SHORT_LINES && text.length <= SHORT_LETTERS) return <pre>{text}</pre>;
  return (
    <details>
      <summary>{sizeOf(value, text)}</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys */}
      <pre class="long" tabIndex={0}>
        {text.length > MOST_LETTERS
          ? `${text.slice(0, MOST_LETTERS)}\n… ${text.length - MOST_LETTERS} letters more`
          : text}
      </pre>
    </details>
  );
}

function sizeOf(value: unknown, text: string): string {
  if (Array.isArray(value)) return `${value.length} items`;
  if (typeof value === 'object' && value !== null) return `${Object.keys(value).length} keys`;
  return `${text.length} letters`;
}
