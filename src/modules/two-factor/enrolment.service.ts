import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '../../common/actor.js';
import { productAt } from '../../common/products/products.js';
import { CONFIG, type Config } from '../../config/config.js';
import { Database } from '../../database/database.js';
import { AuditService } from '../audit/audit.service.js';
import { ReauthenticationService } from '../passwords/reauthentication.service.js';
import { UserGone } from '../users/users.errors.js';
import { UsersService } from '../users/users.service.js';
import { drawQrCode } from './qr-code.js';
import { RecoveryCodesService } from './recovery-codes.service.js';
import { otpauthUri } from './totp.js';
import { TotpFactorsService } from './totp-factors.service.js';
import { TwoFactorAlreadyEnabled } from './two-factor.errors.js';

/** The secret for an authenticator app and the recovery codes. Disclosed once only. */
export interface Enrolment {
  /** Base32. */
  secret: string;
  otpauthUri: string;
  /** A PNG in a `data:` URL. */
  qrCode: string;
  recoveryCodes: string[];
}

/** Starts the enrolment of a second factor; `TwoFactorService.confirm` completes it. */
@Injectable()
export class EnrolmentService {
  constructor(
    private readonly database: Database,
    private readonly users: UsersService,
    private readonly reauthentication: ReauthenticationService,
    private readonly factors: TotpFactorsService,
    private readonly recoveryCodes: RecoveryCodesService,
    private readonly audit: AuditService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * Issues a new secret and new recovery codes, replacing those of an unconfirmed enrolment. Until confirmed, the
   * factor is not required at sign-in. Requires the password or a recent sign-in. Throws TwoFactorAlreadyEnabled,
   * ReauthenticationRequired, CurrentPasswordIncorrect or TooManyAttempts.
   */
  async enrol(actor: Actor, currentPassword: string | undefined): Promise<Enrolment> {
    const { user, membership } = actor.session;
    if (user.twoFactorEnabled) throw new TwoFactorAlreadyEnabled();
    await this.reauthentication.byPasswordOrRecency(actor, currentPassword);
    const { secret, recoveryCodes } = await this.database.acrossTenants(async (tx) => {
      if (!(await this.users.lock(tx, user.id))) throw new UserGone();
      const seed = await this.factors.enrol(tx, user.id);
      if (seed === null) throw new TwoFactorAlreadyEnabled();
      await this.audit.record(tx, actor.origin, {
        action: 'two_factor.enrolment_started',
        tenantId: membership?.tenant.id ?? null,
        actorId: user.id,
        target: { kind: 'user', id: user.id },
      });
      return { secret: seed, recoveryCodes: await this.recoveryCodes.replace(tx, user.id) };
    });
    const issuer = this.issuerFor(actor);
    const { TOTP_STEP_SECONDS: stepSeconds } = this.config;
    const uri = otpauthUri(secret, issuer, user.email ?? user.phone ?? user.id, stepSeconds);
    return { secret, otpauthUri: uri, qrCode: await drawQrCode(uri), recoveryCodes };
  }

  /** The brand of the product at whose path the person enrols, as in messages to them. */
  private issuerFor({ origin }: Actor): string {
    return productAt(origin.path ?? '/')?.sender?.name ?? this.config.TWO_FACTOR_ISSUER;
  }
}
