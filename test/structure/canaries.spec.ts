import { Canaries } from '../support/canaries/canaries.js';

const TOKEN = 'k3Jq9vXw2LmN8pRs5tUy';
const PASSWORD = 'Copper-Lantern-42-Violin';

function canaries(body: Record<string, unknown> = { password: PASSWORD, token: TOKEN, code: '482913' }) {
  const hunt = new Canaries();
  hunt.sent('/auth/login', JSON.stringify(body), {});
  return hunt;
}

function verdict(hunt: Canaries): string {
  try {
    hunt.assertNone();
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

describe('a secret that a suite sent is found', () => {
  it.each([
    ['in clear', `{"level":"info","msg":"logged in with ${PASSWORD}"}`],
    ['as a value of its own', `{"code":"482913"}`],
    ['in an address', `{"url":"/validate?token=${TOKEN}"}`],
    ['in text that is no JSON', `Error: ${TOKEN}\n    at main.js:1`],
  ])('in a log, %s', (_, line) => {
    const hunt = canaries();
    hunt.searchLog(`{"msg":"before"}\n${line}\n{"msg":"after"}`);
    expect(verdict(hunt)).toMatch(/in the log: .*\*\*\*/);
    expect(verdict(hunt)).not.toMatch(new RegExp(`${TOKEN}|${PASSWORD}|482913|before|after`));
  });

  it.each([
    ['text', { note: `was ${PASSWORD}` }],
    ['JSON', { note: { deep: [{ code: '482913' }] } }],
    ['bytes', { note: `\\x00${Buffer.from(TOKEN).toString('hex')}ff` }],
    ['bytes of a code', { note: `\\x${Buffer.from('482913').toString('hex')}` }],
  ])('in a cell of %s, with its column', (_, row) => {
    const hunt = canaries();
    hunt.searchTable(
      'public.things',
      [{ id: 1 }, { id: 2, ...row }].map((one) => JSON.stringify(one)).join('\n'),
    );
    expect(verdict(hunt)).toMatch(/in public\.things, column note$/);
  });

  it('in a later answer, and in the inbox never', () => {
    const hunt = canaries();
    hunt.received(
      '/dev/messages?to=x',
      JSON.stringify([{ code: '482913', link: `http://x/#token=${TOKEN}` }]),
    );
    expect(verdict(hunt)).toBe('');
    hunt.received('/auth/me', JSON.stringify({ name: 'x', hint: PASSWORD }));
    expect(verdict(hunt)).toMatch(/password Co… \(24 characters\) again in an answer to \/auth\/me$/);
  });
});

describe('a secret that an answer showed', () => {
  const shown = { accessToken: `ey${TOKEN}`, refresh_token: TOKEN, backup_codes: ['11223344', '55667788'] };

  it.each([shown.accessToken, shown.refresh_token, '55667788'])('is not shown again: %s', (secret) => {
    const hunt = new Canaries();
    hunt.received('/auth/login', JSON.stringify(shown));
    expect(verdict(hunt)).toBe('');
    hunt.received('/auth/sessions', JSON.stringify({ data: [{ device: secret }] }));
    expect(verdict(hunt)).toContain('again in an answer');
  });

  it('but for a refresh token, by the refresh that repeats itself', () => {
    const hunt = new Canaries();
    for (let n = 0; n < 2; n += 1) hunt.received('/auth/refresh', JSON.stringify({ refreshToken: TOKEN }));
    expect(verdict(hunt)).toBe('');
    hunt.received('/auth/refresh', JSON.stringify({ refreshToken: `${TOKEN}2`, accessToken: TOKEN }));
    expect(verdict(hunt)).toContain('again');
  });
});

describe('what is no secret', () => {
  it('is a code’s digits within a number or a longer text, and a word that names a member', () => {
    const hunt = canaries({ code: '482913', password: 'detail' });
    hunt.searchLog('{"ms":482913,"requestId":"x-482913-7","detail":"of it"}');
    hunt.searchTable('public.things', '{"count":482913,"detail":{"detail":1}}');
    expect(verdict(hunt)).toBe('');
  });

  it('is what was sent as something else, too', () => {
    const hunt = canaries({ companyName: 'Acme Dental Group', password: 'acmedentalgroup' });
    hunt.searchTable('public.tenants', '{"slug":"acmedentalgroup"}');
    expect(verdict(hunt)).toBe('');
  });

  it('is an id, and the code of a problem', () => {
    const id = '550e8400-e29b-41d4-a716-446655440000';
    const hunt = canaries({ token: id, code: 'invalid_credentials' });
    hunt.searchTable('public.users', `{"id":"${id}","reason":"invalid_credentials"}`);
    expect(verdict(hunt)).toBe('');
  });
});

it('people’s addresses and numbers are kept where they belong, not in the log, the outbox or the trail', () => {
  const row = '{"email":"ada@example.com"}';
  const hunt = canaries({ email: 'ada@example.com', phone: '+919876543210' });
  hunt.searchTable('public.users', row);
  hunt.received('/auth/me', row);
  expect(verdict(hunt)).toBe('');
  hunt.searchTable('public.audit_events', row);
  hunt.searchTable('pgboss.job', '{"data":{"to":"+919876543210"}}');
  hunt.searchLog('sent to ada@example.com');
  expect(verdict(hunt).split('\n')).toHaveLength(4);
});
