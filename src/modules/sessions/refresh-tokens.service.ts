import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { Keyring } from '../../common/keyring.js';

const HEADER = { alg: 'HS256', typ: 'rt+jwt' } as const;

export interface RefreshClaims {
  sid: string;
  gen: number;
}

/**
 * Refresh tokens are a function of session and generation under a key that is not in the database: the same pair
 * gives the same token, and the database holds nothing that could be presented.
 */
@Injectable()
export class RefreshTokensService {
  constructor(
    private readonly jwt: JwtService,
    private readonly keyring: Keyring,
  ) {}

  mint(claims: RefreshClaims): string {
    return this.jwt.sign(
      { sid: claims.sid, gen: claims.gen },
      {
        privateKey: this.keyring.key('refresh-token'),
        algorithm: 'HS256',
        noTimestamp: true,
        header: HEADER,
      },
    );
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
        const { header, payload } = this.jwt.verify<{ header: { typ?: string }; payload: RefreshClaims }>(
          token,
          options,
        );
        return header.typ === HEADER.typ ? { sid: payload.sid, gen: payload.gen } : null;
      } catch {
        continue;
      }
    }
    return null;
  }
}
