import { type Hit, Needles } from './needles.js';
import { findSecrets, type Secret } from './secret.js';

type Exchange =
  | { kind: 'sent'; path: string; body: unknown; headers: Record<string, string> }
  | { kind: 'received'; path: string; text: string };

/** Operations whose purpose is to return secrets, and documents that contain examples only. */
const INBOX = /^\/dev\//;
const DOCUMENTS = /^\/(docs|openapi)\b/;
/**
 * By chance a new code may equal one that was returned before: 1 in 10,000 for a code of 8 digits after 10,000
 * others.
 */
const SHORT = /^\d+$/;
/** So many codes of one response that were returned before are not chance: 1 in 8 billion for a set of 10. */
const REPEATED_CODES = 3;
/** Within its grace period a refresh returns the token that it has returned before. */
const REFRESH = /\/refresh$/;
/** Personal data may be in the other tables. */
const IMPERSONAL = /^public\.(messages|audit_events)$/;

const MAX_FINDINGS = 10;

type Findings = Record<'table' | 'answer' | 'log', Set<string>>;

/**
 * Remembers every secret that the clients of a spec file send and receive, and searches where none may be: the log of
 * a server, the cells of its database, and every response after the one that returned the secret. The search runs
 * after the suite, so that no test waits for it.
 */
export class Canaries {
  private exchanges: Exchange[] = [];
  private readonly needles = new Needles();
  private readonly known = new Set<string>();
  /** Values that were sent as something else, too: a company's name that is tried as its password is not a secret. */
  private plain = '';
  private readonly findings: Findings = { table: new Set(), answer: new Set(), log: new Set() };

  sent(path: string, body: unknown, headers: Record<string, string>): void {
    this.exchanges.push({ kind: 'sent', path, body, headers });
  }

  received(path: string, text: string): void {
    this.exchanges.push({ kind: 'received', path, text });
  }

  searchLog(log: string): void {
    this.digest();
    const hits = this.hitsIn(log);
    for (const hit of hits) {
      const line = hits.reduce((masked, { text }) => masked.replaceAll(text, '***'), lineAt(log, hit.at));
      this.report('log', hit, `in the log: ${line.slice(0, 400)}`);
    }
  }

  /** `rows` is a JSON object a line. */
  searchTable(table: string, rows: string): void {
    this.digest();
    for (const hit of this.hitsIn(rows)) {
      if (hit.secret.isPersonal && !IMPERSONAL.test(table)) continue;
      const columns = Object.entries(JSON.parse(lineAt(rows, hit.at)) as object)
        .filter(([, value]) => JSON.stringify(value).includes(hit.text))
        .map(([column]) => column);
      this.report('table', hit, `in ${table}, column ${columns.join()}`);
    }
  }

  /** Throws with everything that was found, the secrets masked. */
  assertNone(): void {
    this.digest();
    const found = Object.values(this.findings).flatMap((findings) => shorten([...findings]));
    if (found.length > 0) throw new Error(['Secrets were found where none may be:', ...found].join('\n  '));
  }

  /** Reads the exchanges since the last time, in their order. */
  private digest(): void {
    for (const exchange of this.exchanges.splice(0)) {
      if (DOCUMENTS.test(exchange.path)) continue;
      if (exchange.kind === 'sent') this.learnFromRequest(exchange.path, exchange.body, exchange.headers);
      else this.takeAnswer(exchange.path, exchange.text);
    }
  }

  private learnFromRequest(path: string, body: unknown, headers: Record<string, string>): void {
    const query = Object.fromEntries(new URLSearchParams(path.split('?')[1]));
    const { authorization = '', 'x-api-key': key = '' } = headers;
    const bearer = [authorization.replace(/^Bearer +/i, ''), key];
    for (const said of [query, parsed(body), { bearer }]) {
      const { secrets, plain } = findSecrets(said);
      for (const secret of secrets) this.learn(secret);
      for (const text of plain) if (text.length < 1_000) this.plain += `${essence(text)}\n`;
    }
  }

  private takeAnswer(path: string, text: string): void {
    const body = parsed(text);
    if (!INBOX.test(path)) {
      const { refreshToken, refresh_token: other } = (body ?? {}) as Record<string, unknown>;
      const shown = findSecrets(body).secrets.map(({ value }) => value);
      const repeated = shown.filter((value) => SHORT.test(value) && this.known.has(value));
      for (const hit of this.hitsIn(text)) {
        const { isPersonal, value } = hit.secret;
        const isGrace = REFRESH.test(path) && [refreshToken, other].includes(value);
        const isChance = repeated.length < REPEATED_CODES && repeated.includes(value);
        if (!isPersonal && !isGrace && !isChance)
          this.report('answer', hit, `again in an answer to ${path.split('?')[0]}`);
      }
    }
    for (const secret of findSecrets(body).secrets) this.learn(secret);
  }

  private learn(secret: Secret): void {
    if (this.known.has(secret.value)) return;
    this.known.add(secret.value);
    this.needles.add(secret);
  }

  private hitsIn(text: string): Hit[] {
    return this.needles.search(text).filter(({ secret: { value } }) => {
      const said = essence(value);
      return said === '' || !this.plain.includes(said);
    });
  }

  private report(kind: keyof Findings, { secret: { name, value } }: Hit, where: string): void {
    this.findings[kind].add(`${name} ${value.slice(0, 2)}… (${value.length} characters) ${where}`);
  }
}

/** One for each spec file: jest gives every file modules of its own. */
export const canaries = new Canaries();

function parsed(body: unknown): unknown {
  if (typeof body !== 'string') return Buffer.isBuffer(body) ? undefined : body;
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return undefined;
  }
}

function shorten(found: string[]): string[] {
  const more = found.length - MAX_FINDINGS;
  return more > 0 ? [...found.slice(0, MAX_FINDINGS), `and ${more} more of the kind`] : found;
}

function lineAt(text: string, at: number): string {
  const end = text.indexOf('\n', at);
  return text.slice(text.lastIndexOf('\n', at) + 1, end < 0 ? undefined : end);
}

/** Letters and digits: the part of a name that its slug keeps. */
function essence(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}
