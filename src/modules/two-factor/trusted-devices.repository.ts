import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import type { Statement } from '../../database/queries.js';
import type { Transaction } from '../../database/transaction.js';
import { TrustedDeviceEntity } from './entities/trusted-device.entity.js';

/** `address` is the one that the device was remembered from. */
export type TrustedDevice = Omit<TrustedDeviceEntity, 'userId'>;

export interface NewTrustedDevice {
  id: string;
  userId: string;
  tenantId: string | null;
  userAgent: string | null;
  address: string;
  ttlSeconds: number;
}

/** Devices per user. The least recently used one is removed. */
const MAX_DEVICES = 20;

/** The devices that users had remembered. */
@Injectable()
export class TrustedDevicesRepository {
  constructor(private readonly database: Database) {}

  /**
   * Removes the user's expired devices, and the least recently used one above MAX_DEVICES. Returns false, without any
   * change, if the tenant does not trust devices.
   */
  async insert(tx: Transaction, device: NewTrustedDevice): Promise<boolean> {
    const { id, userId, tenantId, userAgent, address, ttlSeconds } = device;
    return (await tx.execute(INSERT, [id, userId, tenantId, userAgent, address, ttlSeconds])) === 1;
  }

  /** Whether the device is the user's and the tenant trusts devices now. Records the use. */
  async recognise(
    tx: Transaction,
    { deviceId, userId, tenantId }: { deviceId: string; userId: string; tenantId: string | null },
  ): Promise<boolean> {
    return (await tx.execute(RECOGNISE, [deviceId, userId, tenantId])) === 1;
  }

  /** Newest first. */
  list(userId: string): Promise<TrustedDevice[]> {
    return this.database.autocommit.many<TrustedDevice>(LIST, [userId]);
  }

  /** Returns false if the user has no such device, or it is expired. */
  async delete(tx: Transaction, { id, userId }: { id: string; userId: string }): Promise<boolean> {
    const text = 'DELETE FROM trusted_devices WHERE id = $1 AND user_id = $2 AND expires_at > now()';
    return (await tx.execute(text, [id, userId])) === 1;
  }

  /** Returns the number of devices, expired ones included. */
  async deleteAll(tx: Transaction, userId: string): Promise<number> {
    const { affected } = await tx.manager.delete(TrustedDeviceEntity, { userId });
    return affected ?? 0;
  }
}

/** $1 id, $2 user, $3 tenant or null, $4 user agent, $5 address, $6 seconds. */
const INSERT: Statement = {
  name: 'add-trusted-device',
  text: `
    WITH trusting AS (
      SELECT 1 FROM tenants WHERE id = $3 AND allow_trusted_devices
    ), gone AS (
      DELETE FROM trusted_devices WHERE user_id = $2 AND EXISTS (SELECT 1 FROM trusting) AND (
        expires_at <= now() OR id IN (
          SELECT id FROM trusted_devices WHERE user_id = $2
          ORDER BY last_used_at DESC, id DESC OFFSET ${MAX_DEVICES - 1}))
    )
    INSERT INTO trusted_devices (id, user_id, user_agent, address, expires_at)
    SELECT $1, $2, $4, $5, now() + make_interval(secs => $6) FROM trusting`,
};

/** $1 id, $2 user, $3 tenant or null. */
const RECOGNISE: Statement = {
  name: 'recognise-trusted-device',
  text: `
    UPDATE trusted_devices d SET last_used_at = now() FROM tenants t
    WHERE d.id = $1 AND d.user_id = $2 AND d.expires_at > now() AND t.id = $3 AND t.allow_trusted_devices`,
};

/** $1 user. */
const LIST: Statement = {
  name: 'list-trusted-devices',
  text: `
    SELECT id, user_agent AS "userAgent", address, created_at AS "createdAt",
      last_used_at AS "lastUsedAt", expires_at AS "expiresAt"
    FROM trusted_devices WHERE user_id = $1 AND expires_at > now() ORDER BY created_at DESC, id DESC`,
};
