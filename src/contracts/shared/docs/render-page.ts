import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PageDocument } from './page/page-document.js';

export interface PageOptions {
  documents: PageDocument[];
  /** The release of Swagger UI. It is part of the files' addresses, so browsers may cache them forever. */
  release: string;
  /** The development inbox, to read links from, relative to the root; empty if there is none. */
  inbox: string;
}

/**
 * The documentation page: `page/page.html` with the options in place of `{{name}}`. `root` is the relative address of the
 * server's root, so that the page also works behind a proxy that serves it below a path.
 */
export function renderPage({ documents, release, inbox }: PageOptions, root: './' | '../'): string {
  const texts: Record<string, string> = { documents: JSON.stringify(documents), release, inbox, root };
  const page = readFileSync(join(import.meta.dirname, 'page/page.html'), 'utf8');
  return page.replace(/\{\{(\w+)\}\}/g, (_, name: string) => escape(texts[name] ?? ''));
}

/** Swagger UI sets style attributes and uses data URLs for its icons. */
export const PAGE_CSP = [
  `default-src 'none'`,
  `script-src 'self'`,
  `style-src 'self' 'unsafe-inline'`,
  `img-src 'self' data:`,
  `connect-src 'self'`,
  `base-uri 'none'`,
  `form-action 'none'`,
  `frame-ancestors 'none'`,
].join('; ');

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}
