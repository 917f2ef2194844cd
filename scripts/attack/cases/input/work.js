import { NotTried } from '../../outcomes.js';
import { registration, tenant } from '../../world/people.js';

const area = 'input';
const TRIES = 3;
/**
 * More work than this, compared to a plain body of the same size, cannot be explained by the length: conversions
 * without a bound cost hundreds of times as much. Each side counts with the lowest of its tries, which other load can
 * only raise.
 */
const MAX_RATIO = 25;

const RECALLS = 'CVE-2026-62317 Logto (work before the validation of the input); RFC 3492';
const EXPECTED = `at most ${MAX_RATIO} times the work of a plain body of the same size`;

/** Different Han characters: Punycode (RFC 3492) takes quadratic time for them. */
const HAN = Array.from({ length: 32_000 }, (_, index) => String.fromCharCode(0x4e00 + (index % 20_000))).join(
  '',
);
/** Combining marks in the wrong order: to sort them (UAX #15) takes quadratic time. */
const MARKS = `a${'\u0344\u0316'.repeat(24_000)}`;

async function measure(send) {
  const started = process.hrtime.bigint();
  const reply = await send();
  return { reply, time: Number(process.hrtime.bigint() - started) };
}

/** Both bodies in turn, so that other work of the machines affects both. */
async function expectBounded(look, what, { hostile, plain, send }) {
  const times = { hostile: Infinity, plain: Infinity };
  for (let index = 0; index < TRIES; index += 1) {
    const one = await measure(() => send(hostile));
    const other = await measure(() => send(plain));
    times.hostile = Math.min(times.hostile, one.time);
    times.plain = Math.min(times.plain, other.time);
    look.holds(`${what}: ${one.reply.status}`, one.reply.status < 500, `${one.reply.status}`);
  }
  const ratio = Math.round(times.hostile / times.plain);
  look.holds(`${what}: ${ratio} times the work`, ratio <= MAX_RATIO, `at most ${MAX_RATIO} times the work`);
}

/** As many bytes, none of which needs a conversion. */
const plainFor = (text) => 'a'.repeat(Buffer.byteLength(text));

export const WORK = [
  {
    id: 'input-work-domain',
    area,
    alone: true,
    title: 'An address whose domain is 32,000 Han characters, at sign-in, recovery and registration',
    recalls: RECALLS,
    expected: EXPECTED,
    run: async (t, look) => {
      t.needRegistration();
      const email = `a@${HAN}.com`;
      const client = t.guesser();
      for (const [path, rest] of [
        ['/auth/login', { password: 'x' }],
        ['/auth/forgot-password', {}],
        ['/auth/register', registration()],
      ]) {
        const send = (text) => client.post(path, { ...rest, email: text });
        await expectBounded(look, path, { hostile: email, plain: plainFor(email), send });
      }
    },
  },
  {
    id: 'input-work-marks',
    area,
    alone: true,
    title: 'An address, a number and a password of 48,000 combining marks in the wrong order',
    recalls: 'CVE-2026-62317 Logto (work before a rule on the input); UAX #15',
    expected: EXPECTED,
    run: async (t, look) => {
      const client = t.guesser();
      const bodies = {
        address: (text) => ({ email: `${text}@example.com`, password: 'x' }),
        number: (text) => ({ phone: text, password: 'x' }),
        password: (text) => ({ email: 'a@example.com', password: text }),
      };
      for (const [what, body] of Object.entries(bodies)) {
        const send = (text) => client.post('/auth/login', body(text));
        await expectBounded(look, what, { hostile: MARKS, plain: plainFor(MARKS), send });
      }
    },
  },
  {
    id: 'input-work-lists',
    area,
    alone: true,
    title: 'Lists and names of a tenant with texts of the same kinds',
    recalls: RECALLS,
    expected: EXPECTED,
    run: async (t, look) => {
      const { client } = await tenant(t);
      const fields = {
        'the allowed domains': (value) => ({ policies: { invitationDomains: [value] } }),
        'the name': (value) => ({ companyName: value }),
      };
      for (const [what, body] of Object.entries(fields)) {
        const send = (value) => client.patch('/tenants/current', body(value));
        await expectBounded(look, what, { hostile: HAN, plain: plainFor(HAN), send });
      }
      const invite = (value) => client.post('/auth/invite', { email: value, role: 'user' });
      await expectBounded(look, 'an invitation', {
        hostile: `a@${HAN}.com`,
        plain: plainFor(HAN),
        send: invite,
      });
    },
  },
  {
    id: 'input-work-blanks',
    area,
    alone: true,
    title: 'A hundred thousand blanks, slashes and combining marks in a name',
    recalls: 'CVE-2026-62317 Logto (ReDoS)',
    expected: EXPECTED,
    run: async (t, look) => {
      const { client } = await tenant(t);
      const texts = { blanks: `a${' '.repeat(98_000)}a`, slashes: '/ '.repeat(49_000), marks: MARKS };
      for (const [what, text] of Object.entries(texts)) {
        const send = (value) => client.patch('/auth/me', { firstName: value });
        await expectBounded(look, what, { hostile: text, plain: plainFor(text), send });
      }
    },
  },
  {
    id: 'input-work-search',
    area,
    alone: true,
    title: 'A search of thousands of wildcards',
    recalls: 'CVE-2026-62317 Logto; OWASP ASVS V1.2.4',
    expected: EXPECTED,
    run: async (t, look) => {
      if (t.home.user.roleLevel < 100) throw new NotTried('needs an owner');
      const client = t.as(t.home);
      const search = (text) => client.get(`/tenants/current/members?search=${text}`);
      await expectBounded(look, 'wildcards', {
        hostile: '%25_'.repeat(1500),
        plain: 'a'.repeat(6000),
        send: search,
      });
    },
  },
];
