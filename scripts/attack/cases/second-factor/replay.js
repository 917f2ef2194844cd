import { Authenticator } from '../../totp.js';
import { demand } from '../../world/demand.js';
import { newPassword } from '../../world/names.js';
import { tenant } from '../../world/people.js';
import { protect, renew, tempToken } from '../../world/second-factor.js';
import { burst, countStatus } from '../shared.js';

const area = 'second-factor';
const verify = (client, token, code) => client.post('/auth/verify-2fa', { tempToken: token, code });

/** So many temp tokens of one account. */
async function tempTokens(t, person, count) {
  const tokens = [];
  for (let index = 0; index < count; index += 1) tokens.push(await tempToken(t, person));
  return tokens;
}

export const REPLAY = [
  {
    id: 'second-factor-replay',
    area,
    title: 'A code that has signed in, again within its time, in every contract',
    recalls: 'CVE-2026-55370 Logto',
    expected: '401',
    run: async (t, look) => {
      const person = await protect(t, await tenant(t));
      const [first, second, third] = await tempTokens(t, person, 3);
      const code = person.authenticator.fresh();
      demand(await verify(t.client(), first, code), 200);
      look.refused('at primary', await verify(t.client(), second, code), 401);
      if (t.target.contracts.has('katixo')) {
        look.refused(
          'at katixo',
          await t.client().post('/api/v1/auth/verify-2fa', { tempToken: third, code }),
          401,
        );
      }
      if (t.target.contracts.has('datixlab')) {
        look.refused(
          'at datixlab',
          await t.client().post('/v1/auth/verify-2fa', { temp_token: third, code }),
          401,
        );
      }
    },
  },
  {
    id: 'second-factor-parallel-replay',
    area,
    title: 'One code with six temp tokens in parallel requests',
    recalls: 'better-auth#9993; RFC 6238 §5.2',
    expected: 'one success',
    run: async (t, look) => {
      const person = await protect(t, await tenant(t));
      const tokens = await tempTokens(t, person, 6);
      const code = person.authenticator.fresh();
      const clients = tokens.map(() => t.client());
      const replies = await burst(6, (index) => verify(clients[index], tokens[index], code));
      look.equal('successes', countStatus(replies, 200), 1);
    },
  },
  {
    id: 'second-factor-older-step',
    area,
    title: 'The code of an earlier step, never used, after a later one',
    recalls: 'CVE-2026-55370 Logto; RFC 6238 §5.2',
    expected: '401',
    run: async (t, look) => {
      const person = await protect(t, await tenant(t));
      // Turned off and on again with the earliest step, so that one in between stays unused
      const off = { password: person.password, code: person.backupCodes.pop() };
      renew(person, demand(await person.client.post('/auth/disable-2fa', off), 200));
      const { body } = demand(await person.client.post('/auth/enable-2fa'), 200);
      const authenticator = new Authenticator(body);
      const first = authenticator.step() - 1;
      const isEarly = await person.client.post('/auth/confirm-2fa', { code: authenticator.at(first) });
      const used = isEarly.status === 200 ? first : first + 1;
      if (isEarly.status === 200) renew(person, isEarly);
      else
        renew(
          person,
          demand(await person.client.post('/auth/confirm-2fa', { code: authenticator.at(used) }), 200),
        );
      person.backupCodes = body.backupCodes;
      const [one, other] = await tempTokens(t, person, 2);
      const later = await verify(t.client(), one, authenticator.at(used + 2));
      look.refused('the step before', await verify(t.client(), other, authenticator.at(used)), 401);
      // If a step began just now, the later one is not valid yet, and one between is
      if (later.status !== 200) return;
      look.refused('a step between', await verify(t.client(), other, authenticator.at(used + 1)), 401);
    },
  },
  {
    id: 'second-factor-enrolment-code',
    area,
    title: 'The code that confirmed the enrolment, to sign in',
    recalls: 'NIST SP 800-63B §3.1.4.2; CVE-2026-55370 Logto',
    expected: '401',
    run: async (t, look) => {
      const person = await protect(t, await tenant(t));
      const code = person.authenticator.at(person.authenticator.last);
      look.refused('the code', await verify(t.client(), await tempToken(t, person), code), 401);
    },
  },
  {
    id: 'second-factor-far-steps',
    area,
    title: 'Codes of steps that are minutes away, before and after',
    recalls: 'OWASP ASVS V6.5.5',
    expected: '401',
    run: async (t, look) => {
      const person = await protect(t, await tenant(t));
      const token = await tempToken(t, person);
      for (const offset of [-20, -6, 6, 20]) {
        const code = person.authenticator.at(person.authenticator.step() + offset);
        look.refused(`${offset} steps`, await verify(t.client(), token, code), 401);
      }
    },
  },
  {
    id: 'second-factor-backup-code-twice',
    area,
    title: 'One backup code with six temp tokens in parallel requests, and once more',
    recalls: 'better-auth#9993',
    expected: 'one success',
    run: async (t, look) => {
      const person = await protect(t, await tenant(t));
      const tokens = await tempTokens(t, person, 7);
      const code = person.backupCodes.pop();
      const clients = tokens.map(() => t.client());
      const replies = await burst(6, (index) => verify(clients[index], tokens[index], code));
      look.equal('successes', countStatus(replies, 200), 1);
      look.refused('once more', await verify(t.client(), tokens[6], code), 401);
    },
  },
  {
    id: 'second-factor-backup-codes-renewed',
    area,
    title: 'A backup code of the previous set',
    recalls: 'supabase/auth cf74a14; OWASP ASVS V6.5.1',
    expected: '401',
    run: async (t, look) => {
      const person = await protect(t, await tenant(t));
      const [old] = person.backupCodes;
      const body = { password: person.password, code: person.authenticator.fresh() };
      const reply = demand(await person.client.post('/auth/backup-codes', body), 200);
      renew(person, reply);
      person.backupCodes = reply.body.backupCodes;
      look.refused('the old code', await verify(t.client(), await tempToken(t, person), old), 401);
    },
  },
  {
    id: 'second-factor-code-of-another',
    area,
    title: 'The own codes with the temp token of another person',
    recalls: 'CVE-2026-55377 / GHSA-q4h3 Logto; CVE-2025-46815 Zitadel',
    expected: '401',
    run: async (t, look) => {
      const [victim, attacker] = [await protect(t, await tenant(t)), await protect(t, await tenant(t))];
      const token = await tempToken(t, victim);
      look.refused('a code of the app', await verify(t.client(), token, attacker.authenticator.fresh()), 401);
      look.refused('a backup code', await verify(t.client(), token, attacker.backupCodes.at(0)), 401);
    },
  },
  {
    id: 'second-factor-temp-token-twice',
    area,
    title: 'A temp token after it has signed in, with another valid code',
    recalls: 'supabase/auth#2612 (a replayed step); OWASP ASVS V2.3.1',
    expected: '401',
    run: async (t, look) => {
      const person = await protect(t, await tenant(t));
      const token = await tempToken(t, person);
      demand(await verify(t.client(), token, person.backupCodes.pop()), 200);
      look.refused('again', await verify(t.client(), token, person.backupCodes.pop()), 401);
    },
  },
  {
    id: 'second-factor-temp-token-after-change',
    area,
    title: 'A temp token from before a password change, with a valid code',
    recalls: 'better-auth#9993; supabase/auth#1489',
    expected: '401',
    run: async (t, look) => {
      const person = await protect(t, await tenant(t));
      const token = await tempToken(t, person);
      const password = newPassword();
      const body = { currentPassword: person.password, newPassword: password };
      renew(person, demand(await person.client.post('/auth/change-password', body), 200));
      person.password = password;
      look.refused('the temp token', await verify(t.client(), token, person.backupCodes.pop()), 401);
    },
  },
  {
    id: 'second-factor-temp-token-forged',
    area,
    title: 'A temp token truncated, lengthened, or in another letter case, with a valid code',
    recalls: 'CVE-2026-27840 Zitadel',
    expected: '401',
    run: async (t, look) => {
      const person = await protect(t, await tenant(t));
      const token = await tempToken(t, person);
      const [code] = person.backupCodes;
      const forged = [
        token.slice(0, -1),
        token.slice(0, -2),
        token.slice(0, -10),
        `${token}A`,
        token.toUpperCase(),
        token.slice(1),
      ];
      for (const text of forged)
        look.refused(`${text.length} characters`, await verify(t.client(), text, code), 401);
    },
  },
];
