import { productOf } from '../../../common/products/products.js';
import { NOTICE_EVENTS, type OutgoingMessage } from '../outgoing-message.js';
import { textsFor } from '../texts/message-texts.js';
import { renderHtml } from './html.js';
import { renderText } from './plain-text.js';
import { renderMessage } from './render-message.js';

const context = {
  appUrl: 'https://app.example.com',
  sender: 'Gatehouse',
  texts: textsFor(productOf('primary'), { languages: [] }),
};
const origin = { address: '203.0.113.9', userAgent: null, requestId: 'r' };
const expiresAt = new Date('2026-11-21T23:45:00Z');

const messagesFrom = (name: string): OutgoingMessage[] => [
  { template: 'verify-email', to: 'a@example.com', firstName: name, token: 'tok-1', expiresAt, origin },
  { template: 'password-reset', to: 'a@example.com', firstName: name, token: 'tok-2', expiresAt, origin },
  {
    template: 'invitation',
    channel: 'email',
    to: 'a@example.com',
    tenantName: name,
    inviterName: name,
    roleName: name,
    token: 'tok-3',
    expiresAt,
    origin,
  },
  {
    template: 'account-restoration',
    channel: 'email',
    to: 'a@example.com',
    firstName: name,
    token: 'tok-4',
    expiresAt,
    origin,
  },
  {
    template: 'notice',
    to: 'a@example.com',
    firstName: name,
    event: 'password_changed',
    at: expiresAt,
    origin,
  },
];

function render(message: OutgoingMessage) {
  const rendered = renderMessage(message, context);
  return { rendered, text: renderText(rendered, 'email'), html: renderHtml(rendered) };
}

describe('rendered messages', () => {
  it.each(messagesFrom('Priya'))('say the same in text and HTML: $template', (message) => {
    const { rendered, text, html } = render(message);

    expect(text).toContain(rendered.closing);
    expect(html).toContain(`<h1>${rendered.subject}</h1>`);
    expect(text).toContain('Priya');
    expect(html).toContain('Priya');
    if (rendered.action) {
      expect(text.split(rendered.action.link)).toHaveLength(2);
      // Once in the button, and twice below it: as the target and as the text of a visible link
      expect(html.split(rendered.action.link)).toHaveLength(4);
      expect(rendered.action.link).toMatch(/^https:\/\/app\.example\.com\/[a-z-]+#token=tok-\d$/);
    }
  });

  it.each(NOTICE_EVENTS)('a notice of %s contains neither link nor secret', (event) => {
    const at = new Date('2026-11-21T09:05:00Z');
    const { rendered, text } = render({
      template: 'notice',
      to: 'a@example.com',
      firstName: 'Priya',
      event,
      at,
      origin: { ...origin, address: '2001:db8::1' },
    });

    expect(rendered.action).toBeUndefined();
    expect(rendered.code).toBeUndefined();
    expect(text).toContain('When: 21 November 2026 at 09:05 UTC\nFrom: 2001:db8::1');
  });

  it('leaves out an origin that is not an IP address', () => {
    const notice = messagesFrom('Priya').find(({ template }) => template === 'notice');
    const from = { ...origin, address: 'https://evil.example' };
    const { text } = render({ ...notice, origin: from } as OutgoingMessage);

    expect(text).not.toContain('From:');
    expect(text).not.toContain('evil');
  });

  it('keeps the code out of the subject', () => {
    const { rendered, text, html } = render({
      template: 'otp',
      channel: 'email',
      purpose: 'sign-in',
      to: 'a@b.c',
      code: '048213',
      expiresAt,
      ttlSeconds: 600,
      origin,
    });

    expect(rendered.subject).not.toContain('048213');
    expect(text).toContain('\n048213\n');
    expect(html).toContain('<p class="code">048213</p>');
  });
});

describe('rendered messages with hostile names', () => {
  const HOSTILE: [string, string, RegExp][] = [
    ['markup', '<img src=x onerror=alert(1)>', /<img/],
    ['an attribute break-out', '" onmouseover="alert(1)', /" onmouseover="/],
    ['an entity', '&lt;b&gt;', /[^;]&lt;b&gt;/],
    ['a header', 'Eve\r\nBcc: victim@example.com', /[\r\n]Bcc|victim@/],
    ['a link', 'https://evil.example/login', /evil/],
    ['a bare domain', 'evil.example', /evil\.example/],
    ['bidi overrides', '\u202eelpmaxe\u2066', /[\u202e\u2066]/],
    ['a flood', 'x'.repeat(10_000), /x{81}/],
  ];

  it.each(HOSTILE)('print %s as inert text', (_, name, forbidden) => {
    for (const message of messagesFrom(name)) {
      const { rendered, text, html } = render(message);
      expect(html).not.toMatch(forbidden);
      expect(rendered.subject).not.toMatch(/[\p{C}]/u);
      if (!/[<"&]/.test(name)) expect(text).not.toMatch(forbidden);
    }
  });

  it('never evaluate a name', () => {
    for (const message of messagesFrom('{{7919*7907}}${7919*7907}<%= 7919*7907 %>')) {
      const { text, html } = render(message);
      expect(text).toContain('{{7919*7907}}${7919*7907}');
      expect(html).toContain('{{7919*7907}}${7919*7907}&lt;%= 7919*7907 %&gt;');
      expect(text + html).not.toContain('62615533');
    }
  });
});
