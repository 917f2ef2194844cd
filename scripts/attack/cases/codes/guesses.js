import { codeOf } from '../../http/reply.js';
import { otherCode } from '../../totp.js';
import { newPassword, newPhone } from '../../world/names.js';
import { newCode, phoneAccount, recoveryCode } from '../../world/phones.js';
import { burst } from '../shared.js';

const area = 'codes';
const verify = (client, phone, code) => client.post('/auth/otp/verify', { phone, code });

/** So many wrong codes, one after the other. */
async function guessWrong(client, phone, code, times) {
  for (let step = 1; step <= times; step += 1) await verify(client, phone, otherCode(code, step));
}

/** Guesses of a stranger at a number that has no open code. */
async function guessBlindly(guess, times) {
  for (let index = 0; index < times; index += 1) await guess(String(100_000 + index));
}

/** So many wrong codes in parallel, from these clients in turn, and then the right one. */
async function guessAtOnce(t, look, clients, guesses) {
  const phone = newPhone();
  const code = await newCode(t, phone);
  const { length } = clients;
  const guess = (index) => verify(clients[index % length], phone, otherCode(code, index + 1));
  for (const reply of await burst(guesses, guess)) look.refused('a wrong code', reply, 400, 429);
  look.refused(`the right code after ${guesses}`, await verify(t.client(), phone, code), 400, 429);
}

export const GUESSES = [
  {
    id: 'codes-sixth-guess',
    area,
    title: 'The right code after five wrong ones',
    recalls: 'better-auth#10210; supabase/auth#2819',
    expected: '400 or 429',
    run: async (t, look) => {
      const phone = newPhone();
      const code = await newCode(t, phone);
      const client = t.client();
      await guessWrong(client, phone, code, 5);
      look.refused('the right code', await verify(client, phone, code), 400, 429);
    },
  },
  {
    id: 'codes-parallel-guesses',
    area,
    budget: 90,
    title: 'Nine and sixty parallel wrong codes, then the right one',
    recalls: 'CVE-2023-47111 Zitadel; better-auth#9993; ory/kratos 8d4b3c3ae',
    expected: '400 or 429: parallel guesses do not evade the counter',
    run: async (t, look) => {
      const clients = Array.from({ length: 4 }, () => t.guesser());
      // Nine are too few to delay the number: then only the count of the code applies
      for (const guesses of [9, 60]) await guessAtOnce(t, look, clients, guesses);
    },
  },
  {
    id: 'codes-other-contract',
    area,
    title: 'Five wrong codes over two contracts, then the right one in each',
    recalls: 'CVE-2025-64102 Zitadel (a new API without the limit)',
    expected: 'refused: one counter for all contracts',
    run: async (t, look) => {
      t.needContract('katixo');
      const phone = newPhone();
      const code = await newCode(t, phone);
      const client = t.client();
      const atKatixo = (otp) => client.post('/api/v1/auth/otp/verify', { phone, otp });
      await guessWrong(client, phone, code, 3);
      for (const step of [4, 5]) await atKatixo(otherCode(code, step));
      look.refused('at katixo', await atKatixo(code), 400, 429);
      look.refused('at primary', await verify(client, phone, code), 400, 429);
    },
  },
  {
    id: 'codes-new-code-forgives-nothing',
    area,
    title: 'The right code of a third message after ten wrong guesses at the two before',
    recalls: 'NIST SP 800-63B §3.1.3.2; CVE-2024-32868 Zitadel (codes did not count)',
    expected: '429: failures count for the new code, too',
    run: async (t, look) => {
      const phone = newPhone();
      for (let message = 0; message < 2; message += 1) {
        await guessWrong(t.guesser(), phone, await newCode(t, phone), 5);
      }
      look.refused('the right code', await verify(t.client(), phone, await newCode(t, phone)), 429);
    },
  },
  {
    id: 'codes-blind-address',
    area,
    title: 'Thirty guesses from one address at numbers that have no code',
    recalls: 'better-auth#10240; OWASP ASVS V6.3.1',
    expected: '429 by the 21st',
    run: async (t, look) => {
      const client = t.guesser();
      const replies = [];
      for (let index = 0; index < 30; index += 1) replies.push(await verify(client, newPhone(), '123456'));
      look.holds(
        `statuses ${replies.map(codeOf)}`,
        replies.slice(20).every(({ status }) => status === 429),
        '429 from the 21st on',
      );
    },
  },
  {
    id: 'codes-blind-sign-in-lock',
    area,
    budget: 60,
    title: 'A stranger’s twelve guesses at a number without an open code, to lock out its owner',
    recalls: 'GHSA-cq42-vhv7-xr7p Keycloak (the lock-out as denial of service)',
    expected: 'the owner’s password, sign-in code and recovery code work',
    run: async (t, look) => {
      const owner = await phoneAccount(t);
      const { phone, password } = owner;
      const stranger = t.guesser();
      await guessBlindly((code) => verify(stranger, phone, code), 12);
      look.answered('the password', await t.client().post('/auth/login', { phone, password }), 200);
      look.answered('the sign-in code', await verify(t.client(), phone, await newCode(t, phone)), 200);
      await expectRecovery(t, look, owner);
    },
  },
  {
    id: 'codes-blind-recovery-lock',
    area,
    budget: 60,
    title: 'A stranger’s twelve guesses at recovery codes that were never requested, to lock out the owner',
    recalls: 'GHSA-cq42-vhv7-xr7p Keycloak; zitadel#12615',
    expected: 'the owner’s password, sign-in code and recovery code work',
    run: async (t, look) => {
      const owner = await phoneAccount(t);
      const { phone, password } = owner;
      const stranger = t.guesser();
      await guessBlindly(
        (code) => stranger.post('/auth/reset-password', { phone, code, newPassword: newPassword() }),
        12,
      );
      look.answered('the password', await t.client().post('/auth/login', { phone, password }), 200);
      look.answered('the sign-in code', await verify(t.client(), phone, await newCode(t, phone)), 200);
      await expectRecovery(t, look, owner);
    },
  },
];

async function expectRecovery(t, look, owner) {
  const code = await recoveryCode(t, owner.phone);
  const password = newPassword();
  const body = { phone: owner.phone, code, newPassword: password };
  const reply = await t.client().post('/auth/reset-password', body);
  if (look.answered('the recovery code', reply, 200)) owner.password = password;
}
