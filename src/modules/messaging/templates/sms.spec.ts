import { productOf } from '../../../common/products/products.js';
import type { RequestOrigin } from '../../../common/request-origin.js';
import type { OutgoingMessage } from '../outgoing-message.js';
import { textsFor } from '../texts/message-texts.js';
import { renderText } from './plain-text.js';
import { renderMessage } from './render-message.js';
import { smsName } from './sms-name.js';
import { fitsOneSegment, toGsmAlphabet } from './sms-segment.js';

const origin: RequestOrigin = { address: '203.0.113.9', userAgent: null, requestId: 'r' };
const to = '+919876543210';
const expiresAt = new Date('2026-11-21T23:45:00Z');
const context = {
  appUrl: 'https://app.example.com/start',
  sender: 'Gatehouse',
  texts: textsFor(productOf('primary'), { languages: [] }),
};

const textOf = (message: OutgoingMessage, where = context) =>
  renderText(renderMessage(message, where), 'sms');
const otp = (where = context) =>
  textOf(
    {
      template: 'otp',
      purpose: 'sign-in',
      channel: 'sms',
      to,
      code: '048213',
      expiresAt,
      ttlSeconds: 600,
      origin,
    },
    where,
  );
const invitation = (tenantName: string, inviterName = 'Priya Sharma', where = context) =>
  textOf(
    {
      template: 'invitation',
      channel: 'sms',
      to,
      tenantName,
      inviterName,
      roleName: 'Accountant',
      token: 'A'.repeat(22),
      expiresAt,
      origin,
    },
    where,
  );
const LINK = `https://app.example.com/start/accept-invitation#token=${'A'.repeat(22)}`;

describe('fitsOneSegment', () => {
  it.each([
    ['160 characters', 'x'.repeat(160), true],
    ['161 characters', 'x'.repeat(161), false],
    ['characters of the extension count twice', `${'x'.repeat(158)}€`, true],
    ['and not beyond', `${'x'.repeat(159)}€`, false],
    ['70 units of another script', 'क'.repeat(70), true],
    ['71 of them', 'क'.repeat(71), false],
    ['one character outside the alphabet makes all of them wide', `${'x'.repeat(70)}ё`, false],
    ['a character beyond the first plane is two units', '😀'.repeat(36), false],
  ])('%s', (_, text, fits) => {
    expect(fitsOneSegment(text)).toBe(fits);
  });
});

describe('a code by SMS', () => {
  it('ends in the line that binds it to the domain of APP_URL', () => {
    expect(otp()).toBe('048213 is your Gatehouse code. Never tell it to anybody.\n@app.example.com #048213');
    expect(otp({ ...context, appUrl: 'http://127.0.0.1:3000' })).toMatch(/\n@127\.0\.0\.1 #048213$/);
    expect(otp({ ...context, appUrl: 'https://bücher.example' })).toMatch(
      /\n@xn--bcher-kva\.example #048213$/,
    );
  });

  it.each([
    ['a long sender', { ...context, sender: 'Gatehouse '.repeat(20) }],
    ['a sender in another alphabet', { ...context, sender: 'गेटहाउस' }],
    ['a long domain', { ...context, appUrl: `https://${'a'.repeat(60)}.${'b'.repeat(60)}.example` }],
  ])('fits one segment with %s', (_, where) => {
    expect(fitsOneSegment(otp(where))).toBe(true);
    expect(otp(where)).toMatch(/^(048213 is your [^\n]+\n)?@[a-z.]+ #048213$/);
  });
});

describe('an invitation by SMS', () => {
  it('says who invites where, and ends in the link', () => {
    expect(invitation('Kumar General Store')).toBe(
      `Priya Sharma invites you to join Kumar General Store: ${LINK}`,
    );
  });

  it.each([
    ['long names', 'Kumar '.repeat(30), 'Priya '.repeat(30)],
    ['names in another alphabet', 'कुमार जनरल स्टोर', 'प्रिया शर्मा'],
    ['accents that the alphabet lacks', 'Žižkov Café', 'Zoë Łukasz'],
    ['characters that count twice', '[€^]~'.repeat(20), '{}'.repeat(20)],
  ])('fits one segment with %s', (_, tenantName, inviterName) => {
    expect(fitsOneSegment(invitation(tenantName, inviterName))).toBe(true);
    expect(invitation(tenantName, inviterName)).toMatch(new RegExp(`to join .+: ${LINK}$`));
  });

  it('still contains the link if no names fit', () => {
    const appUrl = `https://${'a'.repeat(72)}`;
    const text = invitation('Kumar General Store', 'Priya', { ...context, appUrl });
    expect(text).toContain(`${appUrl}/accept-invitation#token=`);
    expect(fitsOneSegment(text)).toBe(true);
  });

  it.each([
    ['a link', 'https://evil.example/x'],
    ['a bare domain', 'evil.example'],
    ['an ideographic full stop', 'evil\u3002example'],
    ['a line of its own', 'Acme\n@evil.example #123456'],
    ['a binding line', '@evil #123456'],
    ['an address', 'eve@evil.example'],
    ['a number to call', 'Call +91 98765-00000 now'],
    ['a number in digits of another script', '٩٨٧٦٥٤٣٢١'],
    ['a code', 'Code 123456'],
    ['markup', '<a href=x>Acme</a>'],
    ['bidi overrides', '\u202eelpmaxe\u2066'],
  ])('prints %s in a name as inert text', (_, name) => {
    for (const text of [invitation(name), invitation('Acme', name)]) {
      const [names = '', ...rest] = text.split(LINK);
      expect(rest).toEqual(['']);
      expect(names).not.toMatch(/[^\P{C}]|[@#<>/\n]|\S\.\S|\d{5}|evil\.|https?/u);
      expect(fitsOneSegment(text)).toBe(true);
    }
  });
});

describe('an account restoration by SMS', () => {
  const restorationLinks = (where = context) =>
    textOf(
      {
        template: 'account-restoration',
        channel: 'sms',
        to,
        firstName: 'Priya',
        token: 'A'.repeat(22),
        expiresAt,
        origin,
      },
      where,
    );

  it('says until when, and ends in the link', () => {
    const link = `https://app.example.com/start/restore-account#token=${'A'.repeat(22)}`;
    expect(restorationLinks()).toBe(`Your account will be deleted on 21 November 2026. Keep it: ${link}`);
    expect(fitsOneSegment(restorationLinks())).toBe(true);
  });

  it('still contains the link if little else fits', () => {
    const text = restorationLinks({ ...context, appUrl: `https://${'a'.repeat(72)}` });
    expect(text).toMatch(/restore-account#token=A{22}$/);
    expect(fitsOneSegment(text)).toBe(true);
  });
});

describe('smsName', () => {
  it('keeps ordinary names', () => {
    expect(smsName('Müller & Söhne, Inc.')).toBe('Müller & Söhne, Inc.');
    expect(smsName('Dr. O’Neil–Smith')).toBe("Dr. O'Neil-Smith");
    expect(smsName('Store 24')).toBe('Store 24');
  });

  it('is null if nothing is left', () => {
    expect(smsName('प्रिया')).toBeNull();
    expect(smsName('<>@#')).toBeNull();
  });
});

describe('toGsmAlphabet', () => {
  it('removes accents that the alphabet lacks, and only those', () => {
    expect(toGsmAlphabet('Zoë né')).toBe('Zoe né');
    expect(toGsmAlphabet('Łódź')).toBeNull();
  });
});
