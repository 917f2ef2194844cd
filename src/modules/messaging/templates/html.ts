import { ENGLISH } from '../texts/english.js';
import { MAIL_STYLES } from './html-styles.js';
import type { RenderedMessage } from './rendered-message.js';

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"'`]/g, (character) => ENTITIES[character] ?? '');
}

/** Formats the message as the HTML part of a mail: one column, no images, no remote resources. Escapes all text. */
export function renderHtml(rendered: RenderedMessage): string {
  const { subject, sender, greeting, paragraphs, action, code, facts, closing, language = 'en' } = rendered;
  const body = [
    ...[greeting, ...paragraphs]
      .filter((text) => text !== undefined)
      .map((text) => `<p>${escapeHtml(text)}</p>`),
    code ? `<p class="code">${escapeHtml(code)}</p>` : '',
    action ? renderAction(action) : '',
    facts ? renderFacts(facts) : '',
  ];
  return `<!doctype html>
<html lang="${escapeHtml(language)}" dir="auto">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${escapeHtml(subject)}</title>
<style>${MAIL_STYLES}</style>
</head>
<body>
<table role="presentation" class="page" width="100%" cellspacing="0" cellpadding="0"><tr><td align="center">
<table role="presentation" class="sheet" width="100%" cellspacing="0" cellpadding="0"><tr><td class="content">
<p class="sender">${escapeHtml(sender)}</p>
<h1>${escapeHtml(subject)}</h1>
${body.filter((block) => block !== '').join('\n')}
<p class="closing">${escapeHtml(closing)}</p>
</td></tr></table>
</td></tr></table>
</body>
</html>
`;
}

function renderAction({ label, link, fallback }: NonNullable<RenderedMessage['action']>): string {
  const href = escapeHtml(link);
  return `<table role="presentation" class="action" cellspacing="0" cellpadding="0"><tr><td class="button">
<a href="${href}">${escapeHtml(label)}</a></td></tr></table>
<p class="raw">${escapeHtml(fallback ?? ENGLISH.linkFallback)}<br><a href="${href}">${href}</a></p>`;
}

function renderFacts(facts: NonNullable<RenderedMessage['facts']>): string {
  const rows = facts.map(
    ({ label, value }) => `<tr><th>${escapeHtml(label)}</th><td>${escapeHtml(value)}</td></tr>`,
  );
  return `<table class="facts" cellspacing="0" cellpadding="0">${rows.join('')}</table>`;
}
