/** What becomes of a credential. */
export type Fate = 'dead' | 'first use' | 'less' | 'alive' | '–';

/** The columns: what a person may have in hand, and how it is tried. */
export const CREDENTIALS = {
  ownAccess: ['access', 'the access token of the session that acts; `GET /auth/me`'],
  ownRefresh: ['refresh', 'its refresh token; `POST /auth/refresh`'],
  otherAccess: ['access, other', 'the access token of another session of the person'],
  otherRefresh: ['refresh, other', 'the refresh token of that one'],
  tempToken: ['temp token', 'of a sign-in that waits for its second factor; `POST /auth/verify-2fa`'],
  apiKey: ['API key', 'made by the person in the organisation; `GET /auth/me`'],
  signInCode: ['sign-in code', 'sent by SMS; `POST /auth/otp/verify`'],
  recoveryCode: ['recovery code', 'sent by SMS; `POST /auth/reset-password`'],
  resetLink: ['reset link', 'sent by e-mail; `POST /auth/reset-password`'],
  invitationSent: ['invitation, sent', 'by the person, to somebody new; `POST /auth/invite/accept`'],
  invitationReceived: [
    'invitation, received',
    'by the person, from another organisation; accepted by the person',
  ],
  trustedDevice: ['trusted device', 'stands in for a code in the organisation; `POST /auth/login`'],
} as const satisfies Record<string, readonly [string, string]>;

export type Credential = keyof typeof CREDENTIALS;
const ORDER = Object.keys(CREDENTIALS) as Credential[];

/** What the person is before the event. */
export type Situation = 'member' | 'member without factor' | 'claimant';

export interface Row {
  situation: Situation;
  /** What happens, as a reader of the page may do it. */
  act: string;
  note?: string;
  fates: Record<Credential, Fate>;
}

type Fates = [Fate, Fate, Fate, Fate, Fate, Fate, Fate, Fate, Fate, Fate, Fate, Fate];
const fates = (...values: Fates): Record<Credential, Fate> =>
  Object.fromEntries(ORDER.map((name, index) => [name, values[index]])) as Record<Credential, Fate>;

const [X, A, L, F, _]: [Fate, Fate, Fate, Fate, Fate] = ['dead', 'alive', 'less', 'first use', '–'];

