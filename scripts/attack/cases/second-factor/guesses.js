import { codeOf } from '../../http/reply.js';
import { Authenticator } from '../../totp.js';
import { tenant } from '../../world/people.js';
import { protect, tempToken } from '../../world/second-factor.js';
import { burst } from '../shared.js';

const area = 'second-factor';
const verify = (client, token, code) => client.post('/auth/verify-2fa', { tempToken: token, code });

export const SECOND_FACTOR_GUESSES = [
  {
    id: 'second-factor-sixth-guess',
    area,
    title: 'The right code after five wrong ones with one temp token',
    recalls: 'CVE-2024-32868 Zitadel; better-auth#10210',
    expected: '401 or 429',
    run: async (t, look) => {
      const person = await protect(t, await tenant(t));
      const token = await tempToken(t, person);
      const client = t.client();
      for (let index = 0; index < 5; index += 1)
        await verify(client, token, person.authenticator.wrong(index));
      look.refused('the right code', await verify(client, token, person.backupCodes.pop()), 401, 429);
    },
  },
  {
    id: 'second-factor-parallel-guesses',
    area,
    budget: 70,
    title: 'Forty parallel wrong codes with one temp token, then a right one',
    recalls: 'CVE-2023-47111 Zitadel; better-auth#9993',
    expected: 'at most five are compared, and the right one is refused',
    run: async (t, look) => {
      const person = await protect(t, await tenant(t));
      const token = await tempToken(t, person);
      const clients = [t.guesser(), t.guesser(), t.guesser()];
      const replies = await burst(40, (index) =>
        verify(clients[index % 3], token, person.authenticator.wrong(index)),
      );
      const compared = replies.filter((reply) => codeOf(reply) === 'two_factor_code_invalid').length;
      look.holds(`${compared} were compared`, compared <= 5, 'five at most were compared');
      look.refused('a right code', await verify(t.client(), token, person.backupCodes.pop()), 401, 429);
    },
  },
  {
    id: 'second-factor-new-temp-token',
    area,
    title: 'A right code with a third temp token, after ten wrong ones with the two before',
    recalls: 'Keycloak #26177 (a sign-in survives the lock-out); CVE-2026-9798 Keycloak',
    expected: '429',
    run: async (t, look) => {
      const person = await protect(t, await tenant(t));
      for (let round = 0; round < 2; round += 1) {
        const token = await tempToken(t, person);
        const client = t.guesser();
        for (let index = 0; index < 5; index += 1) {
          await verify(client, token, person.authenticator.wrong(round * 5 + index));
        }
      }
      const token = await tempToken(t, person);
      look.refused(
        'a code of the authenticator',
        await verify(t.client(), token, person.authenticator.fresh()),
        429,
      );
      look.refused('a backup code', await verify(t.client(), token, person.backupCodes.at(-1)), 429);
      if (!t.target.contracts.has('katixo')) return;
      const other = await t
        .client()
        .post('/api/v1/auth/verify-2fa', { tempToken: token, code: person.backupCodes.at(-1) });
      look.refused('at katixo', other, 429);
    },
  },
  {
    id: 'second-factor-guesses-in-session',
    area,
    budget: 80,
    title: 'Forty parallel wrong codes to turn it off, in a session with the password known',
    recalls: 'better-auth#10210 (one route without the limit)',
    expected: 'at most ten are compared, and the factor stays on',
    run: async (t, look) => {
      const person = await protect(t, await tenant(t));
      const { password } = person;
      const clients = [person.client, t.as(person), t.as(person), t.as(person)];
      const replies = await burst(40, (index) =>
        clients[index % 4].post('/auth/disable-2fa', { password, code: person.authenticator.wrong(index) }),
      );
      const compared = replies.filter((reply) => codeOf(reply) === 'two_factor_code_invalid').length;
      look.holds(`${compared} were compared`, compared <= 10, 'ten at most were compared');
      look.equal('the factor is on', (await person.client.get('/auth/2fa')).body.enabled, true);
    },
  },
  {
    id: 'second-factor-shapes',
    area,
    title: 'A code that is empty, null, a list, an object, a number, or a boolean',
    recalls: 'CVE-2022-39263 Auth.js',
    expected: '400',
    run: async (t, look) => {
      const person = await protect(t, await tenant(t));
      const token = await tempToken(t, person);
      const [code] = person.backupCodes;
      const client = t.client();
      for (const shape of ['', null, [code], { code }, Number(code) || 1, true, { $ne: '' }, '%']) {
        look.refused(JSON.stringify(shape), await verify(client, token, shape), 400);
      }
      look.refused('none', await client.post('/auth/verify-2fa', { tempToken: token }), 400);
      look.refused('a list of temp tokens', await verify(client, [token], code), 400);
    },
  },
  {
    id: 'second-factor-confirmation-guessed',
    area,
    title: 'Twelve wrong codes to confirm an enrolment, then the right one',
    recalls: 'supabase/auth#1439; better-auth#10240',
    expected: 'at most ten are compared',
    run: async (t, look) => {
      const owner = await tenant(t);
      const { body } = await owner.client.post('/auth/enable-2fa');
      const authenticator = new Authenticator(body);
      const replies = [];
      for (let index = 0; index < 12; index += 1) {
        replies.push(await owner.client.post('/auth/confirm-2fa', { code: authenticator.wrong(index) }));
      }
      const compared = replies.filter((reply) => codeOf(reply) === 'two_factor_code_invalid').length;
      look.holds(`${compared} were compared`, compared <= 10, 'ten at most were compared');
      look.refused(
        'the right code',
        await owner.client.post('/auth/confirm-2fa', { code: authenticator.fresh() }),
        429,
      );
    },
  },
];
