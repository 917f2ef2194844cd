import { AppError, type FieldError } from '../../../common/app-error.js';
import type { ErrorRenderer, ErrorResponse } from '../../shared/contract.js';
import { ProblemDetails } from '../../shared/problem-details.js';
import { ProblemDto } from '../../shared/problem.dto.js';

/** Members that the core knows by another name than this contract's bodies; all others by the same one in camelCase. */
const MEMBERS: Record<string, string> = {
  companyName: 'organization_name',
  firstName: 'full_name',
  lastName: 'full_name',
};

/** RFC 9457 problem details that name this contract's members, in snake_case. */
export class ProblemRenderer implements ErrorRenderer {
  readonly mediaType = 'application/problem+json';
  readonly schema = ProblemDto;
  private readonly problems: ProblemDetails;

  constructor(publicUrl: string) {
    this.problems = new ProblemDetails(publicUrl);
  }

  render(response: ErrorResponse): object {
    const { code, options } = response.error;
    const { detail, errors } = options;
    // Advice names members of the request in backticks
    const advice = detail?.replace(/`(\w+)`/g, (_, name: string) => `\`${memberName(name)}\``);
    const error = new AppError(code, { ...options, detail: advice, errors: errors?.map(translate) });
    return this.problems.render({ ...response, error });
  }
}

function translate(error: FieldError): FieldError {
  // An unknown member is named as the client named it
  if (error.code === 'unknown_field') return error;
  const [root = '', ...names] = error.pointer.split('/');
  return { ...error, pointer: [root, ...names.map(memberName)].join('/') };
}

function memberName(name: string): string {
  return MEMBERS[name] ?? name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
