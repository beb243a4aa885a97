import type { ComponentChildren } from 'preact';

/** A link out of the page, where its address is one of the web: an answer cannot make it run a script. */
export function OutsideLink({ href, children }: { href: string | undefined; children: ComponentChildren }) {
  if (href === undefined || !/^(https?:\/\/|\/(?!\/))/i.test(href)) return null;
  return (
    <a href={href} target="_blank" rel="noreferrer noopener">
      {children}
      <span aria-hidden="true"> ↗</span>
    </a>
  );
}
