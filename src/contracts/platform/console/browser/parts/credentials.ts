import { endSession, liftLimits, revokeKey } from '../acts/credential-acts.js';
import { html, type TemplateResult } from '../lit/lit-html.js';
import type { ApiKey, Limit, Message, Session } from '../records.js';
import { auditAt, personAt, tenantAt } from '../routes.js';
import type { Context } from '../view.js';
import { actButtons } from '../views/act-buttons.js';
import { badge, chosen, type Content, linkOf, time } from './elements.js';
import { table } from './table.js';

type After = () => Promise<void>;

const tenant = ({ tenantId }: { tenantId: string | null }): Content =>
  tenantId === null ? 'None' : linkOf(tenantAt(tenantId), tenantId);

const program = ({ userAgent, impersonatedBy: operator }: Session): Content[] => [
  userAgent === null ? 'Unknown' : chosen(userAgent),
  ...(operator === null ? [] : [', operator ', linkOf(auditAt({ actorId: operator }), operator)]),
];

export const sessionTable = (context: Context, sessions: Session[], after: After): TemplateResult =>
  table(
    'Open sessions, newest first',
    [
      { label: 'Program', cell: program },
      { label: 'Address', cell: ({ address }) => html`<code>${address}</code>` },
      { label: 'Tenant', cell: tenant },
      { label: 'Begun', cell: ({ createdAt }) => time(createdAt) },
      { label: 'Last used', cell: ({ lastUsedAt }) => time(lastUsedAt) },
      { label: '', cell: (session) => actButtons(context, [endSession(session)], after) },
    ],
    sessions,
    'No session is open.',
  );

const stateOfKey = ({ revokedAt, expiresAt }: ApiKey): TemplateResult => {
  if (revokedAt !== null) return badge('revoked');
  const isExpired = expiresAt !== null && Date.parse(expiresAt) < Date.now();
  return isExpired ? badge('expired') : badge('works');
};

export const keyTable = (context: Context, keys: ApiKey[], after: After, withOwner = false): TemplateResult =>
  table(
    'API keys, newest first',
    [
      { label: 'Name', cell: ({ name }) => chosen(name) },
      { label: 'Begins with', cell: ({ prefix }) => html`<code>${prefix}</code>` },
      { label: 'State', cell: stateOfKey },
      ...(withOwner
        ? [{ label: 'Owner', cell: ({ userId }: ApiKey) => html`<a href=${personAt(userId)}>Person</a>` }]
        : []),
      { label: 'Tenant', cell: tenant },
      { label: 'Last used', cell: ({ lastUsedAt }) => time(lastUsedAt) },
      { label: 'Expires', cell: ({ expiresAt }) => time(expiresAt) },
      {
        label: '',
        cell: (key) => (key.revokedAt === null ? actButtons(context, [revokeKey(key)], after) : ''),
      },
    ],
    keys,
    'There is no API key.',
  );

export const messageTable = (messages: Message[]): TemplateResult =>
  table(
    'The newest hundred messages, without what they say',
    [
      { label: 'Created', cell: ({ createdAt }) => time(createdAt) },
      { label: 'Message', cell: ({ template }) => template },
      { label: 'By', cell: ({ channel }) => (channel === 'sms' ? 'text message' : 'e-mail') },
      { label: 'State', cell: ({ status }) => badge(status) },
      { label: 'Tries', cell: ({ tries }) => tries, isNumber: true },
      {
        label: 'Sent',
        cell: ({ sentAt, nextTryAt }) =>
          nextTryAt === null ? time(sentAt, 'Not sent') : ['next try ', time(nextTryAt)],
      },
    ],
    messages,
    'There is no message.',
  );

export const limitTable = (
  context: Context,
  identifier: string,
  limits: Limit[],
  after: After,
): TemplateResult => html`
  ${table(
    'Failed guesses',
    [
      { label: 'At', cell: ({ kind }) => kind.replaceAll('-', ' ') },
      { label: 'Failures in a row', cell: ({ failures }) => failures, isNumber: true },
      {
        label: 'The next guess',
        cell: ({ blockedUntil }) =>
          blockedUntil === null ? 'is compared at once' : ['waits until ', time(blockedUntil)],
      },
    ],
    limits,
    'No guess has failed.',
  )}
  ${limits.length === 0 ? '' : actButtons(context, [liftLimits(identifier)], after)}
`;
