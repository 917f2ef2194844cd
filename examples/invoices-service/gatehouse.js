const FORM = 'application/x-www-form-urlencoded';
/** Renews the service's own token this long before it expires. */
const MARGIN_MS = 60_000;

/** What the service asks Gatehouse, with a service account of its product. */
export class Gatehouse {
  #url;
  #authorization;
  #own = { token: '', until: 0 };

  constructor({ url, clientId, clientSecret }) {
    this.#url = url;
    const pair = [clientId, clientSecret].map(encodeURIComponent).join(':');
    this.#authorization = `Basic ${Buffer.from(pair).toString('base64')}`;
  }

  /**
   * The caller's organisation, and whether the caller may do this now. `active` is false for a credential that is
   * invalid, revoked, or of another product.
   */
  async check(credential, resource, action) {
    const [owner, decision] = await Promise.all([
      this.#ask('/auth/introspect', { token: credential }),
      this.#ask('/auth/authorize', { token: credential, resource, action }),
    ]);
    return { active: owner.active, organisation: owner.org_id, allowed: decision.allowed };
  }

  async #ask(path, body) {
    const response = await fetch(`${this.#url}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${await this.#token()}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`Gatehouse answered ${response.status} to ${path}`);
    return response.json();
  }

  /** RFC 6749 §4.4 */
  async #token() {
    if (Date.now() < this.#own.until) return this.#own.token;
    const response = await fetch(`${this.#url}/oauth/token`, {
      method: 'POST',
      headers: { authorization: this.#authorization, 'content-type': FORM },
      body: 'grant_type=client_credentials',
    });
    if (!response.ok) throw new Error(`Gatehouse answered ${response.status} to /oauth/token`);
    const { access_token: token, expires_in: seconds } = await response.json();
    this.#own = { token, until: Date.now() + seconds * 1000 - MARGIN_MS };
    return token;
  }
}
