import { applyDecorators, HttpCode, type Type } from '@nestjs/common';
import { ApiExtension, ApiOperation, ApiResponse } from '@nestjs/swagger';
import type { ErrorCode } from '../../common/error-catalogue.js';

/** What the policy may say of a new password. */
export const PASSWORD_PROBLEMS: readonly ErrorCode[] = [
  'password_too_short',
  'password_too_long',
  'password_blocklisted',
  'password_too_weak',
  'password_contains_identity',
];

export interface OperationOptions {
  status: number;
  returns?: Type;
  /**
   * The refusals a client of this operation must be ready for, beside those that follow from its access and its
   * input: the documents add these by themselves.
   */
  problems?: readonly ErrorCode[];
  description?: string;
}

/** The one documentation line of a handler; its problems are error codes, so the documents name real ones. */
export function Operation(summary: string, options: OperationOptions): MethodDecorator {
  const { status, returns, problems = [], description } = options;
  return applyDecorators(
    HttpCode(status),
    ApiOperation({ summary, description }),
    ApiExtension('x-problems', problems),
    ApiResponse({ status, description: summary, ...(returns && { type: returns }) }),
  );
}
