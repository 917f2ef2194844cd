import { STYLES } from './styles.js';

export interface PageOptions {
  documents: { name: string; url: string }[];
  /** The release of Swagger UI. It is part of the files' addresses, so browsers may cache them forever. */
  release: string;
  /** True if there is a development inbox to read links from. */
  inbox: boolean;
}

/** The documentation page. It loads everything from this server. */
export function renderPage({ documents, release, inbox }: PageOptions): string {
  const asset = (name: string) => `/docs/ui/${release}/${name}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Gatehouse API</title>
<link rel="icon" type="image/svg+xml" href="${ICON}">
<link rel="stylesheet" href="${asset('swagger-ui.css')}">
<style>${STYLES}</style>
</head>
<body>
<div id="swagger-ui" data-documents="${escape(JSON.stringify(documents))}"${inbox ? ' data-inbox="/dev/inbox"' : ''}></div>
<script src="${asset('swagger-ui-bundle.js')}" defer></script>
<script src="${asset('swagger-ui-standalone-preset.js')}" defer></script>
<script src="/docs/page/start.js" type="module"></script>
</body>
</html>
`;
}

/** The icon: a fortified gateway. */
const ICON = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><path fill="#33506b" d="M2 15V7a6 6 0 0 1 12 0v8h-3V8a3 3 0 0 0-6 0v7z"/></svg>',
)}`;

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
