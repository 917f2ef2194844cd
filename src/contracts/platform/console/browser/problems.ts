/** An error of the contract (RFC 9457). */
export interface Problem {
  title?: string;
  code?: string;
  detail?: string;
  instance?: string;
  errors?: { pointer: string; detail: string }[];
}

/** In the words of this page, where those of the contract are for programs. */
const SENTENCES: Record<string, string> = {
  invalid_credentials:
    'The e-mail address, the password or the code is wrong, or you may not sign in from this address. A code works once.',
  enrolment_token_invalid:
    'The enrolment token is wrong, expired or already used, or you may not use it from this address.',
  not_found: 'There is no such thing. It may have ended meanwhile.',
  rate_limit_exceeded: 'Too many requests.',
  too_many_attempts: 'Too many failed attempts.',
};

export const UNREACHABLE =
  'The server cannot be reached. Whether the last act was done is in the audit trail.';

/** One or more sentences that say what is wrong, and what to do. */
export function sentenceOf(status: number, problem: Problem, retryAfter: string | null): string {
  const { title = `The server answered with status ${status}`, code = '', detail, errors = [] } = problem;
  const fields = errors.map(({ pointer, detail: wrong }) => `${pointer.replace(/^#\/?/, '')} ${wrong}`);
  const parts = [
    SENTENCES[code] ?? title,
    ...(detail === undefined || code in SENTENCES ? [] : [detail]),
    ...fields,
    ...(retryAfter === null ? [] : [`Try again in ${waitOf(Number(retryAfter))}`]),
    ...(status >= 500 && problem.instance !== undefined ? [`The request is ${problem.instance}`] : []),
  ];
  return parts.map((part) => (/[.!?]$/.test(part) ? part : `${part}.`)).join(' ');
}

/** As people say it: `40 seconds`, `3 minutes`. */
export function waitOf(seconds: number): string {
  if (!(seconds > 0)) return 'a moment';
  const [count, unit] = seconds < 90 ? [Math.ceil(seconds), 'second'] : [Math.ceil(seconds / 60), 'minute'];
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
