import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { Keyring } from '../../common/keyring.js';

const HEADER = { alg: 'HS256', typ: 'rt+jwt' } as const;

export interface RefreshClaims {
  sid: string;
  /** The token version at which the exchanges began that this token is one of. */
  ver: number;
  gen: number;
}

/**
 * Refresh tokens are a function of session, version and generation under a key that is not in the database: the same
 * three give the same token, and the database holds nothing that could be presented.
 */
@Injectable()
export class RefreshTokensService {
  constructor(
    private readonly jwt: JwtService,
    private readonly keyring: Keyring,
  ) {}

  mint({ sid, ver, gen }: RefreshClaims): string {
    // Version 0 goes without saying: it did before there were others
    const claims = { sid, gen, ...(ver > 0 && { ver }) };
    const privateKey = this.keyring.key('refresh-token');
    return this.jwt.sign(claims, { privateKey, algorithm: 'HS256', noTimestamp: true, header: HEADER });
  }

  /** What the token says, or null where it is not one of ours. Whether it is still good, the session decides. */
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
