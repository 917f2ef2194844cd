import { createHmac, type KeyObject, sign, timingSafeEqual } from 'node:crypto';

interface Header {
  alg: 'ES256' | 'HS256';
  typ: string;
  kid?: string;
}

/** Makes JWS in compact serialization (RFC 7515 §7.1) under one key, with a header that is encoded once. */
export class JwsSigner {
  private readonly encodedHeader: string;

  constructor(
    private readonly key: KeyObject,
    private readonly header: Header,
  ) {
    this.encodedHeader = encode(header);
  }

  sign(claims: object): string {
    const input = `${this.encodedHeader}.${encode(claims)}`;
    return `${input}.${this.signature(input)}`;
  }

  /**
   * The claims of a token that this signer made, or null. HS256 only. The whole token must be as `sign` encodes it, header
   * included: so no header is parsed before the signature is verified.
   */
  read(token: string): unknown {
    const end = token.lastIndexOf('.');
    const input = token.slice(0, end);
    if (!input.startsWith(`${this.encodedHeader}.`)) return null;
    const [given, expected] = [Buffer.from(token.slice(end + 1)), Buffer.from(this.signature(input))];
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null;
    return JSON.parse(Buffer.from(input.slice(this.encodedHeader.length + 1), 'base64url').toString());
  }

  private signature(input: string): string {
    if (this.header.alg === 'HS256') return createHmac('sha256', this.key).update(input).digest('base64url');
    // RFC 7518 §3.4: R and S, not their ASN.1
    const key = { key: this.key, dsaEncoding: 'ieee-p1363' } as const;
    return sign('sha256', Buffer.from(input), key).toString('base64url');
  }
}

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
