/** Where a view is: the views above it, as links. */
export function Way({ steps }: { steps: readonly (readonly [text: string, href: string])[] }) {
  return (
    <nav class="way" aria-label="Breadcrumb">
      <ol>
        {steps.map(([text, href]) => (
          <li key={href}>
            <a href={href}>{text}</a>
          </li>
        ))}
      </ol>
    </nav>
  );
}
