import { Authenticator } from '../../totp.js';
import { demand } from '../../world/demand.js';
import { newPassword, uniqueEmail } from '../../world/names.js';
import { tenant } from '../../world/people.js';
import { protect, renew, signInWithCode, tempToken } from '../../world/second-factor.js';
import { me } from '../shared.js';

const area = 'second-factor';
const isOn = async (account) => (await account.client.get('/auth/2fa')).body.enabled;

/** Every text of a JSON value. */
function textsOf(value) {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsOf) : [];
}

export const CHANGES = [
  {
    id: 'second-factor-turned-off',
    area,
    title: 'Turning it off without the password, without a code, or with a wrong one of either',
    recalls: 'supabase/auth#2607, #2615; ory/kratos be5e98716',
    expected: '400 or 401, and it stays on',
    run: async (t, look) => {
      const person = await protect(t, await tenant(t));
      const { client, password, authenticator } = person;
      const [code] = person.backupCodes;
      const bodies = {
        nothing: {},
        'no code': { password },
        'no password': { code },
        'a wrong password': { password: newPassword(), code },
        'a wrong code': { password, code: authenticator.wrong() },
        'a code of null': { password, code: null },
      };
      for (const [what, body] of Object.entries(bodies)) {
        look.refused(what, await client.post('/auth/disable-2fa', body), 400, 401);
        if (t.target.contracts.has('datixlab')) {
          look.refused(`${what}, datixlab`, await client.post('/v1/auth/disable-2fa', body), 400, 401, 429);
        }
      }
      look.equal('it is on', await isOn(person), true);
    },
  },
  {
    id: 'second-factor-backup-codes-taken',
    area,
    title: 'New backup codes in a stolen session, without the password or without a code',
    recalls: 'supabase/auth#1439',
    expected: '400 or 401',
    run: async (t, look) => {
      const person = await protect(t, await tenant(t));
      const { client, password } = person;
      const bodies = [
        {},
        { password },
        { code: person.backupCodes[0] },
        { password: newPassword(), code: person.backupCodes[0] },
      ];
      for (const body of bodies) {
        look.refused(
          Object.keys(body).join() || 'nothing',
          await client.post('/auth/backup-codes', body),
          400,
          401,
        );
      }
    },
  },
  {
    id: 'second-factor-enrolled-anew',
    area,
    title: 'A second enrolment in a stolen session, to replace the authenticator',
    recalls: 'supabase/auth#1439; CVE-2026-9091 Casdoor (binding)',
    expected: '409, and the first authenticator stays',
    run: async (t, look) => {
      const person = await protect(t, await tenant(t));
      look.refused('the enrolment', await person.client.post('/auth/enable-2fa'), 409);
      look.refused(
        'at it with the password',
        await person.client.post('/auth/enable-2fa', { currentPassword: person.password }),
        409,
      );
      look.refused(
        'its confirmation',
        await person.client.post('/auth/confirm-2fa', { code: '123456' }),
        409,
        401,
      );
      const signedIn = await signInWithCode(t, person);
      look.answered('the first backup codes', await me(signedIn.client), 200);
    },
  },
  {
    id: 'second-factor-shown-again',
    area,
    title: 'Whether any later response contains the secret or a backup code',
    recalls: 'Logto a1e0f2b680 (secrets in responses)',
    expected: 'none contains them',
    run: async (t, look) => {
      const owner = await tenant(t);
      const { body } = demand(await owner.client.post('/auth/enable-2fa'), 200);
      const { secret, backupCodes } = body;
      const authenticator = new Authenticator(body);
      owner.backupCodes = backupCodes;
      renew(
        owner,
        demand(await owner.client.post('/auth/confirm-2fa', { code: authenticator.fresh() }), 200),
      );
      const { password: currentPassword } = owner;
      const replies = {
        '2fa': await owner.client.get('/auth/2fa'),
        me: await me(owner.client),
        sessions: await owner.client.get('/auth/sessions'),
        trail: await owner.client.get('/tenants/current/audit-events'),
        archive: await owner.client.post('/users/me/export', { currentPassword }),
      };
      for (const [what, reply] of Object.entries(replies)) {
        const shown = textsOf(demand(reply, 200).body).filter(
          (text) => text === secret || backupCodes.includes(text),
        );
        look.holds(
          `${what} contains it`,
          shown.length === 0 && !reply.text.includes(secret),
          'not contained',
        );
      }
    },
  },
  {
    id: 'second-factor-email-change',
    area,
    title: 'Another e-mail address in a stolen session of an account with a second factor',
    recalls: 'ory/kratos be5e98716 (the recovery address changed without a fresh login)',
    expected: '403: the password or a code is required, whatever the age of the session',
    run: async (t, look) => {
      const person = await protect(t, await tenant(t));
      look.refused('neither', await person.client.patch('/auth/me', { email: uniqueEmail('thief') }), 403);
      look.holds(
        'the address is pending',
        !(await me(person.client)).body.pendingEmail,
        'nothing is pending',
      );
    },
  },
  {
    id: 'second-factor-device-unwanted',
    area,
    title: 'A trusted device where the organisation does not allow it',
    recalls: 'CVE-2024-45042 Kratos (the second factor skipped)',
    expected: 'no device token, and the next sign-in requires the code',
    run: async (t, look) => {
      const person = await protect(t, await tenant(t));
      const body = {
        tempToken: await tempToken(t, person),
        code: person.backupCodes.pop(),
        rememberDevice: true,
      };
      const reply = demand(await t.client().post('/auth/verify-2fa', body), 200);
      look.holds('a device token', reply.body.deviceToken === undefined, 'no device token');
      const { email, password } = person;
      const again = await t
        .client()
        .post('/auth/login', { email, password, deviceToken: `device_${'A'.repeat(43)}` });
      look.holds('a made-up device signs in', again.body.accessToken === undefined, 'asked');
    },
  },
  {
    id: 'second-factor-device-of-another',
    area,
    title: 'The trusted device of another person, and one from before a password change',
    recalls: 'supabase/auth cf74a14; CVE-2025-64717 Zitadel',
    expected: 'the code is required',
    run: async (t, look) => {
      const [person, other] = [await trusting(t), await trusting(t)];
      const asks = async (what, { email, password }, deviceToken) => {
        const { body, text } = await t.client().post('/auth/login', { email, password, deviceToken });
        look.holds(`${what}: ${text.slice(0, 60)}`, body.accessToken === undefined, 'asked');
      };
      await asks('of another', person, other.deviceToken);
      const password = newPassword();
      const change = { currentPassword: person.password, newPassword: password };
      renew(person, demand(await person.client.post('/auth/change-password', change), 200));
      person.password = password;
      await asks('from before the change', person, person.deviceToken);
      look.refused('as the bearer', await me(t.client(other.deviceToken)), 401);
    },
  },
];

/** A person with a second factor and a trusted device that their organisation allows. */
async function trusting(t) {
  const person = await protect(t, await tenant(t));
  demand(await person.client.patch('/tenants/current', { policies: { trustedDevices: true } }), 200);
  const body = {
    tempToken: await tempToken(t, person),
    code: person.backupCodes.pop(),
    rememberDevice: true,
  };
  const { deviceToken } = demand(await t.client().post('/auth/verify-2fa', body), 200).body;
  return Object.assign(person, { deviceToken });
}
