import type { KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Keyring } from '../../common/keyring.js';
import { JwsSigner } from './jws-signer.js';

const HEADER = { alg: 'HS256', typ: 'rt+jwt' } as const;

export interface RefreshClaims {
  sid: string;
  /** The token version of the pair this token belongs to; rotation keeps it. */
  ver: number;
  gen: number;
  /** It is accepted in the cookie of a browser, and nowhere else; otherwise in a body, and nowhere else. */
  inCookie: boolean;
}

/** Version 0 and false are omitted. */
type StoredClaims = Pick<RefreshClaims, 'sid' | 'gen'> & { ver?: number; cookie?: true };

/**
 * Derives refresh tokens from session, version, generation and place under a key that is not in the database. The same
 * values give the same token, and the database stores nothing that could be presented.
 */
@Injectable()
export class RefreshTokensService {
  private readonly signers = new WeakMap<KeyObject, JwsSigner>();

  constructor(private readonly keyring: Keyring) {}

  mint({ sid, ver, gen, inCookie }: RefreshClaims): string {
    // Omit version 0, so that tokens issued before versions existed stay byte-identical
    const rest = { ...(ver > 0 && { ver }), ...(inCookie && { cookie: true }) };
    return this.signer(this.keyring.key('refresh-token')).sign({ sid, gen, ...rest });
  }

  /**
   * Returns the claims, or null if the token was not issued by this server. The session determines whether the token is
   * still valid.
   */
  read(token: string): RefreshClaims | null {
    for (const key of this.keyring.keys('refresh-token')) {
      const claims = this.signer(key).read(token) as StoredClaims | null;
      if (!claims) continue;
      const { sid, ver = 0, gen, cookie: inCookie = false } = claims;
      return { sid, ver, gen, inCookie };
    }
    return null;
  }

  private signer(key: KeyObject): JwsSigner {
    const known = this.signers.get(key);
    if (known) return known;
    const signer = new JwsSigner(key, HEADER);
    this.signers.set(key, signer);
    return signer;
  }
}
