import assert from 'node:assert/strict';

/** What the seed (../ephemeral/demo.json) has. */
export const ADA = { email: 'ada@example.com', password: 'Correct horse 123' };
export const GRACE = { email: 'grace@example.com', password: 'Correct horse 123', backupCode: '12345678' };

/** The ephemeral server, as a test uses it. `request` is Playwright's, or anything with its `fetch`. */
export class Gatehouse {
  constructor(request) {
    this.request = request;
  }

  async call(method, path, data, token) {
    const headers = token ? { authorization: `Bearer ${token}` } : {};
    const response = await this.request.fetch(path, { method, headers, ...(data && { data }) });
    const text = await response.text();
    return { status: response.status(), body: text === '' ? null : JSON.parse(text) };
  }

  async reset() {
    assert.equal((await this.call('POST', '/dev/reset')).status, 204);
  }

  async advance(advanceSeconds) {
    assert.equal((await this.call('POST', '/dev/clock', { advanceSeconds })).status, 200);
  }

  async fail(fault) {
    assert.equal((await this.call('POST', '/dev/faults', fault)).status, 200);
  }

  async signIn({ email, password }) {
    const { status, body } = await this.call('POST', '/auth/login', { email, password });
    assert.equal(status, 200);
    return body;
  }

  /** The newest message to somebody. */
  async messageTo(to) {
    const { body } = await this.call('GET', `/dev/messages?limit=1&to=${encodeURIComponent(to)}`);
    return body[0];
  }
}
