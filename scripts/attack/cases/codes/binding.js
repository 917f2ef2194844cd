import { otherCode } from '../../totp.js';
import { demand } from '../../world/demand.js';
import { newPassword, newPhone, uniqueName } from '../../world/names.js';
import { adoptKatixo, tenant } from '../../world/people.js';
import { newCode, phoneAccount, recoveryCode } from '../../world/phones.js';
import { renew } from '../../world/second-factor.js';
import { burst, countStatus, expectDead, me } from '../shared.js';

const area = 'codes';
const verify = (client, phone, code) => client.post('/auth/otp/verify', { phone, code });

/** An account that registered a number at Katixo without verifying it, and to which a code was sent. */
async function claimant(t) {
  t.needRegistration();
  const phone = newPhone();
  const names = { name: 'Attack Pack', businessName: uniqueName(), businessType: 'RETAILER' };
  const body = { phone, password: newPassword(), ...names };
  const client = t.client();
  const reply = demand(await client.post('/api/v1/auth/register', body), 201);
  return adoptKatixo(t, client, reply, body);
}

export const BINDING = [
  {
    id: 'codes-used-once',
    area,
    title: 'One right code in twenty parallel requests, and once more',
    recalls: 'better-auth#8067; CVE-2023-47111 Zitadel',
    expected: 'one success',
    run: async (t, look) => {
      const phone = newPhone();
      const code = await newCode(t, phone);
      const client = t.guesser();
      const replies = await burst(20, () => verify(client, phone, code));
      look.equal('successes', countStatus(replies, 200), 1);
      look.refused('once more', await verify(t.client(), phone, code), 400, 429);
    },
  },
  {
    id: 'codes-newer-voids',
    area,
    title: 'A code after a newer one was sent',
    recalls: 'supabase/auth cf74a14 (older tokens stay valid)',
    expected: '400',
    run: async (t, look) => {
      const phone = newPhone();
      const older = await newCode(t, phone);
      const newer = await newCode(t, phone);
      // One in a million: then nothing can be distinguished
      if (older === newer) return look.holds('', true, 'the codes are the same');
      look.refused('the older code', await verify(t.client(), phone, older), 400);
      look.answered('the newer code', await verify(t.client(), phone, newer), 200);
    },
  },
  {
    id: 'codes-shapes',
    area,
    title: 'A code that is empty, null, a list, an object, a number, a boolean, or in full-width digits',
    recalls: 'CVE-2022-39263 Auth.js (the code was not compared)',
    expected: '400',
    run: async (t, look) => {
      const phone = newPhone();
      const code = await newCode(t, phone);
      const client = t.client();
      const wide = [...otherCode(code)]
        .map((digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0))
        .join('');
      const shapes = [
        '',
        null,
        [code],
        { code },
        { $ne: '' },
        Number(code) || 1,
        true,
        `${code}0`,
        code.slice(1),
        '*',
        '%',
        wide,
      ];
      for (const shape of shapes)
        look.refused(JSON.stringify(shape), await verify(client, phone, shape), 400);
      look.refused('none', await client.post('/auth/otp/verify', { phone }), 400);
    },
  },
  {
    id: 'codes-without-a-number',
    area,
    title: 'A right code alone, with a list of numbers, or with a pattern',
    recalls: 'supabase/auth#1245; hanko#213 (a code searched for by its value alone)',
    expected: '400',
    run: async (t, look) => {
      const phone = newPhone();
      const code = await newCode(t, phone);
      const client = t.client();
      const bodies = [
        { code },
        { code, phone: [phone] },
        { code, phone: '%' },
        { code, phone: null },
        { code, phone, email: 'a@example.com' },
      ];
      for (const body of bodies) {
        look.refused(Object.keys(body).join(), await client.post('/auth/otp/verify', body), 400);
      }
    },
  },
  {
    id: 'codes-other-number',
    area,
    title: 'The code of one number used for another',
    recalls: 'hanko#2289; OWASP ASVS V6.6.2',
    expected: '400',
    run: async (t, look) => {
      const [one, other] = [newPhone(), newPhone()];
      const code = await newCode(t, one);
      const otherOne = await newCode(t, other);
      if (code === otherOne) return look.holds('', true, 'the codes are the same');
      look.refused('at the other number', await verify(t.client(), other, code), 400);
      look.answered('at its own', await verify(t.client(), one, code), 200);
    },
  },
  {
    id: 'codes-sign-in-for-recovery',
    area,
    title: 'A sign-in code to reset the password',
    recalls: 'CVE-2026-55377 / GHSA-q4h3 Logto (a record of another purpose)',
    expected: '400',
    run: async (t, look) => {
      t.needContract('katixo');
      const { phone } = await claimant(t);
      const body = { phone, code: await t.mailbox.code(phone), newPassword: newPassword() };
      look.refused('the reset', await t.client().post('/auth/reset-password', body), 400);
    },
  },
  {
    id: 'codes-recovery-for-sign-in',
    area,
    title: 'A recovery code to sign in',
    recalls: 'CVE-2026-55377 / GHSA-q4h3 Logto; CVE-2026-4325 Keycloak',
    expected: '400',
    run: async (t, look) => {
      const { phone } = await phoneAccount(t);
      const code = await recoveryCode(t, phone);
      look.refused('at primary', await verify(t.client(), phone, code), 400);
      if (t.target.contracts.has('katixo')) {
        look.refused(
          'at katixo',
          await t.client().post('/api/v1/auth/otp/verify', { phone, otp: code }),
          400,
        );
      }
    },
  },
  {
    id: 'codes-after-password-change',
    area,
    title: 'A code that was open before a password change',
    recalls: 'supabase/auth#1489',
    expected: '400',
    run: async (t, look) => {
      const owner = await phoneAccount(t);
      const code = await newCode(t, owner.phone);
      const password = newPassword();
      const body = { currentPassword: owner.password, newPassword: password };
      renew(owner, demand(await owner.client.post('/auth/change-password', body), 200));
      owner.password = password;
      look.refused('the code', await verify(t.client(), owner.phone, code), 400);
    },
  },
  {
    id: 'codes-of-another-session',
    area,
    title: 'The code of a number in the session of an account without that number',
    recalls: 'CVE-2026-55377 / GHSA-q4h3 Logto; OWASP ASVS V6.6.2',
    expected: 'the session’s account gets neither number nor verification',
    run: async (t, look) => {
      const other = await tenant(t);
      const phone = newPhone();
      const { body } = await verify(other.client, phone, await newCode(t, phone));
      look.holds('it signed in as the account', body.user === undefined, 'a ticket to sign up');
      look.equal('the phone of the account', (await me(other.client)).body.phone, null);
    },
  },
  {
    id: 'codes-claimed-number',
    area,
    title: 'The code of a number that another person registered without verifying it',
    recalls: 'CVE-2026-53516 / GHSA-g38m-r43w-p2q7 Better Auth (pre-hijacked accounts)',
    expected: 'it gives access to nothing that the other person set up, or ends their session and password',
    run: async (t, look) => {
      t.needContract('katixo');
      const { mailbox } = t;
      const squatter = await claimant(t);
      const { phone, password } = squatter;
      const reply = await verify(t.client(), phone, await mailbox.code(phone));
      if (reply.body.accessToken === undefined) return look.holds('', true, 'no session');
      await expectDead(t, look, 'the other one', squatter);
      look.refused('their password', await t.client().post('/auth/login', { phone, password }), 401);
    },
  },
];
