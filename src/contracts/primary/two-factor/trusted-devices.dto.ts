import { ApiProperty } from '@nestjs/swagger';
import type { TrustedDevice } from '../../../modules/two-factor/trusted-devices.repository.js';
import { PLACEHOLDERS } from '../../shared/docs/page/placeholders.js';
import { UuidField } from '../../shared/fields.js';
import { pageOf } from '../../shared/page-of.js';
import { deviceName } from '../auth/sessions.dto.js';

export class TrustedDeviceIdDto {
  @UuidField({ example: PLACEHOLDERS.trustedDeviceId })
  id: string;
}

export class TrustedDeviceDto {
  @ApiProperty({ format: 'uuid', example: PLACEHOLDERS.trustedDeviceId })
  id: string;

  @ApiProperty({ example: 'Firefox on Linux' })
  device: string;

  @ApiProperty({ type: String, nullable: true, example: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko' })
  userAgent: string | null;

  @ApiProperty({ example: '203.0.113.7', description: 'The address from which it was remembered' })
  address: string;

  @ApiProperty({ format: 'date-time', example: '2026-01-15T09:30:00.000Z' })
  createdAt: string;

  @ApiProperty({
    format: 'date-time',
    example: '2026-01-16T08:00:00.000Z',
    description: 'The time of its last sign-in',
  })
  lastUsedAt: string;

  @ApiProperty({ format: 'date-time', example: '2026-02-14T09:30:00.000Z' })
  expiresAt: string;

  static from(device: TrustedDevice): TrustedDeviceDto {
    return {
      id: device.id,
      device: deviceName(device.userAgent),
      userAgent: device.userAgent,
      address: device.address,
      createdAt: device.createdAt.toISOString(),
      lastUsedAt: device.lastUsedAt.toISOString(),
      expiresAt: device.expiresAt.toISOString(),
    };
  }
}

export class TrustedDevicePageDto extends pageOf(TrustedDeviceDto) {}
