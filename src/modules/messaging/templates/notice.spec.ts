import { productOf } from '../../../common/products/products.js';
import type { NoticeExtras, OutgoingMessage } from '../outgoing-message.js';
import { textsFor } from '../texts/message-texts.js';
import { renderHtml } from './html.js';
import { renderText } from './plain-text.js';
import { renderMessage } from './render-message.js';

const context = {
  appUrl: 'https://app.example.com',
  sender: 'Gatehouse',
  texts: textsFor(productOf('primary'), { languages: [] }),
};
const expiresAt = new Date('2026-11-28T09:05:00Z');

function render(event: 'email_changed' | 'password_recovered', extras: NoticeExtras) {
  const message: OutgoingMessage = {
    template: 'notice',
    to: 'a@example.com',
    firstName: 'Priya',
    event,
    at: new Date('2026-11-21T09:05:00Z'),
    origin: { address: '203.0.113.9', userAgent: null, requestId: 'r' },
    ...extras,
  };
  const rendered = renderMessage(message, context);
  return { rendered, text: renderText(rendered, 'email'), html: renderHtml(rendered) };
}

describe('a notice of a changed e-mail address', () => {
  it('has a link that reverts the change, and says until when', () => {
    const { rendered, text } = render('email_changed', { revert: { token: 'tok-1', expiresAt } });
    expect(rendered.action?.link).toBe('https://app.example.com/revert-email-change#token=tok-1');
    expect(text).toContain('The link works until: 28 November 2026 at 09:05 UTC');
    expect(rendered.subject).not.toContain('tok-1');
  });

  it('has no link if the change cannot be reverted', () => {
    expect(render('email_changed', {}).rendered.action).toBeUndefined();
  });
});

describe('a notice of a recovery', () => {
  it('names API keys, whatever they are called', () => {
    const names = ['CI', 'see https://evil.example', '<b>bold</b>', 'a\r\nBcc: x@example.com'];
    const keptKeys = names.map((name, index) => ({ name, prefix: `sk_live_abc${index}` }));
    const { text, html } = render('password_recovered', { keptKeys });
    expect(text).toContain('API key: CI (sk_live_abc0…)\nAPI key: without a name (sk_live_abc1…)');
    expect(text).not.toContain('evil.example');
    expect(text).not.toMatch(/^Bcc:/m);
    expect(html).toContain('&lt;b&gt;bold&lt;/b&gt;');
  });

  it('names twenty of many keys, and counts the others', () => {
    const keptKeys = Array.from({ length: 23 }, (_, index) => ({
      name: `Key ${index}`,
      prefix: 'sk_live_abcd',
    }));
    const { text } = render('password_recovered', { keptKeys });
    expect(text.match(/API key: /g)).toHaveLength(20);
    expect(text).toContain('More API keys: 3');
  });
});
