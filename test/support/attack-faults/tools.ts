import type { Given, Passing } from '../faulty-proxy.js';

/* eslint-disable @typescript-eslint/no-explicit-any -- bodies of any operation */

export const isAt = ({ method, path }: Passing, wanted: string, pattern: RegExp): boolean =>
  method === wanted && pattern.test(path);

/** The JSON of a body, or an empty object. */
export function jsonOf({ body }: { body: Buffer }): any {
  try {
    return (JSON.parse(body.toString('utf8')) as object | null) ?? {};
  } catch {
    return {};
  }
}

/** A member that is a text; any other value counts as none. */
export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

export const codeOf = (given: Given): string => String(jsonOf(given).code ?? '');

export function setJson(message: { body: Buffer }, value: unknown): void {
  message.body = Buffer.from(JSON.stringify(value));
}

export function answer(status: number, value: object = {}): Given {
  const given = { status, headers: { 'content-type': 'application/json' }, body: Buffer.alloc(0) };
  setJson(given, value);
  return given;
}

/** Makes a response a success, with these members. */
export function turn(given: Given, status: number, value: object = {}): void {
  Object.assign(given, answer(status, value));
}

export const bearerOf = ({ headers }: Passing): string =>
  /^Bearer (.+)$/i.exec(String(headers.authorization ?? ''))?.[1] ?? '';

type Message = { to: string; code?: string; link?: string; template: string };

/** The secrets that the development inbox has shown so far, by recipient. */
export class SeenMessages {
  readonly codes = new Map<string, string>();
  readonly tokens = new Map<string, string>();
  readonly templates = new Map<string, string>();

  look(passing: Passing, given: Given): void {
    if (!isAt(passing, 'GET', /^\/dev\/messages\?/) || given.status !== 200) return;
    const messages = [...(jsonOf(given) as Message[])].reverse();
    for (const { to, code, link = '', template } of messages) {
      if (code) this.codes.set(to, code);
      const token = decodeURIComponent(/token=([^&#]+)/.exec(link)?.[1] ?? '');
      if (token === '') continue;
      this.tokens.set(`${template}:${to}`, token);
      this.templates.set(token, template);
    }
  }
}
