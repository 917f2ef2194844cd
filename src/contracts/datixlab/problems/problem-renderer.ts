import { AppError, type FieldError } from '../../../common/app-error.js';
import type { ErrorRenderer, ErrorResponse } from '../../shared/contract.js';
import { oneOfTheCodes, ProblemDto } from '../../shared/problem.dto.js';
import { ProblemDetails } from '../../shared/problem-details.js';

/** Members whose name here differs from the core's by more than the case; all others become snake_case. */
const MEMBERS: Record<string, string> = {
  companyName: 'organization_name',
  firstName: 'full_name',
  lastName: 'full_name',
};

/** RFC 9457 problem details that name this contract's members, in snake_case. */
export class ProblemRenderer implements ErrorRenderer {
  readonly mediaType = 'application/problem+json';
  readonly schema = ProblemDto;
  readonly narrow = oneOfTheCodes;
  private readonly problems: ProblemDetails;

  constructor(publicUrl: string) {
    this.problems = new ProblemDetails(publicUrl, memberName);
  }

  render(response: ErrorResponse): object {
    const { code, options } = response.error;
    const error = new AppError(code, { ...options, errors: options.errors?.map(translate) });
    return this.problems.render({ ...response, error });
  }
}

function translate(error: FieldError): FieldError {
  // An unknown member keeps the client's spelling
  if (error.code === 'unknown_field') return error;
  const [root = '', ...names] = error.pointer.split('/');
  return { ...error, pointer: [root, ...names.map(memberName)].join('/') };
}

function memberName(name: string): string {
  return MEMBERS[name] ?? name.replace(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`);
}
