import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { Keyring } from '../../common/keyring.js';
import { CONFIG, type Config } from '../../config/config.js';
import { drawQrCode } from '../two-factor/qr-code.js';
import { matchStep, newSeed, otpauthUri } from '../two-factor/totp.js';
import type { Enrolment, OperatorRow } from './operators.repository.js';

const ENROLMENT_SECONDS = 86_400;
const PURPOSE = 'operator-seed';

/** What an operator adds to the authenticator app, in three forms. */
export interface DisclosedSeed {
  /** Base32. */
  secret: string;
  otpauthUri: string;
  /** A PNG in a `data:` URL, of the URI. */
  qrCode: string;
}

type Seeded = Pick<OperatorRow, 'id' | 'seedEncrypted'>;

/** The secrets of operators: seeds of authenticators, encrypted and bound to their operator, and enrolment tokens. */
@Injectable()
export class OperatorSecrets {
  constructor(
    private readonly keyring: Keyring,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** A new random seed, encrypted. */
  newSeed(operatorId: string): Buffer {
    return this.keyring.encrypt(PURPOSE, newSeed(), operatorId);
  }

  /** For the authenticator app. */
  async disclose(operator: Seeded & { email: string }): Promise<DisclosedSeed> {
    const secret = this.open(operator);
    const { TWO_FACTOR_ISSUER: issuer, TOTP_STEP_SECONDS: step } = this.config;
    const uri = otpauthUri(secret, `${issuer} operators`, operator.email, step);
    return { secret, otpauthUri: uri, qrCode: await drawQrCode(uri) };
  }

  /** The time step of a right code; null for a wrong one. Does not use the code up. */
  matchStep(operator: Seeded, code: string): number | null {
    return matchStep(this.open(operator), code, new Date(), this.config.TOTP_STEP_SECONDS);
  }

  /** A token of 256 random bits, and what is stored of it. */
  newEnrolment(): { token: string; enrolment: Enrolment } {
    const token = randomBytes(32).toString('base64url');
    return { token, enrolment: { hash: this.hashEnrolment(token), ttlSeconds: ENROLMENT_SECONDS } };
  }

  hashEnrolment(token: string): Buffer {
    return this.keyring.hmac('secret-hash', `operator-enrolment:${token}`);
  }

  private open({ id, seedEncrypted }: Seeded): string {
    return this.keyring.decrypt(PURPOSE, seedEncrypted, id);
  }
}
