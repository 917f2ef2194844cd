import { createHash } from 'node:crypto';
import { INBOX_SCRIPT } from './script.js';
import { INBOX_STYLES } from './styles.js';

/** One self-contained page. It reads `messages` at the same path and stores nothing. */
export const INBOX_PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Inbox</title>
<style>${INBOX_STYLES}</style>
</head>
<body>
<header>
  <h1>Development inbox</h1>
  <label class="filter">
    <span class="hidden">Filter by recipient</span>
    <input id="filter" type="search" placeholder="Filter by recipient" autocomplete="off" spellcheck="false">
  </label>
  <p id="status" role="status"></p>
</header>
<main>
  <nav id="list" aria-label="Messages, newest first"></nav>
  <section id="reader" aria-live="polite"></section>
</main>
<script type="module">${INBOX_SCRIPT}</script>
</body>
</html>
`;

/**
 * Allows this script only, and requests to this server only. Inline styles are allowed because the preview of an
 * e-mail, a sandboxed srcdoc frame, inherits this policy.
 */
export const INBOX_CSP = [
  `default-src 'none'`,
  `script-src 'sha256-${createHash('sha256').update(INBOX_SCRIPT).digest('base64')}'`,
  `style-src 'unsafe-inline'`,
  `connect-src 'self'`,
  `base-uri 'none'`,
  `form-action 'none'`,
  `frame-ancestors 'none'`,
].join('; ');
