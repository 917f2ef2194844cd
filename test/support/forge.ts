import { createPrivateKey, type KeyObject } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader, SignJWT } from 'jose';
import { Keyring } from '../../src/common/keyring.js';
import type { TestApp } from './test-app.js';

export interface Changes {
  header?: Record<string, unknown>;
  claims?: Record<string, unknown>;
}

/** The server's own signing key, which only a holder of SECRET_KEY and the database can read. */
export async function readSigningKey(app: TestApp): Promise<KeyObject> {
  const [row] = await app.database.query<{ id: string; private_encrypted: Buffer }>(
    'SELECT id, private_encrypted FROM signing_keys ORDER BY created_at DESC LIMIT 1',
  );
  if (!row) throw new Error('The server keeps no signing key');
  const keyring = new Keyring(app.server.settings.SECRET_KEY ?? '');
  return createPrivateKey(keyring.decrypt('signing-key-encryption', row.private_encrypted, row.id));
}

/** The token with some claims changed (`undefined` removes one), signed by this key. */
export function resign(
  token: string,
  key: KeyObject | Uint8Array,
  { header = {}, claims = {} }: Changes = {},
): Promise<string> {
  const changed = { ...decodeJwt(token), ...claims };
  const kept = Object.entries({ ...decodeProtectedHeader(token), ...header }).filter(
    ([, value]) => value !== undefined,
  );
  return new SignJWT(changed)
    .setProtectedHeader(Object.fromEntries(kept) as { alg: string })
    .sign(key, header.crit ? { crit: { [String((header.crit as string[])[0])]: true } } : undefined);
}

const encode = (part: unknown): string => Buffer.from(JSON.stringify(part)).toString('base64url');

/** The token with some claims changed and its old signature, or none. */
export function tamper(token: string, { header = {}, claims = {} }: Changes, signature?: string): string {
  const parts = token.split('.');
  const changedHeader = encode({ ...decodeProtectedHeader(token), ...header });
  const changedClaims = encode({ ...decodeJwt(token), ...claims });
  return [changedHeader, changedClaims, signature ?? parts[2]].join('.');
}
