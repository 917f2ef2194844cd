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
}

/** Version 0 is omitted. */
type StoredClaims = Omit<RefreshClaims, 'ver'> & Partial<RefreshClaims>;

/**
 * Derives refresh tokens from session, version and generation under a key that is not in the database. The same three
 * values give the same token, and the database stores nothing that could be presented.
 */
@Injectable()
export class RefreshTokensService {
  private readonly signers = new WeakMap<KeyObject, JwsSigner>();

  constructor(private readonly keyring: Keyring) {}

  mint({ sid, ver, gen }: RefreshClaims): string {
    // Omit version 0, so that tokens issued before versions existed stay byte-identical
    return this.signer(this.keyring.key('refresh-token')).sign({ sid, gen, ...(ver > 0 && { ver }) });
  }

  /**
   * Returns the claims, or null if the token was not issued by this server. The session determines whether the token is
   * still valid.
   */
  read(token: string): RefreshClaims | null {
    for (const key of this.keyring.keys('refresh-token')) {
      const claims = this.signer(key).read(token) as StoredClaims | null;
      if (claims) return { sid: claims.sid, ver: claims.ver ?? 0, gen: claims.gen };
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
