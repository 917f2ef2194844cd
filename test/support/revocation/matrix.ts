/** The state of a credential after an event. */
export type Outcome = 'dead' | 'first use' | 'less' | 'alive' | '–';

/** The columns: the credentials of a person, and how each is tried. */
export const CREDENTIALS = {
  ownAccess: ['access', 'the access token of the session that acts; `GET /auth/me`'],
  ownRefresh: ['refresh', 'its refresh token; `POST /auth/refresh`'],
  otherAccess: ['access, other', 'the access token of another session of the person'],
  otherRefresh: ['refresh, other', 'the refresh token of that one'],
  tempToken: ['temp token', 'of a sign-in that waits for its second factor; `POST /auth/verify-2fa`'],
  apiKey: ['API key', 'created by the person in the organisation; `GET /auth/me`'],
  signInCode: ['sign-in code', 'sent by SMS; `POST /auth/otp/verify`'],
  recoveryCode: ['recovery code', 'sent by SMS; `POST /auth/reset-password`'],
  resetLink: ['reset link', 'sent by e-mail; `POST /auth/reset-password`'],
  invitationSent: ['invitation, sent', 'by the person, to a new person; `POST /auth/invite/accept`'],
  invitationReceived: [
    'invitation, received',
    'by the person, from another organisation; accepted by the person',
  ],
  trustedDevice: ['trusted device', 'replaces a code in the organisation; `POST /auth/login`'],
} as const satisfies Record<string, readonly [string, string]>;

export type Credential = keyof typeof CREDENTIALS;
const ORDER = Object.keys(CREDENTIALS) as Credential[];

/** The state of the person before the event. */
export type Situation = 'member' | 'member without factor' | 'claimant';

export interface Row {
  situation: Situation;
  /** The request, as a reader of the page may send it. */
  act: string;
  note?: string;
  outcomes: Record<Credential, Outcome>;
}

type Outcomes = [
  Outcome,
  Outcome,
  Outcome,
  Outcome,
  Outcome,
  Outcome,
  Outcome,
  Outcome,
  Outcome,
  Outcome,
  Outcome,
  Outcome,
];
const outcomes = (...values: Outcomes): Record<Credential, Outcome> =>
  Object.fromEntries(ORDER.map((name, index) => [name, values[index]])) as Record<Credential, Outcome>;

const [X, A, L, F, _]: [Outcome, Outcome, Outcome, Outcome, Outcome] = [
  'dead',
  'alive',
  'less',
  'first use',
  '–',
];

