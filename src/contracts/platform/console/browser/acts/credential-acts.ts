import { visible } from '../formats.js';
import type { ApiKey, Session } from '../records.js';
import type { Act } from './act.js';

export const endSession = ({ id, address }: Session): Act => ({
  title: 'End the session',
  effects: [`The session from ${visible(address)} ends at once. Other sessions stay.`],
  verb: 'End session',
  isDangerous: true,
  path: `sessions/${id}/revoke`,
  done: () => 'The session ended.',
});

export const revokeKey = ({ id, name }: ApiKey): Act => ({
  title: `Revoke the API key ${visible(name)}`,
  effects: ['Programs that use the key are refused from now on. It cannot be brought back.'],
  verb: 'Revoke key',
  isDangerous: true,
  path: `api-keys/${id}/revoke`,
  done: () => 'The key is revoked.',
});

export const liftLimits = (identifier: string): Act => ({
  title: `Lift the limits of ${visible(identifier)}`,
  effects: ['Failed guesses at passwords and codes are counted from zero: also those of an attacker.'],
  verb: 'Lift limits',
  path: 'limits/lift',
  members: { identifier },
  done: () => 'The limits are lifted.',
});
