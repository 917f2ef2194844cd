import { createHmac, sign } from 'node:crypto';

const decode = (part) => JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
const encode = (value) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

/** Header and claims of a JWT, unverified. */
export function readJwt(token) {
  const [header, claims] = token.split('.');
  return { header: decode(header), claims: decode(claims) };
}

/**
 * The token with some claims changed (`undefined` removes one). The old signature stays unless another one is given;
 * `claimsText` replaces the claims by a text that JSON.stringify would not write.
 */
export function forge(token, { header = {}, claims = {}, claimsText, signature } = {}) {
  const old = readJwt(token);
  const parts = [
    encode({ ...old.header, ...header }),
    encode(claimsText ?? { ...old.claims, ...claims }),
    signature ?? token.split('.')[2],
  ];
  return parts.join('.');
}

/** As `forge`, signed: with HMAC under a secret, or with ECDSA under a private key of the caller. */
export function forgeSigned(token, key, { header = {}, claims = {} } = {}) {
  const unsigned = forge(token, { header, claims, signature: '' }).slice(0, -1);
  const signature =
    key.type === 'private'
      ? sign('sha256', Buffer.from(unsigned), { key, dsaEncoding: 'ieee-p1363' })
      : createHmac('sha256', key).update(unsigned).digest();
  return `${unsigned}.${signature.toString('base64url')}`;
}
