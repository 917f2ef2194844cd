import { ApiProperty } from '@nestjs/swagger';
import Bowser from 'bowser';
import type { Page } from '../../../common/pagination.js';
import type { ListedSession } from '../../../modules/sessions/sessions.service.js';
import { UuidField } from '../../shared/fields.js';

export class SessionIdDto {
  @UuidField({ example: '01988b6e-7c1f-7000-8000-000000000000' })
  id: string;
}

export class SessionDto {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ example: 'Firefox on Linux' })
  device: string;

  @ApiProperty({ type: String, nullable: true })
  userAgent: string | null;

  @ApiProperty({ example: '203.0.113.7', description: 'Where it was opened from' })
  address: string;

  @ApiProperty({ format: 'date-time' })
  createdAt: string;

  @ApiProperty({ format: 'date-time', description: 'Of its last sign-in or refresh' })
  lastUsedAt: string;

  @ApiProperty({ format: 'date-time' })
  expiresAt: string;

  @ApiProperty({ description: 'Whether this request belongs to it' })
  current: boolean;

  static from(session: ListedSession, currentId: string): SessionDto {
    return Object.assign(new SessionDto(), {
      id: session.id,
      device: deviceName(session.userAgent),
      userAgent: session.userAgent,
      address: session.address,
      createdAt: session.createdAt.toISOString(),
      lastUsedAt: session.lastUsedAt.toISOString(),
      expiresAt: session.expiresAt.toISOString(),
      current: session.id === currentId,
    });
  }
}

export class SessionPageDto {
  @ApiProperty({ type: [SessionDto] })
  data: SessionDto[];

  @ApiProperty({ type: String, nullable: true })
  nextCursor: string | null;

  static from({ data, nextCursor }: Page<ListedSession>, currentId: string): SessionPageDto {
    const sessions = data.map((session) => SessionDto.from(session, currentId));
    return Object.assign(new SessionPageDto(), { data: sessions, nextCursor });
  }
}

function deviceName(userAgent: string | null): string {
  if (!userAgent) return 'Unknown device';
  const { browser, os } = Bowser.parse(userAgent);
  const name = browser.name || userAgent.split(/[/ ]/)[0] || 'Unknown device';
  return os.name ? `${name} on ${os.name}` : name;
}