/** In the order of `CREDENTIALS`: own access and refresh, other access and refresh, temp token, key, codes, … */
export const MATRIX = {
  logout: {
    situation: 'member',
    act: '`POST /auth/logout`',
    outcomes: outcomes(X, X, A, A, A, A, A, A, A, A, A, A),
  },
  'logout everywhere': {
    situation: 'member',
    act: '`POST /auth/logout` with `{"all": true}`',
    outcomes: outcomes(X, X, X, X, X, A, A, A, A, A, A, A),
  },
  'session ended by its person': {
    situation: 'member',
    act: '`DELETE /auth/sessions/{id}`, of the session that acts here, by the other one',
    outcomes: outcomes(X, X, A, A, A, A, A, A, A, A, A, A),
  },
  'sessions ended by an administrator': {
    situation: 'member',
    act: '`DELETE /tenants/current/members/{id}/sessions`, by the owner',
    outcomes: outcomes(X, X, X, X, X, A, A, A, A, A, A, A),
  },
  'organisation switched': {
    situation: 'member',
    act: '`POST /users/me/switch-org`',
    note: 'The session continues in the other organisation, with the tokens in the response.',
    outcomes: outcomes(X, X, A, A, A, A, A, A, A, A, A, A),
  },
  'password change': {
    situation: 'member',
    act: '`POST /auth/change-password`',
    outcomes: outcomes(F, F, X, X, X, A, X, X, X, A, A, X),
  },
  'password reset by link': {
    situation: 'member',
    act: '`POST /auth/reset-password` with the link',
    note: 'Only API keys that were created or rotated in the 30 days before it end.',
    outcomes: outcomes(X, X, X, X, X, X, X, X, X, A, A, X),
  },
  'password reset by code': {
    situation: 'member',
    act: '`POST /auth/reset-password` with the recovery code',
    note: 'Only API keys that were created or rotated in the 30 days before it end.',
    outcomes: outcomes(X, X, X, X, X, X, X, X, X, A, A, X),
  },
  'second factor on': {
    situation: 'member without factor',
    act: '`POST /auth/confirm-2fa`',
    note: 'Sign-in requires the factor from now on.',
    outcomes: outcomes(F, F, X, X, _, A, A, A, A, A, A, _),
  },
  'second factor off': {
    situation: 'member',
    act: '`POST /auth/disable-2fa`',
    outcomes: outcomes(F, F, X, X, X, A, A, A, A, A, A, X),
  },
  'backup codes renewed': {
    situation: 'member',
    act: '`POST /auth/backup-codes`',
    outcomes: outcomes(A, A, A, A, X, A, A, A, A, A, A, A),
  },
  'second factor required': {
    situation: 'member without factor',
    act: '`PATCH /tenants/current` with `requireTwoFactor`, by the owner',
    note: 'A refresh returns a token that allows only the enrolment. Keys work again once their owner has enrolled.',
    outcomes: outcomes(X, L, X, L, _, X, A, A, A, A, A, _),
  },
  'role change': {
    situation: 'member',
    act: '`PATCH /tenants/current/members/{id}` to a lower role, by the owner',
    note: 'The lower role may not invite.',
    outcomes: outcomes(L, L, L, L, A, L, A, A, A, X, A, A),
  },
  'member suspended': {
    situation: 'member',
    act: '`POST /tenants/current/members/{id}/suspend`, by the owner',
    note: 'Sessions do not return when the suspension ends; keys do.',
    outcomes: outcomes(X, X, X, X, X, X, X, X, X, X, A, X),
  },
  removal: {
    situation: 'member',
    act: '`DELETE /tenants/current/members/{id}`, by the owner',
    outcomes: outcomes(X, X, X, X, X, X, X, X, X, X, A, X),
  },
  'organisation left': {
    situation: 'member',
    act: '`DELETE /users/me/organisations/{id}`',
    note: 'Codes and reset links stay: they belong to the person.',
    outcomes: outcomes(X, X, X, X, X, X, A, A, A, X, A, X),
  },
  'person blocked': {
    situation: 'member',
    act: '`npm run admin -- person block`',
    note: 'API keys, and the invitations of both kinds, work again when the person is unblocked; so do password and second factor.',
    outcomes: outcomes(X, X, X, X, X, X, X, X, X, X, X, X),
  },
  'signed out by an operator': {
    situation: 'member',
    act: '`npm run admin -- person sign-out`',
    outcomes: outcomes(X, X, X, X, X, X, X, X, X, A, A, X),
  },
  'second factor removed by an operator': {
    situation: 'member',
    act: '`npm run admin -- person remove-second-factor`',
    outcomes: outcomes(X, X, X, X, X, A, A, A, A, A, A, X),
  },
  'tenant suspended': {
    situation: 'member',
    act: '`npm run admin -- tenant suspend`',
    note: 'Sessions and keys work again when it is restored. Codes and reset links stay: they belong to the person, who may work elsewhere. They open no session in the organisation.',
    outcomes: outcomes(X, X, X, X, X, X, A, A, A, X, A, X),
  },
  'tenant deleted': {
    situation: 'member',
    act: '`npm run admin -- tenant delete`',
    note: 'As when it is suspended, until it is restored or erased, 14 days later.',
    outcomes: outcomes(X, X, X, X, X, X, A, A, A, X, A, X),
  },
  'API key revoked': {
    situation: 'member',
    act: '`DELETE /auth/api-keys/{id}`',
    outcomes: outcomes(A, A, A, A, A, X, A, A, A, A, A, A),
  },
  'invitation revoked': {
    situation: 'member',
    act: '`DELETE /tenants/current/invitations/{id}`',
    outcomes: outcomes(A, A, A, A, A, A, A, A, A, X, A, A),
  },
  'trusted device forgotten': {
    situation: 'member',
    act: '`DELETE /auth/trusted-devices/{id}`, of every device of the person',
    outcomes: outcomes(A, A, A, A, A, A, A, A, A, A, A, X),
  },
  'refresh token reused': {
    situation: 'member',
    act: '`POST /auth/refresh` with a token that was exchanged before, after the grace period',
    note: 'The newest tokens of that session are revoked, too.',
    outcomes: outcomes(X, X, A, A, A, A, A, A, A, A, A, A),
  },
  'e-mail change': {
    situation: 'member',
    act: '`POST /auth/verify-email` with the link sent to the new address',
    note:
      'An invitation to the old address no longer belongs to the account; a person who reads that mailbox may accept it. No ' +
      'operation changes a phone number.',
    outcomes: outcomes(A, A, X, X, X, A, A, A, X, A, X, A),
  },
  'account deletion': {
    situation: 'member',
    act: '`DELETE /users/me`',
    note: 'At once, not when the account is erased.',
    outcomes: outcomes(X, X, X, X, X, X, X, X, X, X, X, X),
  },
  'take-over by a reset link': {
    situation: 'claimant',
    act: '`POST /auth/reset-password` with a link to the address that the account only claims',
    note: 'The reset link is the one that was used. A person who reads the mailbox may accept what was sent there.',
    outcomes: outcomes(X, X, X, X, X, X, _, _, X, X, A, X),
  },
  'take-over by an invitation': {
    situation: 'claimant',
    act: '`POST /auth/invite/accept` with an invitation to the address that the account only claims',
    note: 'The invitation received is the one that was used.',
    outcomes: outcomes(X, X, X, X, X, X, _, _, X, X, X, X),
  },
} satisfies Record<string, Row>;

export type Event = keyof typeof MATRIX;
