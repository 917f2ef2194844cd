import { nameOf, timeOf, visible } from './formats.js';
import type { ApiKey, Change, Person, Session, TenantDetail } from './records.js';

/** An act as the dialog presents it. */
export interface Act {
  /** Names the act and whom it concerns. */
  title: string;
  /** What happens, in sentences. */
  effects: string[];
  verb: string;
  isDangerous?: boolean;
  /** To be typed before the act, which cannot be taken back by a second one. */
  confirmation?: string;
  path: string;
  /** Beside reason and reference. */
  members?: Record<string, string>;
  /** What is announced afterwards. */
  done(change: Change): string;
}

const TOLD_PERSON = 'The person gets a message.';
const TOLD_OWNERS = 'The owners get a message.';
const UNCHANGED = 'It was so already. Nothing was changed.';

const changed =
  (text: string) =>
  ({ changed: isChanged = true, sessions }: Change): string =>
    isChanged ? `${text}${sessions === undefined ? '' : ` ${sessionsOf(sessions)}`}` : UNCHANGED;

const sessionsOf = (count: number): string =>
  count === 1 ? 'One session ended.' : `${count || 'No'} sessions ended.`;

export function actsOnTenant(tenant: TenantDetail): Act[] {
  const name = visible(tenant.name);
  const at = (verb: string) => `tenants/${tenant.id}/${verb}`;
  const suspend: Act = {
    title: `Suspend ${name}`,
    effects: [
      'From now on nobody reaches the tenant: by no session, API key, sign-in or invitation.',
      'Nothing is revoked. Its people keep their accounts and their other tenants.',
      TOLD_OWNERS,
    ],
    verb: 'Suspend',
    isDangerous: true,
    path: at('suspend'),
    done: changed(`${name} is suspended.`),
  };
  const restore: Act = {
    title: `Restore ${name}`,
    effects: [
      'Sessions, API keys and invitations that did not expire work again.',
      ...(tenant.deletionAt === null ? [] : ['Its deletion is called off.']),
      TOLD_OWNERS,
    ],
    verb: 'Restore',
    path: at('restore'),
    done: changed(`${name} is active again.`),
  };
  const remove: Act = {
    title: `Delete ${name}`,
    effects: [
      'From now on nobody reaches the tenant.',
      'After 14 days it is erased with everything but its audit trail. Until then the deletion can be called off.',
      'Its people keep their accounts.',
      TOLD_OWNERS,
    ],
    verb: 'Delete',
    isDangerous: true,
    confirmation: tenant.slug,
    path: at('delete'),
    done: ({ changed: isChanged, deletionAt }) =>
      isChanged === false || !deletionAt ? UNCHANGED : `${name} will be erased at ${timeOf(deletionAt)}.`,
  };
  const keep: Act = {
    title: `Call the deletion of ${name} off`,
    effects: ['It will not be erased. It stays suspended until it is restored.', TOLD_OWNERS],
    verb: 'Call off',
    path: at('undelete'),
    done: changed(`${name} will not be erased.`),
  };
  const first = tenant.status === 'active' ? suspend : restore;
  return [first, tenant.deletionAt === null ? remove : keep];
}

export function actsOnPerson(person: Person): Act[] {
  const name = nameOf(person);
  const at = (verb: string) => `people/${person.id}/${verb}`;
  const block: Act = {
    title: `Block ${name}`,
    effects: [
      'From now on nothing of the account works, in any tenant. Sessions, trusted devices, codes and links end for good.',
      'Password, second factor, API keys and invitations work again once the person is unblocked.',
      TOLD_PERSON,
    ],
    verb: 'Block',
    isDangerous: true,
    path: at('block'),
    done: changed(`${name} is blocked.`),
  };
  const unblock: Act = {
    title: `Unblock ${name}`,
    effects: ['Password, second factor, API keys and invitations work again.', TOLD_PERSON],
    verb: 'Unblock',
    path: at('unblock'),
    done: changed(`${name} is no longer blocked.`),
  };
  const signOut: Act = {
    title: `Sign ${name} out everywhere`,
    effects: [
      'All sessions, waiting sign-ins, trusted devices and API keys end, and the codes and links that were sent.',
      'Password and second factor are kept.',
      TOLD_PERSON,
    ],
    verb: 'Sign out everywhere',
    isDangerous: true,
    path: at('end-sessions'),
    done: changed(`${name} is signed out.`),
  };
  const removeFactor: Act = {
    title: `Remove the second factor of ${name}`,
    effects: [
      'Identify the person before, by other means: the password alone signs in from now on.',
      'Backup codes and trusted devices are removed, and all sessions end.',
      TOLD_PERSON,
    ],
    verb: 'Remove second factor',
    isDangerous: true,
    path: at('reset-second-factor'),
    done: changed(`${name} has no second factor any more.`),
  };
  const resend: Act = {
    title: `Send ${name} the verification link again`,
    effects: ['The link that verifies the e-mail address is sent to it.'],
    verb: 'Send link',
    path: at('resend-verification'),
    done: ({ sent, retryAfter }) =>
      sent === false
        ? `Not sent: the limits of messages are exceeded${retryAfter ? ` for ${retryAfter} seconds` : ''}.`
        : 'The link is on its way.',
  };
  const keep: Act = {
    title: `Call the deletion of ${name}'s account off`,
    effects: ['The account stays. Sessions and API keys that ended do not come back.', TOLD_PERSON],
    verb: 'Call deletion off',
    path: at('restore'),
    done: changed('The account stays.'),
  };
  return [
    person.status === 'blocked' ? unblock : block,
    ...(person.status === 'leaving' ? [keep] : []),
    signOut,
    ...(person.twoFactorEnabled ? [removeFactor] : []),
    ...(person.email !== null && !person.emailVerified ? [resend] : []),
  ];
}

export const endSession = ({ id, address }: Session): Act => ({
  title: 'End the session',
  effects: [`The session from ${visible(address)} ends at once. Other sessions stay.`],
  verb: 'End session',
  isDangerous: true,
  path: `sessions/${id}/revoke`,
  done: () => 'The session ended.',
});

export const revokeKey = ({ id, name }: ApiKey): Act => ({
  title: `Revoke the API key ${visible(name)}`,
  effects: ['Programs that use the key are refused from now on. It cannot be brought back.'],
  verb: 'Revoke key',
  isDangerous: true,
  path: `api-keys/${id}/revoke`,
  done: () => 'The key is revoked.',
});

export const liftLimits = (identifier: string): Act => ({
  title: `Lift the limits of ${visible(identifier)}`,
  effects: ['Failed guesses at passwords and codes are counted from zero: also those of an attacker.'],
  verb: 'Lift limits',
  path: 'limits/lift',
  members: { identifier },
  done: () => 'The limits are lifted.',
});
