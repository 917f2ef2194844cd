import { createHash } from 'node:crypto';
import type { Fault } from '../faulty-proxy.js';
import { codeOf, isAt, jsonOf, setJson, textOf } from './tools.js';

const REGISTRATION = ['email', 'password', 'companyName', 'firstName', 'lastName'];

export function faultsOfInput(): Fault[] {
  return [
    {
      name: 'a registration ignores unknown fields',
      caught: ['input-registration-columns', 'recovery-verified-by-profile'],
      onRequest: (passing) => {
        if (!isAt(passing, 'POST', /^\/auth\/register$/)) return undefined;
        const body = Object.entries(jsonOf(passing) as object);
        const kept = body.filter(([name]) => REGISTRATION.includes(name));
        if (kept.length >= REGISTRATION.length) setJson(passing, Object.fromEntries(kept));
        return undefined;
      },
    },
    {
      name: 'the software names itself',
      caught: ['input-headers'],
      onAnswer: (_passing, { headers }) => {
        headers['x-powered-by'] = 'Express';
      },
    },
    {
      name: 'every origin may read responses',
      caught: ['input-origins'],
      onAnswer: ({ headers }, given) => {
        if (headers.origin !== undefined) given.headers['access-control-allow-origin'] = headers.origin;
      },
    },
  ];
}

export function faultsOfLimits(): Fault[] {
  return [
    {
      name: 'the first X-Forwarded-For is trusted',
      caught: ['limits-forwarded-for', 'limits-forwarded-malformed'],
      onRequest: (passing) => {
        const [first = ''] = [passing.headers['x-forwarded-for'] ?? ''].flat();
        if (first === '') return undefined;
        const [a = 0, b = 0, c = 0] = createHash('sha256')
          .update(first.split(',')[0] ?? '')
          .digest();
        passing.from = `127.${128 + (a % 100)}.${b}.${c}`;
        return undefined;
      },
    },
    {
      name: 'a wrong current password has no limit',
      caught: ['limits-current-password'],
      onAnswer: (passing, given) => {
        const isLimited =
          isAt(passing, 'POST', /^\/auth\/change-password$/) && codeOf(given) === 'too_many_attempts';
        if (isLimited) given.status = 401;
      },
    },
  ];
}

export function faultsOfMessages(): Fault[] {
  const evil = new Map<string, string>();
  return [
    {
      name: 'a link has the host of the request',
      caught: [
        'messages-host',
        'messages-forwarded-host',
        'messages-host-at-registration',
        'messages-host-at-invitation',
      ],
      onRequest: (passing) => {
        if (!isAt(passing, 'POST', /^\/auth\/(forgot-password|register|invite)$/)) return undefined;
        const host = passing.headers['x-forwarded-host'] ?? passing.headers.host;
        if (typeof host === 'string' && !/^127\./.test(host)) evil.set(textOf(jsonOf(passing).email), host);
        return undefined;
      },
      onAnswer: (passing, given) => {
        if (!isAt(passing, 'GET', /^\/dev\/messages\?/) || given.status !== 200) return;
        const messages = (jsonOf(given) as { to: string; link?: string }[]).map((one) => {
          const host = evil.get(one.to);
          return host && one.link ? { ...one, link: one.link.replace(/\/\/[^/]+/, `//${host}`) } : one;
        });
        setJson(given, messages);
      },
    },
    {
      name: 'a message is not escaped',
      caught: ['messages-markup'],
      onAnswer: (passing, given) => {
        if (!isAt(passing, 'GET', /^\/dev\/inbox\/messages\//) || given.status !== 200) return;
        const { html } = jsonOf(given);
        setJson(given, { html: String(html).replaceAll('&lt;', '<').replaceAll('&gt;', '>') });
      },
    },
  ];
}