/** In the order of `CREDENTIALS`: own access and refresh, other access and refresh, temp token, key, codes, … */
export const MATRIX = {
  logout: {
    situation: 'member',
    act: '`POST /auth/logout`',
    fates: fates(X, X, A, A, A, A, A, A, A, A, A, A),
  },
  'logout everywhere': {
    situation: 'member',
    act: '`POST /auth/logout` with `{"all": true}`',
    fates: fates(X, X, X, X, X, A, A, A, A, A, A, A),
  },
  'session ended by its person': {
    situation: 'member',
    act: '`DELETE /auth/sessions/{id}`, of the session that acts here, by the other one',
    fates: fates(X, X, A, A, A, A, A, A, A, A, A, A),
  },
  'sessions ended by an administrator': {
    situation: 'member',
    act: '`DELETE /tenants/current/members/{id}/sessions`, by the owner',
    fates: fates(X, X, X, X, X, A, A, A, A, A, A, A),
  },
  'organisation switched': {
    situation: 'member',
    act: '`POST /users/me/switch-org`',
    note: 'The session goes on in the other organisation, with the tokens in the answer.',
    fates: fates(X, X, A, A, A, A, A, A, A, A, A, A),
  },
  'password change': {
    situation: 'member',
    act: '`POST /auth/change-password`',
    fates: fates(F, F, X, X, X, A, X, X, X, A, A, X),
  },
  'password reset by link': {
    situation: 'member',
    act: '`POST /auth/reset-password` with the link',
    note: 'The API keys that end are those of the 30 days before it.',
    fates: fates(X, X, X, X, X, X, X, X, X, A, A, X),
  },
  'password reset by code': {
    situation: 'member',
    act: '`POST /auth/reset-password` with the recovery code',
    note: 'The API keys that end are those of the 30 days before it.',
    fates: fates(X, X, X, X, X, X, X, X, X, A, A, X),
  },
  'second factor on': {
    situation: 'member without factor',
    act: '`POST /auth/confirm-2fa`',
    note: 'What signs in asks for the factor from now on.',
    fates: fates(F, F, X, X, _, A, A, A, A, A, A, _),
  },
  'second factor off': {
    situation: 'member',
    act: '`POST /auth/disable-2fa`',
    fates: fates(F, F, X, X, X, A, A, A, A, A, A, X),
  },
  'backup codes renewed': {
    situation: 'member',
    act: '`POST /auth/backup-codes`',
    fates: fates(A, A, A, A, X, A, A, A, A, A, A, A),
  },
  'second factor required': {
    situation: 'member without factor',
    act: '`PATCH /tenants/current` with `requireTwoFactor`, by the owner',
    note: 'A refresh gives a token that is good for enrolling only. Keys work again once their owner has enrolled.',
    fates: fates(X, L, X, L, _, X, A, A, A, A, A, _),
  },
  'role change': {
    situation: 'member',
    act: '`PATCH /tenants/current/members/{id}` to a lower role, by the owner',
    note: 'The lower role may not invite.',
    fates: fates(L, L, L, L, A, L, A, A, A, X, A, A),
  },
  'member suspended': {
    situation: 'member',
    act: '`POST /tenants/current/members/{id}/suspend`, by the owner',
    note: 'Sessions do not come back with the suspension’s end; keys do.',
    fates: fates(X, X, X, X, X, X, X, X, X, X, A, X),
  },
  removal: {
    situation: 'member',
    act: '`DELETE /tenants/current/members/{id}`, by the owner',
    fates: fates(X, X, X, X, X, X, X, X, X, X, A, X),
  },
  'organisation left': {
    situation: 'member',
    act: '`DELETE /users/me/organisations/{id}`',
    note: 'Codes and reset links are the person’s, who asked for both.',
    fates: fates(X, X, X, X, X, X, A, A, A, X, A, X),
  },
  'person blocked': {
    situation: 'member',
    act: 'the account’s status, by the operator',
    fates: fates(X, X, X, X, X, X, X, X, X, X, X, X),
  },
  'tenant suspended': {
    situation: 'member',
    act: 'the organisation’s status, by the operator',
    note: 'Codes and reset links are the person’s, who may work elsewhere: they lead to no session in the organisation.',
    fates: fates(X, X, X, X, X, X, A, A, A, X, A, X),
  },
  'API key revoked': {
    situation: 'member',
    act: '`DELETE /auth/api-keys/{id}`',
    fates: fates(A, A, A, A, A, X, A, A, A, A, A, A),
  },
  'refresh token reused': {
    situation: 'member',
    act: '`POST /auth/refresh` with a token that was exchanged before, after the grace',
    note: 'The newest tokens of that session are dead with it.',
    fates: fates(X, X, A, A, A, A, A, A, A, A, A, A),
  },
  'e-mail change': {
    situation: 'member',
    act: '`POST /auth/verify-email` with the link sent to the new address',
    note:
      'An invitation to the old address is not the account’s any more; whoever reads that mailbox may accept it. No ' +
      'operation changes a phone number.',
    fates: fates(A, A, X, X, X, A, A, A, X, A, X, A),
  },
  'account deletion': {
    situation: 'member',
    act: '`DELETE /users/me`',
    note: 'At once, not when the account is erased.',
    fates: fates(X, X, X, X, X, X, X, X, X, X, X, X),
  },
  'take-over by a reset link': {
    situation: 'claimant',
    act: '`POST /auth/reset-password` with a link to the address that the account only claims',
    note: 'The reset link is the one that was used. Whoever has the mailbox may accept what was sent there.',
    fates: fates(X, X, X, X, X, X, _, _, X, X, A, X),
  },
  'take-over by an invitation': {
    situation: 'claimant',
    act: '`POST /auth/invite/accept` with an invitation to the address that the account only claims',
    note: 'The invitation received is the one that was used.',
    fates: fates(X, X, X, X, X, X, _, _, X, X, X, X),
  },
} satisfies Record<string, Row>;

export type Event = keyof typeof MATRIX;
