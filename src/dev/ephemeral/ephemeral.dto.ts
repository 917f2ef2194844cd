import {
  IsBoolean,
  IsIn,
  IsInt,
  IsISO8601,
  IsObject,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
} from 'class-validator';
import { ERROR_CATALOGUE, type ErrorCode } from '../../common/error-catalogue.js';
import type { PendingFault } from './faults.js';

const TEN_YEARS = 10 * 366 * 86_400;

export class MoveClockDto {
  /** From the present time of the server. */
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(TEN_YEARS)
  advanceSeconds?: number;

  /** Not before the present time of the server. */
  @IsOptional()
  @IsISO8601({ strict: true })
  @MaxLength(40)
  now?: string;
}

export class ClockDto {
  now: string;
  /** How far the server is ahead of the machine. */
  aheadSeconds: number;
}

export class InjectFaultDto {
  @IsOptional()
  @IsIn(['primary', 'katixo', 'datixlab', 'platform'])
  contract?: string;

  /** `operationId` of the contract's OpenAPI document. */
  @IsString()
  @MaxLength(80)
  operation: string;

  /** How many calls. Default: 1. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(1000)
  times?: number;

  /** Before anything else happens. Without another member, the call then goes on. */
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(600_000)
  delayMs?: number;

  /** An error code of Gatehouse, which the contract renders. */
  @IsOptional()
  @IsIn(Object.keys(ERROR_CATALOGUE))
  code?: ErrorCode;

  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(86_400)
  retryAfterSeconds?: number;

  @IsOptional()
  @IsInt()
  @Min(200)
  @Max(599)
  status?: number;

  /** With `status`: JSON. Default: no body. */
  @IsOptional()
  @IsObject()
  body?: Record<string, unknown>;

  @IsOptional()
  @Matches(/^[a-z0-9.+-]+\/[a-z0-9.+-]+$/)
  @MaxLength(80)
  contentType?: string;

  /** Ends the connection without an answer. */
  @IsOptional()
  @IsBoolean()
  reset?: boolean;
}

export class PendingFaultsDto {
  pending: { contract: string; operation: string; times: number }[];

  static from(faults: readonly PendingFault[]): PendingFaultsDto {
    return { pending: faults.map(({ contract, operation, times }) => ({ contract, operation, times })) };
  }
}
