import { documentedFetch } from '../../support/documented-fetch.js';
import { uniquePhone } from '../../support/phone.js';
import { sendRaw } from '../../support/raw.js';
import { useSharedApp } from '../../support/test-app.js';

describe('names of companies', () => {
  const t = useSharedApp();
  const register = (companyName: string) => t.post('/auth/register', t.given.registration({ companyName }));

  it.each([
    ['株式会社あおぞら', '株式会社あおば'],
    ['ООО «Ветер»', 'ООО «Весна»'],
    ['شركة النور', 'شركة النهار'],
    ['A&B', 'A+B'],
    ['C++', 'C#'],
    ['!!!', '???'],
    ['Müller', 'Mueller'],
    [`${'a'.repeat(70)}1`, `${'a'.repeat(70)}2`],
    ['Ünal', 'Unal'],
  ])('%s and %s are two companies', async (one, other) => {
    const replies = [await register(one), await register(other)];
    expect(replies.map(({ status }) => status)).toEqual([201, 201]);
    const slugs = replies.map(({ body }) => body.tenant.slug);
    expect(new Set(slugs).size).toBe(2);
    for (const slug of slugs) expect(slug).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
  });

  it.each([
    ['Acme Dental', 'ACME  dental '],
    ['株式会社みどり', '株式会社みどり'],
    ['ＡＣＭＥ Ltd', 'Acme LTD'],
    ['شرکت‌ها', 'شرکتها'],
  ])('%s and %s are one, and the second is refused', async (one, other) => {
    expect((await register(one)).status).toBe(201);
    expect(await register(other)).toBeProblem('company_name_taken');
  });

  it('that are equal and arrive at once are one company', async () => {
    const replies = await Promise.all(Array.from({ length: 20 }, () => register('ООО «Рассвет»')));
    expect(replies.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(replies.filter(({ status }) => status === 409)).toHaveLength(19);
  });

  it('that only share a slug and arrive at once are all created', async () => {
    const names = Array.from(
      { length: 20 },
      (_, index) => `Q${'&+/!?=#%*~'.charAt(index % 10)}${index < 10 ? 'R' : ' R'}`,
    );
    const replies = await Promise.all(names.map(register));
    expect(replies.map(({ status }) => status)).toEqual(names.map(() => 201));
  });

  it('count from a change on, and no more before it', async () => {
    const owner = await t.given.tenant({ companyName: 'Before GmbH' });
    expect((await owner.client.patch('/tenants/current', { companyName: 'After GmbH' })).status).toBe(200);
    expect(await register('after gmbh')).toBeProblem('company_name_taken');
    expect((await register('Before GmbH')).status).toBe(201);
  });
});

describe('names of people', () => {
  const t = useSharedApp();

  it.each([
    ['a Persian name with a non-joiner', 'علی‌رضا'],
    ['a Sinhala name with a joiner', 'ශ්‍රී'],
    ['a Malayalam name with a final joiner', 'അവന്‍'],
    ['a family of emoji', '👩‍👩‍👧‍👦'],
    ['an apostrophe', 'O’Brien'],
    ['a name of one letter', '李'],
    ['a Mongolian name with a vowel separator', 'ᠰᠠᠷᠠ\u180eᠠ'],
    ['a Javanese name with a non-joiner', 'ꦱꦺ\ua9c0\u200cꦠ'],
    ['a Chakma name with a joiner', '\u{11107}\u{11134}\u200d\u{11108}'],
    ['a flag of a part of a country', 'Ann \u{1f3f4}\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}'],
  ])('may be %s', async (_, firstName) => {
    const reply = await t.post('/auth/register', t.given.registration({ firstName }));
    expect([reply.status, reply.body.user?.firstName]).toEqual([201, firstName]);
  });

  it.each([
    ['a joiner between Latin letters', 'Ad\u200dmin'],
    ['a non-joiner at the beginning', '\u200cAdmin'],
    ['a direction override', 'Adm\u202ein'],
    ['a zero-width space', 'Ad\u200bmin'],
    ['a soft hyphen', 'Ad\u00admin'],
    ['a joiner behind an emoji and a letter', '👩\u200dA'],
    ['a joiner between scripts', 'क\u200dA'],
    ['a direction mark inside', 'Adm\u200fin'],
    ['an isolate', '\u2067Admin\u2069'],
    ['tags that nobody sees', 'Admin\u{e0061}\u{e0062}\u{e0063}'],
  ])('may not have %s', async (_, firstName) => {
    expect(await t.post('/auth/register', t.given.registration({ firstName }))).toBeProblem(
      'validation_failed',
    );
  });

  it('lose the direction marks that came along at their ends', async () => {
    const [firstName, lastName] = ['\u200f\u061cمریم\u200e', ' \u200fرضایی\u200f '];
    const reply = await t.post('/auth/register', t.given.registration({ firstName, lastName }));
    expect([reply.status, reply.body.user]).toMatchObject([201, { firstName: 'مریم', lastName: 'رضایی' }]);
  });

  it('are accepted as they are returned, without a last name, too', async () => {
    const owner = await t.given.tenant({ firstName: 'Sukarno', lastName: '' });
    const { firstName, lastName } = (await owner.client.get('/auth/me')).body;
    expect([firstName, lastName]).toEqual(['Sukarno', '']);
    const reply = await owner.client.patch('/auth/me', { firstName, lastName });
    expect([reply.status, reply.body.lastName]).toEqual([200, '']);
  });
});

describe('a request as other programs send it', () => {
  const t = useSharedApp();

  it.each(['utf8', 'UTF-8', '"utf-8"', 'utf8 '])('may name its encoding %s', async (charset) => {
    const owner = await t.given.tenant();
    const body = JSON.stringify({ email: owner.email, password: owner.password });
    const headers = { 'content-type': `application/json; charset=${charset}` };
    const response = await documentedFetch(`${t.server.origin}/auth/login`, {
      method: 'POST',
      headers,
      body,
    });
    expect(response.status).toBe(200);
  });

  it('may not name another encoding', async () => {
    const headers = { 'content-type': 'application/json; charset=utf-16' };
    const response = await documentedFetch(`${t.server.origin}/auth/login`, {
      method: 'POST',
      headers,
      body: '{}',
    });
    expect(response.status).toBe(415);
  });

  it('is told of headers that are too long', async () => {
    const headers = { 'x-long': 'a'.repeat(20_000) };
    const response = await documentedFetch(`${t.server.origin}/health/live`, { headers });
    expect([response.status, await response.json()]).toEqual([
      431,
      expect.objectContaining({ code: 'headers_too_large' }),
    ]);
  });

  it('may have an empty Authorization header where none is needed', async () => {
    const owner = await t.given.tenant();
    const body = JSON.stringify({ email: owner.email, password: owner.password });
    for (const authorization of ['', ' ']) {
      const headers = { authorization, 'content-type': 'application/json' };
      const response = await documentedFetch(`${t.server.origin}/auth/login`, {
        method: 'POST',
        headers,
        body,
      });
      expect(response.status).toBe(200);
    }
  });

  it('may ask for the methods of a path', async () => {
    const options = (path: string) => documentedFetch(`${t.server.origin}${path}`, { method: 'OPTIONS' });
    const known = await options('/auth/me');
    expect([known.status, known.headers.get('allow')]).toEqual([204, 'GET, HEAD, OPTIONS, PATCH']);
    expect((await options('/nothing')).status).toBe(404);
    const everything = 'OPTIONS * HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';
    expect(await sendRaw(t.server.origin, everything)).toMatch(
      /^HTTP\/1\.1 204 [^]*\r\nallow: DELETE, GET, /i,
    );
  });
});

/** The digits of the script whose zero this is. */
const inDigitsFrom = (zero: string, code: string) =>
  [...code].map((digit) => String.fromCodePoint((zero.codePointAt(0) ?? 0) + Number(digit))).join('');

describe('a code as it is pasted', () => {
  const t = useSharedApp();
  const spaced = (code: string) => [
    `${code.slice(0, 3)} ${code.slice(3)}`,
    ` ${code}\n`,
    `${code.slice(0, 3)}\u00a0${code.slice(3)}`,
    `${code.slice(0, 3)}\u2011${code.slice(3)}\r\n`,
    `\u200e${code}\ufeff`,
    code.replace(/(?=...$)/, '\u2212'),
    [...code].join('\u00b7'),
    inDigitsFrom('\uff10', code),
    inDigitsFrom('\u0660', code),
    inDigitsFrom('\u06f0', code),
    inDigitsFrom('\u0966', code),
    inDigitsFrom('\u{1d7d8}', code),
  ];

  it.each([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])(
    'with blanks, line breaks, invisible characters and digits of any script counts (%d)',
    async (variant) => {
      const phone = uniquePhone();
      await t.post('/auth/otp/request', { phone });
      const { code = '' } = await t.inbox.latest(phone, 'otp');
      const reply = await t.post('/auth/otp/verify', { phone, code: spaced(code)[variant] });
      expect(reply.status).toBe(200);
    },
  );
});
