import { createHash } from 'node:crypto';
import { INBOX_STYLES } from '../inbox/styles.js';
import { LANDING_BASE } from './base.js';
import { LANDING_STYLES } from './styles.js';

interface LandingField {
  name: string;
  label: string;
  type: 'text' | 'email' | 'password';
  /** The kind of field, for password managers. */
  autocomplete: string;
  isOptional?: boolean;
}

/** The parts that differ between pages. The texts are markup from this folder; no text of a request reaches them. */
export interface Landing {
  title: string;
  hint: string;
  fields: LandingField[];
  action: string;
  /** Runs after the base script and calls its functions. */
  script: string;
}

export interface LandingPage {
  html: string;
  csp: string;
}

/** A self-contained page for the link in a message. Its script reads the token from the fragment. */
export function landingPage({ title, hint, fields, action, script }: Landing): LandingPage {
  const source = `${LANDING_BASE}${script}`;
  const styles = `${INBOX_STYLES}${LANDING_STYLES}`;
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${styles}</style>
</head>
<body>
<header><p>Development page: your own application (APP_URL) shows its own here. <a href="/dev/inbox">Inbox</a></p></header>
<main class="bare">
<section>
<article>
<h2>${title}</h2>
<p class="meta" id="lead"></p>
<form hidden>
${fields.map((field) => inputOf(field)).join('\n')}
<p class="hint">${hint}</p>
<button class="button main">${action}</button>
</form>
<div id="outcome" role="status"></div>
</article>
</section>
</main>
<script type="module">${source}</script>
</body>
</html>
`;
  return { html, csp: policyOf(source, styles) };
}

function inputOf({ name, label, type, autocomplete, isOptional }: LandingField): string {
  const attributes = `name="${name}" type="${type}" autocomplete="${autocomplete}"${isOptional ? '' : ' required'}`;
  return `<label><span>${label}</span><input ${attributes}></label>`;
}

/** Allows this script only, requests to this server only, and no native form submission. */
function policyOf(script: string, styles: string): string {
  return [
    `default-src 'none'`,
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(styles)}'`,
    `connect-src 'self'`,
    `base-uri 'none'`,
    `form-action 'none'`,
    `frame-ancestors 'none'`,
  ].join('; ');
}

function hashOf(source: string): string {
  return `sha256-${createHash('sha256').update(source).digest('base64')}`;
}
