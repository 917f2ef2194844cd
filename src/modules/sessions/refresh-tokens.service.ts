import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { Keyring } from '../../common/keyring.js';

const HEADER = { alg: 'HS256', typ: 'rt+jwt' } as const;

export interface RefreshClaims {
  sid: string;
  /** The token version of the pair this token belongs to; rotation keeps it. */
  ver: number;
  gen: number;
}

/**
 * Derives refresh tokens from session, version and generation under a key that is not in the database. The same three
 * values give the same token, and the database stores nothing that could be presented.
 */
@Injectable()
export class RefreshTokensService {
  constructor(
    private readonly jwt: JwtService,
    private readonly keyring: Keyring,
  ) {}

  mint({ sid, ver, gen }: RefreshClaims): string {
    // Omit version 0, so that tokens issued before versions existed stay byte-identical
    const claims = { sid, gen, ...(ver > 0 && { ver }) };
    const privateKey = this.keyring.key('refresh-token');
    return this.jwt.sign(claims, { privateKey, algorithm: 'HS256', noTimestamp: true, header: HEADER });
  }

  /**
   * Returns the claims, or null if the token was not issued by this server. The session determines whether the token is
   * still valid.
   */
  read(token: string): RefreshClaims | null {
    for (const key of this.keyring.keys('refresh-token')) {
      try {
        const options = {
          publicKey: key as unknown as Buffer,
          algorithms: ['HS256' as const],
          complete: true as const,
        };
        const { header, payload } = this.jwt.verify<{
          header: { typ?: string };
          payload: Partial<RefreshClaims> & Omit<RefreshClaims, 'ver'>;
        }>(token, options);
        const { sid, gen, ver = 0 } = payload;
        return header.typ === HEADER.typ ? { sid, ver, gen } : null;
      } catch {
        continue;
      }
    }
    return null;
  }
}
