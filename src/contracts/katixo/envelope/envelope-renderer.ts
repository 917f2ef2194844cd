import type { FieldError } from '../../../common/app-error.js';
import type { ErrorRenderer, ErrorResponse } from '../../shared/contract.js';
import { EnvelopeErrorDto, errorsWithCodes, FieldErrorDto, RefusalDto } from './envelope.dto.js';
import type { Envelope, EnvelopeError } from './envelope.js';

/** Members whose name here differs from the core's. */
const FIELD_NAMES: Record<string, string> = {
  companyName: 'businessName',
  firstName: 'name',
  lastName: 'name',
};

/** An error response in the envelope, with its HTTP status unchanged. */
export class EnvelopeRenderer implements ErrorRenderer {
  readonly mediaType = 'application/json';
  readonly schema = RefusalDto;
  readonly parts = [EnvelopeErrorDto, FieldErrorDto];
  readonly narrow = errorsWithCodes;

  render({ error, title }: ErrorResponse): Envelope {
    const { errors = [] } = error.options;
    const overall = { code: error.code, message: error.printDetail(nameOf) ?? title };
    return {
      success: false,
      message: title,
      data: null,
      errors: errors.length > 0 ? errors.map(toEnvelopeError) : [overall],
    };
  }
}

function toEnvelopeError({ pointer, code, detail }: FieldError): EnvelopeError {
  return { code, field: fieldOf(pointer), message: detail };
}

/** Converts an RFC 6901 pointer to a dotted path: `#/items/0` to `items.0`. */
function fieldOf(pointer: string): string {
  const path = pointer
    .replace(/^#\//, '')
    .split('/')
    .map((part) => part.replace(/~1/g, '/').replace(/~0/g, '~'))
    .join('.');
  return nameOf(path);
}

function nameOf(member: string): string {
  return FIELD_NAMES[member] ?? member;
}
