import { Inject, Injectable } from '@nestjs/common';
import { v7 as newId } from 'uuid';
import type { Actor } from '../../common/actor.js';
import type { Page } from '../../common/pagination.js';
import type { RequestOrigin } from '../../common/request-origin.js';
import { CONFIG, type Config } from '../../config/config.js';
import { Database } from '../../database/database.js';
import type { Transaction } from '../../database/transaction.js';
import { AuditService } from '../audit/audit.service.js';
import { NoticesService } from '../messaging/notices.service.js';
import { SecretsService } from '../secrets/secrets.service.js';
import type { UserEntity } from '../users/entities/user.entity.js';
import { type TrustedDevice, TrustedDevicesRepository } from './trusted-devices.repository.js';
import { TrustedDeviceNotFound } from './two-factor.errors.js';

const PURPOSE = 'trusted-device';
const PREFIX = 'device_';

/**
 * Remembered devices, which need no second-factor code for TRUSTED_DEVICE_TTL_SECONDS in tenants that allow it. The
 * tenant's setting is checked when a device is remembered and at each sign-in.
 */
@Injectable()
export class TrustedDevicesService {
  constructor(
    private readonly database: Database,
    private readonly devices: TrustedDevicesRepository,
    private readonly secrets: SecretsService,
    private readonly notices: NoticesService,
    private readonly audit: AuditService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Remembers the client's device and returns its token; null if the tenant does not trust devices. */
  async trust(
    tx: Transaction,
    user: UserEntity,
    tenantId: string | null,
    origin: RequestOrigin,
  ): Promise<string | null> {
    const [id, ttlSeconds] = [newId(), this.config.TRUSTED_DEVICE_TTL_SECONDS];
    const { address, userAgent } = origin;
    const device = { id, userId: user.id, tenantId, userAgent, address, ttlSeconds };
    if (!(await this.devices.insert(tx, device))) return null;
    const { token } = await this.secrets.issue(tx, { purpose: PURPOSE, subjectId: id, ttlSeconds });
    await this.audit.record(tx, origin, {
      action: 'trusted_device.added',
      tenantId,
      actorId: user.id,
      target: { kind: 'trusted_device', id },
    });
    await this.notices.send(tx, user, 'trusted_device_added', origin);
    return `${PREFIX}${token}`;
  }

  /** Returns the device id of a token, or null. `recognise` decides whether the device is trusted. */
  async find(deviceToken: string): Promise<string | null> {
    if (!deviceToken.startsWith(PREFIX)) return null;
    const secret = await this.secrets.find(PURPOSE, deviceToken.slice(PREFIX.length));
    return secret?.state === 'open' ? secret.subjectId : null;
  }

  /** Whether the device is the user's and the tenant trusts devices now. */
  async recognise(
    tx: Transaction,
    deviceId: string,
    userId: string,
    tenantId: string | null,
  ): Promise<boolean> {
    return this.devices.recognise(tx, { deviceId, userId, tenantId });
  }

  /** The remembered devices, newest first. Their number is limited, so there is one page. */
  async list(actor: Actor): Promise<Page<TrustedDevice>> {
    const data = await this.devices.list(actor.userId);
    return { data, nextCursor: null };
  }

  /** Removes one of the caller's own devices. Throws TrustedDeviceNotFound for any other id. */
  async remove(actor: Actor, id: string): Promise<void> {
    await this.database.acrossTenants(async (tx) => {
      if (!(await this.devices.delete(tx, { id, userId: actor.userId }))) throw new TrustedDeviceNotFound();
      await this.audit.record(tx, actor.origin, {
        action: 'trusted_device.removed',
        tenantId: actor.session.membership?.tenant.id ?? null,
        actorId: actor.userId,
        target: { kind: 'trusted_device', id },
      });
    });
  }

  /** Removes all of the user's devices. Returns their number. */
  removeAll(tx: Transaction, userId: string): Promise<number> {
    return this.devices.deleteAll(tx, userId);
  }
}
