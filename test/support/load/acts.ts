import type { ApiKeyAnswer } from '../api-keys.js';
import { uniquePhone } from '../phone.js';
import { PASSWORD, unique, uniqueEmail } from '../unique.js';
import {
  hasRole,
  isInvited,
  isInvitedNoLonger,
  isSignedIn,
  isSignedOut,
  keyIsRevoked,
  keyWorks,
  passwordIs,
  passwordIsNoLonger,
} from './claims.js';
import type { Claim } from './journal.js';
import { type Life, NAMES, type Person, type Session } from './life.js';

type Act = (life: Life) => Promise<void>;

export const signIn: Act = async (life) => {
  const { owner } = life;
  const name = life.nextName('session', owner.name);
  const { body: tokens } = await life.change({
    method: 'POST',
    path: '/auth/login',
    body: { email: owner.email, password: owner.password },
    promises: ({ body }) => ({ [name]: isSignedIn(body) }),
  });
  owner.sessions.push({ name, tokens });
};

const refresh: Act = async (life) => {
  const { session } = life;
  const { body } = await life.change({
    touches: [session.name],
    method: 'POST',
    path: '/auth/refresh',
    body: { refreshToken: session.tokens.refreshToken },
    promises: ({ body: tokens }) => ({ [session.name]: isSignedIn(tokens) }),
  });
  session.tokens = body;
};

export const signOut: Act = async (life) => {
  const [session] = life.owner.sessions.slice(1);
  if (!session) return signIn(life);
  await life.change({
    touches: [session.name],
    method: 'POST',
    path: '/auth/logout',
    token: session.tokens.accessToken,
    promises: () => end([session]),
  });
  life.owner.sessions = life.owner.sessions.filter((one) => one !== session);
};

export const changePassword: Act = async (life) => {
  const { owner } = life;
  const [own, ...others] = owner.sessions as [Session, ...Session[]];
  const newPassword = `${PASSWORD}-${unique()}`;
  const touched = [`${owner.name}/password`, ...owner.sessions.map(({ name }) => name)];
  const { body: tokens } = await life.change({
    touches: [...touched, `${owner.name}/former password`],
    method: 'POST',
    path: '/auth/change-password',
    body: { currentPassword: owner.password, newPassword },
    token: own.tokens.accessToken,
    promises: ({ body }) => ({
      [`${owner.name}/password`]: passwordIs(owner.email, newPassword),
      [`${owner.name}/former password`]: passwordIsNoLonger(owner.email, owner.password),
      [own.name]: isSignedIn(body),
      ...end(others),
    }),
  });
  Object.assign(owner, { password: newPassword, sessions: [{ name: own.name, tokens }] });
};

export const createKey: Act = async (life) => {
  const name = life.nextName('key');
  const { body } = await life.change({
    method: 'POST',
    path: '/auth/api-keys',
    body: { name: 'Load' },
    token: life.token,
    promises: (reply) => ({ [name]: keyWorks((reply.body as unknown as ApiKeyAnswer).key) }),
  });
  const { id, key } = body as unknown as ApiKeyAnswer;
  life.keys.push({ name, id, key });
};

export const revokeKey: Act = async (life) => {
  const key = life.keys.shift();
  if (!key) return createKey(life);
  await life.change({
    touches: [key.name],
    method: 'DELETE',
    path: `/auth/api-keys/${key.id}`,
    token: life.token,
    promises: () => ({ [key.name]: keyIsRevoked(key.key) }),
  });
};

export const invite: Act = async (life) => {
  const email = uniqueEmail('invited');
  const name = life.nextName('invitation');
  const { body } = await life.change({
    method: 'POST',
    path: '/auth/invite',
    body: { email, role: 'user' },
    token: life.token,
    tells: email,
    promises: () => ({}),
  });
  const token = await life.mailedToken(email, 'invitation');
  life.journal.settle({ [name]: isInvited(token) });
  life.invitations.push({ name, id: body.id, email, token });
};

export const revokeInvitation: Act = async (life) => {
  const invitation = life.invitations.shift();
  if (!invitation) return invite(life);
  await life.change({
    touches: [invitation.name],
    method: 'DELETE',
    path: `/tenants/current/invitations/${invitation.id}`,
    token: life.token,
    promises: () => ({ [invitation.name]: isInvitedNoLonger(invitation.token) }),
  });
};

export const acceptInvitation: Act = async (life) => {
  const invitation = life.invitations.shift();
  if (!invitation) return invite(life);
  const { email, token } = invitation;
  const body = { token, password: PASSWORD, ...NAMES };
  const accept = { touches: [invitation.name], method: 'POST', path: '/auth/invite/accept', body };
  life.members.push(await life.join(life.nextName('member'), email, PASSWORD, accept));
};

export const changeRole: Act = async (life) => {
  const member = life.members.at(-1);
  if (!member) return acceptInvitation(life);
  const role = life.random.pick(['user', 'manager']);
  const name = `${member.name}/role`;
  await life.change({
    touches: [name],
    method: 'PATCH',
    path: `/tenants/current/members/${member.userId}`,
    body: { role },
    token: life.token,
    promises: () => ({ [name]: hasRole(member.email, member.password, role) }),
  });
};

const removeMember: Act = async (life) => {
  const member = life.members.shift();
  if (!member) return acceptInvitation(life);
  await life.change({
    touches: life.journal.names(`${member.name}/`),
    method: 'DELETE',
    path: `/tenants/current/members/${member.userId}`,
    token: life.token,
    promises: () => endOf(member),
  });
};

const requestCode: Act = async (life) => {
  const phone = uniquePhone();
  await life.change({
    method: 'POST',
    path: '/auth/otp/request',
    body: { phone },
    tells: phone,
    promises: () => ({}),
  });
};

function end(sessions: Session[]): Record<string, Claim> {
  return Object.fromEntries(sessions.map(({ name, tokens }) => [name, isSignedOut(tokens)]));
}

const endOf = ({ sessions }: Person): Record<string, Claim> => end(sessions);

/** In the proportion in which they are drawn. */
export const ACTS: readonly Act[] = [
  ...[signIn, signIn, refresh, refresh, refresh, signOut, changePassword],
  ...[createKey, revokeKey, invite, invite, revokeInvitation, acceptInvitation, acceptInvitation],
  ...[changeRole, changeRole, removeMember, requestCode],
];
