import { ApiProperty } from '@nestjs/swagger';
import Bowser from 'bowser';
import type { ListedSession } from '../../../modules/sessions/sessions.service.js';
import { PLACEHOLDERS } from '../../shared/docs/page/placeholders.js';
import { UuidField } from '../../shared/fields.js';
import { pageOf } from '../../shared/page-of.js';

export class SessionIdDto {
  @UuidField({ example: PLACEHOLDERS.sessionId, description: 'The id of another session of yours' })
  id: string;
}

export class SessionDto {
  @ApiProperty({ format: 'uuid', example: PLACEHOLDERS.sessionId })
  id: string;

  @ApiProperty({ example: 'Firefox on Linux' })
  device: string;

  @ApiProperty({ type: String, nullable: true, example: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko' })
  userAgent: string | null;

  @ApiProperty({
    example: '203.0.113.7',
    description: 'The address that opened the session; `support` for one of an operator, in your place',
  })
  address: string;

  @ApiProperty({ format: 'date-time', example: '2026-01-15T09:30:00.000Z' })
  createdAt: string;

  @ApiProperty({
    format: 'date-time',
    example: '2026-01-16T08:00:00.000Z',
    description: 'The time of its last sign-in or refresh',
  })
  lastUsedAt: string;

  @ApiProperty({ format: 'date-time', example: '2026-02-14T09:30:00.000Z' })
  expiresAt: string;

  @ApiProperty({ example: true, description: 'True for the session of this request' })
  current: boolean;

  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    example: null,
    description: 'The operator of the service whose session it is, in your place; null for your own',
  })
  impersonatedBy: string | null;

  static from(session: ListedSession, currentId: string): SessionDto {
    return {
      id: session.id,
      device: session.impersonatedBy === null ? deviceName(session.userAgent) : 'Support',
      userAgent: session.userAgent,
      address: session.address ?? 'support',
      createdAt: session.createdAt.toISOString(),
      lastUsedAt: session.lastUsedAt.toISOString(),
      expiresAt: session.expiresAt.toISOString(),
      current: session.id === currentId,
      impersonatedBy: session.impersonatedBy,
    };
  }
}

export class SessionPageDto extends pageOf(SessionDto) {}

/** A name for the list of sessions: `Firefox on Linux`. */
export function deviceName(userAgent: string | null): string {
  if (!userAgent) return 'Unknown device';
  const { browser, os } = Bowser.parse(userAgent);
  const name = browser.name || userAgent.split(/[/ ]/)[0] || 'Unknown device';
  return os.name ? `${name} on ${os.name}` : name;
}
