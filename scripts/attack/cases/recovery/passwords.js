import { demand } from '../../world/demand.js';
import { newPassword, newPhone, uniqueEmail, uniqueName } from '../../world/names.js';
import { invite, registration, resetToken, tenant } from '../../world/people.js';

const area = 'recovery';
/** Common, too short, sequences, and what an attacker would try at a company of this name. */
const WEAK = ['password', '12345678', 'qwertyuiop', 'iloveyou1', 'aaaaaaaa', 'short1!', 'Password123'];

async function expectRefused(look, choose) {
  for (const password of WEAK) look.refused(password, await choose(password), 400);
  look.refused('of 129 characters', await choose('a1B!'.repeat(32) + 'x'), 400);
}

export const PASSWORDS = [
  {
    id: 'recovery-weak-at-registration',
    area,
    title: 'Common passwords at registration, in every contract',
    recalls: 'better-auth#9993 (the check missing on some paths)',
    expected: '400',
    run: async (t, look) => {
      t.needRegistration();
      const client = t.client();
      for (const password of WEAK) {
        look.refused(password, await client.post('/auth/register', registration({ password })), 400);
      }
      const katixo = {
        phone: newPhone(),
        name: 'Attack Pack',
        businessName: uniqueName(),
        businessType: 'RETAILER',
      };
      const datixlab = { email: uniqueEmail(), full_name: 'Attack Pack', organization_name: uniqueName() };
      for (const password of WEAK.slice(0, 3)) {
        if (t.target.contracts.has('katixo')) {
          look.refused('katixo', await client.post('/api/v1/auth/register', { ...katixo, password }), 400);
        }
        if (t.target.contracts.has('datixlab')) {
          look.refused('datixlab', await client.post('/v1/auth/register', { ...datixlab, password }), 400);
        }
      }
    },
  },
  {
    id: 'recovery-weak-at-reset',
    area,
    title: 'Common passwords at a reset',
    recalls: 'better-auth#9993',
    expected: '400, and the link is not consumed',
    run: async (t, look) => {
      const token = await resetToken(t, await tenant(t));
      const client = t.client();
      await expectRefused(look, (password) =>
        client.post('/auth/reset-password', { token, newPassword: password }),
      );
      look.answered(
        'the link still works',
        await client.get(`/auth/reset-password/validate?token=${token}`),
        200,
      );
    },
  },
  {
    id: 'recovery-weak-at-change',
    area,
    title: 'Common passwords at a change, in both contracts that have it',
    recalls: 'better-auth#9993',
    expected: '400',
    run: async (t, look) => {
      const { client, password: currentPassword } = await tenant(t);
      await expectRefused(look, (password) =>
        client.post('/auth/change-password', { currentPassword, newPassword: password }),
      );
      if (!t.target.contracts.has('datixlab')) return;
      const body = { current_password: currentPassword, new_password: 'password' };
      look.refused('datixlab', await client.post('/v1/auth/change-password', body), 400);
    },
  },
  {
    id: 'recovery-weak-at-acceptance',
    area,
    title: 'Common passwords where an invitation is accepted',
    recalls: 'better-auth#9993',
    expected: '400, and the invitation is not consumed',
    run: async (t, look) => {
      const { token } = await invite(t, await tenant(t));
      const client = t.client();
      const names = { firstName: 'Attack', lastName: 'Pack' };
      await expectRefused(look, (password) =>
        client.post('/auth/invite/accept', { token, password, ...names }),
      );
      look.answered(
        'the invitation still works',
        await client.get(`/auth/invite/validate?token=${token}`),
        200,
      );
    },
  },
  {
    id: 'recovery-password-of-identity',
    area,
    title: 'A password made of the own address, name or company',
    recalls: 'OWASP ASVS V6.2.11',
    expected: '400',
    run: async (t, look) => {
      t.needRegistration();
      const client = t.client();
      const companyName = 'Zephyrine Quartzworks';
      const email = 'attack.zephyrine@example.com';
      for (const password of [
        companyName,
        'zephyrinequartzworks',
        'ZephyrineQuartzworks1',
        email,
        'attack.zephyrine',
      ]) {
        look.refused(
          password,
          await client.post('/auth/register', registration({ companyName, email, password })),
          400,
        );
      }
    },
  },
  {
    id: 'recovery-password-cut',
    area,
    title: 'A long password truncated after 72 characters, trimmed, or in another letter case, to sign in',
    recalls: 'the truncation of bcrypt; OWASP ASVS V6.2.8',
    expected: '401',
    run: async (t, look) => {
      const password = ` ${newPassword()}${newPassword()}${newPassword()}${newPassword()} `;
      const { email } = await tenant(t, { password });
      const client = t.client();
      const others = [password.slice(0, 72), password.trim(), password.toUpperCase()];
      for (const other of others)
        look.refused(
          `${other.length} characters`,
          await client.post('/auth/login', { email, password: other }),
          401,
        );
      demand(await client.post('/auth/login', { email, password }), 200);
    },
  },
];
