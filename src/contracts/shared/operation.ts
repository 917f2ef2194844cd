import { applyDecorators, HttpCode, type Type } from '@nestjs/common';
import { ApiExtraModels, ApiOperation, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { ERROR_CATALOGUE, type ErrorCode } from '../../common/error-catalogue.js';
import { ProblemDto } from './problem.dto.js';

export interface OperationOptions {
  status: number;
  returns?: Type;
  /** The refusals a client of this operation must be ready for, beside those every operation shares. */
  problems?: ErrorCode[];
  description?: string;
}

/** The one documentation line of a handler; its problems are error codes, so the documents name real ones. */
export function Operation(summary: string, options: OperationOptions): MethodDecorator {
  const { status, returns, problems = [], description } = options;
  const statuses = [...new Set(problems.map((code) => ERROR_CATALOGUE[code].status))];
  return applyDecorators(
    HttpCode(status),
    ApiExtraModels(ProblemDto),
    ApiOperation({ summary, description }),
    ApiResponse({ status, description: summary, ...(returns && { type: returns }) }),
    ...statuses.map((problemStatus) =>
      ApiResponse({
        status: problemStatus,
        description: problems
          .filter((code) => ERROR_CATALOGUE[code].status === problemStatus)
          .map((code) => `\`${code}\`: ${ERROR_CATALOGUE[code].title}`)
          .join('<br>'),
        content: { 'application/problem+json': { schema: { $ref: getSchemaPath(ProblemDto) } } },
      }),
    ),
  );
}
