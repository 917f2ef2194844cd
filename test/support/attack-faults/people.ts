import type { Fault } from '../faulty-proxy.js';
import { codeOf, isAt, jsonOf, SeenMessages, setJson, textOf, turn } from './tools.js';

export function faultsOfEnumeration(): Fault[] {
  const known = new Set<string>();
  return [
    {
      name: 'a header reveals whether an account exists',
      caught: [
        'enumeration-login-email',
        'enumeration-login-second-factor',
        'enumeration-login-suspended',
        'enumeration-login-tenant',
        'enumeration-login-deleted',
        'enumeration-lock-out-onset',
        'enumeration-forgot-email',
        'enumeration-forgot-tenant',
        'enumeration-forgot-repeated',
      ],
      onAnswer: (passing, given) => {
        const { user } = jsonOf(given);
        if (user?.email) known.add(String(user.email));
        const isAsked = isAt(passing, 'POST', /^\/auth\/(login|forgot-password)$/);
        if (isAsked && known.has(textOf(jsonOf(passing).email))) given.headers['x-cache'] = 'hit';
      },
    },
  ];
}

export function faultsOfRecovery(): Fault[] {
  const inbox = new SeenMessages();
  return [
    {
      name: 'a verification link is accepted in any session, and repeatedly',
      caught: [
        'recovery-verification-foreign-session',
        'recovery-verification-once',
        'recovery-change-replaced',
        'recovery-claim-reset',
      ],
      onAnswer: (passing, given) => {
        inbox.look(passing, given);
        const isRefused = codeOf(given) === 'verification_token_invalid';
        const template = inbox.templates.get(textOf(jsonOf(passing).token));
        if (isRefused && template === 'verify-email') turn(given, 200, { message: 'Verified' });
      },
    },
    {
      name: 'a reset does not check the password',
      caught: ['recovery-weak-at-reset'],
      onAnswer: (passing, given) => {
        const isReset = isAt(passing, 'POST', /^\/auth\/reset-password$/);
        if (isReset && codeOf(given).startsWith('password_')) turn(given, 200, { message: 'Reset' });
      },
    },
  ];
}

export function faultsOfInvitations(): Fault[] {
  const inbox = new SeenMessages();
  return [
    {
      name: 'a list of invitations does not check levels',
      caught: ['invitations-above-oneself-by-list'],
      onAnswer: (passing, given) => {
        if (!isAt(passing, 'POST', /^\/auth\/invite\/bulk$/) || given.status !== 200) return;
        const results = (jsonOf(given).results as { status: string; error?: { code: string } }[]).map(
          (one) => (one.error?.code === 'role_level_exceeded' ? { ...one, status: 'invited' } : one),
        );
        setJson(given, { results });
      },
    },
    {
      name: 'a member who manages invitations gets their secrets',
      caught: ['invitations-shown-to-managers'],
      onAnswer: (passing, given) => {
        inbox.look(passing, given);
        if (!isAt(passing, 'GET', /^\/tenants\/current\/invitations/) || given.status !== 200) return;
        const { data, ...rest } = jsonOf(given);
        const shown = (data as { email: string }[]).map((one) => ({
          ...one,
          token: inbox.tokens.get(`invitation:${one.email}`),
        }));
        setJson(given, { data: shown, ...rest });
      },
    },
  ];
}
