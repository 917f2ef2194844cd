import type { ErrorRenderer, ErrorResponse } from './contract.js';
import { ProblemDto } from './problem.dto.js';

/** RFC 9457 problem details: the error format of the primary contract, and of paths outside any contract. */
export class ProblemDetails implements ErrorRenderer {
  readonly mediaType = 'application/problem+json';
  readonly schema = ProblemDto;

  constructor(private readonly publicUrl: string) {}

  render({ error, status, title, requestId }: ErrorResponse): object {
    const { detail, errors } = error.options;
    return {
      type: `${this.publicUrl}/problems/${error.code}`,
      title,
      status,
      code: error.code,
      instance: requestId,
      ...(detail !== undefined && { detail }),
      ...(errors !== undefined && { errors }),
    };
  }
}
