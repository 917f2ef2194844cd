import type { Fault } from '../faulty-proxy.js';
import { answer, bearerOf, codeOf, isAt, jsonOf, SeenMessages, setJson, textOf, turn } from './tools.js';

export function faultsOfTokens(): Fault[] {
  const signed = new Map<string, string>();
  return [
    {
      name: 'an unsigned token is accepted as a signed one',
      caught: ['tokens-alg-none'],
      onRequest: (passing) => {
        const [header = '', claims = ''] = bearerOf(passing).split('.');
        const alg = jsonOf({ body: Buffer.from(header, 'base64url') }).alg;
        const genuine = signed.get(claims);
        if (genuine && /^(none)?$/i.test(String(alg))) passing.headers.authorization = `Bearer ${genuine}`;
        return undefined;
      },
      onAnswer: (_passing, given) => {
        for (const token of given.body.toString('utf8').match(/ey[\w-]+\.ey[\w-]+\.[\w-]+/g) ?? []) {
          signed.set(token.split('.')[1] ?? '', token);
        }
      },
    },
    {
      name: 'a token in the query is accepted',
      caught: ['tokens-in-query', 'keys-elsewhere'],
      onRequest: (passing) => {
        const token = /[?&]access_token=([^&]+)/.exec(passing.path)?.[1];
        if (token && !passing.headers.authorization) passing.headers.authorization = `Bearer ${token}`;
        return undefined;
      },
    },
    {
      name: 'a sign-out does not end the session',
      caught: [
        'tokens-logout',
        'tokens-logout-outrun',
        'tokens-logout-everywhere',
        'tokens-cached-result',
        'keys-ended-session',
        'keys-ended-while-making',
        'invitations-ended-session',
      ],
      onRequest: (passing) =>
        isAt(passing, 'POST', /^\/auth\/logout$/) && passing.body.length > 0 && bearerOf(passing) !== ''
          ? answer(200, { message: 'Logged out successfully' })
          : undefined,
    },
  ];
}

export function faultsOfCodes(): Fault[] {
  const inbox = new SeenMessages();
  let others = 0;
  return [
    {
      name: 'wrong codes are not counted',
      caught: [
        'codes-sixth-guess',
        'codes-parallel-guesses',
        'codes-other-contract',
        'codes-new-code-forgives-nothing',
      ],
      onRequest: (passing) => {
        if (!isAt(passing, 'POST', /^\/auth\/otp\/verify$/)) return undefined;
        const { phone, code } = jsonOf(passing);
        const right = inbox.codes.get(textOf(phone));
        if (!right || !/^\d{6}$/.test(textOf(code)) || code === right) return undefined;
        // Counted where it has no effect
        others += 1;
        setJson(passing, { phone: `+1${7180000000 + others}`, code });
        return undefined;
      },
      onAnswer: (passing, given) => inbox.look(passing, given),
    },
    {
      name: 'the first code of a list counts',
      caught: ['codes-shapes'],
      onRequest: (passing) => {
        if (!isAt(passing, 'POST', /^\/auth\/otp\/verify$/)) return undefined;
        const body = jsonOf(passing);
        if (Array.isArray(body.code)) setJson(passing, { ...body, code: body.code[0] });
        return undefined;
      },
    },
    {
      name: 'a message has its code in the subject',
      caught: ['codes-in-the-subject'],
      onAnswer: (passing, given) => {
        if (!isAt(passing, 'GET', /^\/dev\/messages\?/) || given.status !== 200) return;
        const messages = jsonOf(given) as { subject: string; code?: string }[];
        setJson(
          given,
          messages.map((one) => (one.code ? { ...one, subject: `${one.code} ${one.subject}` } : one)),
        );
      },
    },
  ];
}

export function faultsOfSecondFactors(): Fault[] {
  const accounts = new Map<string, string>();
  const used = new Set<string>();
  return [
    {
      name: 'accepting an invitation requires no second factor',
      caught: ['second-factor-invitation'],
      onAnswer: (passing, given) => {
        if (!isAt(passing, 'POST', /^\/auth\/invite\/accept$/) || !jsonOf(given).requiresTwoFactor) return;
        turn(given, 201, { accessToken: 'x', user: { id: 'x' } });
      },
    },
    {
      name: 'a code may be used again',
      caught: ['second-factor-replay', 'second-factor-parallel-replay', 'second-factor-backup-code-twice'],
      onRequest: (passing) => {
        if (!isAt(passing, 'POST', /^\/auth\/verify-2fa$/)) return undefined;
        const { tempToken, code } = jsonOf(passing);
        const account = accounts.get(textOf(tempToken));
        if (account === undefined || typeof code !== 'string') return undefined;
        const isAgain = used.has(`${account}:${code}`);
        used.add(`${account}:${code}`);
        return isAgain ? answer(200, { accessToken: 'x' }) : undefined;
      },
      onAnswer: (passing, given) => {
        const { tempToken } = jsonOf(given);
        if (isAt(passing, 'POST', /^\/auth\/login$/) && tempToken) {
          accounts.set(textOf(tempToken), textOf(jsonOf(passing).email));
        }
      },
    },
  ];
}

export function faultsOfKeys(): Fault[] {
  const kept = new Map<string, { status: number; body: Buffer }>();
  return [
    {
      name: 'the result of a key’s check is cached',
      caught: ['keys-revoked', 'keys-owner-gone'],
      onAnswer: (passing, given) => {
        const key = bearerOf(passing);
        if (!key.startsWith('sk_live_') || !isAt(passing, 'GET', /^\/auth\/me$/)) return;
        if (given.status === 200) kept.set(key, { status: 200, body: given.body });
        else if (codeOf(given) === 'api_key_invalid') Object.assign(given, kept.get(key));
      },
    },
    {
      name: 'a key may be created in the name of another owner',
      caught: ['keys-for-another'],
      onRequest: (passing) => {
        if (!isAt(passing, 'POST', /^\/auth\/api-keys$/)) return undefined;
        const { userId, ...rest } = jsonOf(passing);
        if (userId !== undefined) setJson(passing, rest);
        return undefined;
      },
    },
  ];
}
