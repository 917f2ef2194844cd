import { codeOf, describe } from './http/reply.js';
import { GOT_THROUGH, NotTried, REFUSED } from './outcomes.js';

/** Headers that differ between any two responses, and reveal nothing. */
const VOLATILE = new Set(['date', 'content-length', 'connection', 'keep-alive', 'retry-after']);
const SHOWN_BREACHES = 4;

/** The observations of one case. The attack got through if a single observation is not the expected one. */
export class Observations {
  breaches = [];
  seen = new Map();

  /**
   * The request was refused: with one of these statuses or error codes, or with any status of 400 to 499 where none
   * is named. A response of 500 or above does not count as refused.
   */
  refused(what, reply, ...expected) {
    const { status } = reply;
    // The request did not reach the check that should refuse the attack
    const isLimited =
      codeOf(reply) === 'rate_limit_exceeded' && expected.length > 0 && !expected.includes(429);
    if (isLimited) throw new NotTried('the target accepts no more such requests from here');
    const isExpected =
      expected.length === 0
        ? status >= 400 && status < 500
        : expected.some((one) => one === status || one === codeOf(reply));
    return this.holds(`${what}: ${describe(reply)}`, isExpected, describe(reply));
  }

  /** The request has this status, as for a caller who has the right to it. */
  answered(what, reply, ...statuses) {
    return this.holds(`${what}: ${describe(reply)}`, statuses.includes(reply.status), describe(reply));
  }

  /** Two identical responses: in status, headers and body, except for the id of the request. */
  same(what, one, other) {
    const [first, second] = [comparable(one), comparable(other)];
    const differences = Object.keys(first).filter((part) => first[part] !== second[part]);
    const text = `${what}: ${describe(one)} and ${describe(other)} differ in ${differences.join(', ')}`;
    return this.holds(text, differences.length === 0, `twice ${describe(one)}`);
  }

  equal(what, actual, expected) {
    return this.holds(`${what}: ${actual}, expected ${expected}`, actual === expected, `${what}: ${actual}`);
  }

  /** `what` is printed where the condition is false, `seen` where it is true. */
  holds(what, condition, seen = 'as expected') {
    if (condition) this.seen.set(seen, (this.seen.get(seen) ?? 0) + 1);
    else this.breaches.push(what);
    return condition;
  }

  get outcome() {
    return this.breaches.length > 0 ? GOT_THROUGH : REFUSED;
  }

  get text() {
    if (this.breaches.length > 0) {
      const more = this.breaches.length - SHOWN_BREACHES;
      const shown = this.breaches.slice(0, SHOWN_BREACHES).map((text) => text.slice(0, 240));
      return [...shown, ...(more > 0 ? [`and ${more} more`] : [])].join('; ');
    }
    return [...this.seen].map(([text, times]) => (times > 1 ? `${text} (${times} times)` : text)).join('; ');
  }
}

function comparable({ status, headers, body, text }) {
  const { instance, ...rest } = body;
  const names = Object.keys(headers).filter((name) => !VOLATILE.has(name));
  return {
    status,
    headers: names
      .sort()
      .map((name) => (name === 'set-cookie' ? `${name}×${headers[name].length}` : name))
      .join(),
    type: headers['content-type'],
    body: instance === undefined ? text : JSON.stringify(rest),
  };
}
