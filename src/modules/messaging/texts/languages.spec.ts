import { readFileSync } from 'node:fs';
import type { Product } from '../../../common/products/product.js';
import { productOf } from '../../../common/products/products.js';
import { NOTICE_EVENTS, type OutgoingMessage } from '../outgoing-message.js';
import { renderHtml } from '../templates/html.js';
import { renderText } from '../templates/plain-text.js';
import { renderMessage } from '../templates/render-message.js';
import { fitsOneSegment } from '../templates/sms-segment.js';
import { ENGLISH } from './english.js';
import { HINDI } from './hindi.js';
import { textsFor } from './message-texts.js';
import type { TextKey } from './text-keys.js';
import { describeTexts, placeholdersIn } from './texts-schema.js';

const origin = { address: '203.0.113.9', userAgent: null, requestId: 'r' };
const expiresAt = new Date('2026-11-21T23:45:00Z');
const primary = productOf('primary');
const where = (languages: string[], product: Product = primary) => ({
  appUrl: 'https://app.example.com',
  sender: 'Gatehouse',
  texts: textsFor(product, { languages }),
});

/** Every template, in every channel it has. */
function everyMessage(name: string): OutgoingMessage[] {
  const to = 'a@example.com';
  const [email, sms] = [{ channel: 'email' }, { channel: 'sms' }] as const;
  const links = { to, token: 'A'.repeat(22), expiresAt, origin };
  const account = { template: 'account-restoration', firstName: name, ...links } as const;
  const names = { tenantName: name, inviterName: name, roleName: name };
  const invitation = { template: 'invitation', ...names, ...links } as const;
  const otp = {
    template: 'otp',
    purpose: 'sign-in',
    to,
    code: '048213',
    expiresAt,
    ttlSeconds: 600,
    origin,
  } as const;
  const revert = { token: 'A'.repeat(22), expiresAt };
  return [
    { template: 'verify-email', firstName: name, ...links },
    { template: 'password-reset', firstName: name, ...links },
    ...[email, sms].flatMap((channel) => [
      { ...invitation, ...channel },
      { ...account, ...channel },
      { ...otp, ...channel },
      ...NOTICE_EVENTS.map((event) => {
        return { template: 'notice', to, firstName: name, event, at: expiresAt, origin, ...channel } as const;
      }),
    ]),
    {
      ...{ template: 'notice', to, firstName: name, event: 'email_changed', at: expiresAt, origin, revert },
      keptKeys: [{ name, prefix: 'sk_live_abcd' }],
    },
  ];
}

