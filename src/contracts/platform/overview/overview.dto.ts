import { ApiProperty } from '@nestjs/swagger';
import type { Overview } from '../../../modules/operators/overview.repository.js';

const counted = (description: string, example: number) =>
  ApiProperty({ type: 'integer', minimum: 0, maximum: 10_000, example, description });

/** No count goes beyond ten thousand: that many, or more. */
export class OverviewDto implements Overview {
  @counted('All tenants', 120)
  tenants: number;

  @counted('Tenants that nobody reaches, also those that are being deleted', 2)
  suspendedTenants: number;

  @counted('Tenants that are being deleted', 1)
  leavingTenants: number;

  @counted('Blocked people', 3)
  blockedPeople: number;

  @counted('E-mails that wait to be delivered', 0)
  waitingEmails: number;

  @counted('Text messages that wait to be delivered', 0)
  waitingSms: number;

  @counted('Messages of the last hour that were given up', 0)
  failedMessages: number;

  @counted('Sessions that people opened in the last hour', 240)
  signIns: number;

  @counted('Sign-ins that were refused in the last hour', 12)
  refusedSignIns: number;

  static from(overview: Overview): OverviewDto {
    return { ...overview };
  }
}
