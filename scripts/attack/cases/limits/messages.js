import { demand } from '../../world/demand.js';
import { newPassword, newPhone, uniqueEmail } from '../../world/names.js';
import { signIn, tenant } from '../../world/people.js';
import { deleteAccount } from '../../world/removal.js';
import { renew } from '../../world/second-factor.js';

const area = 'limits';
const PER_HOUR = 5;
const SMS_PER_TEN_MINUTES = 3;
/** Well above any budget for one session, and too few to fill a mailbox. */
const CANNON = 24;

/** The number of messages that so many changes of address sent, each to another stranger. */
async function countCannon(t, change) {
  let sent = 0;
  for (let index = 0; index < CANNON; index += 1) {
    const email = uniqueEmail('stranger');
    const { status } = await change(email);
    if (status < 300 && (await t.mailbox.messages(email)).length > 0) sent += 1;
  }
  return sent;
}

export const MESSAGES = [
  {
    id: 'limits-bombing-by-links',
    area,
    title: 'Twelve requests for a reset link for one person, from several addresses and contracts',
    recalls: 'supabase/auth#605; Logto c7f17d6c5c',
    expected: `${PER_HOUR} messages at most, and the same response each time`,
    run: async (t, look) => {
      const { email } = await tenant(t, { verified: false });
      const replies = [];
      for (let index = 0; index < 12; index += 1) {
        replies.push(await t.client().post('/auth/forgot-password', { email }));
      }
      for (const reply of replies) look.same('the answer', reply, replies[0]);
      const count = (await t.mailbox.messages(email, 'password-reset')).length;
      look.holds(`${count} messages`, count <= PER_HOUR, `${PER_HOUR} at most`);
    },
  },
  {
    id: 'limits-bombing-by-codes',
    area,
    title: 'Twelve requests for a code for one number, from several addresses, contracts and routes',
    recalls: 'Logto c7f17d6c5c; better-auth#10368',
    expected: `${SMS_PER_TEN_MINUTES} messages at most, and the same response each time`,
    run: async (t, look) => {
      const phone = newPhone();
      const ways = ['/auth/otp/request', '/auth/otp/request'];
      if (t.target.contracts.has('katixo')) ways.push('/api/v1/auth/otp/request');
      for (let index = 0; index < 12; index += 1) {
        look.answered('the answer', await t.client().post(ways[index % ways.length], { phone }), 200);
      }
      const count = (await t.mailbox.messages(phone, 'otp')).length;
      look.holds(`${count} messages`, count <= SMS_PER_TEN_MINUTES, `${SMS_PER_TEN_MINUTES} at most`);
    },
  },
  {
    id: 'limits-bombing-by-invitations',
    area,
    title: 'One person invited ten times, by two tenants',
    recalls: 'supabase/auth#605: a limit that applies across tenants and routes',
    expected: `${PER_HOUR} messages at most`,
    run: async (t, look) => {
      const owners = [await tenant(t), await tenant(t)];
      const email = uniqueEmail('invited');
      for (let index = 0; index < 10; index += 1) {
        await owners[index % 2].client.post('/auth/invite', { email, role: 'user' });
      }
      const count = (await t.mailbox.messages(email, 'invitation')).length;
      look.holds(`${count} messages`, count <= PER_HOUR, `${PER_HOUR} at most`);
    },
  },
  {
    id: 'limits-mail-cannon',
    area,
    title: `${CANNON} changes of the own address in a row, each to another stranger`,
    recalls: 'supabase/auth#605; better-auth#10368',
    expected: 'a budget of the session ends it before ten',
    budget: 120,
    run: async (t, look) => {
      const owner = await tenant(t);
      const { password: currentPassword } = owner;
      const sent = await countCannon(t, (email) =>
        owner.client.patch('/auth/me', { email, currentPassword }),
      );
      look.holds(`${sent} strangers got a message`, sent <= 10, 'ten at most');
    },
  },
  {
    id: 'limits-mail-cannon-datixlab',
    area,
    title: 'The same at Datix Lab, and with a new session every few changes',
    recalls: 'past-bugs lesson 1: one route of several; supabase/auth#605',
    expected: 'a budget of the account ends it before ten',
    budget: 140,
    run: async (t, look) => {
      t.needContract('datixlab');
      const owner = await tenant(t);
      let session = owner;
      let changes = 0;
      const sent = await countCannon(t, async (email) => {
        if ((changes += 1) % 4 === 0) session = await signIn(t, owner);
        return session.client.patch('/v1/auth/me', { email, current_password: owner.password });
      });
      look.holds(`${sent} strangers got a message`, sent <= 10, 'ten at most');
    },
  },
  {
    id: 'limits-notices-to-strangers',
    area,
    title: 'Notices to an address that was only claimed, for every event that the claimant can cause',
    recalls: 'Logto c7f17d6c5c; better-auth#10368',
    expected: 'the first one at most',
    run: async (t, look) => {
      const claimant = await tenant(t, { verified: false, email: uniqueEmail('stranger') });
      for (let index = 0; index < 3; index += 1) {
        const password = newPassword();
        const body = { currentPassword: claimant.password, newPassword: password };
        renew(claimant, demand(await claimant.client.post('/auth/change-password', body), 200));
        claimant.password = password;
        demand(await claimant.client.post('/auth/api-keys', { name: `Attack pack ${index}` }), 201);
        demand(await claimant.client.post('/users/me/export', { currentPassword: password }), 200);
      }
      const count = (await t.mailbox.messages(claimant.email, 'notice')).length;
      look.holds(`${count} notices`, count <= 1, 'one at most');
    },
  },
  {
    id: 'limits-others-spend-recovery',
    area,
    title: 'Invitations by strangers, until their limit, and then the owner’s own reset link',
    recalls: 'GHSA-cq42-vhv7-xr7p Keycloak (a limit as denial of service)',
    expected: 'the link arrives',
    run: async (t, look) => {
      const [owner, stranger] = [await tenant(t, { verified: false }), await tenant(t)];
      for (let index = 0; index < 6; index += 1) {
        await stranger.client.post('/auth/invite', { email: owner.email, role: 'user' });
      }
      demand(await t.client().post('/auth/forgot-password', { email: owner.email }), 200);
      const count = (await t.mailbox.messages(owner.email, 'password-reset')).length;
      look.holds('no link was received', count > 0, 'a link');
    },
  },
  {
    id: 'limits-strangers-spend-deletion',
    area,
    title: 'Reset links requested by strangers, until their limit, and then the owner’s own requests',
    recalls: 'GHSA-cq42-vhv7-xr7p Keycloak (a limit as denial of service)',
    expected: 'a verification link and an invitation are received, and the account can be deleted',
    run: async (t, look) => {
      const [owner, host] = [await tenant(t, { verified: false }), await tenant(t)];
      for (let index = 0; index < 6; index += 1) {
        await t.client().post('/auth/forgot-password', { email: owner.email });
      }
      const known = (await t.mailbox.messages(owner.email, 'verify-email')).length;
      const resent = await owner.client.post('/auth/verify-email/resend');
      const later = (await t.mailbox.messages(owner.email, 'verify-email')).length;
      // The target may send one a minute, and then must report it
      const isReported = resent.status === 429;
      look.holds(
        `resend: ${resent.status}, ${later - known} links`,
        isReported || later > known,
        isReported ? 'reported' : 'a link',
      );
      await host.client.post('/auth/invite', { email: owner.email, role: 'user' });
      look.holds(
        'no invitation was received',
        (await t.mailbox.messages(owner.email, 'invitation')).length > 0,
        'an invitation',
      );
      await deleteAccount(t, owner);
      look.holds(
        'no restoration link was received',
        (await t.mailbox.messages(owner.email, 'account-restoration')).length > 0,
        'deleted',
      );
    },
  },
];
