import { type Identifier, identifiersOf } from '../../../common/identifiers.js';
import type { Correspondent } from '../../messaging/correspondence.service.js';
import type { UserEntity } from '../../users/entities/user.entity.js';
import { hasVerified } from '../../users/verified-identifiers.js';

/**
 * The identifiers by which a user's data is found. A merely claimed identifier may belong to someone else, whose data
 * must not be exported.
 */
export interface ExportedPerson extends Correspondent {
  id: string;
}

export function exportedPerson(user: UserEntity): ExportedPerson {
  const identifiers = identifiersOf(user);
  const isVerified = ({ kind }: Identifier) => hasVerified(user, kind);
  return {
    id: user.id,
    verified: identifiers.filter(isVerified),
    claimed: identifiers.filter((one) => !isVerified(one)),
    since: user.createdAt,
  };
}
