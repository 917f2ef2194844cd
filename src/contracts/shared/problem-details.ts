import type { ErrorRenderer, ErrorResponse } from './contract.js';
import { oneOfTheCodes, ProblemDto } from './problem.dto.js';

/** RFC 9457 problem details: the error format of the primary contract, and of paths outside any contract. */
export class ProblemDetails implements ErrorRenderer {
  readonly mediaType = 'application/problem+json';
  readonly schema = ProblemDto;
  readonly narrow = oneOfTheCodes;

  /** `nameOf` maps the core's name of a member to that of the contract. */
  constructor(
    private readonly publicUrl: string,
    private readonly nameOf?: (member: string) => string,
  ) {}

  render({ error, status, title, requestId }: ErrorResponse): object {
    const { errors } = error.options;
    const detail = error.printDetail(this.nameOf);
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
