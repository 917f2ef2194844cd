import { nameOf } from '../formats.js';
import type { Person } from '../records.js';
import { type Act, changed, TOLD_PERSON } from './act.js';

export const actsOnPerson = (person: Person): Act[] => [...actsOnAccess(person), ...actsThatHelp(person)];

function actsOnAccess(person: Person): Act[] {
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
  return [person.status === 'blocked' ? unblock : block, signOut];
}

function actsThatHelp(person: Person): Act[] {
  const name = nameOf(person);
  const at = (verb: string) => `people/${person.id}/${verb}`;
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
    ...(person.status === 'leaving' ? [keep] : []),
    ...(person.twoFactorEnabled ? [removeFactor] : []),
    ...(person.email !== null && !person.emailVerified ? [resend] : []),
  ];
}
