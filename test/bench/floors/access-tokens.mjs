import { generateKeyPairSync, randomUUID, sign, verify } from 'node:crypto';

const HEADER = Buffer.from(JSON.stringify({ alg: 'ES256', typ: 'at+jwt', kid: 'floor' })).toString(
  'base64url',
);
const LIFETIME_SECONDS = 3600;

/** ES256 by `node:crypto`; a signature is verified once and the result cached under the whole token. */
export class AccessTokens {
  #keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  #verified = new Map();

  sign(sub) {
    const iat = Math.floor(Date.now() / 1000);
    const claims = { sub, jti: randomUUID(), iat, exp: iat + LIFETIME_SECONDS };
    const signed = `${HEADER}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`;
    const key = { key: this.#keys.privateKey, dsaEncoding: 'ieee-p1363' };
    return `${signed}.${sign('sha256', Buffer.from(signed), key).toString('base64url')}`;
  }

  verify(token) {
    const known = this.#verified.get(token);
    if (known && known.exp * 1000 > Date.now()) return known;
    const [header, payload, signature] = token.split('.');
    const key = { key: this.#keys.publicKey, dsaEncoding: 'ieee-p1363' };
    const signed = Buffer.from(`${header}.${payload}`);
    if (!verify('sha256', signed, key, Buffer.from(signature, 'base64url'))) throw new Error('bad signature');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
    this.#verified.set(token, claims);
    return claims;
  }
}