describe('the texts in Hindi', () => {
  it.each(Object.keys(ENGLISH) as TextKey[])('have the placeholders of %s', (key) => {
    expect(placeholdersIn(HINDI[key]).sort()).toEqual(placeholdersIn(ENGLISH[key]).sort());
  });

  it('have no other keys', () => {
    expect(Object.keys(HINDI).sort()).toEqual(Object.keys(ENGLISH).sort());
  });

  it('are those of every message, to the end', () => {
    for (const message of everyMessage('प्रिया')) {
      const rendered = renderMessage(message, where(['hi-IN']));
      const { subject, paragraphs, closing, action, facts = [] } = rendered;
      const texts = [
        subject,
        ...paragraphs,
        ...(rendered.greeting ? [closing, action?.label ?? subject] : []),
      ];
      const isSms = 'channel' in message && message.channel === 'sms';
      for (const text of isSms ? [subject] : [...texts, ...facts.map(({ label }) => label)])
        expect([message.template, text]).toEqual([
          message.template,
          expect.stringMatching(/\p{Script=Deva}/u),
        ]);
      expect(JSON.stringify(rendered)).not.toMatch(/\{\{|undefined/);
    }
  });

  it('name the language and what to do if the button fails', () => {
    const message = everyMessage('प्रिया')[0] as OutgoingMessage;
    const html = renderHtml(renderMessage(message, where(['hi'])));
    expect(html).toContain('<html lang="hi" dir="auto">');
    expect(html).toContain(HINDI.linkFallback);
  });
});

describe.each(['en', 'hi'])('a message in %s', (language) => {
  it('by SMS fits one segment, and has its code or link', () => {
    for (const name of ['Kumar General Store', 'कुमार जनरल स्टोर', 'x'.repeat(80)])
      for (const message of everyMessage(name)) {
        if (!('channel' in message) || message.channel !== 'sms') continue;
        const text = renderText(renderMessage(message, where([language])), 'sms');
        expect([text, fitsOneSegment(text)]).toEqual([text, true]);
        if (message.template === 'otp') expect(text).toMatch(/048213[^]*\n@app\.example\.com #048213$/);
        else if (message.template !== 'notice') expect(text).toContain(`#token=${'A'.repeat(22)}`);
      }
  });

  it.each([
    ['a placeholder', '{{code}}{{link}}{{name}}'],
    ['a reference to a text', '$t(greeting, {"name": "x"})'],
    ['a replacement', "$& $1 $$ $` $'"],
    ['markup', '<img src=x onerror=alert(1)>'],
    ['a link', 'https://evil.example/login'],
    ['a header', 'Eve\r\nBcc: victim@example.com'],
    ['bidi overrides', '\u202eelpmaxe\u2066'],
  ])('evaluates nothing of a name that is %s', (_, name) => {
    for (const message of everyMessage(name)) {
      const rendered = renderMessage(message, where([language]));
      const channel = 'channel' in message && message.channel === 'sms' ? 'sms' : 'email';
      const text = renderText(rendered, channel);
      expect(text).not.toMatch(/https:\/\/evil|victim@|[\r\u202e\u2066]|\nBcc/);
      expect(renderHtml(rendered)).not.toMatch(/<img|https:\/\/evil/);
      // Only a code's own message contains one
      if (message.template !== 'otp') expect(text).not.toContain('048213');
      if (rendered.greeting?.includes('$')) expect(rendered.greeting).toContain(name.trim());
    }
  });
});

describe('textsFor', () => {
  const product = (key: string, messages: Product['messages']): Product => ({ ...primary, key, messages });

  it('takes the first language that there is, and a more general one for a variety', () => {
    const language = (...languages: (string | null)[]) => textsFor(primary, { languages }).language;
    expect(language('hi-IN', 'en')).toBe('hi');
    expect(language(null, 'fr', 'hi')).toBe('hi');
    expect(language('fr', 'en-GB', 'hi')).toBe('en');
    expect(language('fr')).toBe('en');
    expect(language()).toBe('en');
  });

  it('replaces texts of a product by its own, in that product and language alone', () => {
    const own = product('own', { en: { 'otp.text': 'Open wide.' } });
    expect(textsFor(own, { languages: ['en'] }).say('otp.text')).toBe('Open wide.');
    expect(textsFor(own, { languages: ['hi'] }).say('otp.text')).toBe(HINDI['otp.text']);
    expect(textsFor(primary, { languages: ['en'] }).say('otp.text')).toBe(ENGLISH['otp.text']);
  });

  it('speaks a language that a product adds, and English where that has no text', () => {
    const own = product('tamil', { ta: { greeting: 'வணக்கம் {{name}},' } });
    const { language, say } = textsFor(own, { languages: ['ta-IN'] });
    expect([language, say('greeting', { name: 'Priya' })]).toEqual(['ta', 'வணக்கம் Priya,']);
    expect(say('otp.text')).toBe(ENGLISH['otp.text']);
  });

  it('tells the time in the zone of the reader', () => {
    const { dateTime, day } = textsFor(primary, { languages: ['en'], timeZone: 'Asia/Kolkata' });
    expect(dateTime(expiresAt, 'otp.validity')).toBe('22 November 2026 at 05:15 GMT+5:30');
    expect(day(expiresAt, 'otp.validity')).toBe('22 November 2026');
    expect(textsFor(primary, { languages: ['hi'] }).dateTime(expiresAt, 'otp.validity')).toContain(
      '23:45 UTC',
    );
  });

  it('tells it in the language of the text beside it, and in English where dates have none', () => {
    const validity = 'Gültig bis {{until}}.';
    const own = product('german', {
      de: { 'otp.validity': validity },
      tlh: { 'otp.validity': 'wa’ {{until}}' },
    });
    const { dateTime, day } = textsFor(own, { languages: ['de-AT'] });
    expect(dateTime(expiresAt, 'otp.validity')).toMatch(/^21\. November 2026/);
    expect(dateTime(expiresAt, 'verify-email.validity')).toBe('21 November 2026 at 23:45 UTC');
    expect(day(expiresAt, 'account-restoration.sms')).toBe('21 November 2026');
    expect(textsFor(own, { languages: ['tlh'] }).day(expiresAt, 'otp.validity')).toBe('21 November 2026');
  });
});

it('are described in the committed schema of product files', () => {
  const schema = readFileSync('products/schema/product.schema.json', 'utf8');
  expect((JSON.parse(schema) as { $defs: object }).$defs).toEqual({ texts: describeTexts() });
});
